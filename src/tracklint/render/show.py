"""One file as a page: what it holds, how its channels run, and what Strava will make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import numpy as np

from ..words import clock, counted, iso, severities
from .page import STYLES, Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from ..findings import Prediction, Report, Summary

__all__ = ["show", "sparkline"]

_UNITS = {
    "latitude": "deg", "longitude": "deg", "altitude": "m", "distance": "m", "speed": "m/s", "heart_rate": "bpm",
    "cadence": "rpm", "power": "W", "temperature": "deg C",
}  # fmt: skip
_DECIMALS = {"latitude": 5, "longitude": 5, "altitude": 1, "distance": 0, "speed": 2}
#: Columns whose mean says nothing.
_NO_MEAN = ("latitude", "longitude", "distance")
_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII = "_.-=+*#@"
_SPARK = 40


def show(
    report: Report,
    columns: Mapping[str, npt.NDArray[np.float64]],
    out: TextIO,
    *,
    color: bool | None = None,
    width: int | None = None,
) -> None:
    """Write one file's facts, a table of ``columns`` (float arrays of one length, NaN = none) and the prediction to
    ``out``.

    ``time`` among the columns is not shown. Sparklines are drawn with block characters on a terminal that can show
    them, else in ASCII.
    """
    page = Page(out, color=color, width=width)
    verdict = (report.verdict, STYLES[report.verdict])
    found = severities(report.findings)
    page.line((page.safe(report.name), "bold"), ": ", verdict, f", {found}" if found else "")
    packed = "" if report.container == "plain" else f" in {report.container}"
    _row(
        page,
        "format",
        f"{report.format.upper() if report.format != 'unknown' else 'unknown'}{packed}, {report.bytes} bytes",
    )
    if report.schema_valid is False:
        _row(page, "schema", "not valid, see check --for spec")
    if report.activity is not None:
        _facts(page, report.activity)
        _table(page, columns)
    if report.prediction is not None:
        _predicted(page, report.prediction)


def _facts(page: Page, summary: Summary) -> None:
    device, sport = summary.device, summary.sport
    barometer = {True: ", with a barometer", False: ", without a barometer", None: ""}[device.barometer]
    product = device.product if device.product != device.name else None
    made_by = " ".join(filter(None, (device.manufacturer, product)))
    name = device.name or made_by or "not named"
    _row(page, "device", name + (f" ({made_by})" if made_by and made_by != name else "") + barometer)
    said = " / ".join(filter(None, (sport.file, sport.sub))) or "not named"
    _row(page, "sport", f"{said} -> {sport.strava or 'the default sport of the athlete'} ({sport.sure})")
    _row(page, "start", iso(summary.start_time))
    _row(page, "end", iso(summary.end_time))
    _row(page, "elapsed", None if summary.elapsed_s is None else clock(summary.elapsed_s))
    _row(page, "distance", _kilometres(summary.distance_m))
    without = f", {summary.points_without_time} without time" if summary.points_without_time else ""
    _row(page, "points", f"{summary.points}{without}")
    _row(page, "parts", f"{counted(summary.laps, 'lap')}, {counted(summary.sessions, 'session')}")


def _table(page: Page, columns: Mapping[str, npt.NDArray[np.float64]]) -> None:
    arrays = {name: np.asarray(values, np.float64) for name, values in columns.items() if name != "time"}
    arrays = {name: values for name, values in arrays.items() if np.isfinite(values).any()}
    if not arrays:
        return
    page.line()
    table = [("channel", "count", "min", "mean", "max", "unit"), *(_numbers(*item) for item in arrays.items())]
    widths = [max(len(row[k]) for row in table) for k in range(6)]
    room = min(_SPARK, max(page.width - sum(widths) - 14, 0))
    blocks = page.terminal and page.encoding.lower().replace("-", "").startswith("utf")
    sparks = [sparkline(values, _BLOCKS if blocks else _ASCII, room) for values in arrays.values()]
    for row, spark, style in zip(table, ["", *sparks], ["bold", *[""] * len(sparks)], strict=True):
        numbers = [row[k].rjust(widths[k]) for k in range(1, 5)]
        cells = [row[0].ljust(widths[0]), *numbers, row[5].ljust(widths[5]), spark]
        page.line(("  ".join(cells).rstrip(), style), indent=2, keep=True)


def _numbers(name: str, values: npt.NDArray[np.float64]) -> tuple[str, ...]:
    """One row of the table, without its sparkline."""
    known = values[np.isfinite(values)]
    decimals = _DECIMALS.get(name, 0)
    low, mean, high = (f"{float(n):.{decimals}f}" for n in (known.min(), known.mean(), known.max()))
    mean = "" if name in _NO_MEAN else mean
    return name.replace("_", " "), str(len(known)), low, mean, high, _UNITS.get(name, "")


def sparkline(values: npt.NDArray[np.float64], steps: str = _BLOCKS, size: int = _SPARK) -> str:
    """``values`` as at most ``size`` characters: the mean of each stretch between the least and the greatest value.

    A stretch without a value is a space; a channel that never changes is drawn at the lowest step.
    """
    finite = np.isfinite(values)
    if not finite.any() or not size:
        return ""
    count = min(size, len(values))
    edges = np.linspace(0, len(values), count + 1).astype(np.int64)
    sums = np.add.reduceat(np.where(finite, values, 0.0), edges[:-1])
    counts = np.add.reduceat(finite.astype(np.int64), edges[:-1])
    means = np.divide(sums, counts, out=np.full(count, np.nan), where=counts > 0)
    low, high = np.nanmin(means), np.nanmax(means)
    span = high - low if high - low > 1e-9 * max(abs(high), abs(low), 1.0) else np.inf
    levels = np.nan_to_num((means - low) / span * (len(steps) - 1), nan=-1.0).round().astype(np.int64)
    return "".join(steps[level] if level >= 0 else " " for level in levels.tolist())


def _predicted(page: Page, prediction: Prediction) -> None:
    page.line()
    page.line(("What Strava will make of it", "bold"))
    sport = prediction.sport or "the default sport of the athlete"
    _row(page, "sport", f"{sport} ({prediction.sport_sure}): {prediction.sport_why}")
    _row(page, "device", prediction.device or "not shown")
    elevation = {
        "file": "as it stands in the file", "recomputed": "recomputed from the positions", "none": "none",
    }.get(prediction.elevation.source, "as in the file or recomputed, not known")  # fmt: skip
    _row(page, "elevation", f"{elevation}: {prediction.elevation.why}")
    if prediction.ascent_m is not None:
        source = "read from the file" if prediction.ascent_from == "header" else "computed from the elevation"
        _row(page, "ascent", f"{prediction.ascent_m:.0f} m, {source}")
    _row(page, "moving", None if prediction.moving_s is None else clock(prediction.moving_s))
    _row(page, "distance", _kilometres(prediction.distance_m))
    if prediction.stationary:
        _row(page, "place", "no map: the activity is shown as indoor")
    _row(page, "reads", ", ".join(name.replace("_", " ") for name in prediction.channels_read) or "no channel")
    for ignored in prediction.channels_ignored:
        where = f"{ignored.channel.replace('_', ' ')} in {ignored.place} ({counted(ignored.points, 'point')})"
        _row(page, "ignores", where + (f": {ignored.why}" if ignored.why else ""))


def _row(page: Page, label: str, value: str | None) -> None:
    if value is not None:
        page.line((f"{label:<10} ", "dim"), page.safe(value), indent=2, hang=11)


def _kilometres(metres: float | None) -> str | None:
    if metres is None:
        return None
    return f"{metres / 1000:.2f} km" if metres >= 1000 else f"{metres:.0f} m"
