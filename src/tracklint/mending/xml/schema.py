"""Repairs of what the schemas forbid, where the cure is certain or can be computed from the points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...edits import Edit, Step
from ...rules.track import lap_metres, lap_seconds
from ...rules.xml.document import gpx_version, no_namespace, other_namespace
from ...rules.xml.schema import (
    element_in_other_namespace,
    empty_track,
    lap_start_missing,
    lap_total_missing,
    misspelt_element,
    name_too_long,
    out_of_order,
    required_element_missing,
    same_id_twice,
    value_outside_type,
)
from ...xml.columns import element_place
from ...xml.datetimes import respelled
from ...xml.forms import own_ids, right_form
from ...xml.laps import first_time
from ...xml.names import GPX_1_0, GPX_1_1, near_miss
from ..repair import Repair
from . import upgrade
from .sequence import inserted, reordered
from .splice import named_like, removed, renamed, retexted, steps, with_attribute, without_attribute

if TYPE_CHECKING:
    from ...edits import Asked
    from ...findings import Finding
    from ...xml.document import XmlDocument
    from ...xml.tags import Int32s

__all__ = ["REPAIRS"]


def flagged(document: XmlDocument, finding: Finding) -> Int32s:
    """The elements that a finding speaks of, from the offsets in its evidence."""
    offsets = np.asarray(finding.evidence["offsets"], np.int64)
    if document.codec != document.encoding:
        offsets = np.array([document.text_offset(int(offset)) for offset in offsets], np.int64)
    elements = document.elements
    return np.searchsorted(elements.tags.start[elements.tag], offsets).astype(np.int32)


def _namespace(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """The namespace of the format on the root, in place of none or of one that is near it."""
    root = document.root
    if root is None:
        return
    evidence = asked.findings[0].evidence
    version = root.attribute("version")
    wanted = str(evidence["expected"])
    if root.name == "gpx":
        old = (
            version is not None and version.value.strip() == "1.0" if not root.namespace else _near_1_0(root.namespace)
        )
        wanted = GPX_1_0 if old else wanted
    name = f"xmlns:{root.prefix}" if root.prefix else "xmlns"
    says = f"the namespace of the root is {wanted}"
    yield from steps(document, [0], says, [with_attribute(document, 0, name, wanted, says)])


def _near_1_0(uri: str) -> bool:
    return near_miss(uri, GPX_1_0) and not near_miss(uri, GPX_1_1)


def _version(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    wanted = str(asked.findings[0].evidence["expected"])
    says = f"the version of the root is {wanted}"
    yield from steps(document, [0], says, [with_attribute(document, 0, "version", wanted, says)])


def _order(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    for finding in asked.findings:
        element, parent = finding.evidence["element"], finding.evidence["parent"]
        edits = reordered(document, flagged(document, finding))
        says = f"the children of {parent} are put in the order of the schema ({element} before what follows it)"
        yield Step(action="moved", says=says, edits=edits, where=finding.where)
        return  # findings may share their parents; the next pass does what is left


#: What a lap of an unknown kind is in the words of the schema.
_DEFAULTS = {"Calories": "0", "Intensity": "Active", "TriggerMethod": "Manual"}


def _required(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    for finding in asked.findings:
        element, parent = finding.evidence["element"], finding.evidence["parent"]
        elements = flagged(document, finding).tolist()
        if element in _DEFAULTS:
            text = _DEFAULTS[element]
            edits = [inserted(document, each, element, text) for each in elements]
            says = f"{element} {text} is added to {parent} ({len(edits)} in the file)"
            yield Step(action="added", says=says, edits=tuple(edits), where=finding.where)
        elif element == "Id" and parent == "Activity":
            times = {each: first_time(document, each) for each in elements}
            edits = [inserted(document, each, "Id", time) for each, time in times.items() if time]
            says = f"the time of its first point becomes the Id of an activity ({len(edits)} in the file)"
            yield Step(action="added", says=says, edits=tuple(edits), where=finding.where, safe=False)


def _lap_totals(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    from ...xml.tcx import tcx_activity

    activity = tcx_activity(document)
    laps = {lap.where.offset: lap for lap in activity.laps}
    for finding in asked.findings:
        element = finding.evidence["element"]
        total = lap_seconds if element == "TotalTimeSeconds" else lap_metres
        edits = []
        for each in flagged(document, finding).tolist():
            lap = laps.get(element_place(document, each).offset)
            value = total(activity, lap) if lap is not None else None
            if value is not None:
                edits.append(inserted(document, each, element, f"{value:.3f}".rstrip("0").rstrip(".")))
        says = f"{element} of a lap is computed from its points ({len(edits)} in the file)"
        yield Step(action="added", says=says, edits=tuple(edits), where=finding.where, safe=False)


def _lap_start(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """The same date and time in the form of the schema, else the time of the lap's first point."""
    for finding in asked.findings:
        laps = flagged(document, finding).tolist()
        if finding.fix == "safe":
            starts = {each: document.attribute_of(each, "StartTime") for each in laps}
            texts = {each: respelled(start.value) if start is not None else None for each, start in starts.items()}
            says = "StartTime of {} laps is written as xsd:dateTime has it"
        else:
            texts = {each: first_time(document, each) for each in laps}
            says = "the time of its first point becomes StartTime of a lap ({} in the file)"
        edits = [with_attribute(document, each, "StartTime", text) for each, text in texts.items() if text]
        yield Step(
            action="changed",
            says=says.format(len(edits)),
            edits=tuple(edits),
            where=finding.where,
            safe=finding.fix == "safe",
        )


def _names(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    for finding in asked.findings:
        element, known = str(finding.evidence["element"]), str(finding.evidence["known"])
        elements = flagged(document, finding).tolist()
        edits = [edit for each in elements for edit in renamed(document, each, named_like(document, each, known))]
        says = f"{element} is named {known} ({len(elements)} in the file)"
        yield Step(action="changed", says=says, edits=tuple(edits), where=finding.where, safe=False)


def _resets(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Take away the ``xmlns`` that puts elements of the format into another namespace, or write the right one there."""
    elements = document.elements
    wanted: dict[int, str] = {}
    for finding in asked.findings:
        for each in flagged(document, finding).tolist():
            wanted[_declares(document, each)] = str(finding.evidence["expected"])
    edits: list[Edit] = []
    for element, uri in wanted.items():
        path = elements.path_of(element)
        name = f"xmlns:{path.prefix}" if path.prefix else "xmlns"
        inherited = path.parent is not None and path.parent.scope.get(path.prefix) == uri
        edit = without_attribute(document, element, name) if inherited else None
        edits.append(edit or with_attribute(document, element, name, uri))
    says = f"the xmlns goes that takes elements out of the namespace of the format ({len(edits)} in the file)"
    yield Step(action="changed", says=says, edits=tuple(edits), where=asked.findings[0].where)


def _declares(document: XmlDocument, element: int) -> int:
    """The element at or above this one whose start tag decides its namespace; itself where that is the root's."""
    elements = document.elements
    prefix = elements.path_of(element).prefix
    name = f"xmlns:{prefix}" if prefix else "xmlns"
    above = element
    while elements.depth[above] > 0:
        if document.attribute_of(above, name) is not None:
            return above
        above = int(elements.parent[above])
    return element


def _empty(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    for finding in asked.findings:
        edits = tuple(removed(document, each) for each in flagged(document, finding).tolist())
        says = f"{finding.evidence['element']} without points is left out ({len(edits)} in the file)"
        yield Step(action="dropped", says=says, edits=edits, where=finding.where)


def _values(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Whole numbers that are written as ``5.0``, and words of the schema in other letters."""
    for finding in asked.findings:
        if finding.fix is None:
            continue
        edits: list[Edit] = []
        for each in flagged(document, finding).tolist():
            known = finding.evidence.get("expected") or ()
            better = right_form(document.inner_text(each), str(finding.evidence["why"]), known)
            if better is not None:
                edits.append(retexted(document, each, better))
        says = (
            f"{finding.evidence['element']} is written in the form of the schema, same value ({len(edits)} in the file)"
        )
        yield Step(action="changed", says=says, edits=tuple(edits), where=finding.where)


def _same_id(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """The start of its own first lap as the Id of each activity that shares one, where these are different."""
    for finding in asked.findings:
        if finding.fix is not None:
            ids = own_ids(document)
            edits = tuple(retexted(document, each, start) for each, start in ids.items())
            says = f"the start of its first lap becomes the Id of an activity ({len(edits)} in the file)"
            yield Step(action="changed", says=says, edits=edits, where=finding.where, safe=False)
            return


def _long_names(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    for finding in asked.findings:
        most = int(finding.evidence["most"])
        elements = flagged(document, finding).tolist()
        edits = tuple(retexted(document, each, document.text_of(each).value[:most].rstrip()) for each in elements)
        says = f"the name of {finding.evidence['parent']} is cut to {most} characters ({len(edits)} in the file)"
        yield Step(action="changed", says=says, edits=edits, where=finding.where, safe=False)


_NAMESPACE = "the namespace of the format is written where one near it, a foreign one or none stands"

REPAIRS: tuple[Repair, ...] = (
    Repair((no_namespace, other_namespace), _namespace, _NAMESPACE),
    Repair((gpx_version,), _version, "the attribute says the version of the namespace"),
    Repair((element_in_other_namespace,), _resets, _NAMESPACE),
    Repair((misspelt_element,), _names, "the element gets the name of the schema"),
    *upgrade.REPAIRS,
    Repair((empty_track,), _empty, "a Track or trkseg without points is dropped"),
    Repair(
        (required_element_missing,),
        _required,
        "TCX: Calories 0, Intensity Active, TriggerMethod Manual, an Id from the first time",
        leaves=(out_of_order,),
    ),
    Repair((lap_total_missing,), _lap_totals, "TCX: the lap says what its points say", leaves=(out_of_order,)),
    Repair(
        (lap_start_missing,),
        _lap_start,
        "TCX: a date and time in another form is written as XML has it",
        unsafely="TCX: the lap says what its points say",
    ),
    Repair(
        (value_outside_type,),
        _values,
        "a number or word of the schema in another form, such as `5.0` for 5, is written in its form",
    ),
    Repair((same_id_twice,), _same_id, "TCX: an Id from the first lap"),
    Repair((name_too_long,), _long_names, "TCX: a name cut to its length"),
    Repair((out_of_order,), _order, "the children are put in the order of the schema"),
)
