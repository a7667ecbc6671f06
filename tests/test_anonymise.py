"""Files to show to others: nothing of who, where and when is left in their bytes, and what was wrong is still wrong."""

from __future__ import annotations

import gzip
import importlib
import io
import itertools
import pkgutil
import struct
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import cases
from tracklint import Activity, Config, NotAnonymised, Report, anonymise, check, read
from tracklint.cli import main
from tracklint.config import Limits
from tracklint.testing import FitBuilder, Ride
from tracklint.words import counted

CONFIG = Config(limits=Limits(now=1_790_000_000.0))
RIDE = Ride(seconds=60)
T = 1_083_319_200  # 2024-04-29T10:00:00Z in FIT's seconds
SERIAL = 3_141_592_653


def codes(report: Report) -> Counter[str]:
    return Counter(finding.code for finding in report.findings)


def shown(data: bytes) -> bytes:
    """The anonymised bytes, of the same findings as the original."""
    done = anonymise(data, config=CONFIG, name="somebody's home.x")
    assert codes(check(done.data, config=CONFIG)) == codes(check(data, config=CONFIG))
    assert "somebody" not in done.name
    return done.data


def steps(activity: Activity) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Metres from each point to the next."""
    lat, lon = np.radians(activity.latitude), np.radians(activity.longitude)
    half = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[1:]) * np.cos(lat[:-1]) * np.sin(np.diff(lon) / 2) ** 2
    metres: np.ndarray[tuple[int], np.dtype[np.float64]] = 2 * 6_371_000 * np.arcsin(np.sqrt(half))
    return metres


FORMS: dict[str, Callable[[], bytes]] = {
    "fit": RIDE.fit,
    "fit, big-endian": lambda: RIDE.fit(big_endian=True, developer=True),
    "fit, compressed": lambda: RIDE.fit(compressed=True),
    "gpx": RIDE.gpx,
    "tcx": RIDE.tcx,
}


@pytest.mark.parametrize("form", FORMS)
def test_distances_times_and_sensors_stay_and_places_and_days_do_not(form: str) -> None:
    data = FORMS[form]()
    before, after = read(data, config=CONFIG), read(shown(data), config=CONFIG)
    assert np.abs(steps(before) - steps(after)).max() < 0.2
    assert (np.diff(before.time) == np.diff(after.time)).all()
    for column in ("altitude", "heart_rate", "power", "cadence", "distance", "speed"):
        assert np.array_equal(getattr(before, column), getattr(after, column), equal_nan=True), column
    assert np.abs(after.latitude).max() < 0.1
    assert np.abs(after.longitude + 150).max() < 0.1
    assert after.time[0] == 1_704_067_200 + before.time[0] % 86_400  # 2024-01-01, the time of day stays


def test_no_two_turns_are_alike() -> None:
    """Who knew the angle could turn a ride back."""
    data = RIDE.gpx()
    assert shown(data) != shown(data)


def _semicircles(data: bytes) -> set[bytes]:
    activity = read(data, config=CONFIG)
    degrees = np.concatenate((activity.latitude, activity.longitude))
    raw = np.unique(np.rint(degrees * 2**31 / 180).astype(np.int64)).tolist()
    return {struct.pack(order, value) for value in raw for order in ("<i", ">i")}


@pytest.mark.parametrize("form", [form for form in FORMS if form.startswith("fit")])
def test_no_position_time_or_serial_is_left_in_the_bytes_of_a_fit_file(form: str) -> None:
    data = FORMS[form]()
    new = shown(data)
    assert not [each for each in _semicircles(data) if each in new]
    times = range(int(read(data, config=CONFIG).time[0]) - 631_065_600, int(read(data).time[-1]) - 631_065_600)
    for time, order in itertools.product((*times, SERIAL), ("<I", ">I")):
        assert struct.pack(order, time) not in new
    assert b"Invented" not in new


def _everything() -> bytes:
    """A ride with messages about its owner, a place without its other half, and fields that nobody knows."""
    return (
        FitBuilder()
        .define(0, 0, [(0, 1, 0), (1, 2, 0x84), (3, 4, 0x8C), (4, 4, 0x86), (77, 4, 0x86)])
        .data(0, 4, 1, SERIAL, T, 0xDEADBEEF)
        .define(1, 3, [(0, 12, 7), (4, 2, 0x84), (2, 1, 2), (23, 6, 0x0D)])
        .data(1, b"Erika Muster", 723, 44, b"OWNER!")
        .define(2, 4, [(1, 2, 0x8B)])
        .data(2, 0xBEEF)
        .define(3, 29, [(0, 8, 7), (1, 4, 0x85), (2, 4, 0x85)])
        .data(3, b"At home\0", 0x22334455, 0x0A334455)
        .define(4, 177, [(253, 4, 0x86), (1, 16, 7)])
        .data(4, T, b"$GPGGA,4807.038\0")
        .define(5, 23, [(253, 4, 0x86), (3, 4, 0x8C), (21, 2, 0x8B), (19, 8, 7), (7, 4, 0x86)])
        .data(5, T, 987_654_321, 0xBEEF, b"My HRM!\0", 0x00ABCDEF)
        .data(5, T, SERIAL, 0, b"\0", 0xFFFFFFFF)
        .define(6, 32, [(1, 4, 0x86), (2, 4, 0x85), (3, 4, 0x85), (6, 8, 7)])
        .data(6, T, 0x22334456, 0x0A334456, b"Bakery!\0")
        .define(7, 20, [(253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85), (3, 1, 2)])
        .data(7, T, 0x22334457, 0x0A334457, 120)
        .data(7, T + 1, 0x22334458, 0x7FFFFFFF, 121)
        .data(7, T + 2, 0x22334459, 0x0A334459, 122)
        .define(8, 18, [(253, 4, 0x86), (2, 4, 0x86), (29, 4, 0x85), (30, 4, 0x85), (110, 8, 7)])
        .data(8, T + 2, T, 0x22334460, 0x0A334460, b"My Sport")
        .build()
    )


def test_nothing_is_left_of_the_owner_the_place_and_what_nobody_knows() -> None:
    new = shown(_everything())
    for text in (b"Erika", b"OWNER", b"home", b"GPGGA", b"4807", b"HRM", b"Bakery", b"Sport"):
        assert text not in new
    numbers = (SERIAL, 987_654_321, 0xDEADBEEF, 0x00ABCDEF, *range(0x22334455, 0x22334461), *range(T, T + 3))
    for number in (*numbers, *range(0x0A334455, 0x0A334461)):
        assert struct.pack("<I", number) not in new, hex(number)
    assert struct.pack("<H", 0xBEEF) not in new
    after = read(new, config=CONFIG)
    assert after.heart_rate.tolist() == [120, 121, 122]


def test_a_serial_number_stays_that_of_one_device() -> None:
    after = read(shown(_everything()), config=CONFIG)
    assert after.device.serial == 1


def _gpx_with_all() -> bytes:
    secret = b'<!DOCTYPE gpx SYSTEM "file:///home/erika/gpx.dtd">\n<?robot erika?>\n<!-- made by Erika at 48.137154 -->\n<gpx '
    metadata = (
        b'<author><name>Erika</name><email id="erika" domain="muster.de"/><link href="http://erika.de"><text>Erika'
        b"</text></link></author><copyright author='Erika'><year>2024</year></copyright><keywords>erika, home</keywords>"
        b'<bounds minlat="47.0012345" minlon="20.0012345" maxlat="47.0512345" maxlon="20.0612345"/></metadata>'
    )
    return RIDE.gpx().replace(b"<gpx ", secret, 1).replace(b"</metadata>", metadata, 1).replace(
        b"<trkseg>", b"<desc>\xc3\x89rika <![CDATA[Erika]]> &#69;rika</desc><trkseg>", 1
    )  # fmt: skip


def _tcx_with_all() -> bytes:
    return RIDE.tcx().replace(b"</Activity>", b"<Notes>With Erika, +49 89 12345</Notes></Activity>", 1)


@pytest.mark.parametrize("build", [_gpx_with_all, _tcx_with_all])
def test_nothing_is_left_of_the_texts_of_a_gpx_or_tcx_file(build: Callable[[], bytes]) -> None:
    data = build()
    new = shown(data)
    for text in (b"rika", b"muster", b"home", b"12345", b"137154", b"Invented", b"2024-05", str(SERIAL).encode()):
        assert text not in new, text
    degrees = {f"{value:.5f}".encode() for value in read(data, config=CONFIG).latitude}
    assert not [each for each in degrees if each in new]
    assert np.abs(steps(read(data)) - steps(read(new))).max() < 0.5


@pytest.mark.parametrize("tag", [b"<trkpt lat=48.1371 lon=11.5754>", b'<trkpt lat="48.1371', b"<ele>48.1371,11.5754"])
def test_broken_markup_hides_nothing(tag: bytes) -> None:
    data = RIDE.gpx().replace(b"</trkseg>", tag + b"</trkseg>")
    try:
        new = anonymise(data, config=CONFIG).data
    except NotAnonymised:
        return
    assert b"48.1371" not in new
    assert b"11.5754" not in new


WORDS = st.text("QZJVW", min_size=6, max_size=12)


@given(
    word=WORDS, place=st.integers(0, 400), how=st.sampled_from(("{}", "<!--{}-->", "<{0}/>", "<desc>{}</desc>", '"{}"'))
)
def test_hypothesis_a_word_anywhere_is_never_left(word: str, place: int, how: str) -> None:
    """But for the names of elements and attributes, which are the vocabulary of a program."""
    data = RIDE.gpx()
    at = len(data) * place // 400
    try:
        new = anonymise(data[:at] + how.format(word).encode() + data[at:], config=CONFIG).data
    except NotAnonymised:
        return
    rest = new.replace(b"<" + word.encode() + b"/>", b"")
    assert word.encode() not in rest or how == "<{0}/>" or _is_name(rest, word.encode())


def _is_name(data: bytes, word: bytes) -> bool:
    """Whether a word stands in the name of an element or attribute, or in a name space."""
    before = data[: data.index(word)]
    return before.rfind(b"<") > before.rfind(b">")


def test_the_faults_of_the_cases_are_kept() -> None:
    """Every tenth case that breaks a rule: the same findings, or a refusal in words."""
    found = [
        case
        for module in pkgutil.iter_modules(cases.__path__)
        for case in importlib.import_module(f"cases.{module.name}").CASES
        if case.breaks
    ]
    refused = []
    for case in found[::10]:
        data = case.build()
        try:
            done = anonymise(data, config=CONFIG, name=case.file or None)
        except NotAnonymised as why:
            refused.append((case.code, str(why)))
            continue
        assert codes(check(done.data, config=CONFIG, name=case.file or None)) == codes(done.report), case.code
        asked = case.config is not None or case.code.startswith("UPL")  # second readers, containers
        assert asked or case.code in codes(done.report), case.code
    assert len(refused) < len(found[::10]) / 5, refused


def test_the_container_and_what_its_name_promises_are_kept() -> None:
    packed = gzip.compress(RIDE.gpx())
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("Erika.gpx", RIDE.gpx())
    names = {"a.gpx.gz": ".gpx.gz", "a.gpx": ".gpx", "a.fit": ".fit", "a": ".gpx.gz", "b.zip": ".zip", "b.fit": ".zip"}
    for name, suffix in names.items():
        data = archive.getvalue() if name.startswith("b") else packed
        done = anonymise(data, config=CONFIG, name=name)
        assert done.name.partition(".")[2] == suffix[1:]
        assert b"Erika" not in done.data
        before, after = (check(each, config=CONFIG, name=n) for each, n in ((data, name), (done.data, done.name)))
        assert codes(after) == codes(before) == codes(done.report)
        assert after.container == before.container


def test_a_fault_of_the_container_that_would_be_lost_is_a_refusal() -> None:
    damaged = bytearray(gzip.compress(RIDE.gpx()))
    damaged[-8] ^= 1
    with pytest.raises(NotAnonymised, match=r"a\.gpx\.gz: not anonymised, .* \(lost: UPL002\)"):
        anonymise(bytes(damaged), config=CONFIG, name="a.gpx.gz")


def test_what_nobody_can_read_is_refused_and_not_passed_on() -> None:
    with pytest.raises(NotAnonymised, match=r"photo\.jpg: not anonymised, nobody can read it"):
        anonymise(b"\xff\xd8\xff\xe0 a photo", config=CONFIG, name="photo.jpg")
    with pytest.raises(NotAnonymised, match="not anonymised, it is in UTF-16"):
        anonymise(RIDE.gpx().decode().replace("UTF-8", "UTF-16").encode("utf-16"), config=CONFIG)


def test_a_position_that_is_read_as_something_else_is_refused() -> None:
    """Two fields of four bytes that are declared as others, in another message."""
    ride = RIDE.fit()
    activity = read(ride, config=CONFIG)
    lat, lon = (round(v[3] * 2**31 / 180) for v in (activity.latitude, activity.longitude))
    hiding = FitBuilder().define(0, 18, [(7, 4, 0x86), (8, 4, 0x86)]).data(0, lat, lon).build()
    with pytest.raises(NotAnonymised, match=r"at byte \d+ a position stands in what is not read as one"):
        anonymise(ride + hiding, config=CONFIG)


def test_messages_that_are_emptied_are_no_memory_that_was_never_written() -> None:
    """Bytes of 1 behind a header of 1, message after message, would be read as that."""
    ride = FitBuilder().define(0, 0, [(0, 1, 0), (4, 4, 0x86)]).data(0, 4, T).define(1, 233, [(2, 4, 0x0D)])
    for k in range(100):
        ride.data(1, bytes((7, k, 9, 11)))
    ride.define(2, 20, [(253, 4, 0x86), (3, 1, 2)])
    for k in range(60):
        ride.data(2, T + k, 120 + k % 9)
    shown(ride.build())


def test_dates_that_are_read_as_something_else_are_refused() -> None:
    ride = RIDE.fit()
    first = int(read(ride, config=CONFIG).time[0]) - 631_065_600
    hiding = FitBuilder().define(0, 18, [(7, 4, 0x86), (8, 4, 0x86)])
    for seconds in range(0, 20, 2):
        hiding.data(0, first + seconds, first + seconds + 1)
    with pytest.raises(NotAnonymised, match="dates stand in what is not read as dates"):
        anonymise(ride + hiding.build(), config=CONFIG)


def test_a_namespace_that_is_not_known_and_the_names_in_it_become_neutral() -> None:
    root = b"<gpx xmlns:jane='http://jane.doe/ns' xml:base='http://jane.doe/' jane:jane='1' "
    wild = b"<extensions><jane:JaneDoe><jane:hr>99</jane:hr></jane:JaneDoe><doe:Doe/></extensions></trkpt>"
    data = RIDE.gpx().replace(b"<gpx ", root).replace(b"</trkpt>", wild, 1)
    data = data.replace(b' xmlns="', b" jane:schemaLocation='http://jane.doe/ns http://jane.doe/ns.xsd' xmlns=\"", 1)
    new = shown(data)
    assert not [word for word in (b"jane", b"doe") if word in new.lower()]
    assert b"xmlns:x1='urn:unknown:1'" in new
    assert b"='urn:unknown:1 urn:unknown:2'" in new
    assert b"><x1:hr>99</x1:hr></x1:name" in new


def test_a_creator_keeps_the_program_and_loses_the_ride_the_unit_and_the_address() -> None:
    creator = b"GPSies http://www.gpsies.com - Invented round ELEMNT 5A1C 123456 erika@muster.de"
    data = RIDE.gpx().replace(RIDE.device.encode(), creator)
    assert creator in data
    new = shown(data)
    assert b'creator="GPSies http://www.gpsies.com - xxxxxxxx xxxxx ELEMNT 0x0x 000000 xxxxx@xxxxxx.xx"' in new


@pytest.mark.parametrize("none", ["", "<metadata><time>1970-01-01T00:00:00Z</time></metadata>"])
def test_a_file_without_points_is_moved_too(none: str) -> None:
    place = none.encode() + b'<wpt lat="48.1371" lon="11.5754"><time>2023-04-05T06:07:08Z</time></wpt>'
    new = shown(b'<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x">' + place + b"</gpx>")
    assert b"<time>2024-01-01T06:07:08Z</time>" in new
    assert b"48.1371" not in new


def test_a_message_that_is_cut_at_the_end_is_overwritten() -> None:
    """What stands behind the last whole message is a position and a time that nobody reads."""
    data = RIDE.fit()
    for cut in range(len(data) - 240, len(data) - 200):
        new = anonymise(data[:cut], config=CONFIG).data
        end = read(data[:cut], config=CONFIG)
        assert len(new) == cut
        assert struct.pack("<I", int(end.time[-1]) + 1 - 631_065_600) not in new


@pytest.mark.parametrize("at", [0.4, 0.8])
def test_bytes_that_cannot_be_read_are_overwritten(at: float) -> None:
    data = RIDE.fit()
    cut = int(len(data) * at)
    noise = bytes(range(1, 200)) + b"Erika Muster"
    try:
        new = anonymise(data[:cut] + noise + data[cut:], config=CONFIG).data
    except NotAnonymised:
        return
    assert b"Erika" not in new


def test_the_command_names_files_anew_and_says_what_stays(tmp_path: Path) -> None:
    (tmp_path / "Erika's way home.gpx").write_bytes(RIDE.gpx())
    (tmp_path / "photo.fit").write_bytes(b"\xff\xd8\xff\xe0 a photo")
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["anonymise", "--out", str(out), str(tmp_path)])
    assert done.exit_code == 2, done.output
    (new,) = out.iterdir()
    assert new.name.startswith("ride-")
    assert new.suffix == ".gpx"
    assert "photo.fit: not anonymised, nobody can read it" in done.output
    assert "stays: the time of day" in done.output
    assert f"{counted(1, 'file')} in {out}, 1 not anonymised" in done.output
    assert (tmp_path / "Erika's way home.gpx").read_bytes() == RIDE.gpx()
