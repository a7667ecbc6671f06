"""Rules about the elements of sensors in TCX and GPX: in which namespace, at which place and under which name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...activity import Activity
from ...config import Limits
from ...findings import Severity
from ...xml import XmlDocument
from ...xml.columns import element_place, point_elements, point_name, point_numbers, spots_of
from ...xml.extensions import (
    children_out_of_order,
    is_general,
    is_later,
    is_misnamed,
    is_near_miss,
    is_outside,
    is_track_point_v2,
    is_without_namespace,
    without_sibling,
)
from ...xml.names import ACTIVITY_EXTENSION_V2, ORDER, nearest_uri
from ...xml.standings import plain_heart_rates, standings, values_by_point
from ...xml.tags import Int32s
from ..basis import GPX_1_1, STRAVA_UPLOADS, TCX_V2
from ..registry import Found, Hit, at_points, rule

WARNING, INFO = Severity.WARNING, Severity.INFO
_CHANNELS = ("heart_rate", "cadence", "power", "temperature", "distance")
_UNITS = {"heart_rate": "bpm", "cadence": "rpm", "power": "W", "temperature": "degrees Celsius", "distance": "m"}


def _at(document: XmlDocument, found: Int32s, severity: Severity | None = None, /, **evidence: Any) -> Found:
    """One hit for these elements: the place of the first, their count, and the points that they stand in."""
    if not len(found):
        return
    all_points, keep = point_elements(document, point_name(document))
    owner = point_numbers(all_points, found)
    owner = np.unique((np.cumsum(keep) - 1)[owner[owner >= 0]])
    edges = np.flatnonzero(np.diff(owner) > 1)
    runs = np.column_stack((owner[np.r_[0, edges + 1]], owner[np.r_[edges, len(owner) - 1]])) if len(owner) else owner
    first = int(owner[0]) if len(owner) else None
    where = replace(element_place(document, int(found[0])), count=len(found), record=first)
    path = document.elements.path_of(found[0])
    told = {
        "element": path.name,
        "count": len(found),
        "points": int(keep.sum()),
        "in_points": len(owner),
        "runs": runs.tolist(),
    }
    yield Hit(where, {**told, **evidence}, severity)


@rule(
    "SEN001",
    "extension-namespace",
    WARNING,
    on=XmlDocument,
    basis=STRAVA_UPLOADS,
    says="elements of an extension (count: {count}) are in the namespace {found}; expected {expected}",
    hint="write the namespace as {expected}, letter by letter",
    fix="safe",
)
def extension_namespace(document: XmlDocument, _limits: Limits) -> Found:
    """The elements of a known extension stand in a namespace that is only like the extension's own.

    Programs write the address of the schema file (gpxcsv), another path of Cluetrust (OpenTracks) or a host of their
    own (gpxpy#173). A namespace is a name: readers that compare it lose the values, as Strava may.
    """
    found = document.elements.of_kind(is_near_miss)
    if not len(found):
        return
    paths, numbers = document.elements.paths, document.elements.path[found]
    uris = {paths[number].uri for number in np.unique(numbers).tolist()}
    for uri in sorted(uri for uri in uris if uri):
        here = found[np.isin(numbers, [path.number for path in paths if path.uri == uri])]
        yield from _at(document, here, found=uri, expected=nearest_uri(uri))


@rule(
    "SEN002",
    "outside-extensions",
    WARNING,
    on=XmlDocument,
    basis=STRAVA_UPLOADS,
    says="{in_points} of {points} points have values of sensors beside their extensions, the first is {element}",
    hint="move them into {wanted}, which is the last child of the point",
    fix="safe",
)
def outside_extensions(document: XmlDocument, _limits: Limits) -> Found:
    """A sensor's value, or the wrapper of an extension, is a child of the point itself.

    Both schemas want it inside ``extensions`` (GPX) or ``Extensions`` (TCX), and gpxpy, GPSBabel and others lose it
    where it is. GPX 1.0 has no such element; Strava follows version 1.1.
    """
    found = document.elements.of_kind(is_outside)
    wanted = "extensions" if document.root_is("gpx") else "Extensions"
    for hit in _at(document, found, wanted=wanted):
        yield replace(hit, fix="" if document.root_is("gpx", "1/0") else None)


@rule(
    "SEN003",
    "later-element",
    INFO,
    on=XmlDocument,
    basis=GPX_1_1,
    says="{in_points} of {points} points have {element} in version 1 of TrackPointExtension; it came with version 2",
    hint="leave them out: Strava computes the speed from positions and times",
    formats=("gpx",),
    fix="unsafe",
)
def later_element(document: XmlDocument, _limits: Limits) -> Found:
    """speed, course or bearing, which came with version 2 of Garmin's TrackPointExtension, stand in version 1.

    Zepp's app writes them so. Readers of version 1 skip them, strict ones refuse the extension.
    """
    yield from _at(document, document.elements.of_kind(is_later))


@rule(
    "SEN004",
    "track-point-v2",
    INFO,
    on=XmlDocument,
    basis=STRAVA_UPLOADS,
    says="{in_points} of {points} points use version 2 of TrackPointExtension; Strava's document names version 1{lost}",
    hint="write hr and atemp in version 1; it has no speed, course and bearing, which Strava computes itself",
    formats=("gpx",),
    fix="unsafe",
)
def track_point_v2(document: XmlDocument, _limits: Limits) -> Found:
    """The values stand in version 2 of Garmin's TrackPointExtension, while Strava documents version 1 only.

    One app went from version 2 back to version 1 for Strava (OpenTracks PR 877). It is a warning where the heart rate
    stands nowhere else.
    """
    found = document.elements.of_kind(is_track_point_v2)
    rates = standings(document, "heart_rate") if len(found) else []
    in_v2 = sum(len(each.elements) for each in rates if each.spot.defect == "track-point-v2")
    alone = in_v2 > sum(len(each.elements) for each in rates if each.spot.strava)
    lost = ", and the heart rate stands nowhere else" if alone else ""
    yield from _at(document, found, WARNING if alone else None, lost=lost)


@rule(
    "SEN012",
    "tpx-without-namespace",
    WARNING,
    on=XmlDocument,
    basis=TCX_V2,
    says="{in_points} of {points} points have {element} without the namespace of its extension, {expected}",
    hint='write <TPX xmlns="{expected}"> around Speed, RunCadence and Watts',
    formats=("tcx",),
    fix="safe",
    schema=True,
)
def tpx_without_namespace(document: XmlDocument, _limits: Limits) -> Found:
    """TPX, Watts, RunCadence or Speed stand in the extensions of a point, but in TCX's own namespace or in none.

    Readers that compare names lose power and cadence (tcxreader, tcxparser, GPSBabel#1537).
    """
    yield from _at(document, document.elements.of_kind(is_without_namespace), expected=ACTIVITY_EXTENSION_V2)


@rule(
    "SEN013",
    "plain-heart-rate",
    WARNING,
    on=XmlDocument,
    basis=TCX_V2,
    says="{count} of {points} points have the heart rate directly in HeartRateBpm; the schema wants a child Value",
    hint="write <HeartRateBpm><Value>135</Value></HeartRateBpm>",
    formats=("tcx",),
    fix="safe",
    schema=True,
)
def plain_heart_rate(document: XmlDocument, _limits: Limits) -> Found:
    """HeartRateBpm holds the number itself.

    An app wrote it so (running_page#710); tcxreader and tcxparser then find no heart rate.
    """
    yield from _at(document, plain_heart_rates(document))


@rule(
    "SEN015",
    "sources-differ",
    WARNING,
    on=XmlDocument,
    basis=STRAVA_UPLOADS,
    says="{count} of {points} points have two values of {channel}: {first_value:g} {unit} in {first_place}, "
    "{second_value:g} {unit} in {second_place}",
    hint="write one of the two; nobody knows which one a reader takes",
)
def sources_differ(document: XmlDocument, _limits: Limits) -> Found:
    """A point has the same sensor at two places that Strava reads, with numbers that differ by more than 1.

    In GPX these are the general tags, TrackPointExtension and gpxdata (FitTrackee#827), in TCX Cadence and RunCadence.
    """
    read = [spot.channel for spot in spots_of(document, point_name(document)) if spot.strava]
    for channel in (channel for channel in _CHANNELS if read.count(channel) > 1):
        places = [each for each in standings(document, channel) if each.spot.strava]
        for i, one in enumerate(places):
            for other in places[:i]:
                a, b = values_by_point(document, other), values_by_point(document, one)
                differ = np.flatnonzero(np.abs(a - b) > 1)
                if not len(differ):
                    continue
                at = int(differ[0])
                here = other.elements[np.isin(other.points, differ)]
                yield from _at(
                    document,
                    here,
                    channel=channel.replace("_", " "),
                    unit=_UNITS[channel],
                    first_value=float(a[at]),
                    second_value=float(b[at]),
                    first_place=other.spot.name,
                    second_place=one.spot.name,
                )


@rule(
    "SEN018",
    "misnamed-temperature",
    WARNING,
    on=XmlDocument,
    basis=GPX_1_1,
    says="{count} of {points} points have a temperature as {element}; TrackPointExtension calls it atemp",
    hint="write atemp (air) or wtemp (water)",
    formats=("gpx",),
    fix="safe",
)
def misnamed_temperature(document: XmlDocument, _limits: Limits) -> Found:
    """A TrackPointExtension has a child temp or Temperature where atemp is meant.

    Readers know atemp only. Cluetrust's extension has a temp of its own, and so has version 3 of GpxExtensions.
    """
    found = document.elements.of_kind(is_misnamed)
    yield from _at(document, without_sibling(document.elements, found, "atemp"))


@rule(
    "SEN019",
    "cadence-not-listed",
    INFO,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="{count} of {points} points have the cadence only in {place}, which Strava's document does not list",
    hint="reports say that Strava reads it; gpxdata:cadence and the general tag cadence are listed",
    formats=("gpx",),
)
def cadence_not_listed(activity: Activity, _limits: Limits) -> Found:
    """The cadence stands in cad of TrackPointExtension version 1 and nowhere else.

    Strava's document lists hr and atemp of this extension. By reports it reads cad as well (runnerup#1161), and its own
    exports have it.
    """
    places = [place for place in activity.places if place.channel == "cadence" and place.strava]
    if places and all(place.name == "TrackPointExtension/v1 cad" for place in places):
        there = np.isfinite(activity.cadence)
        yield from at_points(activity, there, place=places[0].name)


@rule(
    "SEN020",
    "extension-order",
    INFO,
    on=XmlDocument,
    basis=GPX_1_1,
    says="the children of {element} (count: {count}) do not stand in the order of the schema: {order}",
    hint="write them in this order",
    fix="safe",
    schema=True,
)
def extension_order(document: XmlDocument, _limits: Limits) -> Found:
    """The children of TrackPointExtension, TPX or LX stand in another order than their schema wants.

    Readers look for names and do not mind; a validator does. Zepp writes speed, cad, hr.
    """
    found = children_out_of_order(document.elements)
    paths, numbers = document.elements.paths, document.elements.path[found]
    kinds = {(paths[number].uri or "", paths[number].local) for number in np.unique(numbers).tolist()}
    for kind in sorted(kinds):
        here = [path.number for path in paths if (path.uri, path.local) == kind]
        yield from _at(document, found[np.isin(numbers, here)], order=", ".join(ORDER[kind][:-1]))


@rule(
    "SEN021",
    "general-tag",
    INFO,
    on=XmlDocument,
    basis=GPX_1_1,
    says="{in_points} of {points} points have general tags such as {element} directly in extensions; Strava reads "
    "them, the schema of GPX does not allow them",
    hint="nothing needs to be done for Strava",
    formats=("gpx",),
    schema=True,
)
def general_tag(document: XmlDocument, _limits: Limits) -> Found:
    """Strava's general tags cadence, distance, heartrate and power stand in the extensions of a point.

    They are documented by Strava, and power has no other place that Strava reads. The schema of GPX 1.1 wants other
    namespaces than its own in ``extensions``, so that a strict validator refuses the file.
    """
    if document.root_is("gpx", "1/1"):
        yield from _at(document, document.elements.of_kind(is_general))
