"""The files in fixtures/ are what build.py writes and what their names say, to tracklint and to other readers."""

from __future__ import annotations

import importlib.util
import io
import re
import sys
from typing import TYPE_CHECKING, Any

import fitdecode
import gpxpy
import pytest
from click.testing import CliRunner
from tcxreader.tcxreader import TCXReader

from conftest import ROOT
from tracklint.checking import check
from tracklint.cli import main
from tracklint.preparing import prepare
from tracklint.source import open_source, shown

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

FIXTURES = ROOT / "fixtures"
GOOD = sorted(FIXTURES.glob("good/*"))
BAD = sorted(FIXTURES.glob("bad/*"))
MENDABLE = sorted(FIXTURES.glob("mendable/*"))
#: What each bad file is refused for: the families of its errors.
REFUSED_FOR = {
    "cut.tcx": "DOC", "damaged.gpx.gz": "UPL",
    "empty.tcx": "DOC", "html.gpx": "DOC", "no-session.fit": "FIT", "no-time.gpx": "TIM", "one-time-missing.tcx": "TIM",
    "route-only.gpx": "STR", "truncated.fit": "FIT",
    "workout.fit": "FIT", "wrong-time.gpx": "TIM",
}  # fmt: skip


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fixtures_build", FIXTURES / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_fixtures_are_what_the_builder_writes(builder: ModuleType, tmp_path: Path) -> None:
    built = {path.relative_to(tmp_path) for path in builder.build(tmp_path)}
    assert built == {path.relative_to(FIXTURES) for path in (*GOOD, *BAD, *MENDABLE)}
    for relative in built:
        new, old = open_source(tmp_path / relative), open_source(FIXTURES / relative)
        assert new.data == old.data, relative  # what zlib packs differs between its versions, what is packed does not
        assert [fault.kind for fault in new.faults] == [fault.kind for fault in old.faults]
        if old.container == "plain":
            assert (tmp_path / relative).read_bytes() == (FIXTURES / relative).read_bytes()


def test_all_of_them_are_small() -> None:
    assert len(GOOD) + len(BAD) > 24
    assert max(path.stat().st_size for path in (*GOOD, *BAD)) < 64 * 1024


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_files_are_read_by_independent_readers(path: Path, tmp_path: Path) -> None:
    source = open_source(path)
    expected = 122 if path.name == "chained.fit" else 61
    if source.format == "fit":
        strict: dict[str, Any] = {
            "check_crc": fitdecode.CrcCheck.RAISE,
            "error_handling": fitdecode.ErrorHandling.RAISE,
        }
        with fitdecode.FitReader(io.BytesIO(source.data), **strict) as reader:
            records = [f for f in reader if isinstance(f, fitdecode.FitDataMessage) and f.name == "record"]
        assert len(records) == expected
    elif source.format == "gpx":
        (track,) = gpxpy.parse(source.data).tracks
        assert [len(segment.points) for segment in track.segments] == [expected]
    elif path.name != "course.tcx":  # tcxreader reads no courses
        plain = tmp_path / "plain.tcx"
        plain.write_bytes(source.data)
        assert len(TCXReader().read(str(plain), only_gps=False).trackpoints) == expected


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_files_upload(path: Path) -> None:
    from tracklint.checking import check

    report = check(path)
    assert [(f.code, f.message) for f in report.findings if f.severity.label != "info"] == []
    assert report.verdict == "ready"
    assert report.activity is not None
    assert report.activity.points == (122 if path.name == "chained.fit" else 61)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_bad_files_are_refused_for_what_their_name_says(path: Path) -> None:
    from tracklint.checking import check

    report = check(path)
    assert report.verdict == "refused"
    assert REFUSED_FOR[path.name] in {f.code[:3] for f in report.findings if f.severity.label == "error"}
    assert "INT" not in {f.code[:3] for f in report.findings}


def test_mendable_files_are_refused_as_they_are_and_ready_when_prepared() -> None:
    for path in MENDABLE:
        assert check(path).verdict == "refused", path.name
        assert prepare(path).report.verdict == "ready", path.name


@pytest.mark.socket
def test_the_main_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the README promises: every good file becomes an activity, no bad one is sent, and each says why."""
    monkeypatch.setenv("TRACKLINT_HOME", str(tmp_path))
    done = CliRunner().invoke(main, ["upload", "--sandbox", "--barometer", *map(str, (*GOOD[::4], *MENDABLE))])
    assert done.exit_code == 0, done.output
    made = re.findall(r": ready; .*now at http://127\.0\.0\.1:\d+/activities/(\d+)$", done.stdout, re.MULTILINE)
    assert len(set(made)) == len(made) == len(GOOD[::4]) + len(MENDABLE)
    refused = CliRunner().invoke(main, ["upload", "--sandbox", *map(str, BAD)])
    assert refused.exit_code == 1
    lines = refused.stdout.splitlines()[: len(BAD)]
    for path, line in zip(BAD, lines, strict=True):
        said = rf"{re.escape(shown(path))}: refused; not sent: {REFUSED_FOR[path.name]}\d+ "
        assert re.match(said, line), line
