"""Repairs of times, sports, creators and structure: what a reader finds afterwards, and what stays as it was."""

from __future__ import annotations

import datetime
import importlib
import io
import pkgutil
import re
from collections.abc import Callable

import gpxpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tcxreader.tcxreader import TCXReader

import cases
from cases import Case
from cases.xml_forms import in_turn, loose, replaced, substituted, timed_points
from tracklint import fix
from tracklint.activity import COLUMNS
from tracklint.checking import check, read
from tracklint.config import Config, Limits
from tracklint.edits import Wishes, apply
from tracklint.mending.fixing import Fixed
from tracklint.mending.xml import device, sport, structure, times
from tracklint.rules import RULES
from tracklint.testing import OMIT, Ride
from tracklint.xml.datetimes import in_utc, respelled, stamp
from tracklint.xml.values import TAKEN, read_time

RIDE = Ride(seconds=60)
CONFIG = Config(limits=Limits(now=1795305600))
FAMILIES = (times, sport, device, structure)
CODES = {code for family in FAMILIES for repair in family.REPAIRS for code in repair.codes}
TCX = {"t": "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"}
#: What a person says in these tests, because the file does not.
WISHES = Wishes(sport="running")

#: Times, sports, creators and structure are told by these alone, so that a case of another family is left out.
CASES = [
    (case, kind)
    for module in pkgutil.iter_modules(cases.__path__)
    for case in importlib.import_module(f"cases.{module.name}").CASES
    for kind in ("tcx", "gpx")
    if case.breaks
    and case.code in CODES
    and kind in RULES[case.code].fixes
    and check(case.build(), config=CONFIG).format == kind
]


def _fix(data: bytes, **options: object) -> Fixed:
    return fix(data, config=CONFIG, unsafe=True, notes=True, **options)  # type: ignore[arg-type]


def _codes(fixed: Fixed) -> set[str]:
    return {finding.code for finding in fixed.after.findings}


@pytest.mark.parametrize(("case", "kind"), CASES, ids=[f"{c.code}-{c.name}-{k}" for c, k in CASES])
def test_what_can_be_mended_is_mended_once_and_the_rest_stays(case: Case, kind: str) -> None:
    config = case.config or CONFIG
    told = next(f for f in check(case.build(), config=config, name=case.file or None).findings if f.code == case.code)
    wishes = WISHES if told.fix else None
    fixed = fix(case.build(), config=config, unsafe=True, notes=True, wishes=wishes, name=case.file or None)
    if told.fix is None:
        assert case.code in _codes(fixed)
        return
    assert case.code not in _codes(fixed), fixed.left
    assert apply(fixed.original, fixed.edits) == fixed.data
    again = fix(fixed.data, config=config, unsafe=True, notes=True, wishes=wishes, name=case.file or None)
    assert again.data == fixed.data
    if told.fix == "safe" and told.severity.label == "warning":
        alone = fix(case.build(), config=config, name=case.file or None)
        assert case.code not in _codes(alone), alone.left


def test_there_is_a_case_for_every_repair() -> None:
    covered = {(case.code, kind) for case, kind in CASES}
    marked = {(rule.code, kind) for rule in RULES.values() for kind in rule.fixes if kind != "fit"}
    assert {pair for pair in marked if pair[0] in CODES} == covered


@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_a_ride_without_findings_stays_as_it_is(kind: str) -> None:
    data = getattr(RIDE, kind)()
    assert _fix(data, wishes=Wishes(zone=120, sport="running", interpolate=True)).data == data


# -- times -------------------------------------------------------------------------------------------------------------

_SPELLINGS = {
    "no-seconds": (b"2024-05-01T10:00Z", "2024-05-01T10:00:00Z"),
    "space": (b"2024-05-01 10:00:30.25Z", "2024-05-01T10:00:30.25Z"),
    "small-letters": (b"2024-05-01t10:00:30z", "2024-05-01T10:00:30Z"),
    "bare-offset": (b"2024-05-01T12:00:30+0200", "2024-05-01T12:00:30+02:00"),
    "hours": (b"2024-05-01T07:00:30-03", "2024-05-01T07:00:30-03:00"),
    "basic": (b"20240501T100030Z", "2024-05-01T10:00:30Z"),
    "comma": (b"2024-05-01T10:00:30,5Z", "2024-05-01T10:00:30.5Z"),
    "zone-name": (b"2024-05-01T12:00:30+02:00[Europe/Paris]", "2024-05-01T12:00:30+02:00"),
    "two-zones": (b"2024-05-01T10:00:30ZZ", "2024-05-01T10:00:30Z"),
    "word": (b"2024-05-01 10:00:30 UTC", "2024-05-01T10:00:30Z"),
    "slashes": (b"2024/05/01T10:00:30Z", "2024-05-01T10:00:30Z"),
    "points": (b"2024.05.01 10:00:30Z", "2024-05-01T10:00:30Z"),
    "one-digit": (b"2024/5/1 9:00:30Z", "2024-05-01T09:00:30Z"),
    "month-in-letters": (b"Wed, 01 May 2024 10:00:30 GMT", "2024-05-01T10:00:30Z"),
    "month-and-offset": (b"1 May 2024 12:00:30 +0200", "2024-05-01T12:00:30+02:00"),
}


@pytest.mark.parametrize(("written", "meant"), _SPELLINGS.values(), ids=_SPELLINGS)
def test_spellings(written: bytes, meant: str) -> None:
    assert respelled(written.decode()) == meant


@pytest.mark.parametrize(
    "text",
    ["2024-13-01T10:00Z", "2024-02-30 10:00:00Z", "2024-05-01T25:00Z", "2024-05-01", "10:00:00Z", "2024-05-01T10:00:60Z",
     "2024-05-01T10:00:00[Europe/Paris]", "2024-05-01T10:00:00+1500", "202405-01T10:00Z", "yesterday", "",
     "01/05/2024 10:00:00Z", "2024/05-01T10:00:00Z", "2024/13/01T10:00:00Z", "1 Foo 2024 10:00:00Z",
     "2024-05-01T10:00.5Z"],
)  # fmt: skip
def test_what_is_no_date_stays_one_that_is_none(text: str) -> None:
    assert respelled(text) is None


@pytest.mark.parametrize("kind", ["tcx", "gpx"])
@pytest.mark.parametrize("written", [w for w, _ in _SPELLINGS.values()], ids=_SPELLINGS)
def test_other_spellings_are_read_afterwards(kind: str, written: bytes) -> None:
    data = getattr(RIDE, kind)(change={30: {"time": written.decode()}})
    fixed = fix(data, config=CONFIG)
    meant = respelled(written.decode())
    assert meant is not None
    assert "TIM003" not in _codes(fixed)
    assert np.isfinite(read(fixed.data).time).all()
    assert fixed.data == data.replace(written, meant.encode(), 1)


def test_dates_of_laps_and_ids_are_mended_too() -> None:
    data = re.sub(rb"2024-05-01T", b"2024/05/01T", RIDE.tcx())
    fixed = fix(data, config=CONFIG)
    assert {f.code: f.fix for f in fixed.before.findings} == dict.fromkeys(("SCH011", "SCH015", "TIM003"), "safe")
    assert fixed.data == RIDE.tcx()


def test_one_readable_date_among_texts_is_said_and_mended() -> None:
    data = RIDE.gpx(change={20: {"time": "yesterday"}, 30: {"time": "2024/05/01T10:00:30Z"}})
    fixed = fix(data, config=CONFIG)
    (told,) = (f for f in fixed.before.findings if f.code == "TIM003")
    assert (told.evidence["count"], told.fix) == (2, "safe")
    (left,) = (f for f in fixed.after.findings if f.code == "TIM003")
    assert (left.evidence["count"], left.fix) == (1, None)


_FORMS = st.sampled_from((
    lambda text: text.replace("T", " "), lambda text: text.replace("T", "t"), lambda text: text.replace("Z", "z"),
    lambda text: text.replace("Z", "+0000"), lambda text: text.replace("Z", "-00"), lambda text: text.replace("Z", "ZZ"),
    lambda text: text.replace("-", "").replace(":", ""), lambda text: text.replace("Z", "Z[UTC]"),
))  # fmt: skip


@given(st.sampled_from(("tcx", "gpx")), st.dictionaries(st.integers(0, 60), _FORMS, min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_only_the_times_in_another_spelling_change(kind: str, forms: dict[int, Callable[[str], str]]) -> None:
    written = {i: form(f"2024-05-01T10:{i // 60:02}:{i % 60:02}Z") for i, form in forms.items()}
    data = getattr(RIDE, kind)(change={i: {"time": text} for i, text in written.items()})
    fixed = fix(data, config=CONFIG)
    mended = {i: {"time": respelled(text)} for i, text in written.items()}
    assert fixed.data == getattr(RIDE, kind)(change=mended)
    assert (read(fixed.data).time == read(getattr(RIDE, kind)()).time).all()
    assert fix(fixed.data, config=CONFIG).data == fixed.data


_MOMENTS = st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(9990, 1, 1))


@given(_MOMENTS, st.integers(-14 * 60, 14 * 60), st.integers(0, 10**12))
def test_utc_is_the_same_moment_and_keeps_the_digits(when: datetime.datetime, offset: int, digits: int) -> None:
    zone = datetime.timezone(datetime.timedelta(minutes=offset))
    local = when.replace(microsecond=0, tzinfo=zone)
    text = local.isoformat().replace("+00:00", "Z")
    fraction = f".{digits}"
    head, tail = text[:19], text[19:]
    assert in_utc(head + fraction + tail) == f"{local.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z".rjust(
        len(fraction) + 20, "0"
    )
    assert respelled(head + fraction + tail) == (head + fraction + tail)


@given(_MOMENTS, st.integers(1, 1023))
def test_a_stamp_is_read_as_what_it_is(when: datetime.datetime, fine: int) -> None:
    seconds = when.replace(tzinfo=datetime.UTC, microsecond=0).timestamp() + fine / 1024
    value, status = read_time(stamp(seconds))
    assert status == TAKEN
    assert abs(value - seconds) <= 0.0006


@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_times_without_zone_get_the_one_they_are_read_in_or_the_one_that_is_named(kind: str) -> None:
    data = getattr(RIDE, kind)().replace(b"Z<", b"<").replace(b'Z"', b'"')
    safe = fix(data, config=CONFIG)
    assert safe.data == getattr(RIDE, kind)()
    moved = _fix(data, wishes=Wishes(zone=-210))
    assert read(moved.data).time[0] == RIDE.time(0) + 210 * 60
    assert moved.data == re.sub(rb'(?<=\d)(?=<(/[tT]ime|/Id)>)|(?<=T10:0\d:\d\d)(?=">)', b"-03:30", data)
    assert fix(data, config=CONFIG, wishes=Wishes(zone=120)).data == data


@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_all_in_utc_keeps_every_moment(kind: str) -> None:
    there = b"2024-05-01T10:00:3"
    data = getattr(RIDE, kind)().replace(there, b"2024-05-01T05:00:3").replace(
        b"T05:00:30Z", b"T05:00:30.120-05:00"
    )  # fmt: skip
    data = re.sub(rb"T05:00:3(\d)Z", rb"T05:00:3\1-05:00", data)
    fixed = _fix(data)
    assert (read(fixed.data).time == read(data).time).all()
    assert b"2024-05-01T10:00:30.120Z" in fixed.data
    assert b"-05:00" not in fixed.data


def test_the_week_count_is_put_right_in_laps_and_metadata_too() -> None:
    early = Ride(seconds=60, start=RIDE.time(0) - 7168 * 86400)
    data = early.gpx().replace(b"<time>2004-09-15", b"<time>2024-05-01", 1)
    assert _fix(data).data == RIDE.gpx()


@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_few_points_without_time_are_dropped_many_only_interpolated(kind: str) -> None:
    few, many = ({i: {"time": None} for i in rows} for rows in ((20, 40), range(15, 25)))
    dropped = _fix(getattr(RIDE, kind)(change=few))
    assert dropped.data == getattr(RIDE, kind)(skip=(20, 40))
    left = _fix(getattr(RIDE, kind)(change=many))
    assert "TIM001" in _codes(left)
    assert any("--interpolate" in why for why in left.left)
    timed = _fix(getattr(RIDE, kind)(change=many), wishes=Wishes(interpolate=True))
    again, ride = read(timed.data), read(getattr(RIDE, kind)())
    assert np.abs(again.time - ride.time).max() < 1
    assert (np.diff(again.time) > 0).all()
    for name in COLUMNS[1:]:
        np.testing.assert_array_equal(getattr(again, name), getattr(ride, name))
    assert "interpolated" in " ".join(change.says for change in timed.ledger)


def test_interpolation_goes_by_the_way() -> None:
    """Three points without time, the first of them after nine tenths of the way."""
    change = {i: {"time": None, "position": None} for i in (31, 32, 33)}
    far = {
        i: {"distance": RIDE.point(30)["distance"] + d} for i, d in ((30, 0), (31, 90), (32, 92), (33, 95), (34, 100))
    }
    data = RIDE.tcx(change={i: {**change.get(i, {}), **far.get(i, {})} for i in range(30, 35)})
    fixed = _fix(data, wishes=Wishes(interpolate=True))
    time = read(fixed.data).time - RIDE.time(30)
    assert time[31:34].round(3).tolist() == [3.6, 3.68, 3.8]


@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_swapped_points_are_sorted_with_all_their_bytes(kind: str) -> None:
    ride = getattr(RIDE, kind)()
    name = {"tcx": b"Trackpoint", "gpx": b"trkpt"}[kind]
    points = re.findall(rb"<%s.*?</%s>" % (name, name), ride, re.DOTALL)
    swapped = ride.replace(points[10], b"@").replace(points[12], points[10]).replace(b"@", points[12])
    assert _fix(swapped).data == ride
    assert fix(swapped, config=CONFIG).data == swapped


@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_a_clock_that_was_set_is_not_sorted(kind: str) -> None:
    data = getattr(RIDE, kind)(change={i: {"time": RIDE.time(i) - 20.5} for i in range(10, 25)})
    assert "TIM008" in _codes(_fix(data))


@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_swapped_parts_change_places_and_overlapping_ones_do_not(kind: str) -> None:
    options = {"segments": 3} if kind == "gpx" else {}
    ride = getattr(Ride(seconds=60, laps=3), kind)(**options)
    name = {"tcx": rb"Lap", "gpx": rb"trkseg"}[kind]
    parts = re.findall(rb"<%s[ >].*?</%s>" % (name, name), ride, re.DOTALL)
    turned = ride.replace(parts[0], b"@").replace(parts[2], parts[0]).replace(b"@", parts[2])
    assert _fix(turned).data == ride
    first = 41 if kind == "gpx" else 30
    over = getattr(RIDE, kind)(change={i: {"time": RIDE.time(i) - 10} for i in range(first, 61)}, **options)
    assert "TIM011" in _codes(_fix(over))


def test_a_point_that_adds_something_is_no_repetition() -> None:
    same = {20: {"time": RIDE.time(19)}}
    partial = {20: {"time": RIDE.time(19)}, 19: {"heart_rate": None}}
    assert len(read(_fix(RIDE.tcx(change=same)).data)) == 60
    assert len(read(_fix(RIDE.tcx(change=partial)).data)) == 61


def test_laps_say_what_their_points_say() -> None:
    off = RIDE.tcx(lap={"TotalTimeSeconds": "30000", "StartTime": "2024-05-01T09:30:00Z"})
    laps = read(_fix(off).data).laps
    assert [lap.elapsed_s for lap in laps] == [30, 30]
    assert [lap.start_time - RIDE.time(0) for lap in laps] == [0, 30]


@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_other_readers_take_the_mended_times(kind: str) -> None:
    written = {30: {"time": "2024-05-01 12:00:30+0200"}, 31: {"time": "\n2024-05-01T10:00:31Z "}}
    fixed = _fix(getattr(RIDE, kind)(change=written))
    if kind == "gpx":
        found = [p.time for p in gpxpy.parse(fixed.data.decode()).tracks[0].segments[0].points]
    else:
        points = TCXReader().read(io.BytesIO(fixed.data)).trackpoints
        found = [p.time.replace(tzinfo=datetime.UTC) for p in points]
    assert [when.timestamp() for when in found if when is not None] == [RIDE.time(i) for i in range(61)]


# -- sports ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "better"),
    [("running", "Running"), ("BIKING", "Biking"), ("cycling", "Biking"), ("trail_running", "Running"), ("Hike", "hiking"),
     ("lap_swimming", "swimming"), ("walk", "walking"), ("hiking", "hiking"), ("Rowing", "Rowing"), ("Other", "Other")],
)  # fmt: skip
def test_sport_words(word: str, better: str) -> None:
    data = RIDE.tcx(sport=word)
    fixed = fix(data, config=CONFIG, notes=True)
    assert fixed.data == data.replace(b'Sport="%s"' % word.encode(), b'Sport="%s"' % better.encode())


@pytest.mark.parametrize(("word", "better"), [("", "Running"), ("Other", "Running"), ("hiking", "hiking")])
def test_a_sport_that_is_named_fills_in_what_strava_does_not_map(word: str, better: str) -> None:
    fixed = _fix(RIDE.tcx(sport=word), wishes=Wishes(sport="trail running"))
    assert read(fixed.data).sessions[0].sport == better


def test_a_sport_that_tcx_has_no_word_for_is_left() -> None:
    data = RIDE.tcx(sport="Other")
    assert _fix(data, wishes=Wishes(sport="rowing")).data == data


@pytest.mark.parametrize(
    ("word", "better"), [(OMIT, "running"), ("9", "running"), ("10", "walking"), ("77", "running")]
)
def test_the_type_of_a_gpx_track(word: object, better: str) -> None:
    fixed = _fix(RIDE.gpx(type=word), wishes=Wishes(sport="Run"))
    assert gpxpy.parse(fixed.data.decode()).tracks[0].type == better
    kept = re.sub(rb"\s*<type>.*</type>", b"", fixed.data)
    assert kept == RIDE.gpx(type=OMIT)


# -- creators ----------------------------------------------------------------------------------------------------------


def _creator(data: bytes) -> etree._Element:
    found = etree.fromstring(data).findall(".//t:Activity/t:Creator", TCX)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    "written",
    [b"", b"<Creator/>", b"<Creator><Name>App</Name></Creator>", b'<Creator xsi:type="Device_t"><Name/></Creator>',
     b'<Creator xsi:type="Device_t"><Name>App</Name><ProductID>7</ProductID></Creator>',
     b"<Creator><Name>App</Name><Version><BuildMajor>3</BuildMajor></Version></Creator>"],
)  # fmt: skip
def test_a_creator_becomes_complete_and_keeps_what_it_has(written: bytes) -> None:
    data = re.sub(rb"<Creator.*</Creator>", written, RIDE.tcx(), flags=re.DOTALL)
    creator = _creator(_fix(data).data)
    assert creator.get("{http://www.w3.org/2001/XMLSchema-instance}type") == "Device_t"
    assert [etree.QName(child).localname for child in creator] == ["Name", "UnitId", "ProductID", "Version"]
    assert creator[0].text == ("App" if b"App" in written else "tracklint")
    assert creator[2].text == ("7" if b"7" in written else "0")
    version = [etree.QName(child).localname for child in creator[3]]
    assert version[:3] == ["VersionMajor", "VersionMinor", "BuildMajor"]
    assert creator[3][2].text == ("3" if b"3" in written else "0")


def test_prefixes_of_the_file_are_kept() -> None:
    data = re.sub(rb"<(/?)([A-Z])", rb"<\1q:\2", RIDE.tcx()).replace(b"xmlns=", b"xmlns:q=", 1)
    data = re.sub(rb"<q:Creator.*</q:Creator>", b"<q:Creator><q:Name>App</q:Name></q:Creator>", data, flags=re.DOTALL)
    data = data.replace(b"<q:TPX", b"<ns3:TPX").replace(b"</q:TPX", b"</ns3:TPX")
    creator = _creator(_fix(data).data)
    assert len(creator) == 4
    assert b'xsi:type="q:Device_t"' in etree.tostring(creator)


@pytest.mark.parametrize(
    ("name", "better"),
    [("App with barometer 1.0", "App 1.0 with barometer"), ("With Barometer: App", ": App with barometer"),
     ("App with  barometer (a & b)", "App (a & b) with barometer")],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_with_barometer_goes_to_the_end(kind: str, name: str, better: str) -> None:
    fixed = _fix(getattr(RIDE, kind)(creator=name))
    assert read(fixed.data).device.name == better
    etree.fromstring(fixed.data)


# -- structure ---------------------------------------------------------------------------------------------------------


def test_loose_points_come_into_segments() -> None:
    data = loose(RIDE.gpx())
    fixed = fix(data, config=CONFIG)
    assert gpxpy.parse(fixed.data.decode()).get_points_no() == 61
    assert re.sub(rb"\s*</?trkseg>", b"", fixed.data) == data


def test_runs_of_loose_points_keep_their_place_between_segments() -> None:
    ride = RIDE.gpx(segments=3)
    first = ride.index(b"<trkseg>", ride.index(b"<trkseg>") + 1)
    end = ride.index(b"</trkseg>", first)
    data = ride[:first] + ride[first + 8 : end] + ride[end + 9 :]
    fixed = fix(data, config=CONFIG)
    segments = gpxpy.parse(fixed.data.decode()).tracks[0].segments
    assert [len(segment.points) for segment in segments] == [20, 21, 20]
    assert (np.diff(read(fixed.data).time) > 0).all()


@pytest.mark.parametrize(("name", "inside"), [(b"rtept", b"<rte><name>way</name>%s</rte>"), (b"wpt", b"%s")])
def test_route_points_and_waypoints_with_times_become_a_track(name: bytes, inside: bytes) -> None:
    data = timed_points(name, inside)()
    fixed = _fix(data)
    points = gpxpy.parse(fixed.data.decode()).tracks[0].segments[0].points
    assert [p.time.timestamp() for p in points if p.time] == [RIDE.time(i) for i in range(61)]
    assert read(fixed.data).heart_rate[30] == RIDE.point(30)["heart_rate"]
    assert fix(data, config=CONFIG).data == data


def test_a_drawn_route_stays_a_route() -> None:
    data = re.sub(rb"\s*<time>[^<]*</time>", b"", timed_points(b"rtept", b"<rte>%s</rte>")())
    assert _fix(data).data == data


def test_the_metadata_get_the_time_of_the_track() -> None:
    data = replaced(b"<time>2024-05-01", b"<time>2024-06-01", 1)(RIDE.gpx())
    assert _fix(data).data == RIDE.gpx()


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_other_encodings(encoding: str) -> None:
    """Every edit lands at its place where the file is not UTF-8."""
    mixed = in_turn(substituted(rb"(?<=<time>)2024-05-01T10:00:30Z", b"2024-05-01 10:00:30Z"), loose)
    text = mixed(Ride(seconds=60, name="Über Höhen").gpx(type="9")).decode()
    data = text.replace('"UTF-8"', f'"{encoding}"').encode(encoding)
    fixed = _fix(data)
    found = gpxpy.parse(etree.tostring(etree.fromstring(fixed.data), encoding="unicode"))
    assert found.tracks[0].type == "running"
    assert found.get_points_no() == 61
    assert found.tracks[0].segments[0].points[30].time is not None
    assert found.tracks[0].name == "Über Höhen"
