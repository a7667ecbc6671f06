"""Rules about what the schemas of GPX and TCX forbid: each violation under the code of its cause.

A violation that a rule with regard to Strava tells more exactly (`violations.TOLD`) is told by that one, and by these
rules only where the specification is asked or where that rule keeps quiet.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ...findings import Severity
from ...xml import XmlDocument
from ...xml.columns import element_place
from ...xml.datetimes import respelled
from ...xml.forms import own_ids, right_form
from ...xml.laps import first_time, lap_elements
from ...xml.schema import own_in_extensions
from ...xml.tcx import tcx_activity
from ...xml.values import read_number
from ..basis import GPX_1_1 as GPX_SCHEMA
from ..basis import PRACTICE, STRAVA_UPLOADS, TCX_V2
from ..registry import Found, Hit, rule
from ..track import lap_metres, lap_seconds
from .violations import hit_of, hits, offsets_of, violations_of

if TYPE_CHECKING:
    from ...config import Limits
    from ...xml.document import Attribute
    from ...xml.schema import Violation

WARNING, INFO = Severity.WARNING, Severity.INFO
#: The missing children that a repair adds, and how.
_MENDED = {
    **{("Lap", name): "safe" for name in ("Calories", "Intensity", "TriggerMethod")},
    ("Activity", "Id"): "unsafe",
}


@rule(
    "SCH007",
    "out-of-order",
    INFO,
    on=XmlDocument,
    basis=GPX_SCHEMA,
    says="{element} stands after {after} in {parent}, where the schema has it before; {count} in the file",
    hint="write the children of {parent} in the order of the schema",
    fix="safe",
    schema=True,
    well_formed=True,
)
def out_of_order(document: XmlDocument, _limits: Limits) -> Found:
    """The children of an element are all known, but not in the order of the schema.

    Both schemas are sequences. Readers that validate refuse the file; most others do not mind (FitTrackee#792,
    OpenTracks#337, tapiriik#120).
    """
    yield from hits(document, "SCH007")


@rule(
    "SCH008",
    "element-of-gpx-1.0",
    WARNING,
    on=XmlDocument,
    basis=GPX_SCHEMA,
    says="{element} stands directly in {parent}, as in GPX 1.0; GPX 1.1 has no such element there; {count} in the file",
    hint="{cure}",
    formats=("gpx",),
    fix="unsafe",
    schema=True,
    well_formed=True,
)
def element_of_gpx_1_0(document: XmlDocument, _limits: Limits) -> Found:
    """A GPX 1.1 file has an element where only GPX 1.0 had it: speed in a point, url, or the author in the root.

    Readers that validate refuse the file (OsmAnd#1326, OpenTracks#335, gopro-telemetry#38, mytourbook#586). Strava
    computes speed from positions and times.
    """
    together: dict[str, list[Violation]] = {}
    for each in violations_of(document, "SCH008"):
        together.setdefault(each.parent, []).append(each)
    for parent, group in together.items():
        names = [each.element for each in group]
        elements = np.unique(np.concatenate([each.elements for each in group]))
        hit = hit_of(document, replace(group[0], element=", ".join(dict.fromkeys(names)), elements=elements))
        yield Hit(hit.where, {**hit.evidence, "elements": names, "cure": _cure(parent, names)})


def _cure(parent: str, names: list[str]) -> str:
    if parent == "gpx":
        return "write it into metadata, and url as link"
    if "speed" in names or "course" in names:
        return "write speed and course into TrackPointExtension v2 inside extensions, or leave them out"
    return 'write <link href="..."><text>...</text></link>'


@rule(
    "SCH009",
    "required-element-missing",
    INFO,
    on=XmlDocument,
    basis=TCX_V2,
    says="{parent} has no {element}, which the schema requires; {count} in the file",
    hint="write {element} into each {parent}",
    formats=("tcx",),
    fix="safe",
    schema=True,
    well_formed=True,
)
def required_element_missing(document: XmlDocument, _limits: Limits) -> Found:
    """An element lacks a child that its schema requires, such as a lap's Calories, Intensity or TriggerMethod.

    Strava does without; strict readers stop (pytrainer PR#56: laps without Calories).
    """
    for each in violations_of(document, "SCH009"):
        yield hit_of(document, each, fix=_MENDED.get((each.parent, each.element), ""))


@rule(
    "SCH010",
    "lap-total-missing",
    WARNING,
    on=XmlDocument,
    basis=STRAVA_UPLOADS,
    says="{parent} has no {element}, which Strava takes from it; {count} in the file",
    hint="write the lap's total time in seconds and its distance in metres",
    formats=("tcx",),
    fix="unsafe",
    schema=True,
    well_formed=True,
)
def lap_total_missing(document: XmlDocument, _limits: Limits) -> Found:
    """A lap lacks TotalTimeSeconds or DistanceMeters. Of a lap, these two and its track are what Strava uses."""
    for each in violations_of(document, "SCH010"):
        total = lap_seconds if each.element == "TotalTimeSeconds" else lap_metres
        activity, laps = tcx_activity(document), lap_elements(document)
        numbers = np.searchsorted(laps, np.asarray(each.elements)).tolist()
        known = any(total(activity, activity.laps[i]) is not None for i in numbers if i < len(laps))
        yield hit_of(document, each, fix="unsafe" if known else "")


@rule(
    "SCH011",
    "lap-start-missing",
    WARNING,
    on=XmlDocument,
    basis=TCX_V2,
    says="{shown}; {count} in the file",
    hint='write the time of the first point: <Lap StartTime="2024-05-01T10:00:00Z">',
    formats=("tcx",),
    fix="unsafe",
    schema=True,
    well_formed=True,
)
def lap_start_missing(document: XmlDocument, _limits: Limits) -> Found:
    """A lap has no StartTime, or one that is no date and time (Mi Fitness: running_page#710)."""
    for each in violations_of(document, "SCH011"):
        hit = hit_of(document, each)
        shown = f'StartTime of Lap is "{hit.evidence["text"]}", which is no date and time'
        if each.kind == "missing-attribute":
            shown = "Lap has no StartTime"
        texts = [start.value for start in _starts(document, each)]
        same = len(texts) == len(each.elements) and all(respelled(text) for text in texts)
        yield Hit(hit.where, {**hit.evidence, "shown": shown}, fix="safe" if same else _first_times(document, each))


def _starts(document: XmlDocument, violation: Violation) -> list[Attribute]:
    found = [document.attribute_of(int(lap), "StartTime") for lap in violation.elements]
    return [start for start in found if start is not None]


def _first_times(document: XmlDocument, violation: Violation) -> Literal["unsafe", ""]:
    """Whether the first point of one of these laps tells when it started."""
    return "unsafe" if any(first_time(document, int(lap)) for lap in violation.elements) else ""


@rule(
    "SCH012",
    "misspelt-element",
    WARNING,
    on=XmlDocument,
    basis=GPX_SCHEMA,
    says="{element} in {parent} is not in the schema, which has {known} there; {count} in the file",
    hint="write {known}, in these letters",
    fix="unsafe",
    schema=True,
    well_formed=True,
)
def misspelt_element(document: XmlDocument, _limits: Limits) -> Found:
    """An element's name is one letter, or upper and lower case, away from one that the schema has there.

    XML tells upper case from lower case, so that readers do not see it (FIT-to-TCX#12: UnitID).
    """
    yield from hits(document, "SCH012")


@rule(
    "SCH013",
    "element-in-other-namespace",
    WARNING,
    on=XmlDocument,
    basis=GPX_SCHEMA,
    says="{element} in {parent} is in {shown}; expected {expected}; {count} in the file",
    hint="remove the xmlns that stands there or above it",
    fix="safe",
    schema=True,
    well_formed=True,
)
def element_in_other_namespace(document: XmlDocument, _limits: Limits) -> Found:
    """An element of the format is in another namespace or in none, mostly by an ``xmlns`` on it or above it.

    Strava refused a file with ``xmlns=""`` on Track and took it without (cmaion/polar#39).
    """
    for each in violations_of(document, "SCH013"):
        hit = hit_of(document, each)
        uri = each.evidence.get("namespace")
        yield Hit(
            hit.where, {**hit.evidence, "shown": f"the namespace {uri}" if uri else "no namespace"}, told_by=hit.told_by
        )


@rule(
    "SCH014",
    "empty-track",
    INFO,
    on=XmlDocument,
    basis=PRACTICE,
    says="{element} has no points; {count} in the file",
    hint="leave such a {element} out",
    fix="safe",
    schema=True,
    well_formed=True,
)
def empty_track(document: XmlDocument, _limits: Limits) -> Found:
    """A Track or trkseg holds nothing, among others that hold points.

    GPX permits it, TCX does not. Garmin Connect writes one for an indoor activity (running_page#16).
    """
    elements = document.elements
    for element in ("Track", "trkseg"):
        found = elements.named(element)
        last = np.minimum(found + 1, len(elements) - 1)
        bare = found[(elements.depth[last] <= elements.depth[found]) | (last == found)]
        if len(bare):
            place = replace(element_place(document, int(bare[0])), count=len(bare))
            evidence = {"element": element, "count": len(bare), "offsets": offsets_of(document, bare)}
            yield Hit(place, evidence, told_by=("STR001",), allowed=element == "trkseg")


@rule(
    "SCH015",
    "value-outside-type",
    WARNING,
    on=XmlDocument,
    basis=GPX_SCHEMA,
    says='{element} in {parent} is "{text}": {why}; {count} in the file',
    hint="write a value of the type, or leave {element} out",
    fix="safe",
    schema=True,
    well_formed=True,
)
def value_outside_type(document: XmlDocument, _limits: Limits) -> Found:
    """A value is not of the type that the schema demands, and no other rule tells it.

    Strict readers stop at it; others read another number or none.
    """
    for each in violations_of(document, "SCH015"):
        hit = hit_of(document, each)
        why = str(each.evidence["why"])
        words = why.removeprefix(_CHOICE).split(", ") if why.startswith(_CHOICE) else []
        texts = [document.inner_text(int(i)) for i in each.elements]
        curable = each.kind == "value" and all(right_form(text, why, words) is not None for text in texts)
        evidence = {**hit.evidence, "expected": words}
        if hit.evidence["text"] in words:
            evidence["why"] = "white space stands around it, which the schema does not permit there"
        measured = all(read_number(text)[0] >= 0 for text in texts)  # of which STR014 has nothing to tell
        told_by = tuple(code for code in hit.told_by if code != "STR014" or not measured)
        mild = INFO if each.element == "email" else None  # nobody reads it
        yield Hit(hit.where, evidence, mild, told_by=told_by, fix=None if curable else "")


#: How a validation says that a value is none of the words of its type.
_CHOICE = "not one of "


@rule(
    "SCH016",
    "same-id-twice",
    WARNING,
    on=XmlDocument,
    basis=TCX_V2,
    says='{element} has the {field} "{text}", as one before it has; {count} in the file',
    hint="give each activity the time of its own start as Id",
    formats=("tcx",),
    fix="unsafe",
    schema=True,
    well_formed=True,
)
def same_id_twice(document: XmlDocument, _limits: Limits) -> Found:
    """Two activities have the same Id, or two courses the same name. Readers take them for one."""
    for each in violations_of(document, "SCH016"):
        yield hit_of(document, each, fix=None if own_ids(document) and _of_activity(each) else "")


def _of_activity(violation: Violation) -> bool:
    return "Activity" in (violation.element, violation.parent)


@rule(
    "SCH017",
    "name-too-long",
    INFO,
    on=XmlDocument,
    basis=TCX_V2,
    says='the name "{text}" of a {parent} has {length} characters; the schema permits {most}; {count} in the file',
    hint="shorten the name",
    formats=("tcx",),
    fix="unsafe",
    schema=True,
    well_formed=True,
)
def name_too_long(document: XmlDocument, _limits: Limits) -> Found:
    """A Course has a name of more than 15 characters, or a CoursePoint one of more than 10. Devices cut it."""
    yield from hits(document, "SCH017")


@rule(
    "SCH018",
    "other-violation",
    INFO,
    on=XmlDocument,
    basis=GPX_SCHEMA,
    says="{what}; {count} in the file",
    hint="compare it with the schema of the format",
    schema=True,
    well_formed=True,
)
def other_violation(document: XmlDocument, _limits: Limits) -> Found:
    """The file breaks its schema in another way, such as an element or attribute that the schema does not know.

    Readers that validate refuse the file; Strava does not mind.
    """
    for each in violations_of(document, "SCH018"):
        hit = hit_of(document, each)
        words = _WORDS[each.kind].format_map({**hit.evidence, "namespace": each.evidence.get("namespace") or "none"})
        yield Hit(hit.where, {**hit.evidence, "what": words}, told_by=hit.told_by)
    yield from _own_in_extensions(document)


def _own_in_extensions(document: XmlDocument) -> Found:
    """Elements of no namespace, or of GPX itself, in extensions, which are for other namespaces."""
    for path in document.elements.paths:
        if own_in_extensions(path):
            found = document.elements.of_path(path.number)
            what = f"{path.local} stands in extensions, where the schema has elements of other namespaces only"
            evidence = {
                "what": what,
                "element": path.local,
                "count": len(found),
                "offsets": offsets_of(document, found),
            }
            place = replace(element_place(document, int(found[0])), count=len(found))
            yield Hit(place, evidence, told_by=("SEN021", "SEN017", "SEN006", "SEN005"))


_WORDS = {
    "unknown-child": "{element} (namespace {namespace}) stands in {parent}, where the schema has no such element",
    "too-many": "{element} stands more often in {parent} than the schema permits",
    "missing-attribute": "{parent} has no attribute {element}, which the schema requires",
    "unknown-attribute": "{parent} has an attribute {element}, which the schema does not have there",
    "text": 'the text "{text}" stands in {element}, where the schema has elements only',
    "abstract-type": "{element} in {parent} has no xsi:type, which must say what it is",
    "unknown-type": "{element} in {parent} has an xsi:type that the schema does not have there",
    "child-in-text": "{element} stands in {parent}, where the schema has a value only",
    "root": "the schema has no root {element}",
}
