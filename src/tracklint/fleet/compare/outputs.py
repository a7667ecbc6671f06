"""A comparison as text, JSON, Markdown or a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, TextIO

from ...render.page import Page
from ...words import counted
from . import wording
from .causes import Alarm, Measure, Side
from .chance import newcombe, wilson
from .comparing import Comparison, DeviceComparison

__all__ = ["FORMATS", "NO_FACTS", "text", "write"]

#: Grows when a key changes its meaning or goes away; new keys do not change it.
VERSION = 1
#: Files of a list in text and Markdown.
_MOST = 20
NO_FACTS = "only rules are compared: facts come with `tracklint check --facts` on both sides"


def write(comparison: Comparison, form: str, out: TextIO, *, show_all: bool = False) -> None:
    """Write a comparison in one of `FORMATS`; ``show_all`` tells in text and Markdown what is no alarm too. Raises
    KeyError for another form, OSError."""
    FORMATS[form](comparison, out, show_all)


def text(comparison: Comparison, page: Page, *, show_all: bool = False) -> None:
    """The lines of a comparison on a page; ``show_all`` tells what is no alarm too."""
    for line in _lines(comparison, show_all):
        told = line.lstrip(" ")
        page.line(page.safe(told), indent=len(line) - len(told), hang=2)


def _text(comparison: Comparison, out: TextIO, show_all: bool) -> None:
    text(comparison, Page(out), show_all=show_all)


def _lines(comparison: Comparison, show_all: bool) -> Iterator[str]:
    yield wording.heading(comparison)
    yield from filter(None, (wording.verdicts(comparison), wording.small(comparison)))
    if not comparison.facts:
        yield NO_FACTS
    if (alarm := comparison.unreadable_alarm) is not None:
        yield f"1 cause in all files: {wording.said(alarm)}"
    elif comparison.unreadable.old.some or comparison.unreadable.new.some:
        yield wording.seen(comparison.unreadable).strip()
    for device in _shown(comparison, show_all):
        yield f"{_causes(device)} in {wording.device(device)}{':' if device.causes else ''}"
        for cause in device.causes:
            yield f"  {wording.said(cause.alarm)}"
            yield from (f"    {line}" for line in wording.below(cause.below))
        if show_all:
            yield from (f"  no alarm: {wording.seen(measure)}" for measure in device.others)
    yield from _alone(comparison)
    yield from _values(comparison, show_all)
    yield wording.quiet(comparison)


def _shown(comparison: Comparison, show_all: bool) -> list[DeviceComparison]:
    """What is told on its own: all but devices of too few files, which are counted already."""
    return [each for each in comparison.parts if show_all or each.causes or not each.too_few]


def _causes(device: DeviceComparison) -> str:
    if device.causes:
        return counted(len(device.causes), "cause")
    return "too few files" if device.too_few else "no cause"


def _alone(comparison: Comparison) -> Iterator[str]:
    """Devices that only one night has."""
    for label, devices in ((comparison.old, comparison.only_old), (comparison.new, comparison.only_new)):
        if devices:
            told = ", ".join(f"{name} ({wording.files(count)})" for name, count in devices)
            yield f"only in {label}, not compared: {told}"


def _values(comparison: Comparison, show_all: bool) -> Iterator[str]:
    changed = comparison.changed
    if changed:
        shown = changed if show_all else changed[:_MOST]
        yield wording.values(changed, comparison.pairs)
        yield from (f"  {wording.changed(each)}" for each in shown)
        if len(shown) < len(changed):
            yield f"  and {len(changed) - len(shown):,} more, shown with --all"


def _markdown(comparison: Comparison, out: TextIO, show_all: bool) -> None:
    from ...render.markdown import code

    total = sum(1 for _ in comparison.causes)
    out.write(f"## tracklint compare: {counted(total, 'cause') if total else 'no cause'}\n\n")
    out.write(f"{code(wording.heading(comparison))}\n")
    out.writelines(f"\n{code(each)}\n" for each in (wording.verdicts(comparison), wording.small(comparison)) if each)
    if not comparison.facts:
        out.write(f"\n{NO_FACTS}\n")
    if (alarm := comparison.unreadable_alarm) is not None:
        out.write(f"\n**Files that cannot be read**, {alarm.change}: {wording.seen(comparison.unreadable)}\n")
    for device in _shown(comparison, show_all):
        out.write(f"\n### {_causes(device)} in {code(wording.device(device))}\n")
        if device.causes:
            out.write("\n| cause | change | before | now | below it |\n|---|---|---:|---:|---|\n")
        for cause in device.causes:
            measure = cause.alarm.measure
            before, now = (_cell(side, cause.alarm) for side in (measure.old, measure.new))
            told = f"<details><summary>{len(cause.below)}</summary>" if cause.below else ""
            told += "".join(f"{code(line)}<br>" for line in wording.below(cause.below))
            told += "</details>" if cause.below else ""
            out.write(f"| {code(measure.title)} | {cause.alarm.change} | {before} | {now} | {told} |\n")
        if show_all and device.others:
            out.write("\n<details><summary>no alarm</summary>\n\n")
            out.writelines(f"* {code(wording.seen(measure))}\n" for measure in device.others)
            out.write("\n</details>\n")
    out.writelines(f"\n{code(line.strip())}\n" for line in (*_alone(comparison), *_values(comparison, show_all)))
    out.write(f"\n{wording.quiet(comparison)}\n")


def _cell(side: Side, alarm: Alarm) -> str:
    if alarm.first.what == "size":
        return f"median {'none' if side.median is None else format(side.median, 'g')} in {wording.files(side.some)}"
    return f"{side.some:,} of {side.files:,} ({side.some / max(side.files, 1):.1%})"


def _html(comparison: Comparison, out: TextIO, show_all: bool) -> None:
    from .page import page

    del show_all  # what is no alarm is folded up
    out.write(page(comparison))


def _json(comparison: Comparison, out: TextIO, show_all: bool) -> None:
    del show_all  # all of it, always
    told = {
        "comparison_version": VERSION,
        "old": {"name": comparison.old, "files": comparison.old_files},
        "new": {"name": comparison.new, "files": comparison.new_files},
        "paired_by": comparison.by,
        "pairs": comparison.pairs,
        "facts": comparison.facts,
        "family_error": comparison.alpha,
        "tolerances": asdict(comparison.tolerances),
        "unreadable": {**_measure(comparison.unreadable), "alarm": comparison.unreadable_alarm is not None},
        "verdicts": {side: dict(each) for side, each in zip(("old", "new"), comparison.verdicts, strict=True)},
        "all_devices": None if comparison.together is None else _told(comparison.together),
        "devices": [_device(device) for device in comparison.devices],
        "only_old": [{"device": name, "files": count} for name, count in comparison.only_old],
        "only_new": [{"device": name, "files": count} for name, count in comparison.only_new],
        "changed_values": [asdict(each) for each in comparison.changed],
    }
    out.write(json.dumps(told, indent=1, allow_nan=False) + "\n")


def _device(device: DeviceComparison) -> dict[str, Any]:
    return {
        "manufacturer": device.device[0],
        "product": device.device[1],
        "old_firmwares": list(device.old_firmwares),
        "new_firmware": device.new_firmware,
        **_told(device),
    }


def _told(device: DeviceComparison) -> dict[str, Any]:
    return {
        "old_files": device.old_files,
        "new_files": device.new_files,
        "too_few": device.too_few,
        "causes": [
            {
                **_alarm(cause.alarm),
                "below": [{**_alarm(each.alarm), "why": each.why} for each in cause.below],
            }
            for cause in device.causes
        ],
        "others": [_measure(measure) for measure in (*device.others, *device.facts)],
    }


def _alarm(alarm: Alarm) -> dict[str, Any]:
    tests = [
        {
            "what": each.what,
            "difference": round(each.difference, 6),
            "p": float(f"{each.chance.p:.3g}"),
            "above": each.cut,
        }
        for each in alarm.tested
    ]
    return {**_measure(alarm.measure), "change": alarm.change, "tests": tests}


def _measure(measure: Measure) -> dict[str, Any]:
    old, new = measure.old, measure.new
    interval = newcombe(old.some, old.files, new.some, new.files)
    return {
        "kind": measure.kind,
        "key": measure.key,
        "name": measure.name or None,
        "severity": measure.severity.label if measure.severity is not None else None,
        "old": _side(old),
        "new": _side(new),
        "difference_of_shares": [round(each, 6) for each in interval],
    }


def _side(side: Side) -> dict[str, Any]:
    share = side.some / side.files if side.files else None
    return {
        "files": side.files,
        "some": side.some,
        "share": None if share is None else round(share, 6),
        "share_interval": [round(each, 6) for each in wilson(side.some, side.files)],
        "total": side.total,
        "median": side.median,
    }


#: How a comparison is written.
FORMATS: Mapping[str, Callable[[Comparison, TextIO, bool], None]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
    "html": _html,
}
