"""Preparing: the tag stands where Strava looks, once; every other byte stays; the same file gives the same bytes."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tracklint.checking import check, read
from tracklint.config import Config
from tracklint.edits import Edit, apply
from tracklint.preparing import prepare
from tracklint.testing import OMIT, Ride

RIDE = Ride(seconds=20)
TCX = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"


def _tagged(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    prepared = prepare(data, barometer=True, gzip=False, name="ride.gpx")
    return prepared.data, prepared.changes


def test_gpx_creator() -> None:
    before = RIDE.gpx(creator="My App")
    after, changes = _tagged(before)
    assert after == before.replace(b'creator="My App"', b'creator="My App with barometer"')
    assert any("My App with barometer" in change for change in changes)
    assert _tagged(after)[0] == after


@pytest.mark.parametrize(
    ("creator", "expected"),
    [
        ("App with Barometer", "App with Barometer"),
        ("App WITH  BAROMETER ", "App WITH  BAROMETER "),
        ("App with barometer 2.0", "App with barometer 2.0 with barometer"),
        ("App.", "App with barometer"),
        ("A & B <x> \"q\"", "A & B <x> \"q\" with barometer"),
        ("Größe", "Größe with barometer"),
    ],
)  # fmt: skip
def test_names(creator: str, expected: str) -> None:
    for kind in ("gpx", "tcx"):
        after, _ = _tagged(getattr(RIDE, kind)(creator=creator))
        root = etree.fromstring(after)
        name = root.get("creator") if kind == "gpx" else root.findtext(f".//{TCX}Creator/{TCX}Name")
        assert name is not None
        assert " ".join(name.split()) == " ".join(expected.split())
        assert _tagged(after)[0] == after


def test_gpx_without_creator_gets_one() -> None:
    before = RIDE.gpx().replace(b' creator="tracklint ride builder with barometer"', b"")
    root = etree.fromstring(_tagged(before)[0])
    assert root.get("creator") == "tracklint with barometer"


def test_single_quotes_and_comments_stay() -> None:
    before = (
        RIDE.gpx(creator="App")
        .replace(b'creator="App"', b"creator = 'App'")
        .replace(b"<trk>", b"<!-- <gpx creator='x'> --><trk>")
    )
    after, _ = _tagged(before)
    assert after == before.replace(b"creator = 'App'", b"creator = 'App with barometer'")


@pytest.mark.parametrize("prefix", ["", "t:"])
def test_tcx_without_creator_gets_a_complete_one(prefix: str) -> None:
    before = RIDE.tcx(creator=OMIT)
    if prefix:
        before = before.replace(b"</Activity>", b"<Extensions/></Activity>")
        for name in ("TrainingCenterDatabase", "Activities", "Activity", "Id", "Lap", "Extensions"):
            before = before.replace(f"<{name}".encode(), f"<t:{name}".encode()).replace(
                f"</{name}".encode(), f"</t:{name}".encode()
            )
        before = before.replace(
            b"<t:TrainingCenterDatabase", f'<t:TrainingCenterDatabase xmlns:t="{TCX[1:-1]}"'.encode()
        )
    root = etree.fromstring(_tagged(before)[0])
    activity = root.find(f".//{TCX}Activity")
    assert activity is not None
    children = [etree.QName(child).localname for child in activity]
    assert children[-1 - bool(prefix)] == "Creator"
    creator = activity.find(f"{TCX}Creator")
    assert creator is not None
    assert [etree.QName(child).localname for child in creator] == ["Name", "UnitId", "ProductID", "Version"]
    assert creator.get("{http://www.w3.org/2001/XMLSchema-instance}type") == ("t:Device_t" if prefix else "Device_t")
    assert creator.findtext(f"{TCX}Name") == "tracklint with barometer"


def test_every_activity_of_a_tcx_is_tagged() -> None:
    one = RIDE.tcx(creator="App")
    start, end = one.index(b"<Activity "), one.index(b"</Activities>")
    after, _ = _tagged(one[:end] + one[start:end] + one[end:])
    assert after.count(b"App with barometer") == 2


def test_a_course_is_tagged_too() -> None:
    after, _ = _tagged(RIDE.tcx(course=True, creator="App"))
    assert b"<Name>App with barometer</Name>" in after


def test_fit_says_that_it_has_no_such_tag() -> None:
    after, changes = _tagged(RIDE.fit())
    assert after == RIDE.fit()
    assert any("FIT has no" in change for change in changes)


def test_no_elevation_no_tag() -> None:
    before = Ride(seconds=20, channels=("position",), device="App").gpx()
    after, changes = _tagged(before)
    assert after == before
    assert any("no point has an elevation" in change for change in changes)


def test_constant_elevation_is_cautioned() -> None:
    flat = RIDE.gpx(creator="App", change={i: {"altitude": "0.0"} for i in range(21)})
    assert any("every elevation is 0 m" in change for change in _tagged(flat)[1])


def test_other_encodings_are_spliced_in_their_encoding() -> None:
    text = RIDE.gpx(creator="Größe").decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    before = text.encode("utf-16")
    after = prepare(before, config=Config(ignore=("DOC005",)), barometer=True, gzip=False, name="ride.gpx").data
    assert after.decode("utf-16") == text.replace('creator="Größe"', 'creator="Größe with barometer"')


def test_safe_repairs_come_before_the_tag() -> None:
    ride = RIDE.gpx(creator="Größe")
    damaged = b"  " + ride.replace(b"Invented", b"Tom & Jerry's").replace(b"UTF-8", b"UTF-16")
    prepared = prepare(damaged.decode().lstrip().encode("utf-16"), barometer=True, gzip=False, name="ride.gpx")
    wanted = ride.replace(b"Invented", b"Tom &amp; Jerry's").replace("Größe".encode(), "Größe with barometer".encode())
    assert prepared.data == wanted
    assert [c.partition(":")[0] for c in prepared.changes[:2]] == ["mended DOC005", "mended DOC008"]
    assert prepared.report.verdict == "ready"


@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_nothing_is_dropped_that_was_not_asked_for(kind: str) -> None:
    cut = getattr(RIDE, kind)()[:-900]
    prepared = prepare(cut, gzip=False, name=f"ride.{kind}")
    assert prepared.data == cut
    assert prepared.report.verdict == "refused"


@pytest.mark.parametrize("kind", ["fit", "tcx", "gpx"])
def test_names_types_and_gzip(kind: str) -> None:
    data = getattr(RIDE, kind)()
    prepared = prepare(data, name=f"dir/My ride.{kind}")
    assert (prepared.name, prepared.data_type) == (f"My ride.{kind}.gz", f"{kind}.gz")
    assert gzip.decompress(prepared.data) == data
    assert prepared.data == prepare(data, name="x").data
    assert prepared.data[4:8] == bytes(4)
    assert prepared.report.verdict == "ready"
    assert prepared.external_id == prepare(gzip.compress(data)).external_id
    assert prepared.external_id.startswith("tracklint-")
    plain = prepare(data, gzip=False, name=f"{kind}.{kind}.gz")
    assert (plain.name, plain.data_type, plain.data) == (f"{kind}.{kind}", kind, data)


def test_a_wrong_name_and_a_zip_are_mended() -> None:
    prepared = prepare(RIDE.tcx(), name="ride.gpx")
    assert (prepared.name, prepared.report.verdict) == ("ride.tcx.gz", "ready")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inside.fit", RIDE.fit())
    prepared = prepare(out.getvalue(), name="export.zip")
    assert (prepared.data_type, prepared.report.verdict) == ("fit.gz", "ready")


def test_what_is_no_activity_stays_refused() -> None:
    prepared = prepare(b"<html>", name="ride.gpx")
    assert (prepared.data_type, prepared.report.verdict) == ("", "refused")
    cut = prepare(gzip.compress(RIDE.gpx())[:-10], name="ride.gpx.gz")
    assert cut.report.verdict == "refused"


@given(
    st.binary(max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 5), st.binary(max_size=4)), max_size=5),
)
def test_property_edits_touch_nothing_else(data: bytes, wanted: list[tuple[int, int, bytes]]) -> None:
    edits, free = [], 0
    for offset, size, new in sorted(wanted):
        if offset >= free and offset + size <= len(data):
            edits.append(Edit(offset, size, new))
            free = offset + size + 1
    after = apply(data, reversed(edits))
    position = shift = 0
    for edit in edits:
        assert after[position + shift : edit.offset + shift] == data[position : edit.offset]
        assert after[edit.offset + shift :].startswith(edit.data)
        shift += len(edit.data) - edit.size
        position = edit.offset + edit.size
    assert after[position + shift :] == data[position:]


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlaps"):
        apply(b"abcdef", [Edit(0, 3, b""), Edit(2, 2, b"")])
    with pytest.raises(ValueError, match="outside"):
        apply(b"abc", [Edit(2, 2, b"")])


def test_tagging_changes_no_column() -> None:
    before, after = read(RIDE.tcx(creator="App")), read(_tagged(RIDE.tcx(creator="App"))[0])
    assert after.device.barometer is True
    for name, column in before.columns().items():
        assert column.tobytes() == after.columns()[name].tobytes(), name


@pytest.mark.parametrize(
    ("listed", "creator", "tagged"),
    [
        (("My App",), "my  app", True),
        (("my app with barometer",), "My App", True),
        (("My App",), "My App 2", False),
        ((), "My App", False),
    ],
)
def test_listed_creators_get_the_words_unasked(listed: tuple[str, ...], creator: str, tagged: bool) -> None:
    data = Ride(seconds=15, device=creator).gpx()
    prepared = prepare(data, config=Config(barometer_creators=listed), gzip=False, name="ride.gpx")
    assert (b" with barometer" in prepared.data) == tagged
    assert (prepared.data == data) != tagged


def test_a_creator_that_is_not_listed_changes_nothing_and_says_nothing() -> None:
    fit = Ride(seconds=15).fit()
    prepared = prepare(fit, config=Config(barometer_creators=("x",)), gzip=False, name="ride.fit")
    assert (prepared.data, prepared.changes) == (fit, ())


def test_the_name_of_a_known_maker_brings_a_caution() -> None:
    prepared = prepare(Ride(seconds=15, device="Garmin Edge 1030").gpx(), barometer=True, name="ride.gpx")
    assert any("as a device and show that name" in change for change in prepared.changes)
    prepared = prepare(Ride(seconds=15, device="My App").gpx(), barometer=True, name="ride.gpx")
    assert not any("caution" in change for change in prepared.changes)


def test_what_is_sent_is_judged_by_what_strava_makes_of_it() -> None:
    data = Ride(seconds=15).gpx().replace(b"</extensions>", b"<power>200</power></extensions>")
    assert check(data, config=Config(purpose="spec")).verdict == "refused"
    prepared = prepare(data, config=Config(purpose="spec"), gzip=False, name="ride.gpx")
    assert (prepared.report.verdict, prepared.data) == ("ready", data)
