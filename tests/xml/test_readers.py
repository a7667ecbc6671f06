"""Real files read by us and by lxml, gpxpy and tcxreader. Where they differ, the reason stands in a table."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import gpxpy
import numpy as np
import pytest
from lxml import etree
from tcxreader.tcxreader import TCXReader

from tracklint.source import Source, open_source
from tracklint.xml import XmlDocument, scan_xml
from tracklint.xml.gpx import gpx_activity
from tracklint.xml.tcx import tcx_activity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracklint.activity import Activity

Row = dict[str, str]

#: Files that lxml refuses and we read, with what the file has.
LXML_REFUSES = {
    "with_power_2.gpx": "undeclared-prefix",
    "GPX_invalid_extensions.gpx": "not-well-formed",
    "testdata__invalidchar.tcx": "illegal-character",
    "testdata__recover.tcx": "undeclared-prefix",
    "testdata__testtcs_210614.tcx": "bytes-before-declaration",
}
#: Files that gpxpy reads otherwise, and why we do not follow.
GPXPY_DIFFERS = {
    "bad.gpx": "gpxpy raises at lat='undefined'; we keep the point and note the value",
    "ISSUE-86.gpx": "gpxpy raises at a fix followed by white space, and loses the whole file",
}
#: Files that tcxreader reads otherwise, and why.
TCXREADER_DIFFERS = {
    "reference__track__course.tcx": "tcxreader does not read Courses",
    "reference__track__gtrnctr-readcp.tcx": "tcxreader does not read Courses",
    "reference__track__tcxtest~gpx-course.tcx": "tcxreader does not read Courses",
    "tcx-courses.tcx": "tcxreader does not read Courses",
    "testdata__NoHR.tcx": "tcxreader raises at times with an offset",
    "testdata__invalidchar.tcx": "not well-formed",
    "testdata__recover.tcx": "not well-formed",
    "testdata__rowinginmotionexample.TCX": "tcxreader raises at times without zone",
    "testdata__testtcs_210614.tcx": "not well-formed",
    "test__data__bad.tcx": "tcxreader drops the offset +01:00 of the times",
    "tour_hr.tcx": "tcxreader drops the offset +01:00 of the times",
    "crewnerddata.tcx": "tcxreader drops the offset of the times",
    "crewnerddata.tcx.gz": "tcxreader drops the offset of the times",
}


def files(
    corpus: list[tuple[Path, Row]], kind: str, *, limit: int
) -> Iterator[tuple[Path, Row, Source, XmlDocument, Activity]]:
    for path, row in corpus:
        if not row["format"].endswith(kind):
            continue
        source = open_source(path)
        if source.format == kind and len(source.data) <= limit:
            document = scan_xml(source.data)
            yield path, row, source, document, (gpx_activity if kind == "gpx" else tcx_activity)(document)


def seconds(text: str | None) -> float:
    """A time by the standard library; without zone it is UTC."""
    text = (text or "").strip()
    if not text:
        return math.nan
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.timestamp()


def number(text: str | None) -> float:
    try:
        return float((text or "").strip() or "nan")
    except ValueError:
        return math.nan


def close(name: str, where: Path, ours: Any, theirs: list[float], tolerance: float = 0.0) -> None:
    np.testing.assert_allclose(ours, np.array(theirs, float), rtol=0, atol=tolerance, err_msg=f"{where}: {name}")


def test_points_times_and_well_formedness_of_the_manifest(corpus: list[tuple[Path, Row]]) -> None:
    """``points_no_time`` counts points without a time that has text; text that is no time is counted apart."""
    seen = 0
    for kind in ("gpx", "tcx"):
        for path, row, _, document, activity in files(corpus, kind, limit=10**9):
            assert len(activity) == int(row["points"] or 0), path
            unread = sum(len(b.records) for b in activity.bad_values if b.channel == "time" and b.kind == "not-a-time")
            assert int(np.isnan(activity.time).sum()) - unread == int(row["points_no_time"] or 0), path
            refused = next((why for name, why in LXML_REFUSES.items() if path.name.endswith(name)), None)
            assert bool(row["xml_err"]) == (refused is not None), path
            assert document.well_formed == (refused is None), path
            if refused:
                [fault] = [f for f in document.faults if f.kind == refused]
                assert f"line {fault.evidence['line']}," in row["xml_err"], path
            seen += 1
    assert seen > 370


CHANNELS = {
    "gpx": {
        "altitude": ["ele"],
        "heart_rate": ["{http://www.garmin.com/xmlschemas/TrackPointExtension/v1}hr", "{http://www.garmin.com/xmlschemas/TrackPointExtension/v2}hr"],
        "temperature": ["{http://www.garmin.com/xmlschemas/TrackPointExtension/v1}atemp", "{http://www.garmin.com/xmlschemas/TrackPointExtension/v2}atemp"],
    },
    "tcx": {
        "altitude": ["AltitudeMeters"],
        "distance": ["DistanceMeters"],
        "latitude": ["LatitudeDegrees"],
        "longitude": ["LongitudeDegrees"],
        "heart_rate": ["HeartRateBpm/{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}Value"],
        "power": ["{http://www.garmin.com/xmlschemas/ActivityExtension/v2}Watts"],
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", ["gpx", "tcx"])
def test_values_as_lxml_has_them(kind: str, corpus: list[tuple[Path, Row]]) -> None:
    seen = dict.fromkeys(CHANNELS[kind], 0)
    for path, row, source, document, activity in files(corpus, kind, limit=700_000):
        if row["xml_err"]:
            continue
        root = etree.fromstring(source.data)
        assert document.root is not None
        assert (document.root.namespace or None, document.root.name) == (
            etree.QName(root).namespace,
            etree.QName(root).localname,
        )
        points = [
            e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname in ("trkpt", "Trackpoint")
        ]
        assert len(points) == len(activity), path
        name = "{*}time" if kind == "gpx" else "{*}Time"
        close("time", path, activity.time, [seconds(p.findtext(name)) for p in points], 1e-6)
        if kind == "gpx":
            close("latitude", path, activity.latitude, [number(p.get("lat")) for p in points])
            close("longitude", path, activity.longitude, [number(p.get("lon")) for p in points])
        for channel, tags in CHANNELS[kind].items():
            wanted = []
            for point in points:
                direct = [
                    f"{{{etree.QName(point).namespace}}}{t}"
                    if etree.QName(point).namespace and not t.startswith("{")
                    else t
                    for t in tags
                ]
                found = next((e for t in direct for e in point.iterfind(f".//{t}")), None)
                wanted.append(number(found.text) if found is not None else math.nan)
            if np.isfinite(wanted).any():
                close(channel, path, activity.columns()[channel], wanted)
                seen[channel] += 1
    assert all(seen.values()), seen


def test_points_as_gpxpy_has_them(corpus: list[tuple[Path, Row]]) -> None:
    seen = 0
    for path, _, source, document, activity in files(corpus, "gpx", limit=200_000):
        if not document.well_formed or any(path.name.endswith(name) for name in GPXPY_DIFFERS):
            continue
        theirs = gpxpy.parse(source.data)
        points = [point for track in theirs.tracks for segment in track.segments for point in segment.points]
        close("latitude", path, activity.latitude, [p.latitude for p in points])
        close("longitude", path, activity.longitude, [p.longitude for p in points])
        close("altitude", path, activity.altitude, [math.nan if p.elevation is None else p.elevation for p in points])
        times = [
            math.nan if p.time is None else (p.time if p.time.tzinfo else p.time.replace(tzinfo=UTC)).timestamp()
            for p in points
        ]
        close("time", path, activity.time, times, 1e-3)
        assert [s.name for s in activity.sessions] == [(t.name or "").strip() or None for t in theirs.tracks], path
        version = document.root.attribute("version") if document.root else None
        if version is not None and version.value == "1.1":  # in what it takes for GPX 1.0, gpxpy leaves trk/type out
            assert [s.sport for s in activity.sessions] == [(t.type or "").strip() or None for t in theirs.tracks], path
        assert (activity.device.name or None) == (theirs.creator or None), path
        seen += 1
    assert seen > 250


def test_points_as_tcxreader_has_them(corpus: list[tuple[Path, Row]], tmp_path: Path) -> None:
    seen = 0
    for path, _, source, _, activity in files(corpus, "tcx", limit=10**9):
        if path.name in TCXREADER_DIFFERS or any(path.name.endswith(name) for name in TCXREADER_DIFFERS):
            continue
        plain = tmp_path / "plain.tcx"
        plain.write_bytes(source.data)
        theirs = TCXReader().read(str(plain), only_gps=False).trackpoints
        assert len(theirs) == len(activity), path
        close(
            "time",
            path,
            activity.time,
            [p.time.replace(tzinfo=UTC).timestamp() if p.time else math.nan for p in theirs],
            1e-3,
        )
        for channel, name in (
            ("latitude", "latitude"),
            ("longitude", "longitude"),
            ("altitude", "elevation"),
            ("distance", "distance"),
            ("heart_rate", "hr_value"),
        ):
            values = [getattr(p, name) for p in theirs]
            close(channel, path, activity.columns()[channel], [math.nan if v is None else float(v) for v in values])
        seen += 1
    assert seen > 20
