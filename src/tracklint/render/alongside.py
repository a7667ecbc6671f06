"""Recordings of one ride beside one another: as text, as Markdown, as a page, and as plain values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..alongside.telling import HEADS, facts, head, rows, said, verdict
from ..version import __version__
from ..words import iso
from .markdown import code

if TYPE_CHECKING:
    from ..alongside.comparison import Comparison
    from ..alongside.pairs import Pair
    from ..alongside.recording import Recording
    from ..alongside.thresholds import Beyond
    from .page import Page

__all__ = ["data", "html", "markdown", "text"]

#: Grows when a key changes its meaning or goes away; new keys do not change it.
SCHEMA_VERSION = 1


def text(told: Comparison, found: Sequence[Beyond], page: Page) -> None:
    """The lines of `Comparison` on a page, and what is beyond the thresholds below them."""
    for each in said(told.reference, told.pairs, page.width if page.wraps else math.inf):
        below, safe = each.startswith("  "), page.safe(each)
        hang = 12 if page.cells(safe) > page.width else 0  # a line that fits needs no room for others below it
        page.line((safe.removeprefix("  "), "" if below else "bold"), indent=2 * below, hang=hang)
    if found:
        page.line()
    for beyond in found:
        page.line((page.safe(str(beyond)), "bold red"), hang=2)


def markdown(told: Comparison, found: Sequence[Beyond]) -> Iterator[str]:
    """The lines of a page of Markdown, for a comment on a merge request."""
    yield f"## {'One ride' if told.same else 'Not one ride'}"
    yield ""
    yield f"Reference: {code(head(told.reference))}"
    if found:
        yield ""
        yield from (f"* **beyond**: {code(str(each))}" for each in found)
    for pair in told.pairs:
        yield ""
        yield f"### {code(head(pair.other))}"
        yield ""
        yield f"{verdict(pair)}"
        yield from _tables(pair) if pair.same else ()


def _tables(pair: Pair) -> Iterator[str]:
    yield ""
    yield "| what | |"
    yield "|---|---|"
    yield from (f"| {label} | {told} |" for label, told in facts(pair))
    if table := list(rows(pair)):
        yield ""
        yield f"| {' | '.join(HEADS)} |"
        yield f"|---|{'---:|' * (len(HEADS) - 1)}"
        yield from (f"| {' | '.join(row)} |" for row in table)


def html(told: Comparison, found: Sequence[Beyond]) -> str:
    """A page with charts and a map, for a browser; it needs the extra ``report``."""
    from .html import LIBRARY, whole
    from .html.alongside import alongside

    return whole(alongside(told, found, LIBRARY))


def data(told: Comparison, found: Sequence[Beyond]) -> dict[str, Any]:
    """All numbers as JSON values, by ``schemas/same-ride.schema.json``; ``null`` where one is not known."""
    values = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "tracklint", "version": __version__},
        "same": told.same,
        "reference": _recording(told.reference),
        "recordings": [_pair(pair) for pair in told.pairs],
        "beyond": [
            {"recording": each.recording, "threshold": each.threshold.text, "value": each.value, "says": str(each)}
            for each in found
        ],
    }
    cleaned: dict[str, Any] = _known(values)
    return cleaned


def _recording(recording: Recording) -> dict[str, Any]:
    times = {"start": iso(recording.start), "end": iso(recording.end)}
    return asdict(recording) | times


def _pair(pair: Pair) -> dict[str, Any]:
    there = asdict(pair.clock)
    there["anchors"] = [{"start": iso(each.start), "offset_s": each.offset_s} for each in pair.clock.anchors]
    values = {"same": pair.same, "why": pair.why}
    if not pair.same:
        return _recording(pair.other) | values
    totals = {
        name: None if total is None else asdict(total) | {"percent": total.percent}
        for name, total in (("distance", pair.distance), ("ascent", pair.ascent))
    }
    return _recording(pair.other) | values | totals | {
        "clock": there,
        "shared_s": pair.shared_s,
        "points_shared": {"reference": pair.points[0], "other": pair.points[1]},
        "sampling_differs": pair.sampling_differs,
        "pauses": [asdict(pause) | {"start": iso(pause.start)} for pause in pair.pauses],
        "lacks": [{"channel": channel, "side": side} for channel, side in pair.lacks],
        "separation": None if pair.separation is None else asdict(pair.separation),
        "channels": [asdict(each) for each in pair.agreements],
    }  # fmt: skip


def _known(value: Any) -> Any:
    """The same with ``null`` for NaN, which JSON does not have, and numbers to six digits behind the point."""
    if isinstance(value, dict):
        return {key: _known(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_known(each) for each in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
