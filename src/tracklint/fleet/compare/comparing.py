"""Two nights side by side: by device, OLD's firmware and NEW's, with causes and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .causes import Alarm, Cause, Kind, Measure, Side, causes
from .chance import fisher, rejected
from .designs import Both, Design, Pairs, Populations, Rows, Tested, Tolerances, joined
from .night import BadNight, Floats, Night, RuleFacts
from .pairing import By, Pairing, pair
from .values import Changed, changed_values

__all__ = ["ALPHA", "Comparison", "DeviceComparison", "compare"]

Nights = tuple[Night, Night]
#: What is known of a fact as of a rule.
_NO_RULE = RuleFacts("", None, "")
#: The chance of one false alarm or more in a comparison of two nights.
ALPHA = 0.0025


@dataclass(frozen=True, slots=True)
class DeviceComparison:
    """One firmware of NEW beside its files in OLD, or beside all firmwares that OLD has of the device where it has not
    this one. ``others`` are rules that differ by no more than chance, or too little to matter, ``facts`` such facts.
    ``too_few``: not even a rule that is new in every file would be an alarm here."""

    device: tuple[str, str]
    old_firmwares: tuple[str, ...]
    new_firmware: str
    old_files: int
    new_files: int
    too_few: bool
    causes: tuple[Cause, ...]
    others: tuple[Measure, ...]
    facts: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two nights compared. ``by`` is how files were paired, ``pairs`` how many are; ``facts`` whether both nights hold
    measured facts; ``verdicts`` counts the files of OLD and NEW by verdict; ``together`` asks of each rule over all
    devices, where they are several, and has the causes that no device has alone; ``unreadable`` the files of which
    nothing is known, with an alarm where they became more or fewer; ``only_old`` and ``only_new`` devices that one side
    has, with their numbers of files."""

    old: str
    new: str
    old_files: int
    new_files: int
    by: By
    pairs: int
    facts: bool
    alpha: float
    tolerances: Tolerances
    verdicts: tuple[Mapping[str, int], Mapping[str, int]]
    together: DeviceComparison | None
    devices: tuple[DeviceComparison, ...]
    unreadable: Measure
    unreadable_alarm: Alarm | None
    only_old: tuple[tuple[str, int], ...]
    only_new: tuple[tuple[str, int], ...]
    changed: tuple[Changed, ...]

    @property
    def parts(self) -> tuple[DeviceComparison, ...]:
        """All devices together, where they are several, and each of them."""
        return self.devices if self.together is None else (self.together, *self.devices)

    @property
    def causes(self) -> Iterator[tuple[DeviceComparison | None, Cause]]:
        """All causes with their devices; files that cannot be read have none."""
        if self.unreadable_alarm is not None:
            yield None, Cause(self.unreadable_alarm)
        for device in self.parts:
            for cause in device.causes:
                yield device, cause


@dataclass(frozen=True, slots=True)
class _Group:
    """The files of one device on both sides, and how they are compared."""

    device: tuple[str, str]
    old_firmwares: tuple[str, ...]
    new_firmware: str
    design: Design

    def values(self, nights: Nights, key: str) -> Both:
        """A measure of its files on both sides."""
        old, new = nights
        return old.measure(key)[self.design.old], new.measure(key)[self.design.new]


@dataclass(frozen=True, slots=True)
class _Question:
    """One test among all, and where it belongs."""

    group: int
    measure: Measure
    tested: Tested


def compare(
    old: Night,
    new: Night,
    *,
    by: str = "auto",
    tolerances: Tolerances | None = None,
    alpha: float = ALPHA,
    anyway: bool = False,
) -> Comparison:
    """Two nights compared. ``by`` is how files are paired (`pairing.PAIRINGS`), ``alpha`` the chance of one false alarm
    or more in all of it. Raises `BadNight` where they have no device in common, where a pairing is asked for that finds
    no pair, and, but for ``anyway``, for reports of different versions or configurations of tracklint."""
    if not anyway:
        _alike(old, new)
    tolerances = tolerances or Tolerances()
    paired = pair(old, new, by)
    groups, only_old, only_new = _groups(old, new, paired)
    every = [*groups, _together(groups)] if len(groups) > 1 else groups
    facts = sorted(set(old.facts) & set(new.facts))
    unreadable = _unreadable(old, new)
    chance = fisher(unreadable.old.some, len(old), unreadable.new.some, len(new))
    share = unreadable.new.some / len(new) - unreadable.old.some / len(old)
    apart = _Question(-1, unreadable, Tested("share", share, chance, abs(share) >= tolerances.share))
    rules = sorted({*old.rules, *new.rules})
    families = [
        [apart, *_asked(every, (old, new), rules, "rule", tolerances)],
        list(_asked(groups, (old, new), facts, "fact", tolerances)),
    ]
    alarms = _alarms(families, alpha)
    least = alpha / 2 if facts else alpha
    devices = [
        _told(group, [alarm for at, alarm in alarms if at == number], (old, new), _asked_of(families, number), least)
        for number, group in enumerate(every)
    ]
    together = _without(devices.pop(), devices) if len(groups) > 1 else None
    return Comparison(
        old=old.label,
        new=new.label,
        old_files=len(old),
        new_files=len(new),
        by=paired.by,
        pairs=len(paired.old),
        facts=bool(facts),
        alpha=alpha,
        tolerances=tolerances,
        verdicts=(old.verdicts, new.verdicts),
        together=together,
        devices=tuple(devices),
        unreadable=unreadable,
        unreadable_alarm=next((alarm for at, alarm in alarms if at < 0), None),
        only_old=only_old,
        only_new=only_new,
        changed=changed_values(old, new, paired, tolerances),
    )


def _alike(old: Night, new: Night) -> None:
    """Raises `BadNight` where reports were made otherwise on one side than on the other, or within one."""
    for what, told in _MADE.items():
        seen = [sorted({getattr(maker, what) for maker in night.makers} - {""}) for night in (old, new)]
        for night, values in zip((old, new), seen, strict=True):
            if len(values) > 1:
                raise BadNight(f"{night.label}: its reports are of different {told}: {', '.join(values)}; {_ANYWAY}")
        if seen[0] and seen[1] and seen[0] != seen[1]:
            both = f"{old.label} {seen[0][0]}, {new.label} {seen[1][0]}"
            raise BadNight(f"the reports are of different {told}: {both}; {_ANYWAY}")


_MADE = {"version": "versions of tracklint", "config": "configurations", "purpose": "questions (--for)"}
_ANYWAY = "check the files again in the same way, or compare --anyway"


def _groups(old: Night, new: Night, paired: Pairing) -> tuple[list[_Group], tuple[Any, ...], tuple[Any, ...]]:
    """Each firmware of NEW with what it is compared with, and the devices that one side alone has."""
    before, now = old.rows(), new.rows()
    shared = sorted(set(before) & set(now))
    if not shared:
        names = [", ".join(_device_name(device) for device in sorted(rows)[:3]) for rows in (before, now)]
        raise BadNight(f"no device is in both nights: {old.label} has {names[0]}, {new.label} has {names[1]}")
    groups = []
    for device in shared:
        for firmware in sorted(now[device]):
            firmwares = (firmware,) if firmware in before[device] else tuple(sorted(before[device]))
            rows_old = np.array([row for each in firmwares for row in before[device][each]])
            rows_new = np.array(now[device][firmware])
            group = _Group(device, firmwares, firmware, Populations(rows_old, rows_new))
            if paired.by != "none":
                group = _paired(group, rows_new, old, paired)
            if len(group.design.old):
                groups.append(group)
    alone = [
        tuple(
            (_device_name(device), sum(map(len, rows[device].values()))) for device in sorted(set(rows) - set(shared))
        )
        for rows in (before, now)
    ]
    return groups, alone[0], alone[1]


def _together(groups: Sequence[_Group]) -> _Group:
    return _Group(("all devices together", ""), ("the same devices",), "", joined([each.design for each in groups]))


def _without(together: DeviceComparison, devices: Sequence[DeviceComparison]) -> DeviceComparison:
    """All devices together, without the causes that are told of a device already."""
    found = (cause for device in devices for cause in device.causes)
    told = {alarm.measure.key for cause in found for alarm in cause.alarms}
    return replace(together, causes=tuple(each for each in together.causes if each.alarm.measure.key not in told))


def _paired(group: _Group, rows_new: Rows, old: Night, paired: Pairing) -> _Group:
    """A group of pairs: what the new files of a firmware are paired with, whatever firmware that has."""
    mine = np.isin(paired.new, rows_new) & ~np.isin(paired.old, np.array(sorted(old.unreadable), int))
    rows_old = paired.old[mine]
    firmwares = tuple(sorted({old.devices[row][2] for row in rows_old}))
    return replace(group, old_firmwares=firmwares, design=Pairs(rows_old, paired.new[mine]))


def _device_name(device: Sequence[str]) -> str:
    return " ".join(filter(None, device)) or "an unknown device"


def _unreadable(old: Night, new: Night) -> Measure:
    before, now = (Side(len(night), len(night.unreadable), float(len(night.unreadable)), None) for night in (old, new))
    return Measure("unreadable", "unreadable", before, now, "files that cannot be read")


def _asked(
    groups: Sequence[_Group], nights: Nights, keys: Sequence[str], kind: Kind, tolerances: Tolerances
) -> Iterator[_Question]:
    """All questions about these rules or facts."""
    for key in keys:
        known = [night.known[key] for night in nights if key in night.known]
        worst = max(known, key=lambda each: each.severity or "info", default=_NO_RULE)
        for number, group in enumerate(groups):
            before, now = group.values(nights, key)
            sides = _side(before), _side(now)
            if not (sides[0].some or sides[1].some):
                continue
            measure = Measure(kind, key, *sides, worst.name, worst.severity, worst.message)
            for tested in group.design.tests(before, now, tolerances):
                yield _Question(number, measure, tested)


def _side(values: Floats) -> Side:
    some = values[~np.isnan(values) & (values != 0)]
    return Side(len(values), len(some), float(some.sum()), float(np.median(some)) if len(some) else None)


def _alarms(families: Sequence[Sequence[_Question]], alpha: float) -> list[tuple[int, Alarm]]:
    """What is significant and matters, by group. Rules and facts have half of ``alpha`` each where there are facts."""
    asked = [family for family in families if family]
    found: dict[tuple[int, str], list[_Question]] = {}
    for family in asked:
        sure = rejected([question.tested.chance for question in family], alpha / len(asked))
        for question, significant in zip(family, sure, strict=True):
            if significant and question.tested.matters:
                found.setdefault((question.group, question.measure.key), []).append(question)
    return [
        (group, Alarm(told[0].measure, tuple(sorted((each.tested for each in told), key=lambda t: t.chance.p))))
        for (group, _), told in found.items()
    ]


def _asked_of(families: Sequence[Sequence[_Question]], number: int) -> list[dict[str, Measure]]:
    """Rules and facts that were asked about in one group."""
    return [{each.measure.key: each.measure for each in family if each.group == number} for family in families]


def _told(
    group: _Group, alarms: Sequence[Alarm], nights: Nights, asked: Sequence[dict[str, Measure]], least: float
) -> DeviceComparison:
    loud = {alarm.measure.key for alarm in alarms}
    rules, facts = (tuple(each for key, each in sorted(measures.items()) if key not in loud) for measures in asked)
    return DeviceComparison(
        device=group.device,
        old_firmwares=group.old_firmwares,
        new_firmware=group.new_firmware,
        old_files=len(group.design.old),
        new_files=len(group.design.new),
        too_few=group.design.clearest().p > least,
        causes=tuple(causes(alarms, group.design, lambda key: group.values(nights, key))),
        others=rules,
        facts=facts,
    )
