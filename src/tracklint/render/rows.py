"""What a file holds and what Strava will make of it, as labels with their texts, for pages that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..words import clock, counted, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..findings import Prediction, Report, Skipped, Summary
    from .units import Units

__all__ = ["container_row", "fact_rows", "not_checked", "predicted_rows", "predicted_title"]

Row = tuple[str, str]


def container_row(report: Report) -> Row:
    """The format, what it came in, and its size."""
    packed = "" if report.container == "plain" else f" in {report.container}"
    format_ = report.format.upper() if report.format != "unknown" else "unknown"
    return "format", f"{format_}{packed}, {report.bytes} bytes"


def fact_rows(summary: Summary, units: Units, moment: Callable[[float | None], str | None] = iso) -> Iterator[Row]:
    """What was read. ``moment`` says a time; as it is in UTC."""
    device, sport = summary.device, summary.sport
    barometer = {True: ", with a barometer", False: ", without a barometer", None: ""}[device.barometer]
    product = device.product if device.product != device.name else None
    made_by = " ".join(filter(None, (device.manufacturer, product)))
    name = device.name or made_by or "not named"
    yield "device", name + (f" ({made_by})" if made_by and made_by != name else "") + barometer
    said = " / ".join(filter(None, (sport.file, sport.sub))) or "not named"
    yield "sport", f"{said} -> {sport.strava or 'the default sport of the athlete'} ({sport.sure})"
    for label, time in (("start", summary.start_time), ("end", summary.end_time)):
        if when := moment(time):
            yield label, when
    if summary.elapsed_s is not None:
        yield "elapsed", clock(round(summary.elapsed_s))
    if summary.distance_m is not None:
        yield "distance", units.way(summary.distance_m)
    without = f", {summary.points_without_time} without time" if summary.points_without_time else ""
    yield "points", f"{summary.points}{without}"
    yield "parts", f"{counted(summary.laps, 'lap')}, {counted(summary.sessions, 'session')}"


def predicted_title(report: Report) -> str | None:
    """What is said above the prediction. Of a file that Strava refuses only what is left of it is predicted, ``None``
    where no point is."""
    refused = report.purpose == "strava" and report.verdict == "refused"
    left = report.activity is not None and report.activity.points > 0
    if report.prediction is None or (refused and not left):
        return None
    if refused:
        return "Strava refuses the file. What it would make of what can be read of it"
    return "What Strava will make of it"


def predicted_rows(prediction: Prediction, units: Units) -> Iterator[Row]:
    """What Strava will show, and why."""
    sport = prediction.sport or "the default sport of the athlete"
    yield "sport", f"{sport} ({prediction.sport_sure}): {prediction.sport_why}"
    yield "device", prediction.device or "not shown"
    elevation = {
        "file": "as it stands in the file", "recomputed": "recomputed from the positions", "none": "none",
    }.get(prediction.elevation.source, "as in the file or recomputed, not known")  # fmt: skip
    yield "elevation", f"{elevation}: {prediction.elevation.why}"
    if prediction.ascent_m is not None:
        source = "read from the file" if prediction.ascent_from == "header" else "computed from the elevation"
        yield "ascent", f"{units.climb(prediction.ascent_m)}, {source}"
    if prediction.moving_s is not None:
        yield "moving", clock(round(prediction.moving_s))
    if prediction.distance_m is not None:
        yield "distance", units.way(prediction.distance_m)
    if prediction.stationary:
        yield "place", "no map: the activity is shown as indoor"
    yield "reads", ", ".join(name.replace("_", " ") for name in prediction.channels_read) or "no channel"
    for ignored in prediction.channels_ignored:
        where = f"{ignored.channel.replace('_', ' ')} in {ignored.place} ({counted(ignored.points, 'point')})"
        yield "ignores", where + (f": {ignored.why}" if ignored.why else "")


def not_checked(skipped: Sequence[Skipped]) -> list[Row]:
    """The codes that were not asked, one row a reason."""
    reasons: dict[str, list[str]] = {}
    for each in skipped:
        reasons.setdefault(each.why, []).append("the other rules" if each.code == "*" else each.code)
    return [(_listed(codes), why) for why, codes in reasons.items()]


def _listed(codes: Sequence[str]) -> str:
    """Codes, with ``to`` between the first and the last of three or more that follow each other."""
    rows: list[list[str]] = []
    for code in codes:
        if rows and code[-3:].isdigit() and rows[-1][-1] == f"{code[:-3]}{int(code[-3:]) - 1:03}":
            rows[-1].append(code)
        else:
            rows.append([code])
    return ", ".join(f"{row[0]} to {row[-1]}" if len(row) > 2 else ", ".join(row) for row in rows)
