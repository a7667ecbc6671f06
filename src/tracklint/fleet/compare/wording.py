"""A comparison in sentences, for text and Markdown alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...spelling import number
from .causes import Alarm, Follower, Measure, Side
from .chance import wilson
from .comparing import Comparison, DeviceComparison
from .designs import Tested
from .values import Changed

__all__ = ["below", "changed", "device", "files", "heading", "quiet", "said", "seen", "small", "values", "verdicts"]

_PAIRED = {
    "content": "{} of the same content",
    "name": "{} of the same name",
    "none": "no pairs: compared as populations",
}
_VERDICTS = ("refused", "risky", "ready")
_WHY = {"test": "follows from it", "subject": "of the same part"}


def files(count: int) -> str:
    """``1,000 files``, ``1 file``."""
    return f"{count:,} file{'' if count == 1 else 's'}"


def heading(comparison: Comparison) -> str:
    """Which nights are compared, and how."""
    pairs = f"{comparison.pairs:,} pair{'' if comparison.pairs == 1 else 's'}"
    how = _PAIRED[comparison.by].format(pairs)
    return f"{comparison.old}: {files(comparison.old_files)}; {comparison.new}: {files(comparison.new_files)}; {how}"


def verdicts(comparison: Comparison) -> str:
    """``refused 0 -> 30, risky 2 -> 0, ready 28 -> 0``; nothing where the reports of a side do not tell."""
    old, new = comparison.verdicts
    if not old or not new:
        return ""
    kinds = [*_VERDICTS, *sorted({*old, *new} - set(_VERDICTS))]
    return ", ".join(f"{kind} {old.get(kind, 0):,} -> {new.get(kind, 0):,}" for kind in kinds)


def small(comparison: Comparison) -> str:
    """How many devices have too few files; nothing where none has."""
    few, count = sum(each.too_few for each in comparison.devices), len(comparison.devices)
    if not few:
        return ""
    if count == 1:
        return "the device has too few files to show anything"
    return (
        f"{few} of {count} devices and firmwares {'has' if few == 1 else 'have'} too few files to show anything alone"
    )


def device(told: DeviceComparison) -> str:
    """``garmin edge_530 4.12 (1,000 files), beside 4.11 (1,000 files)``."""
    name = " ".join(filter(None, (*told.device, told.new_firmware))) or "an unknown device"
    before = " and ".join(each or "no firmware named" for each in told.old_firmwares)
    return f"{name} ({files(told.new_files)}), beside {before} ({files(told.old_files)})"


def said(alarm: Alarm) -> str:
    """``TIM020 clock-step, new: 0 of 1,000 files before (0.0 %, ...), 30 of 1,000 files now (3.0 %, ...)``."""
    measure = alarm.measure
    return f"{measure.title}, {alarm.change}: {'; '.join(_tested(measure, each) for each in alarm.tested)}"


def _tested(measure: Measure, tested: Tested) -> str:
    if tested.what == "share":
        return f"{_share(measure.old, 'before')}, {_share(measure.new, 'now')}"
    kind = "points a file" if measure.kind == "rule" else "where there is any"
    medians = f"median {_number(measure.old.median)} before, {_number(measure.new.median)} now ({kind})"
    if tested.cut is None:
        return f"{medians}; {abs(tested.difference):.1%} more of the files went {_way(tested)} than the other way"
    return f"{medians}; {abs(tested.difference) * 100:.0f} {_way(tested)} of 100 files lie above {_number(tested.cut)}"


def _way(tested: Tested) -> str:
    up = tested.difference > 0
    if tested.cut is None:
        return "up" if up else "down"
    return "more" if up else "fewer"


def _share(side: Side, when: str) -> str:
    low, high = (f"{each * 100:.1f}" for each in wilson(side.some, side.files))
    share = side.some / side.files if side.files else 0.0
    return f"{side.some:,} of {files(side.files)} {when} ({share * 100:.1f} %, between {low} and {high} %)"


def _number(value: float | None) -> str:
    return "none" if value is None else number(round(value, 3))


def below(followers: Sequence[Follower]) -> list[str]:
    """A line for each alarm below a cause, short."""
    return [f"{_WHY[each.why]}: {_short(each.alarm)}" for each in followers]


def _short(alarm: Alarm) -> str:
    old, new = alarm.measure.old, alarm.measure.new
    if alarm.first.what == "size":
        numbers = f"median {_number(old.median)} before, {_number(new.median)} now"
    else:
        numbers = f"{old.some:,} of {files(old.files)} before, {new.some:,} of {new.files:,} now"
    return f"{alarm.measure.title}, {alarm.change}: {numbers}"


def seen(measure: Measure) -> str:
    """A rule or fact that is no alarm, in one line."""
    return f"{measure.title}: {_share(measure.old, 'before')}, {_share(measure.new, 'now')}"


def quiet(comparison: Comparison) -> str:
    """What the test was, and how many false alarms it raises."""
    asked = "rules and facts" if comparison.facts else "rules"
    return f"{asked}: two equal nights give a false alarm in at most {comparison.alpha * 100:g} % of comparisons"


def changed(told: Changed) -> str:
    """One value of one file."""
    unit = {"distance": " m", "time": " s"}.get(told.what, "")
    before, now = (_value(each, unit) for each in (told.old, told.new))
    return f"{told.file}: {told.what} {before} before, {now} now"


def _value(value: float | str | None, unit: str) -> str:
    if value is None:
        return "not known"
    return value if isinstance(value, str) else f"{number(round(value, 1))}{unit}"


def values(told: Sequence[Changed], pairs: int) -> str:
    """``values changed in 3 of 1,000 pairs: distance 2, sport 1``."""
    counts = Counter(each.what for each in told)
    kinds = ", ".join(f"{what} {count:,}" for what, count in sorted(counts.items()))
    return f"values changed in {len({each.file for each in told}):,} of {pairs:,} pairs: {kinds}"
