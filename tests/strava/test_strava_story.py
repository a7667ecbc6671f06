"""`tracklint upload` as an athlete reads it: a line for each file, a table of what is left and what it needs; and the
stand-in that ends by itself, is thrown away when all is done, and is kept where it is not."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from click.testing import CliRunner, Result

from conftest import ROOT
from tracklint.cli import main
from tracklint.extras import how_to_install
from tracklint.findings import Prediction
from tracklint.preparing import prepare
from tracklint.strava.comparing import compared
from tracklint.strava.journal import Journal
from tracklint.strava.sandbox import SCENARIOS, Options, Running, running_sandbox
from tracklint.strava.sandbox.grants import ATHLETE
from tracklint.strava.sandbox.state import NO_LIMIT, Strava
from tracklint.testing import Ride

from .test_strava_hostile import _drips, _still_at_it, serving
from .test_strava_upload import SCHEMA, _interrupt, ride

pytestmark = [pytest.mark.socket, pytest.mark.usefixtures("hurried")]


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command without an account, in an empty directory."""
    monkeypatch.setenv("TRACKLINT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TRACKLINT_STRAVA_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, command: str = "upload") -> Result:
        return CliRunner().invoke(main, [command, *arguments])

    return run


def rides(folder: Path) -> None:
    """A good ride, one to mend safely, one that misses a time, a plan, a copy of the good one, and no activity."""
    folder.mkdir()
    good = Ride(seconds=60).fit()
    (folder / "good.fit").write_bytes(good)
    (folder / "copy.fit").write_bytes(good)
    (folder / "blanks.gpx").write_bytes(b"   " + Ride(seconds=60, start="2024-05-02T10:00:00Z").gpx())
    gap = Ride(seconds=60, start="2024-05-03T10:00:00Z").gpx(change={30: {"time": None}})
    (folder / "gap.gpx").write_bytes(gap)
    (folder / "empty.tcx").write_bytes(b"")


def test_one_line_a_file_with_verdict_what_was_mended_and_link(alone: Any, tmp_path: Path) -> None:
    rides(tmp_path / "rides")
    done = alone("--sandbox", "rides")
    link = r"http://127\.0\.0\.1:\d+/activities/\d+"
    assert re.findall(r"^rides/.*$", done.output, re.MULTILINE) == [
        found
        for pattern in (
            r"^rides/empty\.tcx: refused; not sent: DOC001 .+$",
            r"^rides/gap\.gpx: refused; not sent: TIM001 1 of 61 points .+$",
            rf"^rides/blanks\.gpx: ready; mended DOC003 \(3 bytes before the XML declaration\); now at {link}$",
            rf"^rides/copy\.fit: ready; now at {link}$",
            rf"^rides/good\.fit: the same content as rides/copy\.fit, which was sent: {link}$",
        )
        for found in re.findall(pattern, done.output, re.MULTILINE)
    ]
    assert len(re.findall(r"^rides/.*$", done.output, re.MULTILINE)) == 5
    assert "sport_type" not in done.output
    assert "resource_state" not in done.output


def test_the_table_says_what_is_left_and_what_each_needs(alone: Any, tmp_path: Path) -> None:
    rides(tmp_path / "rides")
    done = alone("--sandbox", "rides")
    assert done.exit_code == 1
    table = done.output.partition("\n\n")[2].splitlines()
    assert table[:5] == [
        "   3 ready         each is an activity now",
        "   2 not sent      Strava would refuse them:",
        "      DOC001 empty-file: rides/empty.tcx",
        "        needs: record or export the activity again; the data was lost before it reached this file",
        "      TIM001 point-without-time: rides/gap.gpx",
    ]
    assert table[5].startswith("        needs: ")
    assert "  1 file mended on the way, safely: no measurement was changed" in table
    assert table[-1] == "These activities were a stand-in's on this machine; Strava knows nothing of them."


def test_the_table_has_sent_before_refused_and_unfinished_with_how_to_go_on(
    upload: Any,
    running: Running,
    tmp_path: Path,
) -> None:
    ride(tmp_path / "a.fit", 1)
    assert upload("a.fit").exit_code == 0
    ride(tmp_path / "b[forever].fit", 2)
    ride(tmp_path / "c[empty].fit", 3)
    done = upload("a.fit", "b[forever].fit", "c[empty].fit", "--deadline", "1")
    assert done.exit_code == 1
    table = done.output.partition("\n\n")[2].splitlines()
    assert table == [
        "   1 sent before   not sent again; --again sends them all the same",
        "   1 refused       Strava says:",
        "      Strava refuses with status 400: The file is empty: c[empty].fit",
        "   1 unfinished    saved: `tracklint upload --resume` goes on",
    ]


def test_raw_fields_stand_only_in_json_and_verbose(upload: Any, running: Running, tmp_path: Path) -> None:
    for day in (1, 2, 3):
        ride(tmp_path / f"{day}.fit", day)
    plain, verbose, data = upload("1.fit"), upload("2.fit", "--verbose"), upload("3.fit", "--output", "json")
    assert "activity_id" not in plain.output
    assert re.search(r"^  activity_id +\d+$", verbose.output, re.MULTILINE)
    told = json.loads(data.stdout)
    jsonschema.validate(told, SCHEMA)
    assert told["files"][0]["raw"]["activity_id"] == told["files"][0]["activity_id"]
    assert (told["files"][0]["verdict"], told["files"][0]["before"]) == ("ready", False)
    assert [pair["what"] for pair in told["files"][0]["compared"]] == [
        "sport", "distance", "moving time", "time", "elevation",
    ]  # fmt: skip


def test_a_note_that_many_files_share_is_said_once_and_counted(alone: Any, tmp_path: Path) -> None:
    for day in (1, 2, 3):
        ride(tmp_path / f"{day}.fit", day)
    done = alone("--sandbox", "--barometer", "1.fit", "2.fit", "3.fit")
    assert done.output.count("\n  not tagged: FIT has no") == 1
    assert "\n  3 files: not tagged: FIT has no" in done.output


def test_a_stand_in_for_one_run_has_no_request_limit(
    alone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "many").mkdir()
    for number in range(6):
        start = f"2024-05-{number + 1:02}T10:00:00Z"
        (tmp_path / "many" / f"{number}.gpx").write_bytes(Ride(seconds=2, start=start).gpx())
    begin = Strava.__init__

    def nearly_full(self: Strava, options: Options | None = None) -> None:
        begin(self, options)
        self.usage._used = [[190, 190], [90, 90]]  # of the 200 and 100 that Strava allows

    monkeypatch.setattr(Strava, "__init__", nearly_full)
    done = alone("--sandbox", "many")
    assert done.exit_code == 0, done.output
    assert "   6 ready " in done.output
    with running_sandbox(Options(rate_limit=NO_LIMIT, read_limit=NO_LIMIT)) as server:
        assert server.strava.usage.headers()["X-RateLimit-Limit"] == "1000000000,1000000000"


def test_a_scenario_may_still_ask_for_a_limit_and_resume_goes_on_with_the_same_stand_in(
    alone: Any, tmp_path: Path
) -> None:
    (tmp_path / "rides").mkdir()
    for day, marker in enumerate(("", "[rate-limited]", "", "[closed]"), 1):
        ride(tmp_path / "rides" / f"{day}{marker}.fit", day)
    stopped = alone("--sandbox", "rides")
    assert stopped.exit_code == 75, stopped.output
    assert "rides/1.fit: ready; still processing; upload 9007199254740993; Strava's request limit" in stopped.output
    assert "   4 unfinished    saved: `tracklint upload --resume --sandbox` goes on" in stopped.output
    told = alone(command="status").output
    promised = r"^Sandbox: .+sandbox/journal\.sqlite, 4 unfinished: `tracklint upload --resume --sandbox`"
    assert re.search(promised, told, re.MULTILINE)
    done = alone("--resume", "--sandbox")
    assert done.exit_code == 0, done.output
    assert "   3 ready " in done.output
    assert "Sandbox:" not in alone(command="status").output
    nothing = alone("--resume", "--sandbox")
    assert (nothing.exit_code, nothing.output.partition("\n")[0]) == (0, "nothing is unfinished")
    assert not (tmp_path / "home" / "sandbox").exists()


def test_a_new_trial_forgets_what_an_earlier_one_left(alone: Any, tmp_path: Path) -> None:
    ride(tmp_path / "a[forever].fit")
    assert alone("--sandbox", "a[forever].fit", "--deadline", "1").exit_code == 75
    gym = ("--name", "Gym", "--sport", "Workout", "--start", "2026-01-31T18:00:00", "--elapsed", "60")
    made = alone("--sandbox", *gym, command="create")
    assert (made.exit_code, "resource_state" in made.output) == (0, False)
    assert "1 unfinished" in alone(command="status").output
    ride(tmp_path / "b.fit", 2)
    assert alone("--sandbox", "b.fit").exit_code == 0
    assert not (tmp_path / "home" / "sandbox").exists()


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_what_a_trial_keeps_is_private(alone: Any, tmp_path: Path) -> None:
    ride(tmp_path / "a[forever].fit")
    alone("--sandbox", "a[forever].fit", "--deadline", "1")
    kept = tmp_path / "home" / "sandbox"
    modes = {each.name: each.stat().st_mode & 0o777 for each in kept.iterdir()}
    assert {"journal.sqlite", "strava.sqlite"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert kept.stat().st_mode & 0o777 == 0o700


def test_a_trial_without_a_place_for_it_promises_no_resume(alone: Any, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    ride(tmp_path / "a[forever].fit")
    done = alone("--sandbox", "a[forever].fit", "--deadline", "1")
    assert done.exit_code == 75
    assert "not saved, as the stand-in cannot be kept; give the same files again" in done.output
    assert "--resume" not in done.output


def test_the_story_stands_in_the_help_and_in_the_readme() -> None:
    told = " ".join(CliRunner().invoke(main, ["upload", "--help"]).output.split())
    assert "Mend what is safe to mend, upload what is ready, and list what is left and what each file needs." in told
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert (
        "mends what is safe to mend, uploads what is ready, and lists what is left and what each file needs" in readme
    )


def test_a_dry_run_says_what_would_be_sent_without_network_and_token(
    alone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rides(tmp_path / "rides")

    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("a socket was made")

    monkeypatch.setattr(socket, "socket", no_network)
    monkeypatch.setattr(httpx, "Client", no_network)
    done = alone("--dry-run", "rides", "--title", "{sport} {date}", "--sport", "gravelride")
    assert done.exit_code == 1
    assert (
        "rides/blanks.gpx: ready; mended DOC003 (3 bytes before the XML declaration); would be sent as gravelride "
        '"gravelride 2024-05-02": blanks.gpx.gz, '
    ) in done.output.replace("GravelRide", "gravelride").replace("Ride 2024", "gravelride 2024")
    assert "rides/good.fit: the same content as rides/copy.fit, so not sent twice" in done.output
    assert "   3 would be sent the same command without --dry-run sends them" in done.output
    assert "   2 not sent      Strava would refuse them:" in done.output
    assert done.output.endswith("Nothing was sent.\n")
    assert not (tmp_path / "home").exists()
    told = json.loads(alone("--dry-run", "rides", "--output", "json").stdout)
    jsonschema.validate(told, SCHEMA)
    assert told["counts"] == {"refused-before-sending": 2, "would-be-sent": 3}


def test_a_dry_run_knows_what_was_sent_before(upload: Any, running: Running, tmp_path: Path) -> None:
    ride(tmp_path / "a.fit", 1)
    ride(tmp_path / "b.fit", 2)
    assert upload("a.fit").exit_code == 0
    done = upload("--dry-run", "a.fit", "b.fit")
    assert "a.fit: sent before, so not sent again" in done.output
    assert "b.fit: ready; would be sent as Ride: b.fit.gz, " in done.output
    assert len(running.strava.uploads) == 1


def _prediction() -> Prediction:
    found = prepare(Ride(seconds=600).fit(), name="a.fit").report.prediction
    assert found is not None
    return found


def test_stravas_numbers_stand_beside_the_predicted_ones_and_differences_are_marked(
    upload: Any,
    running: Running,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create = Strava.create

    def other(self: Strava, facts: Any, **more: Any) -> Any:
        return create(self, {**facts, "sport_type": "Run", "total_elevation_gain": 999.0}, **more)

    monkeypatch.setattr(Strava, "create", other)
    ride(tmp_path / "a.fit", 1)
    done = upload("a.fit")
    assert done.output.splitlines()[1:] == [
        "              predicted     Strava",
        "  sport       Ride          Run differs",
        "  distance    0.48 km       0.48 km",
        "  moving time 0:01:00       0:01:00",
        "  time        0:01:00       0:01:00",
        "  elevation   8 m           999 m differs",
    ]
    ride(tmp_path / "b.fit", 2)
    ride(tmp_path / "c.fit", 3)
    many = upload("b.fit", "c.fit", "--sport", "Run")
    assert many.output.count("  elevation   8 m           999 m differs") == 2
    assert "  sport" not in many.output
    assert "Strava's numbers are as predicted for 0 of these 2 activities" in many.output


def test_rounding_is_no_difference_and_what_one_side_does_not_tell_is_left_out() -> None:
    prediction = _prediction()
    near = {
        "sport_type": prediction.sport, "distance": (prediction.distance_m or 0) + 5,
        "moving_time": round(prediction.moving_s or 0), "elapsed_time": None, "total_elevation_gain": float("nan"),
    }  # fmt: skip
    assert [(pair.what, pair.differs) for pair in compared(prediction, near)] == [
        ("sport", False), ("distance", False), ("moving time", False),
    ]  # fmt: skip
    assert [pair.what for pair in compared(replace(prediction, sport=None, distance_m=None), near)] == ["moving time"]


def test_without_the_scope_to_read_the_upload_is_a_success_and_the_reason_is_said_once(
    upload: Any,
    running: Running,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tracklint.strava.client import Client
    from tracklint.strava.errors import NotAuthorised

    def refuse(*_: object) -> None:
        error = NotAuthorised("no")
        error.missing_scope = "activity:read"
        raise error

    monkeypatch.setattr(Client, "activity", refuse)
    names = [ride(tmp_path / f"{day}.fit", day) for day in (1, 2)]
    done = upload(*names)
    assert done.exit_code == 0
    assert done.stderr.count("the sign-in lacks activity:read; `tracklint login` asks for it") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("a.fit", "--sport", "Bycicle"), "Bycicle is no sport of Strava's; did you mean Ride"),
        (("a.fit", "--activity-type", "runing"), "runing is no sport of Strava's; did you mean Run"),
        (("a.fit", "--fields", "t.csv"), "t.csv, a.fit: Wallking is no sport of Strava's; did you mean Walk"),
        (("a.fit", "--deadline", "nan"), "nan is no number of seconds"),
        (("a.fit", "--deadline", "inf"), "inf is no number of seconds"),
        (("a.fit", "--photo", "a.fit"), "a.fit: this is neither a JPEG picture nor a PNG picture"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(
    upload: Any,
    running: Running,
    tmp_path: Path,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    ride(tmp_path / "a.fit")
    (tmp_path / "t.csv").write_text("file,sport\na.fit,Wallking\n", encoding="utf-8")
    done = upload(*arguments)
    assert done.exit_code == 2
    assert words in done.output
    assert running.strava.uploads == {}


def test_force_sends_a_sport_that_tracklint_does_not_know(upload: Any, tmp_path: Path) -> None:
    ride(tmp_path / "a.fit")
    done = upload("a.fit", "--sport", "Unicycling", "--force")
    assert "sport_type Unicycling is none that tracklint knows; it is sent as it is" in done.output
    done = upload(
        "--name", "x", "--sport", "Gymn", "--start", "2026-01-31T18:00:00", "--elapsed", "60", command="create"
    )
    assert done.exit_code == 2
    assert "Gymn is no sport of Strava's" in done.output


@pytest.mark.parametrize("harm", [_drips, _still_at_it])
def test_the_deadline_holds_against_a_server_that_never_ends_its_answer(
    upload: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    harm: Any,
) -> None:
    ride(tmp_path / "a.fit")
    monkeypatch.setattr("tracklint.cli.upload.LEAST_PATIENCE", 1.0)
    with serving(harm) as base:
        monkeypatch.setenv("TRACKLINT_STRAVA_API", base)
        begun = time.monotonic()
        done = upload("a.fit", "--deadline", "1")
        took = time.monotonic() - begun
    assert done.exit_code == 75
    assert "it took longer than 1" in done.output
    assert took < 15  # both attempts to send, and no more


@pytest.mark.skipif(sys.platform != "linux", reason="file systems elsewhere take UTF-8 only")
def test_a_folder_with_a_name_that_is_no_utf8_is_uploaded_whole(alone: Any, tmp_path: Path) -> None:
    folder = tmp_path / "rides"
    folder.mkdir()
    for day, name in enumerate((b"a.fit", b"r\xff\xe4de.fit", b"z\xff[forever].fit"), 1):
        ride(folder / os.fsdecode(name), day)
    done = alone("--sandbox", "rides", "--deadline", "1", "--title", "{file}")
    assert done.exit_code == 75
    assert "codec" not in done.output
    assert "rides/r\\udcff\\udce4de.fit: ready; now at http" in done.output
    assert "rides/z\\udcff[forever].fit: ready; still processing" in done.output
    with Journal(tmp_path / "home" / "sandbox" / "journal.sqlite", api_base="sandbox") as journal:
        assert os.fsencode(journal.entries()[1].path or "").endswith(b"r\xff\xe4de.fit")
    told = json.loads(alone("--resume", "--sandbox", "--deadline", "1", "--output", "json").stdout)
    assert [os.fsencode(each["name"]) for each in told["files"]] == [b"rides/z\xff[forever].fit"]


def test_texts_of_strava_cannot_steer_the_terminal(
    upload: Any,
    running: Running,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evil = "\x1b[31m\u202e\nFORGED: ready"
    create = Strava.create
    monkeypatch.setattr(
        Strava, "create", lambda self, facts, **more: create(self, {**facts, "sport_type": evil}, **more)
    )
    monkeypatch.setitem(ATHLETE, "firstname", evil)
    ride(tmp_path / "a.fit")
    for done in (upload("a.fit", "--verbose"), upload("--check", command="status")):
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e]|^FORGED", done.output, re.MULTILINE)
        assert "FORGED" in done.output


def test_a_damaged_journal_is_named_and_saved_on_request(upload: Any, running: Running, tmp_path: Path) -> None:
    for day in range(1, 4):
        ride(tmp_path / f"{day}.fit", day)
    assert upload("1.fit", "2.fit").exit_code == 0
    path = tmp_path / "home" / "journal.sqlite"
    content = bytearray(path.read_bytes())
    content[:100] = b"x" * 100
    path.write_bytes(content)
    for leftover in ("-wal", "-shm"):
        Path(f"{path}{leftover}").unlink(missing_ok=True)
    refused = upload("3.fit")
    assert refused.exit_code == 2
    assert f"{path}: the journal of uploads is damaged" in refused.output
    assert "`tracklint status --mend-journal`" in refused.output
    assert "is damaged" in upload(command="status").output
    mended = upload("--mend-journal", command="status")
    assert mended.exit_code == 0, mended.output
    assert f"The damaged journal is now {path.with_name('journal-damaged-1.sqlite')}." in mended.output
    assert "is a new one with the 2 entries that could be read" in mended.output
    assert "is sound; nothing is moved" in upload("--mend-journal", command="status").output
    done = upload("1.fit", "2.fit", "3.fit")
    assert "   2 sent before " in done.output
    assert len(running.strava.activities) == 3


def test_results_go_to_standard_output_also_while_a_bar_is_drawn(tmp_path: Path) -> None:
    """With standard error on a terminal and standard output in a file, no line of a result is lost to the bar."""
    pty = pytest.importorskip("pty")
    for day in (1, 2):
        ride(tmp_path / f"{day}.fit", day)
    ours, theirs = pty.openpty()
    environment = os.environ | {"TRACKLINT_HOME": str(tmp_path / "home"), "TERM": "xterm"}
    line = [sys.executable, "-m", "tracklint", "upload", "--dry-run", "1.fit", "2.fit"]
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=theirs, cwd=tmp_path, env=environment, check=False)
    os.close(theirs)
    os.close(ours)
    assert done.stdout.count(b"would be sent as Ride") == 2


def test_no_result_shares_a_line_with_the_bar_on_a_terminal(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    for day in range(1, 22):
        ride(tmp_path / f"{day}.fit", day)
    ours, theirs = pty.openpty()
    environment = os.environ | {"TRACKLINT_HOME": str(tmp_path / "home"), "TERM": "xterm", "COLUMNS": "80"}
    line = [sys.executable, "-m", "tracklint", "upload", "--dry-run", "."]
    said = b""
    with subprocess.Popen(line, stdout=theirs, stderr=theirs, cwd=tmp_path, env=environment):
        os.close(theirs)
        with contextlib.suppress(OSError):  # where the last one has closed the other end
            while piece := os.read(ours, 65536):
                said += piece
    os.close(ours)
    assert "━".encode() in said
    for row in said.split(b"\n"):
        shown = re.split(rb"\x1b\[2K", row)[-1]  # what stands there after the line was last cleared
        assert not (b".fit" in shown and "━".encode() in shown), row


def _python_of(page: str) -> str:
    return "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))


@pytest.mark.parametrize("name", ["README.md", "docs/sandbox.md"])
def test_the_test_functions_of_the_documents_are_typed(name: str) -> None:
    tree = ast.parse(_python_of((ROOT / name).read_text(encoding="utf-8")))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert len(functions) >= 2
    for each in functions:
        assert each.returns is not None, each.name
        assert all(argument.annotation is not None for argument in each.args.args), each.name


def test_how_an_extra_is_installed_is_said_from_a_checkout_and_in_one_place() -> None:
    assert how_to_install("sandbox") == "install it in a checkout of tracklint with: pip install '.[sandbox]'"
    pages = [*ROOT.glob("docs/*.md"), *(ROOT / "src").rglob("*.py"), ROOT / "README.md"]
    said = {
        page.name
        for page in pages
        for line in page.read_text(encoding="utf-8").splitlines()
        if "pip install 'tracklint" in line
    }
    assert said == set()
    said = {page.name for page in pages if "pip install '.[{" in page.read_text(encoding="utf-8")}
    assert said == {"extras.py"}


def test_what_a_marker_holds_for_is_said_as_it_is() -> None:
    shared = {each.name for each in SCENARIOS.values() if each.limits or each.expired}
    page = " ".join((ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8").split())
    told = page[page.index("A marker picks its scenario for this file") :].partition(". ")[0]
    assert set(re.findall("`([a-z-]+)`", told)) == shared
    assert "but those of the request limits and" in " ".join(
        CliRunner().invoke(main, ["sandbox", "--help"]).output.split()
    )


def test_a_file_that_was_changed_and_given_again_leaves_nothing_unfinished(
    upload: Any, running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ride(tmp_path / "a.fit", 1)
    with monkeypatch.context() as broken:
        broken.setenv("TRACKLINT_STRAVA_API", running.api_base)
        broken.setattr("tracklint.strava.client.Client.upload", _interrupt)
        stopped = upload("a.fit")
        assert stopped.exit_code == 130, stopped.output
        assert "   1 unfinished    saved: `tracklint upload --resume` goes on" in stopped.output
    ride(tmp_path / "a.fit", 2)
    alone = upload("--resume")
    assert (alone.exit_code, "the file has changed since; give its path to send it" in alone.output) == (2, True)
    done = upload("a.fit", "--resume")
    assert done.exit_code == 0, done.output
    assert upload("--resume").output == "nothing is unfinished\n"
    assert len(running.strava.activities) == 1


def test_a_folder_without_activities_is_said(alone: Any, tmp_path: Path) -> None:
    (tmp_path / "rides").mkdir()
    for arguments in (("--sandbox", "rides"), ("--dry-run", "rides"), ("--resume", "--sandbox", "rides")):
        done = alone(*arguments)
        assert (done.exit_code, "rides: " in done.output) == (2, True), done.output
    assert alone("--sandbox", "--allow-empty", "rides").output == "there is nothing to send\n"


def test_files_of_one_cause_and_one_need_stand_together(alone: Any, tmp_path: Path) -> None:
    (tmp_path / "rides").mkdir()
    for number in range(7):
        content = Ride(seconds=5).gpx(change={i: {"time": None} for i in range(6)}) + b"\n" * number
        (tmp_path / "rides" / f"{number}.gpx").write_bytes(content)
    done = alone("--dry-run", "rides")
    names = ", ".join(f"rides/{number}.gpx" for number in range(5))
    assert f"\n      TIM002 no-times: {names} and 2 more\n        needs: " in done.output
    assert done.output.count("needs:") == 1
