"""What a comparison says to people, line by line; each output puts these lines on its own page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from ..spelling import clock, counted, iso, printable
from .agreement import Agreement, Total
from .clocks import Clock
from .pairs import Pair
from .recording import Recording

__all__ = ["HEADS", "UNITS", "amount", "facts", "head", "rows", "said", "verdict"]

#: The units of the channels.
UNITS = {
    "power": "W", "heart_rate": "bpm", "cadence": "rpm", "speed": "m/s", "altitude": "m", "temperature": "deg C",
}  # fmt: skip
#: What stands above the columns of `rows`.
HEADS = ("channel", "seconds", "bias", "", "mean error", "r", "late", "dropouts")
_LAID = {
    "correlation": "by correlation of {by}",
    "positions": "by the positions alone",
    "clocks": "nothing could be correlated, so both clocks are taken to be right",
    "start times": "nothing could be correlated, so both are taken to begin together",
}


def said(reference: Recording, pairs: Iterable[Pair], width: float = math.inf) -> Iterator[str]:
    """The lines of a text. Where the table of channels does not fit in ``width`` columns, each channel is a line of
    words, which can be wrapped."""
    yield f"reference: {head(reference)}"
    for pair in pairs:
        yield ""
        yield f"{head(pair.other)}: {verdict(pair)}"
        if not pair.same:
            continue
        for label, text in facts(pair):
            yield f"  {label:<11} {text}"
        told = list(rows(pair))
        table = list(_table(told))
        yield from table if max(map(len, table), default=0) <= width else map(_in_words, told)


def head(recording: Recording) -> str:
    """A recording in one line."""
    device = f" ({printable(recording.device)})" if recording.device else ""
    left_out = counted(recording.misdated, "point")
    wrong = f", {left_out} with times of another week left out" if recording.misdated else ""
    return f"{printable(recording.name)}{device}, {counted(recording.points, 'point')}{wrong}"


def verdict(pair: Pair) -> str:
    """Whether it is one ride, and why."""
    return f"{'the same ride' if pair.same else 'not the same ride'}, {pair.why}"


def facts(pair: Pair) -> Iterator[tuple[str, str]]:
    """What is said of a pair beside its channels: a label, and a text."""
    yield from _clock(pair.clock)
    own, others = pair.points
    steps = f"every {pair.reference.interval_s:g} s and every {pair.other.interval_s:g} s"
    differs = f"; the sampling differs ({steps} as a rule)" if pair.sampling_differs else ""
    yield "points", f"{own} in the reference, {others} here, in the same {clock(pair.shared_s)}{differs}"
    for pause in pair.pauses:
        who = "the reference writes" if pause.side == "reference" else "here is"
        yield "pause", f"{who} no point for {clock(pause.duration_s)} from {iso(pause.start)} on"
    if pair.separation is not None:
        far = pair.separation
        yield "position", f"{far.p50_m:.1f} m apart half of the time, {far.p95_m:.1f} m in the worst twentieth"
    for label, total in (("distance", pair.distance), ("ascent", pair.ascent)):
        if total is not None:
            yield label, _total(total)
    power = pair.agreement("power")
    if power is not None and not math.isnan(power.slope):
        yield "power", f"{power.slope:.3f} times the reference {amount(power.intercept, 1)} W"
    for channel, side in pair.lacks:
        yield "lacks", f"{'the reference has' if side == 'reference' else 'here is'} no {_word(channel)}"


def _clock(there: Clock) -> Iterator[tuple[str, str]]:
    by = ", ".join(map(_word, there.by))
    windows = f"; {there.agreeing} of {there.windows} windows of 180 s agree" if there.windows else ""
    yield "clock", f"{_ahead(there.offset_s)}, {_LAID[there.method].format(by=by)}{windows}"
    for anchor in there.anchors if len(there.anchors) > 1 else ():
        still = math.isnan(anchor.offset_s)
        yield "", f"{'stands still' if still else _ahead(anchor.offset_s)} from {iso(anchor.start)} on"


def _ahead(offset: float) -> str:
    if not offset:
        return "the same"
    days, rest = divmod(abs(offset), 86400)
    told = [f"{days:.0f} {'day' if days == 1 else 'days'}"] if days else []
    told += [f"{rest:g} s" if rest < 120 and not days else clock(rest)] if rest else []
    return f"{' '.join(told)} {'ahead' if offset > 0 else 'behind'}"


def _total(total: Total) -> str:
    more = f"{amount(total.percent, 2)} %, " if not math.isnan(total.percent) else ""
    along = "along the positions, " if total.source == "positions" else ""
    return f"{more}{along}{total.reference:.0f} m in the reference, {total.other:.0f} m here"


def rows(pair: Pair) -> Iterator[tuple[str, ...]]:
    """A row of texts for each channel that both have, below `HEADS`; empty where nothing can be said."""
    for each in pair.agreements:
        unit = UNITS[each.channel]
        yield (
            _word(each.channel),
            str(each.seconds),
            _told(amount(each.bias, _decimals(each)), unit),
            _told(amount(each.bias_percent, 1), "%"),
            _told(f"{each.mae:.{_decimals(each)}f}", unit),
            _told(f"{each.correlation:.3f}", ""),
            _told(f"{each.lag_s:g}", "s"),
            f"{each.dropout_s} s" + (f" (reference {each.reference_dropout_s} s)" if each.reference_dropout_s else ""),
        )


def amount(value: float, decimals: int) -> str:
    """A number with its sign; what rounds to 0 has none."""
    text = f"{value:+.{decimals}f}"
    return text if text.strip("+-0.") else f"{0:.{decimals}f}"


def _told(number: str, unit: str) -> str:
    return "" if "nan" in number else f"{number} {unit}".rstrip()


def _decimals(each: Agreement) -> int:
    return 2 if each.channel == "speed" else 1


def _word(channel: str) -> str:
    return channel.replace("_", " ")


def _in_words(row: tuple[str, ...]) -> str:
    words = (f"{name} {cell}".strip() for name, cell in zip(HEADS[1:], row[1:], strict=True) if cell)
    return f"  {row[0]:<11} {', '.join(words)}"


def _table(table: list[tuple[str, ...]]) -> Iterator[str]:
    if not table:
        return
    table = [HEADS, *table]
    widths = [max(len(row[k]) for row in table) for k in range(len(HEADS))]
    for row in table:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  " + "  ".join(cells).rstrip()
