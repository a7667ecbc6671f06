"""`tracklint compare --same-ride`: texts, outputs and exit statuses."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from conftest import ROOT
from tracklint import same_ride
from tracklint.cli import main
from tracklint.render.alongside import text
from tracklint.render.page import Page
from tracklint.testing import Ride

SCHEMA = json.loads((ROOT / "schemas" / "same-ride.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ride, late = Ride(seconds=600), Ride(seconds=600, start="2024-05-01T10:00:37Z")
    Path("a.fit").write_bytes(ride.fit())
    Path("b.tcx").write_bytes(late.tcx(change={i: {"power": 250} for i in range(601)}))
    Path("c.gpx").write_bytes(Ride(seconds=600, latitude=50, start="2024-05-02T10:00:00Z").gpx())
    Path("timeless.gpx").write_bytes(ride.gpx(change={i: {"time": None} for i in range(601)}))


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["compare", "--same-ride", *args])


def test_one_ride_is_told_in_columns() -> None:
    done = run("a.fit", "b.tcx")
    assert done.exit_code == 0
    assert done.stdout.startswith("reference: a.fit (")
    assert "b.tcx (tracklint ride builder with barometer), 601 points: the same ride" in done.stdout
    assert "  clock       37 s ahead, by correlation of position" in done.stdout
    assert "  lacks       here is no temperature" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(("width", "table"), [(80, True), (72, False)])
def test_the_channels_fit_the_terminal(width: int, table: bool) -> None:
    """Dropouts of the reference and degrees make the widest row."""
    Path("late.fit").write_bytes(Ride(seconds=600).fit(change={i: {"temperature": 31.0} for i in range(20, 601)}))
    told, out = same_ride(["a.fit", "late.fit"]), StringIO()
    text(told, [], Page(out, width=width))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert any(each.startswith("  channel ") for each in lines) == table
    assert any(each.startswith("  temperature ") for each in lines)
    assert not [each for each in lines if each.split() == ["0", "s"]]
    if not table:
        assert "  temperature seconds 601, bias " in out.getvalue()


def test_the_reference_can_be_named() -> None:
    done = run("a.fit", "b.tcx", "--reference", "b.tcx")
    assert done.stdout.startswith("reference: b.tcx (")
    assert "  clock       37 s behind" in done.stdout
    assert run("a.fit", "b.tcx", "--reference", "./../" + Path.cwd().name + "/b.tcx").stdout == done.stdout
    wrong = run("a.fit", "b.tcx", "--reference", "z.fit")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "--reference z.fit is none of the files" in wrong.stderr


def test_limits_make_the_exit_status() -> None:
    assert run("a.fit", "b.tcx", "--fail-on", "offset=40s,distance=1%").exit_code == 0
    beyond = run("a.fit", "b.tcx", "--fail-on", "offset=40s", "--fail-on", "power.bias=5 W")
    assert beyond.exit_code == 1
    assert beyond.stdout.splitlines()[-1].startswith("b.tcx: power.bias is ")
    assert beyond.stderr == ""
    Path("later.fit").write_bytes(Ride(seconds=600, start="2024-05-03T10:00:00Z").fit())
    days = run("a.fit", "later.fit", "--fail-on", "offset=2s")
    assert days.stdout.splitlines()[-1] == "later.fit: offset is 172800 s, allowed is 2 s at most"
    unmeasured = run("a.fit", "b.tcx", "--fail-on", "temperature.bias=1")
    assert unmeasured.exit_code == 2
    assert unmeasured.stderr == "tracklint: b.tcx: temperature.bias=1 could not be measured\n"
    wrong = run("a.fit", "b.tcx", "--fail-on", "mood=3")
    assert wrong.exit_code == 2
    assert "mood is not measured" in wrong.stderr


def test_another_ride_is_told_and_is_2() -> None:
    done = run("a.fit", "b.tcx", "c.gpx")
    assert done.exit_code == 2
    assert "c.gpx (tracklint ride builder with barometer), 601 points: not the same ride" in done.stdout
    assert done.stderr == "tracklint: c.gpx: not the same ride as a.fit\n"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("a.fit", "timeless.gpx"), "timeless.gpx: no point has a time, so it cannot be laid over another recording"),
        (("a.fit",), "two recordings are needed to compare them"),
        (("a.fit", "gone.fit"), "gone.fit: there is no such file"),
    ],
)
def test_what_cannot_be_compared_is_one_line(args: tuple[str, ...], says: str) -> None:
    done = run(*args)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"tracklint: {says}\n")


@pytest.mark.parametrize("others", [("b.tcx",), ("b.tcx", "c.gpx")])
def test_json_has_all_numbers_by_its_schema(others: tuple[str, ...]) -> None:
    done = run("a.fit", *others, "--output", "json", "--fail-on", "offset=1,temperature.bias=1")
    told = json.loads(done.stdout)
    jsonschema.validate(told, SCHEMA)
    assert told["same"] == (len(others) == 1)
    assert told["recordings"][0]["clock"]["offset_s"] == 37
    assert told["beyond"][0]["value"] == 37
    assert told["beyond"][1]["value"] is None


def test_markdown_has_a_table_and_nothing_that_a_name_could_mark_up() -> None:
    Path("b.tcx").rename("<b>|x.tcx")
    done = run("a.fit", "<b>|x.tcx", "--output", "markdown")
    assert done.exit_code == 0
    assert "### `<b>\\|x.tcx (" in done.stdout
    assert "| power | 601 | " in done.stdout
