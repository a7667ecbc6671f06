"""Mending: never raises, never makes worse, does it once, and leaves alone what is not its business."""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import cases
from conftest import ROOT
from tracklint.checking import check
from tracklint.cli import main
from tracklint.config import Config, Limits
from tracklint.edits import Draft, Edit, Step, Wishes, apply, narrowed
from tracklint.findings import Report, Severity
from tracklint.mending import fixing
from tracklint.mending.fit import NOT_MENDED
from tracklint.mending.fit import REPAIRS as FIT_REPAIRS
from tracklint.mending.fixing import fix
from tracklint.mending.repair import Repair
from tracklint.mending.xml import REPAIRS as XML_REPAIRS
from tracklint.preparing import prepare
from tracklint.rules import RULES, Rule
from tracklint.source import sniff
from tracklint.testing import Ride

CONFIG = Config(limits=Limits(now=1795305600))
RIDE = Ride(seconds=15)
GOOD = (
    RIDE.fit(),
    RIDE.fit(big_endian=True, developer=True, interleaved=True),
    RIDE.fit(compressed=True, chained=2),
    RIDE.fit(summary_first=True, header=12),
    RIDE.gpx(),
    RIDE.gpx(extension="cluetrust", indent=False),
    RIDE.gpx(extension="general", segments=2, prefix="ns3"),
    RIDE.tcx(),
    RIDE.tcx(prefix=None, indent=False),
)
SEEDS = (
    *GOOD[:4],
    RIDE.fit(without=("session", "lap", "activity")),
    RIDE.fit(build={"data_size": 0, "crc": b""}),
    RIDE.fit(without=("file_id",)),
)
XML_SEEDS = (
    *GOOD[4:],
    RIDE.gpx(declare_prefix=False, declaration=False),
    RIDE.gpx(extension="v2", version="8.0.2-play", change={3: {"time": None, "latitude": "48,1"}}),
    RIDE.gpx(namespace="https://www.topografix.com/GPX/1/1", change={3: {"heart_rate": "100.00", "altitude": "NaN"}}),
    RIDE.tcx(change={3: {"heart_rate": 0}, 4: {"time": "2024-05-01 10:00:04"}, 5: {"latitude": 91}}),
    RIDE.tcx(course=True),
)
XML_TELLING = st.sampled_from([
    b"&", b"<", b">", b'"', b"/", b"\x00", b"\x01", b"\xe9", b"&nbsp;", b"]]>", b"<!--", b"-->", b"<![CDATA[", b"<x:y/>", b"</trkseg>",
    b"<trkseg>", b"</Track>", b"<time/>", b"<Time/>", b"<Value/>", b"NaN", b"-", b",", b"999", b' xmlns=""', b"</gpx>", b"<?xml ?>",
    b"<extensions>", b"</extensions>", b"<ele>0</ele>", b"<hr>1</hr>", b"<!DOCTYPE gpx>", b"\xef\xbb\xbf", b"<Lap>", b"<trk>",
])  # fmt: skip
TELLING = st.sampled_from([
    b".FIT", b"\x0e\x10", b"@\x00\x00\x14\x00", b"\x40\x00\x02", b"\x60", b"\x80", b"\xc0", b"\x00\x86", b"\x00" * 8, b"\xff" * 8,
    b"\x03\x00\x86", b"\xfd\x04\x86", b"\x06", b"\x40\x10",
])  # fmt: skip
_PLACES = st.floats(0, 1), st.integers(0, 30)
EDITS = st.lists(st.tuples(*_PLACES, st.one_of(st.binary(max_size=12), TELLING)), min_size=1, max_size=5)
XML_EDITS = st.lists(st.tuples(*_PLACES, st.one_of(st.binary(max_size=4), XML_TELLING)), min_size=1, max_size=4)
CUTS = st.one_of(st.just(1.0), st.floats(0, 1))


def _mutated(data: bytes, edits: list[tuple[float, int, bytes]], cut: float) -> bytes:
    out = bytearray(data)
    for share, size, new in edits:
        at = int(share * len(out))
        out[at : at + size] = new
    return bytes(out[: int(cut * len(out))])


def _codes(report: Report, least: Severity = Severity.INFO) -> set[str]:
    return {f.code for f in report.findings if f.severity >= least}


@given(st.sampled_from(SEEDS), EDITS, CUTS, st.booleans())
def test_mutated_files_are_mended_or_left(
    seed: bytes, edits: list[tuple[float, int, bytes]], cut: float, unsafe: bool
) -> None:
    _is_mended_or_left(_mutated(seed, edits, cut), unsafe=unsafe)


@given(st.sampled_from(XML_SEEDS), XML_EDITS, CUTS, st.booleans(), st.booleans())
def test_mutated_xml_is_mended_or_left(
    seed: bytes, edits: list[tuple[float, int, bytes]], cut: float, unsafe: bool, notes: bool
) -> None:
    _is_mended_or_left(_mutated(seed, edits, cut), unsafe=unsafe, notes=notes)


def _is_mended_or_left(data: bytes, *, unsafe: bool, notes: bool = False) -> None:
    wishes = Wishes(zone=60, sport="running", interpolate=len(data) % 2 == 0)
    fixed = fix(data, config=CONFIG, unsafe=unsafe, notes=notes, wishes=wishes)
    before, after = fixed.before, fixed.after
    assert [f.message for f in after.findings if f.code.startswith("INT")] == []
    assert [why for why in fixed.left if "itself failed" in why] == []
    worst = before.worst or Severity.INFO
    assert [f for f in after.findings if f.severity > worst] == []
    new_errors = _codes(after, Severity.ERROR) - _codes(before)
    assert not new_errors or _codes(before, Severity.ERROR)
    assert apply(data, fixed.edits) == fixed.data
    if not unsafe and before.activity and after.activity:
        assert after.activity.points >= before.activity.points
        assert all(change.safe for change in fixed.ledger)
    again = fix(fixed.data, config=CONFIG, unsafe=unsafe, notes=notes, wishes=wishes)
    assert again.ledger == ()
    assert again.data == fixed.data


@given(st.sampled_from(SEEDS), st.integers(0, 10_000), st.booleans())
def test_one_flipped_bit(seed: bytes, bit: int, unsafe: bool) -> None:
    data = bytearray(seed)
    data[bit // 8 % len(seed)] ^= 1 << bit % 8
    fixed = fix(bytes(data), config=CONFIG, unsafe=unsafe)
    assert fix(fixed.data, config=CONFIG, unsafe=unsafe).data == fixed.data
    assert (fixed.after.worst or Severity.INFO) <= (fixed.before.worst or Severity.INFO)


@pytest.mark.parametrize("data", GOOD, ids=range(len(GOOD)))
@pytest.mark.parametrize("unsafe", [False, True])
def test_a_good_file_comes_out_as_it_went_in(data: bytes, unsafe: bool) -> None:
    fixed = fix(data, config=CONFIG, unsafe=unsafe)
    assert fixed.data is fixed.original
    assert fixed.original == data
    assert (fixed.changed, fixed.ledger, fixed.edits) == (False, (), ())


@given(
    st.binary(max_size=60),
    st.lists(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 9), st.binary(max_size=6)), max_size=4), max_size=4),
)
def test_a_draft_knows_where_its_bytes_stood(original: bytes, rounds: list[list[tuple[int, int, bytes]]]) -> None:
    draft = Draft.of(original)
    for edits in rounds:
        planned, end = [], 0
        for offset, size, data in sorted(edits):
            if end <= offset <= offset + size <= len(draft.data):
                planned.append(Edit(offset, size, data))
                end = offset + size + 1
        expected = apply(draft.data, planned)
        draft = draft.after(planned)
        assert draft.data == expected
    assert apply(original, draft.edits()) == draft.data
    for at, origin, size in draft.pieces:
        assert draft.data[at : at + size] == original[origin : origin + size]
        assert draft.origin(at) == origin
    places = [draft.origin(at) for at in range(len(draft.data) + 1)]
    assert places == sorted(places)


@given(st.binary(min_size=1, max_size=20), st.binary(min_size=1, max_size=20))
def test_narrowed_edits_do_the_same(old: bytes, new: bytes) -> None:
    edit = Edit(0, len(old), new)
    assert apply(old, narrowed(old, edit)) == new
    if len(old) == len(new):
        assert all(old[e.offset + i] != e.data[i] for e in narrowed(old, edit) for i in range(e.size))


DAMAGED = RIDE.fit(build={"data_size": 0})


def test_only_what_the_configuration_wants_is_mended() -> None:
    assert fix(DAMAGED, config=Config(ignore=("FIT008",))).data == DAMAGED
    assert fix(DAMAGED, config=Config(select=("TIM",))).data == DAMAGED
    assert fix(DAMAGED, config=Config(select=("FIT008",))).data == RIDE.fit()


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Step(action="dropped", says="x", edits=(Edit(400, 90, b""),)), "would"),
        (Step(action="changed", says="x", edits=(Edit(1, 1, b"\x40"),)), "does not cure it"),
        (Step(action="dropped", says="x", edits=(Edit(0, 5, b""), Edit(2, 5, b""))), "itself failed"),
    ],
)
def test_a_step_that_makes_it_worse_is_not_taken(step: Step, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = RIDE.fit(build={"protocol": 0x30})
    code = next(f.code for f in check(data, config=CONFIG).findings if f.severity > Severity.INFO)
    real = fixing._bench("fit")
    assert real is not None
    bench = replace(real, repairs=(Repair((RULES[code],), lambda _document, _asked: [step], "x"),))
    monkeypatch.setattr(fixing, "_bench", lambda _format: bench)
    fixed = fix(data, config=CONFIG)
    assert fixed.data == data
    assert len(fixed.left) == 1
    assert why in fixed.left[0]


def test_prepare_mends_first_and_says_so() -> None:
    prepared = prepare(DAMAGED, config=CONFIG, name="ride.fit")
    assert gzip.decompress(prepared.data) == RIDE.fit()
    assert [c for c in prepared.changes if c.startswith("mended FIT008")]
    assert prepared.external_id == prepare(DAMAGED, config=CONFIG, name="other.fit").external_id
    cut = RIDE.fit()[:-9]
    assert gzip.decompress(prepare(cut, config=CONFIG).data) == cut


def _fits(case: cases.Case) -> bool:
    return case.breaks and case.code in RULES and sniff(case.build())[0] in RULES[case.code].fixes


#: Declared unsafe, and done safely where a checksum proves it, which only the repair sees.
PROVED = ("FIT014", "FIT020")
MENDABLE = [
    case
    for module in pkgutil.iter_modules(cases.__path__)
    for case in importlib.import_module(f"cases.{module.name}").CASES
    if _fits(case)
]


@pytest.mark.parametrize(("format_", "repairs"), [("fit", FIT_REPAIRS), ("tcx", XML_REPAIRS), ("gpx", XML_REPAIRS)])
def test_rules_and_repairs_belong_together(format_: str, repairs: tuple[Repair, ...]) -> None:
    bound = [rule for repair in repairs for rule in repair.rules]
    assert len(bound) == len(set(bound))
    assert set(bound) <= set(RULES.values())
    assert {rule for rule in RULES.values() if format_ in rule.fixes} <= set(bound)
    formats = {format_} if format_ == "fit" else {"tcx", "gpx"}
    assert {rule.name for rule in bound if not formats & set(rule.fixes)} == set()


@pytest.mark.parametrize("case", MENDABLE, ids=lambda case: f"{case.code}-{case.name}")
def test_what_a_rule_says_can_be_mended_is_mended(case: cases.Case) -> None:
    config = case.config or replace(
        CONFIG, limits=Limits(now=1795305600, max_inflated_bytes=100_000, max_upload_bytes=100_000)
    )
    data = case.build()
    before = check(data, config=config, name=case.file or None)
    mine = [f for f in before.findings if f.code == case.code]
    unsafe = any(f.fix == "unsafe" for f in mine)
    wishes = Wishes(sport="running")
    fixed = fix(data, config=config, unsafe=unsafe, notes=True, wishes=wishes, name=case.file or None)
    if any(f.fix for f in mine):
        assert case.code not in _codes(fixed.after), fixed.left
        for worse in (each for each in Severity if each > max(f.severity for f in mine)):
            assert _codes(fixed.after, worse) <= _codes(before)
    else:
        assert case.code in _codes(fixed.after)
    if max(f.severity for f in before.findings) == Severity.INFO:
        assert not fix(data, config=config, unsafe=True, wishes=wishes, name=case.file or None).changed


@pytest.mark.parametrize("case", MENDABLE, ids=lambda case: f"{case.code}-{case.name}")
def test_steps_are_as_safe_as_the_rule_says(case: cases.Case) -> None:
    data, config, name = case.build(), replace(case.config or CONFIG, select=(case.code,)), case.file or None
    said = {f.fix for f in check(data, config=config, name=name).findings}
    wishes = Wishes(sport="running") if said != {None} else None
    fixed = fix(data, config=config, unsafe=True, notes=True, wishes=wishes, name=name)
    done = {"safe" if change.safe else "unsafe" for change in fixed.ledger}
    repairs = FIT_REPAIRS if fixed.before.format == "fit" else XML_REPAIRS
    told = next(r.told(RULES[case.code], fixed.before.format) for r in repairs if case.code in r.codes)
    assert done <= set(told)
    assert all(told.values())
    if "unsafe" in said:
        assert "unsafe" in done or case.code in PROVED
    else:
        assert done == said - {None}


EVERY_CASE = [
    case
    for module in pkgutil.iter_modules(cases.__path__)
    for case in importlib.import_module(f"cases.{module.name}").CASES
    if case.config is None and sniff(case.build())[0] in ("fit", "tcx", "gpx")
]


def _weights(report: Report) -> dict[str, int]:
    """How much each code tells: the number of its findings, and of the points and messages in them."""
    weights: dict[str, int] = {}
    for f in report.findings:
        weights[f.code] = weights.get(f.code, 0) + (f.where.count or int(f.evidence.get("count") or 1))
    return weights


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: f"{case.code}-{case.name}")
def test_what_a_report_says_of_a_repair_is_what_a_repair_does(case: cases.Case) -> None:
    """For every code in every case: where its findings name a repair it is made or needless afterwards, where none of
    them does no step is made for it."""
    data, name = case.build(), case.file or None
    wishes = Wishes(sport="running", interpolate=True)
    for unsafe in (False, True):
        fixed = fix(data, config=CONFIG, unsafe=unsafe, notes=True, wishes=wishes, name=name)
        said: dict[str, set[str | None]] = {}
        for finding in fixed.before.findings:
            said.setdefault(finding.code, set()).add(finding.fix)
        done = {code for change in fixed.ledger for code in change.code.split("/")}
        before, after = _weights(fixed.before), _weights(fixed.after)
        wanted = {"safe", "unsafe"} if unsafe else {"safe"}
        for code, fixes in said.items():
            if fixes & wanted:
                assert code in done or after.get(code, 0) < before[code], (code, fixed.left)
            elif fixes == {None}:
                assert code not in done, code


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_repair_that_only_other_formats_have_has_its_reason(rule: Rule) -> None:
    lacks = bool(rule.fixes) and "fit" in set(rule.formats) - set(rule.fixes)
    assert (rule in NOT_MENDED) == lacks
    assert set(rule.formats) <= {"fit", *rule.fixes} or not rule.fixes


@pytest.mark.parametrize(("part", "kind"), [("## Safe repairs", "safe"), ("## Unsafe repairs", "unsafe")])
def test_the_page_tells_every_repair(part: str, kind: str) -> None:
    page = (ROOT / "docs" / "fixing.md").read_text(encoding="utf-8")
    table = page[page.index(part) :]
    table = table[table.index("### TCX and GPX") : table.index("### FIT")]
    told = {
        word.strip() for row in re.findall(r"^\| (.+?) \|", table, re.MULTILINE) for word in re.split(r",|\(.*?\)", row)
    }
    wanted = {rule.name for rule in RULES.values() if kind in {rule.fixes.get("tcx"), rule.fixes.get("gpx")}}
    assert wanted <= told
    assert {
        name
        for name in told - {"", "---", "Rule"}
        if not any(rule.name == name and rule.fixes for rule in RULES.values())
    } == set()


# -- the command -------------------------------------------------------------------------------------------------------


def _run(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["fix", *args])
    return result.exit_code, result.output


@pytest.fixture
def ride(tmp_path: Path) -> Path:
    path = tmp_path / "ride.fit"
    path.write_bytes(DAMAGED)
    path.chmod(0o640)
    return path


def test_it_writes_nothing_unless_told(ride: Path) -> None:
    status, output = _run(str(ride), "--diff")
    assert status == 0
    assert "FIT008 changed: the data size 0 becomes" in output
    assert "nothing is written" in output
    assert "header, bytes" in output
    assert ride.read_bytes() == DAMAGED
    assert list(ride.parent.iterdir()) == [ride]


def test_in_place_keeps_the_mode_and_leaves_nothing_behind(ride: Path) -> None:
    assert _run(str(ride), "--in-place")[0] == 0
    assert ride.read_bytes() == RIDE.fit()
    assert ride.stat().st_mode & 0o777 == 0o640
    assert sorted(ride.parent.iterdir()) == [ride, *ride.parent.glob("ride.fit.????????.orig")]
    status, output = _run(str(ride), "--in-place")
    assert (status, output) == (0, f"{ride}: nothing to mend\n1 as it was\n")


def test_out_overwrites_nothing(ride: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert _run(str(ride), "--out", str(out))[0] == 0
    assert (out / "ride.fit").read_bytes() == RIDE.fit()
    assert _run(str(ride), "--out", str(out))[0] == 0
    (out / "ride.fit").write_bytes(b"mine")
    assert _run(str(ride), "--out", str(out))[0] == 2
    assert (out / "ride.fit").read_bytes() == b"mine"


def test_gzip_in_gzip_out(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit.gz"
    path.write_bytes(gzip.compress(DAMAGED))
    assert _run(str(path), "--in-place")[0] == 0
    assert gzip.decompress(path.read_bytes()) == RIDE.fit()


@pytest.mark.parametrize("cut", [0, 9])
def test_a_gzipped_file_with_nothing_to_mend_keeps_its_bytes(tmp_path: Path, cut: int) -> None:
    packed = gzip.compress(RIDE.gpx(), compresslevel=1, mtime=1714557600)
    content = packed[: len(packed) - cut]
    path, out = tmp_path / "ride.gpx.gz", tmp_path / "out"
    path.write_bytes(content)
    said = "cannot be mended" if cut else "nothing to mend"
    assert said in _run(str(path), "--in-place")[1]
    assert said in _run(str(path), "--out", str(out))[1]
    assert path.read_bytes() == (out / "ride.gpx.gz").read_bytes() == content


def test_exit_status_counts_what_is_left(tmp_path: Path) -> None:
    path = tmp_path / "cut.fit"
    path.write_bytes(RIDE.fit()[:-9])
    status, output = _run(str(path))
    assert status == 1
    assert "needs --unsafe" in output
    assert _run(str(path), "--unsafe")[0] == 0
    assert _run(str(tmp_path / "none.fit"))[0] == 2
    assert _run(str(path), "--out", str(tmp_path), "--in-place")[0] == 2
    assert _run(str(path), "--split", "--in-place")[0] == 2


def test_split_writes_parts(tmp_path: Path) -> None:
    path = tmp_path / "two.fit"
    path.write_bytes(RIDE.fit(chained=2))
    status, output = _run(str(path), "--split", "--out", str(tmp_path / "out"))
    assert status == 0
    assert "part 2 of 2" in output
    parts = sorted((tmp_path / "out").iterdir())
    assert [p.name for p in parts] == ["two-1.fit", "two-2.fit"]
    assert b"".join(p.read_bytes() for p in parts) == path.read_bytes()


def test_the_diff_of_a_gpx_file_is_unified(tmp_path: Path) -> None:
    path = tmp_path / "ride.gpx"
    path.write_bytes(RIDE.gpx().replace(b"Invented round", b"Tom & Jerry", 1))
    status, output = _run(str(path), "--diff")
    assert status == 0
    assert f"--- {path}\n+++ {path} (mended)\n@@ -" in output
    assert "-    <name>Tom & Jerry</name>\n+    <name>Tom &amp; Jerry</name>\n" in output
    assert "DOC008 changed: ampersands are escaped at one place (line 4: byte" in output


def test_notes_are_mended_with_the_option(tmp_path: Path) -> None:
    path = tmp_path / "ride.tcx"
    path.write_bytes(b"\xef\xbb\xbf" + RIDE.tcx())
    assert "nothing to mend" in _run(str(path), "--unsafe")[1]
    assert _run(str(path), "--notes", "--in-place")[0] == 0
    assert path.read_bytes() == RIDE.tcx()


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("+02:00", "+02:00"),
        ("-0330", "-03:30"),
        ("Europe/Berlin", "+02:00"),
        ("UTC", "Z"),
        ("America/New_York", "-04:00"),
    ],
)
def test_a_zone_is_added(tmp_path: Path, zone: str, written: str) -> None:
    path = tmp_path / "ride.gpx"
    path.write_bytes(re.sub(rb"(?<=\d)Z</time>", b"</time>", RIDE.gpx()))
    assert _run(str(path), "--unsafe", "--tz", zone, "--in-place")[0] == 0
    assert path.read_bytes() == RIDE.gpx().replace(b"Z</time>", written.encode() + b"</time>")


def test_a_named_zone_is_added_to_standard_input(tmp_path: Path) -> None:
    naive = re.sub(rb"(?<=\d)Z</time>", b"</time>", RIDE.gpx())
    done = CliRunner().invoke(
        main, ["fix", "-", "--unsafe", "--tz", "Europe/Berlin", "--out", str(tmp_path)], input=naive
    )
    assert done.exit_code == 0, done.output
    assert (tmp_path / "stdin.gpx").read_bytes() == RIDE.gpx().replace(b"Z</time>", b"+02:00</time>")


def test_a_sport_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ride.tcx"
    path.write_bytes(RIDE.tcx().replace(b'Sport="Biking"', b'Sport="Other"'))
    assert "SPT004: needs --sport WORD" in _run(str(path), "--unsafe")[1]
    assert _run(str(path), "--unsafe", "--sport", "cycling", "--in-place")[0] == 0
    assert path.read_bytes() == RIDE.tcx()


def test_times_are_interpolated(tmp_path: Path) -> None:
    path = tmp_path / "ride.gpx"
    path.write_bytes(RIDE.gpx(change={5: {"time": None}}))
    assert _run(str(path), "--unsafe", "--interpolate", "--in-place")[0] == 0
    report = check(path, config=CONFIG)
    assert report.activity is not None
    assert (report.activity.points, report.activity.points_without_time) == (RIDE.points, 0)


@pytest.mark.parametrize(
    "options",
    [
        ("--tz", "+01:00"),
        ("--tz", "UTC"),
        ("--tz", "+00:00"),
        ("--sport", "running"),
        ("--interpolate",),
        ("--unsafe", "--tz", "+15:00"),
        ("--unsafe", "--tz", "Nowhere/City"),
        ("--unsafe", "--sport", "chess"),
    ],
)
def test_wishes_that_cannot_be_met_are_said(ride: Path, options: tuple[str, ...]) -> None:
    status, output = _run(str(ride), *options)
    assert status == 2
    assert "--unsafe" in output or "is no zone" in output or "is no sport" in output


def test_options_that_are_refused_leave_no_folder(ride: Path, tmp_path: Path) -> None:
    assert _run(str(ride), "--tz", "+01:00", "--out", str(tmp_path / "out"))[0] == 2
    assert not (tmp_path / "out").exists()


def test_documents_in_a_row_are_split(tmp_path: Path) -> None:
    path = tmp_path / "two.gpx.gz"
    later = RIDE.gpx().replace(b"T10:", b"T12:")
    path.write_bytes(gzip.compress(RIDE.gpx() + later))
    assert "needs --split" in _run(str(path), "--unsafe")[1]
    status, output = _run(str(path), "--split", "--out", str(tmp_path / "out"))
    assert status == 0
    assert "part 2 of 2" in output
    parts = sorted((tmp_path / "out").iterdir())
    assert [gzip.decompress(p.read_bytes()).rstrip() for p in parts] == [RIDE.gpx().rstrip(), later.rstrip()]


def test_a_mark_promises_no_repair_that_is_not_made() -> None:
    """A maximum whose lap lies apart from all records, and a root without a namespace beside a prefix without one."""
    ride = Ride(seconds=60, laps=1)
    late = {"max_heart_rate": 100, "start_time": 1_150_000_000}
    marks = {
        start: [f.fix for f in check(ride.fit(messages={"lap": lap}), config=CONFIG).findings if f.code == "FIT421"]
        for start, lap in (("late", late), ("true", {"max_heart_rate": 100}))
    }
    assert marks == {"late": [None], "true": ["unsafe"]}
    gpx = ride.gpx(namespace="").replace(b"</trkpt>", b"<extensions><mmp:color>1</mmp:color></extensions></trkpt>", 1)
    assert [f.fix for f in check(gpx, config=CONFIG).findings if f.code == "SCH002"] == ["safe"]
    assert "SCH002" in [change.code for change in fix(gpx, config=CONFIG).ledger]
