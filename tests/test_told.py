"""What people read: totals, marks, names, columns, and the words of the command line."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import zipfile
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from conftest import ROOT
from tracklint import Config, check, fix
from tracklint.cli import COMMANDS, main
from tracklint.cli.progress import Watch, bar
from tracklint.mending.told import how_mended
from tracklint.rules import RULES
from tracklint.rules.examples import example
from tracklint.testing import Ride
from tracklint.words import agreed

RIDE = Ride(seconds=60)
#: A FIT file that is mended safely, one that needs --unsafe, and a GPX file without times.
MENDABLE = RIDE.fit()[:4] + bytes(4) + RIDE.fit()[8:]
CUT = RIDE.fit()[:-9]
PLANNED_TCX = RIDE.tcx(change={k: {"time": None} for k in range(61)})
PLANNED = RIDE.gpx(change={k: {"time": None} for k in range(61)})


def run(*args: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args], input=stdin)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with rides/ of which one is good, one can be mended, and the others need more."""
    files = {
        "bad.fit": MENDABLE, "cut.fit": CUT, "good.gpx": RIDE.gpx(), "planned.gpx": PLANNED, "photo.fit": b"\xff\xd8\xff\xe0" * 90,
    }  # fmt: skip
    (tmp_path / "rides").mkdir()
    for name, data in files.items():
        (tmp_path / "rides" / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def on_a_terminal(columns: int, *args: str, **environment: str) -> str:
    """What a command shows on a terminal so wide, standard output and errors together."""
    ours, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    command = [sys.executable, "-m", "tracklint", *args]
    surroundings = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
    surroundings |= {"TERM": "xterm", **environment}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=surroundings):
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:  # Linux says so at the end of a terminal
                break
            if not piece:
                break
            shown += piece
    os.close(ours)
    return shown.decode("utf-8", "replace").replace("\r\n", "\n")


# Totals, and what is said of each file.


def test_fix_ends_with_totals(here: Path) -> None:
    done = run("fix", "rides")
    assert done.stdout.splitlines()[-1] == (
        "1 file can be mended, 1 as it was, 3 cannot be mended: 1 needs --unsafe, 1 is no activity file, 1 has no repair; "
        "nothing is written, give --out DIR or --in-place"
    ), done.stdout  # fmt: skip
    done = run("fix", "--out", "out", "rides")
    assert done.stdout.splitlines()[-1].startswith("1 file mended, 1 as it was, 3 cannot be mended: ")
    assert sorted(path.name for path in Path("out").iterdir()) == ["bad.fit", "cut.fit", "good.gpx", "planned.gpx"]


def test_prepare_ends_with_totals_and_writes_no_refused_file_unless_forced(here: Path) -> None:
    done = run("prepare", "--out", "out", "rides", "nothing.fit")
    assert done.exit_code == 2
    assert done.stdout.splitlines()[-1] == (
        "2 files in out (1 mended), 3 refused and not written (--force writes them all the same), "
        "1 could not be read or written"
    )
    assert sorted(path.name for path in Path("out").iterdir()) == ["bad.fit.gz", "good.gpx.gz"]
    assert run("prepare", "--force", "--out", "all", "rides").exit_code == 1
    assert len(list(Path("all").iterdir())) == 5


def test_two_sources_of_one_content_are_one_result_of_prepare(here: Path) -> None:
    (here / "rides" / "copy.gpx").write_bytes(RIDE.gpx())
    done = run("prepare", "--out", "out", "rides/copy.gpx", "rides/good.gpx")
    assert done.exit_code == 0
    assert "rides/good.gpx: the same content as out/copy.gpx.gz\n" in done.stdout
    assert [path.name for path in Path("out").iterdir()] == ["copy.gpx.gz"]


def test_nothing_to_mend_is_said_of_good_files_only(here: Path) -> None:
    done = run("fix", "rides")
    assert re.findall("(.*): nothing to mend", done.stdout) == ["rides/good.gpx"]
    assert re.findall("(.*): cannot be mended\n", done.stdout) == ["rides/photo.fit", "rides/planned.gpx"]


@pytest.mark.parametrize("command", [["fix"], ["fix", "--in-place"], ["prepare", "--out", "out"]])
def test_every_line_of_errors_names_its_file(command: list[str], here: Path) -> None:
    done = run(*command, "rides", "nothing.fit")
    lines = done.stderr.splitlines()
    assert len(lines) >= 4
    assert all(re.match(r"(tracklint: )?(rides/\w+\.\w+|nothing\.fit): ", line) for line in lines), lines


def test_codes_that_are_left_for_one_reason_share_a_line(here: Path) -> None:
    nothing = RIDE.fit(without=("session", "lap", "activity", "event"))
    Path("rides/bare.fit").write_bytes(nothing)
    left = [line for line in run("fix", "rides/bare.fit").stdout.splitlines() if ": left " in line]
    assert len(left) == len({line.rpartition(": ")[2] for line in left})
    assert any(re.search(r": left FIT404, FIT405, .*: need --unsafe$", line) for line in left), left


def test_one_archive_is_not_told_to_be_written_in_place(here: Path) -> None:
    with zipfile.ZipFile("one.zip", "w") as archive:
        archive.writestr("bad.fit", MENDABLE)
    assert run("fix", "one.zip").stdout.endswith("nothing is written, give --out DIR\n")


def test_one_of_something_is_in_the_singular() -> None:
    for several, one in (
        ("1 points without a time get one", "1 point without a time gets one"),
        ("1 messages of event have 38", "1 message of event has 38"),
        ("1 of 1 laps start elsewhere", "1 of 1 lap starts elsewhere"),
        ("11 points are 1 of 31 points", "11 points are 1 of 31 points"),
        ("1 of 43 points lie apart", "1 of 43 points lies apart"),
        ("1 of 9 heart rates are 0, 21 of 9 points have none", "1 of 9 heart rates is 0, 21 of 9 points have none"),
    ):
        assert agreed(several) == one
    fixed = fix(RIDE.gpx(change={30: {"time": None}}), unsafe=True)
    assert [change.says for change in fixed.ledger] == ["1 point without a time"]


# What can be mended, and how.


def test_check_marks_what_can_be_mended_and_says_how(here: Path) -> None:
    done = run("check", "rides")
    assert re.search(r"error FIT008 size-zero: .* \[safe\]\n", done.stdout)
    assert re.search(r"error FIT011 truncated: .* \[unsafe\]\n", done.stdout)
    assert "findings can be mended: tracklint fix rides\n" in done.stdout
    assert "can be mended: tracklint fix --unsafe rides\n" in done.stdout
    assert "can be mended" not in run("check", "rides/good.gpx", "rides/planned.gpx").stdout


@pytest.mark.parametrize(
    ("data", "code", "needs"),
    [
        (RIDE.tcx(sport="Other"), "SPT004", "--sport WORD"),
        (RIDE.gpx(change={k: {"time": None} for k in range(20, 40)}), "TIM001", "--interpolate"),
    ],
)
def test_a_finding_says_what_its_repair_waits_for(here: Path, data: bytes, code: str, needs: str) -> None:
    found = next(each for each in check(data).findings if each.code == code)
    assert (found.fix, found.evidence["needs"]) == ("unsafe", needs)
    assert any(f"{code}: needs {needs}" in left for left in fix(data, unsafe=True).left)
    assert any(f"{code}: needs --unsafe {needs}" in left for left in fix(data).left)
    (here / "one").write_bytes(data)
    assert f"can be mended: tracklint fix --unsafe {needs} one\n" in run("check", "one").stdout


@pytest.mark.parametrize(
    ("missing", "told"), [([30], "drops these points; "), (list(range(20, 40)), "gives"), ([0], "drops these points")]
)
def test_the_hint_for_points_without_time_says_what_the_repair_does(missing: list[int], told: str) -> None:
    found = next(each for each in check(RIDE.gpx(change={k: {"time": None} for k in missing})).findings)
    assert found.code == "TIM001"
    assert told in found.hint
    assert "cannot be known" not in found.hint


def test_a_point_that_cannot_be_interpolated_says_why_it_goes() -> None:
    from tracklint.edits import Wishes

    fixed = fix(RIDE.gpx(change={0: {"time": None}}), unsafe=True, wishes=Wishes(interpolate=True))
    assert [change.says for change in fixed.ledger] == [
        "1 point without a time, and with none on one side to interpolate from"
    ]


def test_explain_says_whether_and_how_a_rule_is_mended() -> None:
    assert "Mended:    with --unsafe in FIT: these records are dropped\n" in run("explain", "TIM001").stdout
    assert "Mended:    always: " in run("explain", "FIT008").stdout
    assert "Mended:    no; " in run("explain", "TIM002").stdout
    assert all(how_mended(rule) for rule in RULES.values())


def test_explanations_show_examples_and_no_templates() -> None:
    for code in RULES:
        said = example(code)
        assert said.message, code
        assert not re.search(r"\{\w+(:[^}]*)?\}", said.message + said.hint), code


def test_notes_stand_in_the_text_on_request_only(here: Path) -> None:
    (here / "noted.tcx").write_bytes(b"\xef\xbb\xbf" + PLANNED_TCX)
    whole, short = run("check", "--all", "noted.tcx").stdout, run("check", "noted.tcx").stdout
    notes = whole.count("\n  info ")
    assert notes
    assert "\n  info " not in short
    assert f"\n  and {notes} note{'s' if notes > 1 else ''}, shown with --all\n" in short


# A copy, and the way back.


def test_in_place_keeps_a_copy_and_undo_puts_it_back(here: Path) -> None:
    path = here / "rides" / "bad.fit"
    os.utime(path, (1e9, 1e9))
    done = run("fix", "--in-place", "rides/bad.fit")
    (copy,) = path.parent.glob("bad.fit.*.orig")
    assert (copy.read_bytes(), path.read_bytes()) == (MENDABLE, RIDE.fit())
    assert f"what it was is in {copy.name}, `tracklint fix --undo` puts it back" in done.stdout
    assert "5 files" not in run("check", "rides").stdout.replace("5 files r", "")  # a copy is no activity
    done = run("fix", "--undo", "rides")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "1 file put back")
    assert (path.read_bytes(), path.stat().st_mtime) == (MENDABLE, 1e9)
    assert list(path.parent.glob("*.orig")) == []
    assert run("fix", "--undo", "rides").exit_code == 2


def test_two_repairs_are_undone_one_after_the_other(here: Path) -> None:
    path = here / "ride.fit"
    path.write_bytes(MENDABLE[:-9])
    run("fix", "--in-place", "ride.fit")
    between = path.read_bytes()
    run("fix", "--in-place", "--unsafe", "ride.fit")
    assert len({MENDABLE[:-9], between, path.read_bytes()}) >= 2
    while run("fix", "--undo", "ride.fit").exit_code == 0:
        pass
    assert path.read_bytes() == MENDABLE[:-9]


def test_undo_never_takes_a_file_that_has_changed_since(here: Path) -> None:
    path = here / "rides" / "bad.fit"
    run("fix", "--in-place", "rides/bad.fit")
    path.write_bytes(b"edited")
    done = run("fix", "--undo", "rides/bad.fit")
    assert done.exit_code == 2
    assert "rides/bad.fit: not put back, it has changed since; it was bad.fit." in done.stderr
    assert path.read_bytes() == b"edited"


def test_no_backup_keeps_none(here: Path) -> None:
    assert run("fix", "--in-place", "--no-backup", "rides/bad.fit").exit_code == 0
    assert list((here / "rides").glob("*.orig")) == []


# Terminals.


@pytest.mark.parametrize(
    ("columns", "terminal", "command"),
    [(50, "xterm", ["check", "--all"]), (50, "dumb", ["fix"]), (120, "xterm", ["prepare", "--out", "out"])],
)
def test_text_keeps_to_its_columns(command: list[str], terminal: str, columns: int, here: Path) -> None:
    shown = on_a_terminal(columns, *command, "rides", NO_COLOR="1", TERM=terminal)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert "rides/cut.fit" in plain
    assert max(map(len, plain.splitlines())) <= columns


def test_a_row_of_bytes_has_whole_ones_only(here: Path) -> None:
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", on_a_terminal(50, "check", "rides/bad.fit"))
    rows = re.findall(r"^ {5}0x\w+ (.*)$", plain, re.MULTILINE)
    assert rows
    assert all(re.fullmatch(r"( [0-9a-f]{2})+", row) for row in rows)


@pytest.mark.parametrize("command", [["check", "-j", "1"], ["fix"], ["prepare", "--out", "out"]])
def test_a_bar_and_results_share_no_line(command: list[str], here: Path) -> None:
    for k in range(30):
        (here / "rides" / f"{k}.fit").write_bytes(Ride(seconds=20 + k).fit()[:-9])
    shown = on_a_terminal(100, *command, "rides")
    assert re.search(r"(checking|mending|preparing) ", shown)
    for line in shown.split("\n"):
        last = re.split(r"\x1b\[2K|\x1b\[1A", line)[-1]  # what is left of a line after a bar was wiped
        assert not (re.search("rides/", last) and re.search("━|checking |mending |preparing ", last)), line


def test_a_bar_says_how_many_there_are_how_fast_it_goes_and_what_is_left(here: Path) -> None:
    for k in range(60):
        (here / "rides" / f"{k}.fit").write_bytes(Ride(seconds=20).fit()[:-9])
    files = len(list((here / "rides").iterdir()))
    shown = on_a_terminal(100, "check", "-q", "-j", "1", "rides")
    assert re.search(rf"checking .*\d+/{files} .*\d/s, 0:\d\d:\d\d left", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown))


def test_the_file_that_keeps_the_others_waiting_is_named() -> None:
    watch, out = Watch(), io.StringIO()
    watch.over(lambda: (("rides/\x1blong.fit", b""), 12.3))
    shown = bar(Console(file=out, width=100, force_terminal=True), "checking", 300, watch)
    shown.start()
    shown.stop()
    assert "12 s at rides/\\x1blong.fit" in out.getvalue()


@pytest.mark.parametrize(
    ("variable", "value", "command"),
    [
        ("TERM", "dumb", ["check"]),
        ("LC_ALL", "C", ["fix"]),
        ("PYTHONIOENCODING", "cp1252", ["prepare", "--out", "out"]),
    ],
)
def test_plain_surroundings_get_plain_text(variable: str, value: str, command: list[str], here: Path) -> None:
    (here / "Fahrt \N{EN DASH} \N{SNOWMAN}.gpx").write_bytes(PLANNED)
    done = subprocess.run(
        [sys.executable, "-m", "tracklint", *command, "Fahrt \N{EN DASH} \N{SNOWMAN}.gpx"],
        capture_output=True, env={**os.environ, variable: value}, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert b"Fahrt" in done.stdout
    assert b"\x1b" not in done.stdout + done.stderr
    assert b"itself failed" not in done.stdout + done.stderr


def test_fix_without_a_terminal_imports_no_rich(here: Path) -> None:
    script = (
        "import sys; sys.argv = ['tracklint', 'fix', 'rides']\n"
        "from tracklint.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


# Names that are no text.


def test_names_that_are_not_utf_8_work_in_every_command(here: Path) -> None:
    name = b"caf\xe9.fit"
    (here / "odd").mkdir()
    Path(os.fsdecode(os.fsencode(here / "odd") + b"/" + name)).write_bytes(MENDABLE)
    shown = "odd/caf\\udce9.fit"
    file = os.fsdecode(b"odd/" + name)
    for command, said in (
        (["check", "odd"], shown), (["check", "-o", "json", "odd"], shown), (["check", "-o", "json=r.json", "odd"], ""),
        (["fix", "odd"], shown), (["fix", "--diff", "--out", "mended", "odd"], shown), (["fix", "--in-place", "odd"], shown),
        (["fix", "--undo", "odd"], shown), (["prepare", "--out", "out", "odd"], shown), (["dump", file], "file_id"),
        (["show", file], shown),
    ):  # fmt: skip
        done = run(*command)
        assert done.exit_code in (0, 1), (command, done.output)
        assert said in done.stdout, command
        assert "codec" not in done.output
    assert json.loads(Path("r.json").read_text())["files"][0]["name"] == file
    assert os.listdir(b"mended") == [name]  # noqa: PTH208 - as bytes
    assert os.listdir(b"out") == [name + b".gz"]  # noqa: PTH208 - bytes, which pathlib does not give


# The words of the command line.


def test_did_you_mean() -> None:
    done = run("chek", "x.fit")
    assert done.exit_code == 2
    assert "there is no command 'chek'; did you mean `tracklint check`?" in done.stderr
    assert "did you mean `tracklint check ride.fit`?" in run("ride.fit").stderr
    assert "`tracklint help` lists them" in run("xyzzy").stderr


def test_help_and_version_are_commands() -> None:
    assert run("help").stdout == run("--help").stdout
    assert run("version").stdout == run("--version").stdout
    for command in COMMANDS:
        assert run("help", command).stdout == run(command, "--help").stdout, command
    assert "did you mean `tracklint fix`" in run("help", "fxi").stderr


def test_quiet_is_the_totals_only_and_verbose_is_all(here: Path) -> None:
    assert run("check", "-q", "rides").stdout.splitlines()[0] == "4 files refused, 1 file ready"
    assert len(run("fix", "-q", "rides").stdout.splitlines()) == 1
    assert len(run("prepare", "-q", "--out", "out", "rides").stdout.splitlines()) == 1
    assert run("check", "-v", "rides").stdout == run("check", "--all", "rides").stdout
    assert "warning" not in run("fix", "rides/cut.fit").stderr
    assert "rides/cut.fit: warning" in run("fix", "-v", "rides/cut.fit").stderr


def test_several_codes_with_commas(here: Path) -> None:
    assert run("check", "--ignore", "TIM, fit", "rides/planned.gpx", "rides/cut.fit").exit_code == 0
    one = run("check", "-o", "jsonl", "--select", "TIM002,FIT011", "rides/planned.gpx", "rides/cut.fit").stdout
    assert [[f["code"] for f in json.loads(line)["findings"]] for line in one.splitlines()] == [["TIM002"], ["FIT011"]]
    assert run("check", "--ignore", "TIM,XYZ", "rides").exit_code == 2


def test_the_page_of_rules_shows_no_template() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert not re.search(r"Do[^\n]*\{\w+\}", page)
    assert page.count("* Mended: ") == len(RULES)


def test_a_file_that_is_not_there_is_not_called_refused(here: Path) -> None:
    done = run("check", "nothing.fit")
    assert done.exit_code == 2
    assert done.stdout.startswith("nothing.fit: not checked, 1 error\n")
    assert done.stdout.endswith("1 file not checked\n")
    assert Config().exclude == ()
