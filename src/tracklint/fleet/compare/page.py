"""A comparison of two nights as a page: each cause with both nights side by side, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...render.html.filling import filled, own
from ...words import counted
from . import wording
from .chance import wilson

if TYPE_CHECKING:
    from .causes import Alarm, Cause, Measure, Side
    from .comparing import Comparison, DeviceComparison

__all__ = ["page"]

_MOST_CHANGED = 500
#: Changes to the better, and all others.
_BETTER = ("gone", "fewer")


def page(comparison: Comparison) -> str:
    """The page; it has no script."""
    total = sum(1 for _ in comparison.causes)
    shown = comparison.changed[:_MOST_CHANGED]
    return filled(
        "nights.html",
        title=f"Two nights: {counted(total, 'cause') if total else 'no cause'}",
        style=own("page.css") + own("nights.css"),
        heading=wording.heading(comparison),
        notes=[each for each in (wording.verdicts(comparison), wording.small(comparison)) if each],
        old=comparison.old,
        new=comparison.new,
        facts=comparison.facts,
        unreadable=_unreadable(comparison),
        devices=[_device(each) for each in comparison.parts],
        alone=[
            (label, [(name, wording.files(count)) for name, count in devices])
            for label, devices in ((comparison.old, comparison.only_old), (comparison.new, comparison.only_new))
            if devices
        ],
        values=wording.values(comparison.changed, comparison.pairs) if comparison.changed else "",
        changed=[wording.changed(each) for each in shown],
        changed_more=len(comparison.changed) - len(shown),
        quiet=wording.quiet(comparison),
    )


def _unreadable(comparison: Comparison) -> dict[str, Any] | None:
    alarm, measure = comparison.unreadable_alarm, comparison.unreadable
    if alarm is None and not measure.old.some and not measure.new.some:
        return None
    return {"alarm": alarm is not None, "says": wording.said(alarm) if alarm is not None else wording.seen(measure)}


def _device(told: DeviceComparison) -> dict[str, Any]:
    return {
        "name": wording.device(told),
        "too_few": told.too_few,
        "causes": [_cause(each) for each in told.causes],
        "others": [_measure(each) for each in told.others],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    alarm = cause.alarm
    return {
        **_measure(alarm.measure),
        "change": alarm.change,
        "better": alarm.change in _BETTER,
        "sizes": _sizes(alarm),
        "below": wording.below(cause.below),
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "title": measure.title,
        "severity": measure.severity.label if measure.severity is not None else "fact",
        "text": measure.text,
        "sides": [_side(measure.old), _side(measure.new)],
    }


def _side(side: Side) -> dict[str, Any]:
    share = side.some / side.files if side.files else 0.0
    low, high = wilson(side.some, side.files)
    return {
        "share": f"{share:.1%}",
        "files": f"{side.some:,} of {side.files:,}",
        "between": f"between {low:.1%} and {high:.1%}",
        "percent": f"{share * 100:.2f}",
        "low": f"{low * 100:.2f}",
        "wide": f"{(high - low) * 100:.2f}",
    }


def _sizes(alarm: Alarm) -> str:
    """What is said of the sizes of values, where they are what differs."""
    if all(each.what != "size" for each in alarm.tested):
        return ""
    return wording.said(alarm).partition(": ")[2]
