"""Mending TCX and GPX: each kind of damage, the parts of a split, and real files read by independent readers."""

from __future__ import annotations

import os
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import gpxpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tcxreader.tcxreader import TCXReader

from tracklint.checking import check
from tracklint.config import Config, Limits
from tracklint.edits import apply
from tracklint.findings import Severity
from tracklint.mending.fixing import Fixed, fix
from tracklint.mending.xml.split import split
from tracklint.render.diff import text_diff
from tracklint.testing import Ride
from tracklint.xml.parse import scan_xml

Corpus = list[tuple[Path, dict[str, str]]]
CONFIG = Config(limits=Limits(now=1795305600))
RIDE = Ride(seconds=30)
GPX, TCX = RIDE.gpx(), RIDE.tcx()
GARMIN = b"http://www.garmin.com/xmlschemas/TrackPointExtension/v1"


def _errors(fixed: Fixed) -> list[str]:
    return [f.message for f in fixed.after.findings if f.severity is Severity.ERROR]


def _points(data: bytes) -> int:
    root = etree.fromstring(data)
    return len(root.findall(".//{*}trkpt")) + len(root.findall(".//{*}Trackpoint"))


# -- what stops a parser -----------------------------------------------------------------------------------------------

NAMED = b"Invented round"
#: name, file, what it must be afterwards (the whole file, or a piece of it), and whether that waits for --unsafe
MENDED: list[tuple[str, bytes, bytes, bool]] = [
    ("spaces", b" " * 10 + GPX, GPX, False),
    ("spaces behind a mark", b"\xef\xbb\xbf\n" + GPX, b"\xef\xbb\xbf" + GPX, False),
    ("no declaration, text", b"hello " + TCX.partition(b"?>\n")[2], TCX.partition(b"?>\n")[2], False),
    ("UTF-16", GPX.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16"), GPX, False),
    ("UTF-16 without mark", GPX.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16-be"), GPX, False),
    ("UTF-32", GPX.decode().encode("utf-32"), GPX, False),
    ("declared UTF-16", TCX.replace(b"UTF-8", b"UTF-16"), TCX, False),
    ("unknown word", GPX.replace(b'"UTF-8"', b"'X-9'"), GPX.replace(b'"UTF-8"', b"'UTF-8'"), False),
    ("Latin-1 bytes", GPX.replace(NAMED, b"caf\xe9 \x80 \x93x\x94"), GPX.replace(NAMED, "caf\xe9 € “x”".encode()), True),
    ("Latin-1 in an attribute", GPX.replace(b"tracklint ride", b"t\xfcr"), GPX.replace(b"tracklint ride", "t\xfcr".encode()), True),
    ("control", GPX.replace(NAMED, b"a\x0bb\x00"), GPX.replace(NAMED, b"ab"), False),
    ("FFFE and a surrogate", GPX.replace(NAMED, b"a\xef\xbf\xbeb\xed\xa0\xbd"), GPX.replace(NAMED, b"ab"), False),
    ("reference", GPX.replace(NAMED, b"a&#0;b&#x1F;&#9;"), GPX.replace(NAMED, b"ab&#9;"), False),
    ("NUL tail", GPX + b"\0" * 4096, GPX, False),
    ("ampersands", GPX.replace(NAMED, b"T & J &x &#zz; &amp"), GPX.replace(NAMED, b"T &amp; J &amp;x &amp;#zz; &amp;"), False),
    ("HTML", GPX.replace(NAMED, b"a&nbsp;&eacute;&AMP;&LT;&euro;&what;"), GPX.replace(NAMED, "a\xa0\xe9&#38;&#60;€&amp;what;".encode()), False),
    ("ampersand in an attribute", GPX.replace(b"tracklint ride", b"A&B"), GPX.replace(b"tracklint ride", b"A&amp;B"), False),
    ("text behind", GPX + b"end", GPX, False),
    ("type", GPX.replace(b"<gpx", b'<!DOCTYPE gpx [<!ENTITY a "b">]>\n<gpx', 1), GPX, True),
    ("type and HTML", GPX.replace(b"<gpx", b"<!DOCTYPE gpx>\n<gpx", 1).replace(NAMED, b"&nbsp;&"), GPX.replace(NAMED, "\xa0&amp;".encode()), True),
    ("prefix of a root", re.sub(rb"<(/?)(?=[a-z])(?!gpxtpx|gpxdata)", rb"<\1p:", GPX.replace(b' xmlns="http://www.topografix.com/GPX/1/1"', b"")), b'<p:gpx xmlns:p="http://www.topografix.com/GPX/1/1"', False),
    ("usual prefix", RIDE.gpx(declare_prefix=False), b'xmlns:gpxtpx="' + GARMIN + b'"', False),
    ("xsi", TCX.replace(b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', b"", 1), b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', False),
    ("other prefix", GPX.replace(b"</type>", b"</type><q:a><q:b/></q:a>").replace(b"<trkseg", b'<trkseg q:z="1"'), GPX, True),
    ("usual prefix of something else", GPX.replace(b"</type>", b"</type><ns2:a>1</ns2:a>"), GPX, True),
]  # fmt: skip


@pytest.mark.parametrize(("data", "wanted", "unsafe"), [row[1:] for row in MENDED], ids=[row[0] for row in MENDED])
def test_what_stops_a_parser_is_mended(data: bytes, wanted: bytes, unsafe: bool) -> None:
    fixed = fix(data, config=CONFIG, unsafe=unsafe)
    assert fixed.data == wanted if wanted.rstrip().endswith(b">") and b"</" in wanted else wanted in fixed.data
    assert apply(fixed.original, fixed.edits) == fixed.data
    assert fixed.ledger
    if unsafe:
        left_alone = fix(data, config=CONFIG)
        assert left_alone.after.verdict != "ready"
        assert any("needs --unsafe" in why for why in left_alone.left)
    assert _points(fixed.data) == RIDE.points
    assert _errors(fixed) == []
    assert not fix(fixed.data, config=CONFIG, unsafe=unsafe).changed


def test_an_entity_that_is_used_keeps_its_type() -> None:
    data = GPX.replace(b"<gpx", b'<!DOCTYPE gpx [<!ENTITY a "b">]>\n<gpx', 1).replace(NAMED, b"&a;")
    fixed = fix(data, config=CONFIG, unsafe=True)
    assert not fixed.changed
    assert [f.fix for f in fixed.before.findings if f.code == "DOC013"] == [None]


@pytest.mark.parametrize("ride", [GPX, TCX, RIDE.gpx(indent=False), RIDE.tcx(prefix=None, indent=False)], ids=range(4))
@pytest.mark.parametrize("tail", [b"", b"\0" * 64, b"\r\n"])
def test_a_cut_at_any_place_is_closed(ride: bytes, tail: bytes) -> None:
    """Every whole point stays, the one that was open goes, and so do segments and laps without points."""
    end = re.compile(rb"</(?:trkpt|Trackpoint)>")
    for cut in range(ride.index(b"<gpx" if b"<gpx" in ride else b"<Train") + 700, len(ride.rstrip()), 397):
        fixed = fix(ride[:cut] + tail, config=CONFIG, unsafe=True)
        whole = len(end.findall(ride[:cut]))
        root = etree.fromstring(fixed.data)
        assert _points(fixed.data) == whole
        if whole:
            assert _errors(fixed) == [], cut
            assert all(len(element) for element in root.iter("{*}trkseg", "{*}Track", "{*}Lap"))
        assert fixed.data.startswith(ride[: ride.rindex(end.search(ride)[0], 0, cut)] if whole else b"<?xml")  # type: ignore[index]


def test_two_faults_at_once_are_both_mended() -> None:
    data = GPX.replace(NAMED, b"T & J\x01")[: len(GPX) // 2] + b"\0" * 100
    safe, unsafe = fix(data, config=CONFIG), fix(data, config=CONFIG, unsafe=True)
    assert {c.code for c in safe.ledger} == {"DOC007", "DOC008"}
    assert {c.code for c in unsafe.ledger} == {"DOC007", "DOC008", "DOC009"}
    assert _errors(unsafe) == []
    assert _points(unsafe.data) == GPX[: len(GPX) // 2].count(b"</trkpt>")


def test_notes_are_mended_when_asked_for() -> None:
    data = b"\xef\xbb\xbf" + GPX
    assert not fix(data, config=CONFIG, unsafe=True).changed
    assert fix(data, config=CONFIG, notes=True).data == GPX
    bare = GPX.partition(b"?>\n")[2]
    assert fix(bare, config=CONFIG, notes=True).data == GPX


# -- the diff ----------------------------------------------------------------------------------------------------------


def _diff(data: bytes, codec: str = "utf-8", **options: bool) -> list[str]:
    fixed = fix(data, config=CONFIG, **options)
    return list(text_diff("ride.gpx", fixed.original, fixed.data, fixed.edits, codec))


def test_the_diff_is_unified() -> None:
    lines = _diff(GPX.replace(NAMED, b"a & b", 1))
    at = next(i for i, line in enumerate(GPX.splitlines(), 1) if NAMED in line)
    assert lines[:3] == ["--- ride.gpx", "+++ ride.gpx (mended)", f"@@ -{at - 2},5 +{at - 2},5 @@"]
    assert [line.strip() for line in lines if line[0] in "+-"][2:] == [
        "-    <name>a & b</name>", "+    <name>a &amp; b</name>",
    ]  # fmt: skip


def test_a_file_of_one_line_is_shown_in_pieces() -> None:
    data = RIDE.gpx(indent=False)
    assert data.count(b"\n") < 2
    lines = _diff(data.replace(NAMED, b"a & b", 1))
    assert "+<name>a &amp; b</name>" in lines
    assert len(lines) < 12
    assert max(map(len, lines)) < 400
    long = _diff(GPX.replace(NAMED, b"x" * 5000 + b"& " + b"y" * 5000, 1))
    assert any(line.startswith("+...xxx") and "x&amp; y" in line and len(line) < 400 for line in long)


def test_the_diff_of_a_transcoded_file_shows_the_lines_that_differ() -> None:
    lines = _diff(GPX.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16"), "utf-16-le")
    assert '+<?xml version="1.0" encoding="UTF-8"?>' in lines
    assert len(lines) == 7


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([b"&", b"\x01", b"\n", b"&\n&"])), max_size=6))
def test_the_diff_gives_the_file_back(places: list[tuple[int, bytes]]) -> None:
    lines = GPX.splitlines(keepends=True)
    for at, new in places:
        lines[20 + at] = lines[20 + at].replace(b"</", new + b"</", 1)
    fixed = fix(b"".join(lines), config=CONFIG)
    old = fixed.original.decode().replace("\x01", "\\x01").split("\n")
    new_lines = fixed.data.decode().split("\n")
    out, at = [], 0
    for line in text_diff("x", fixed.original, fixed.data, fixed.edits, "utf-8"):
        if hunk := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+.*", line):
            start = int(hunk[1]) - (hunk[2] != "0")
            out += old[at:start]
            at = start
        elif line[0] in " -" and not line.startswith("---"):
            assert line[1:] == old[at]
            out += [line[1:]] if line[0] == " " else []
            at += 1
        elif line[0] == "+" and not line.startswith("+++"):
            out.append(line[1:])
    assert out + old[at:] == new_lines


# -- splitting ---------------------------------------------------------------------------------------------------------

ACTIVITY = TCX[TCX.index(b"<Activity ") : TCX.index(b"</Activities>")].rstrip()
TRACK = GPX[GPX.index(b"<trk>") : GPX.index(b"</gpx>")].rstrip()
LATER = (b"T10:", b"T12:")


def _split(data: bytes) -> tuple[bytes, ...]:
    parts = fix(data, config=CONFIG, split=True).parts
    for part in parts:
        assert etree.fromstring(part) is not None
        assert check(part, config=CONFIG).verdict == "ready", [f.message for f in check(part, config=CONFIG).findings]
    return parts


def test_tracks_become_files() -> None:
    empty = b"<trk><name>nothing</name></trk>"
    data = GPX.replace(b"</gpx>", empty + TRACK.replace(*LATER) + b"\n</gpx>")
    parts = _split(data)
    assert [_points(part) for part in parts] == [RIDE.points] * 2
    assert [part.count(b"nothing") for part in parts] == [1, 0]
    assert all(part.startswith(GPX[: GPX.index(b"<trk>")].rstrip()) for part in parts)
    assert TRACK.replace(*LATER) in parts[1]
    assert _split(GPX) == ()


def test_activities_become_files() -> None:
    author = b"<Author><Name>x</Name></Author></TrainingCenterDatabase>"
    data = TCX.replace(ACTIVITY, ACTIVITY + b"\n" + ACTIVITY.replace(*LATER)).replace(
        b"</TrainingCenterDatabase>", author
    )
    parts = fix(data, config=CONFIG, split=True).parts
    assert [_points(part) for part in parts] == [RIDE.points] * 2
    assert ACTIVITY in parts[0]
    assert ACTIVITY.replace(*LATER) in parts[1]
    assert all(author in part for part in parts)
    assert _split(TCX) == ()


def test_legs_of_a_session_become_files() -> None:
    lap = ACTIVITY[ACTIVITY.index(b"<Lap") : ACTIVITY.index(b"</Lap>")]
    way = lap.replace(b"<Lap", b"<Transition").replace(b"T10:", b"T11:") + b"</Transition>"
    session = (
        b"<MultiSportSession><Id>2024-05-01T10:00:00Z</Id><FirstSport>%s</FirstSport><NextSport>%s%s</NextSport></MultiSportSession>"
        % (ACTIVITY, way, ACTIVITY.replace(*LATER))
    )
    data = TCX.replace(ACTIVITY, session)
    parts = fix(data, config=CONFIG, split=True).parts
    assert [_points(part) for part in parts] == [RIDE.points, way.count(b"<Trackpoint>"), RIDE.points]
    assert sum(map(_points, parts)) == _points(data)
    assert all(b"MultiSportSession" not in part and b"NextSport" not in part for part in parts)
    assert parts[0] == TCX
    with_one = fix(parts[1], config=CONFIG)
    assert [f.message for f in with_one.before.findings if f.severity is Severity.ERROR] == []


def test_courses_and_activities_become_files() -> None:
    course = RIDE.tcx(course=True)
    courses = course[course.index(b"<Courses>") : course.index(b"</TrainingCenterDatabase>")]
    parts = fix(TCX.replace(b"</TrainingCenterDatabase>", courses + b"</TrainingCenterDatabase>"), split=True).parts
    assert [(b"<Activities>" in part, b"<Courses>" in part) for part in parts] == [(True, False), (False, True)]


@pytest.mark.parametrize("between", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_documents_in_a_row_become_files(between: bytes) -> None:
    second = GPX.replace(*LATER).replace(b"</gpx>", TRACK.replace(b"T10:", b"T14:") + b"</gpx>")
    parts = fix(GPX + between + second + between + GPX, config=CONFIG, split=True).parts
    assert [_points(part) for part in parts] == [RIDE.points] * 4
    assert parts[0] == GPX.rstrip()
    assert parts[3] == between.strip() + GPX


def test_a_damaged_document_in_a_row_stays_as_it_is() -> None:
    broken = GPX.replace(b"<name>", b"<name>\1&", 1)
    parts = split(scan_xml(GPX + broken + GPX))
    assert parts == (GPX.rstrip(), broken.rstrip(), GPX)


def test_a_damaged_file_is_not_split() -> None:
    assert fix(GPX.replace(b"</gpx>", TRACK + b"<a></gpx>"), config=CONFIG, split=True).parts == ()


@pytest.mark.parametrize("codec", ["utf-16", "iso-8859-1"])
def test_a_split_keeps_the_encoding(codec: str) -> None:
    text = GPX.replace(b"</gpx>", TRACK.replace(*LATER) + b"\n</gpx>").replace(NAMED, "caf\xe9".encode())
    data = text.replace(b"UTF-8", codec.encode()).decode().encode(codec)
    parts = fix(data, config=Config(ignore=("DOC005",)), split=True).parts
    assert [etree.fromstring(part).findtext(".//{*}name") for part in parts] == ["caf\xe9"] * 2


# -- real files --------------------------------------------------------------------------------------------------------

#: Bytes of the largest file that is mended here, unless it is damaged or TRACKLINT_LARGEST_XML names another size.
LARGEST = int(os.environ.get("TRACKLINT_LARGEST_XML", "1000000"))


@dataclass(frozen=True, slots=True)
class Real:
    name: str
    row: dict[str, str]
    safe: Fixed
    unsafe: Fixed

    @property
    def points(self) -> int:
        """The points that anybody could read before."""
        ours = self.unsafe.before.activity
        return max(ours.points if ours else 0, *(int(self.row[key] or 0) for key in ("gpxpy_n", "tcxreader_n")))


def _damaged(row: dict[str, str]) -> bool:
    """Whether a file is not well-formed, or was refused by its reader."""
    return any(row[key] for key in ("xml_err", "gpxpy_err", "tcxreader_err"))


@pytest.fixture(scope="module")
def real(corpus: Corpus) -> list[Real]:
    return [
        Real(row["file"], row, fix(path, config=CONFIG), fix(path, config=CONFIG, unsafe=True))
        for path, row in corpus
        if row["format"].endswith(("gpx", "tcx")) and (path.stat().st_size <= LARGEST or _damaged(row))
    ]


def _readers_points(data: bytes, format_: str, tmp_path: Path) -> int:
    """The points that an independent reader finds; raises what the reader raises."""
    if format_ == "gpx":
        gpx = gpxpy.parse(data.decode())
        return sum(len(segment.points) for track in gpx.tracks for segment in track.segments)
    path = tmp_path / "mended.tcx"
    path.write_bytes(data)
    return len(TCXReader().read(str(path), only_gps=False).trackpoints)


#: file -> why nobody can mend it.
BEYOND_REPAIR = {
    "jenetics__jpx/jpx__src__test__resources__io__jenetics__jpx__GPX_invalid_extensions.gpx": "an end tag is misspelt",
    "sanderroosendaal__rowingdata/testdata__NoHR.tcx": "the file is right; tcxreader takes no offset behind 7 digits",
    "placemark__togeojson/test__data__bad.gpx": "both points have the latitude undefined",
}


def test_damaged_files_are_read_afterwards(real: list[Real], tmp_path: Path) -> None:
    wrong = {}
    damaged = [each for each in real if _damaged(each.row) and each.unsafe.before.format != "unknown"]
    assert len(damaged) >= 9
    for each in damaged:
        mended = fix(each.unsafe.original, config=CONFIG, unsafe=True, notes=True)
        try:
            etree.fromstring(mended.data)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = _readers_points(mended.data, mended.before.format, tmp_path)
        except Exception as error:  # whatever it is, the reader cannot read the file
            wrong[each.name] = f"{type(error).__name__}: {error} {mended.left}"
            continue
        if found < each.points - sum(change.records for change in mended.ledger):
            wrong[each.name] = f"{found} points, {each.points} before"
    assert sorted(wrong) == sorted(BEYOND_REPAIR), wrong


def test_files_with_notes_only_come_out_byte_for_byte(real: list[Real]) -> None:
    quiet = [r for r in real if (r.safe.before.worst or Severity.INFO) <= Severity.INFO]
    assert len(quiet) >= 50
    assert [r.name for r in quiet if r.safe.changed or r.unsafe.changed] == []


def test_a_second_fix_changes_nothing(real: list[Real]) -> None:
    again = []
    for each in real:
        for fixed, unsafe in ((each.safe, False), (each.unsafe, True)):
            if fixed.changed:
                second = fix(fixed.data, config=CONFIG, unsafe=unsafe, name=fixed.before.name)
                again += [(each.name, unsafe, second.ledger)] if second.changed else []
    assert again == []


def test_nothing_is_worse_and_nothing_fails(real: list[Real]) -> None:
    wrong = []
    for each in real:
        for fixed in (each.safe, each.unsafe):
            if (fixed.after.worst or Severity.INFO) > (fixed.before.worst or Severity.INFO) or any(
                "itself failed" in w for w in fixed.left
            ):
                wrong.append((each.name, fixed.left))
            assert apply(fixed.original, fixed.edits) == fixed.data
    assert wrong == []


def test_safe_repairs_keep_every_point(real: list[Real]) -> None:
    for each in real:
        before, after = each.safe.before.activity, each.safe.after.activity
        assert (before is None) == (after is None)
        if before and after:
            assert after.points >= before.points, each.name
        assert all(change.safe for change in each.safe.ledger)


def test_a_declared_encoding_is_found_behind_bytes_that_are_no_character() -> None:
    """Each of them was counted as three, and the edit stood elsewhere, or beyond the end."""
    data = Ride(seconds=20).gpx().replace(b'encoding="UTF-8"', b'\xff\xff encoding="latin-9\xff"')
    fixed = fix(data)
    assert not [left for left in fixed.left if "itself failed" in left]
    assert b'\xff\xff encoding="UTF-8"' in fixed.data
