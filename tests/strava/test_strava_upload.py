"""``tracklint upload`` as a person uses it, against the stand-in on a real socket."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from conftest import ROOT
from tracklint.cli import main
from tracklint.strava.sandbox import Running
from tracklint.testing import Ride

pytestmark = [pytest.mark.socket, pytest.mark.usefixtures("hurried")]
SCHEMA = json.loads((ROOT / "schemas" / "upload.schema.json").read_text(encoding="utf-8"))


def ride(path: Path, day: int = 1, **options: Any) -> str:
    path.write_bytes(Ride(seconds=60, start=f"2024-05-{day:02}T10:00:00Z").fit(**options))
    return path.name


def sent(running: Running) -> list[dict[str, str]]:
    return [dict(u.fields) for u in running.strava.uploads.values()]


def test_a_second_run_finds_everything_sent(upload: Any, running: Running, tmp_path: Path) -> None:
    names = [ride(tmp_path / f"{day}.fit", day) for day in (1, 2)]
    first, second = upload(*names), upload(*names)
    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert first.output.count(": ready; now at http") == 2
    assert second.output.count(", so not sent again: http") == 2
    assert len(running.strava.uploads) == 2
    third = upload("--again", names[0])
    assert third.exit_code == 0
    assert "Strava has this activity already" in third.output
    assert len(running.strava.activities) == 2


def test_fields_come_from_options_patterns_and_a_table(upload: Any, running: Running, tmp_path: Path) -> None:
    names = [ride(tmp_path / f"{day}.fit", day) for day in (1, 2)]
    (tmp_path / "f.csv").write_text("file,name,trainer,external_id\n2.fit,Second,1,mine-2\n", encoding="utf-8")
    done = upload(*names, "--title", "{sport} {date}", "--sport", "gravelride", "--commute", "--fields", "f.csv")
    assert done.exit_code == 0, done.output
    first, second = sent(running)
    assert (first["name"], first["sport_type"], first["commute"]) == ("Ride 2024-05-01", "GravelRide", "1")
    assert re.fullmatch(r"tracklint-[0-9a-f]{16}", first["external_id"])
    assert (second["name"], second["trainer"], second["external_id"]) == ("Second", "1", "mine-2")
    assert "sport_type gravelride is sent as GravelRide" in done.output


def test_a_photo_is_sent_for_a_file_that_was_sent_before(upload: Any, running: Running, tmp_path: Path) -> None:
    name = ride(tmp_path / "a[photo].fit")
    (tmp_path / "p.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"picture" * 20)
    assert upload(name).exit_code == 0
    second, third = upload(name, "--photo", "p.jpg"), upload(name, "--photo", "p.jpg")
    assert (second.exit_code, third.exit_code) == (0, 0), second.output + third.output
    assert "the photo was sent (144 bytes)" in second.output
    assert "the photo p.jpg was sent before, so not sent again" in third.output
    assert len(running.strava.uploads) == 1


def test_what_was_changed_before_sending_is_told(upload: Any, tmp_path: Path) -> None:
    data = Ride(seconds=60).gpx()
    (tmp_path / "a.gpx").write_bytes(b"   " + data)
    done = upload("a.gpx", "--barometer")
    assert done.exit_code == 0, done.output
    assert "a.gpx: ready; mended DOC003 (3 bytes before the XML declaration); now at http" in done.output
    assert "compressed from" not in done.output
    assert "  compressed from" in upload("a.gpx", "--again", "--verbose").output


def test_json_follows_its_schema_and_keeps_large_ids(upload: Any, tmp_path: Path) -> None:
    name = ride(tmp_path / "a.fit")
    (tmp_path / "b.fit").write_bytes(b"no activity")
    done = upload(name, "b.fit", "--output", "json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    jsonschema.validate(told, SCHEMA)
    files = {f["name"]: f for f in told["files"]}
    assert (files["a.fit"]["ok"], files["b.fit"]["outcome"]) == (True, "refused-before-sending")
    assert int(files["a.fit"]["activity_id_str"]) == files["a.fit"]["activity_id"] > 2**53
    assert told["counts"] == {"ready": 1, "refused-before-sending": 1}


def test_done_files_are_moved_and_nothing_is_overwritten(upload: Any, tmp_path: Path) -> None:
    name, refused = ride(tmp_path / "a.fit"), "b.fit"
    (tmp_path / refused).write_bytes(b"no activity")
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "a.fit").write_bytes(b"another")
    done = upload(name, refused, "--move-done", "done")
    assert done.exit_code == 1
    assert "moved to done/a-2.fit" in done.output
    assert (tmp_path / "done" / "a.fit").read_bytes() == b"another"
    assert sorted(p.name for p in tmp_path.glob("*.fit")) == [refused]


def test_a_stop_is_taken_up_by_resume_without_paths(upload: Any, running: Running, tmp_path: Path) -> None:
    names = [ride(tmp_path / f"{day}.fit", day) for day in (1, 2)]
    with pytest.MonkeyPatch.context() as broken:
        broken.setenv("TRACKLINT_STRAVA_API", running.api_base)
        broken.setattr("tracklint.strava.client.Client.status", _interrupt)
        stopped = upload(*names, "--title", "Kept")
    assert stopped.exit_code == 130
    assert "`tracklint upload --resume` goes on" in stopped.output
    resumed = upload("--resume")
    assert resumed.exit_code == 0, resumed.output
    assert resumed.output.count(".fit: now at http") == 2
    assert [each["name"] for each in sent(running)] == ["Kept", "Kept"]
    nothing = upload("--resume")
    assert (nothing.exit_code, nothing.output) == (0, "nothing is unfinished\n")


def _interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_no_server_says_what_to_do(upload: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKLINT_STRAVA_API", "http://127.0.0.1:9/api/v3")
    done = upload(ride(tmp_path / "a.fit"))
    assert done.exit_code == 75
    assert "no answer from http://127.0.0.1:9" in done.output
    assert "   1 unfinished    saved: `tracklint upload --resume` goes on" in done.output
    assert (
        "1 file not finished; saved: `tracklint upload --resume` goes on"
        in upload("--resume", "--output", "json").stderr
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give files to send"),
        (("a.fit", "--private"), "private is gone from Strava's API"),
        (("a.fit", "b.fit", "--external-id", "x"), "--external-id is for one activity, and these are 2"),
        (("a.fit", "--title", "{colour}"), "names 'colour'"),
        (("a.fit", "--fields", "none.csv"), "none.csv: there is no such file"),
        (("a.fit", "--photo", "none.jpg"), "none.jpg: there is no such file"),
        (("none.fit",), "none.fit"),
    ],
)
def test_a_wrong_use_is_one_line_and_nothing_is_sent(
    upload: Any, running: Running, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    ride(tmp_path / "a.fit", 1)
    ride(tmp_path / "b.fit", 2)
    done = upload(*arguments)
    assert done.exit_code == 2
    assert words in done.output
    assert running.strava.uploads == {}


def test_without_a_sign_in_nothing_is_sent(upload: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKLINT_STRAVA_TOKEN")
    done = upload(ride(tmp_path / "a.fit"))
    assert done.exit_code == 2
    assert "tracklint login" in done.output


def test_standard_input_is_sent_once_read(upload: Any, running: Running) -> None:
    data = Ride(seconds=60).fit()
    done = CliRunner().invoke(main, ["upload", "-"], input=data)
    assert done.exit_code == 0, done.output
    assert len(running.strava.activities) == 1


def test_an_archive_gives_its_members(upload: Any, running: Running, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for day in (1, 2):
            archive.writestr(f"activities/{day}.fit", Ride(seconds=60, start=f"2024-05-{day:02}T10:00:00Z").fit())
    done = upload("export.zip")
    assert done.exit_code == 0, done.output
    assert len(running.strava.activities) == 2
