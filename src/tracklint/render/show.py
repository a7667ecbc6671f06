"""One file as a page: what it holds, how its channels run, and what Strava will make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import numpy as np

from ..findings import Severity
from ..words import severities
from .page import STYLES, Page
from .rows import container_row, fact_rows, predicted_rows, predicted_title
from .units import UNITS, Measure, Units

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from ..findings import Report
    from .units import System

__all__ = ["show", "sparkline"]

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
    units: System = "metric",
) -> None:
    """Write one file's errors and facts, a table of ``columns`` (float arrays of one length, NaN = none) and the
    prediction to ``out``. Of a file that Strava refuses only what is left of it is predicted, and nothing where no
    point is.

    ``time`` among the columns is not shown. Sparklines are drawn with block characters on a terminal that can show
    them, else in ASCII.
    """
    page = Page(out, color=color, width=width)
    verdict = (report.verdict, STYLES[report.verdict])
    found = severities(report.findings)
    page.line((page.safe(report.name), "bold"), ": ", verdict, f", {found}" if found else "")
    for finding in report.findings:
        if finding.severity == Severity.ERROR:
            page.line(("error", STYLES["error"]), page.safe(f" {finding.code} {finding.message}"), indent=2, hang=2)
    _row(page, *container_row(report))
    if report.schema_valid is False:
        _row(page, "schema", "not valid, see check --for spec")
    if report.activity is not None:
        for row in fact_rows(report.activity, UNITS[units]):
            _row(page, *row)
        _table(page, columns, UNITS[units])
    if report.prediction is not None and (title := predicted_title(report)) is not None:
        page.line()
        page.line((title, "bold"))
        for row in predicted_rows(report.prediction, UNITS[units]):
            _row(page, *row)


def _table(page: Page, columns: Mapping[str, npt.NDArray[np.float64]], units: Units) -> None:
    arrays = {name: np.asarray(values, np.float64) for name, values in columns.items() if name != "time"}
    arrays = {name: values for name, values in arrays.items() if np.isfinite(values).any()}
    if not arrays:
        return
    page.line()
    table = [("channel", "count", "min", "mean", "max", "unit"), *(_numbers(*item, units) for item in arrays.items())]
    widths = [max(len(row[k]) for row in table) for k in range(6)]
    room = min(_SPARK, max(page.width - sum(widths) - 14, 0))
    blocks = page.terminal and page.encoding.lower().replace("-", "").startswith("utf")
    sparks = [sparkline(values, _BLOCKS if blocks else _ASCII, room) for values in arrays.values()]
    for row, spark, style in zip(table, ["", *sparks], ["bold", *[""] * len(sparks)], strict=True):
        numbers = [row[k].rjust(widths[k]) for k in range(1, 5)]
        cells = [row[0].ljust(widths[0]), *numbers, row[5].ljust(widths[5]), spark]
        page.line(("  ".join(cells).rstrip(), style), indent=2, keep=True)


def _numbers(name: str, values: npt.NDArray[np.float64], units: Units) -> tuple[str, ...]:
    """One row of the table, without its sparkline."""
    known, measure = values[np.isfinite(values)], units.channels.get(name, Measure(""))
    numbers = (measure.of(float(n)) for n in (known.min(), known.mean(), known.max()))
    low, mean, high = (f"{number:.{measure.decimals}f}" for number in numbers)
    mean = "" if name in _NO_MEAN else mean
    return name.replace("_", " "), str(len(known)), low, mean, high, measure.unit


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


def _row(page: Page, label: str, value: str) -> None:
    page.line((f"{label:<10} ", "dim"), page.safe(value), indent=2, hang=11)
