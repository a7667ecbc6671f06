"""FLT901 to FLT904: when they run, what they keep, how sure they are, and what they are told as."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from cases.fleet import FLEETS, rides
from tracklint import Config, check
from tracklint.cli import main
from tracklint.fit.profile import BASE_BYTES
from tracklint.fleet.gathering import Gathering
from tracklint.fleet.having import Having
from tracklint.fleet.rates import Rates, moved
from tracklint.fleet.shapes import Shapes
from tracklint.render.digest import Digest, digest
from tracklint.testing import Ride
from tracklint.trace import Identity, Trace

ASKED = Config(fleet=True)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["check", *arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ride, and a copy of it that lacks ten points."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rides").mkdir()
    for number, data in enumerate((rides({}), rides({"skip": range(10, 20)}))):
        (tmp_path / "rides" / f"{number}.fit").write_bytes(data["0.fit"])
    return tmp_path


def test_they_run_where_they_are_asked_for_only(folder: Path) -> None:
    pytest.importorskip("scipy")
    assert "FLT" not in run("--fail-on=warning", "rides").output
    told = run("--fleet", "--fail-on=warning", "rides")
    assert told.exit_code == 1
    assert "fleet: garmin edge_530 9.75: 1 warning" in told.stdout
    assert "the first: rides/0.fit and rides/1.fit" in told.stdout
    assert told.stdout.splitlines()[-1] == "2 files ready"
    (folder / "tracklint.toml").write_text("[fleet]\nenabled = true\n")
    assert run("rides").stdout == told.stdout
    (folder / "tracklint.toml").write_text('ignore = ["FLT902"]\n[fleet]\nenabled = true\n')
    assert "FLT" not in run("rides").output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fleet = true", "fleet is True; a table is wanted, [fleet]"),
        ("[fleet]\nenabled = 1", "enabled is 1; true or false is wanted"),
        ("[fleet]\nenable = true", "unknown key 'enable'; did you mean 'enabled'?"),
    ],
)
def test_a_mistake_is_one_line(folder: Path, text: str, told: str) -> None:
    (folder / "tracklint.toml").write_text(text)
    done = run("rides")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert told in done.stderr


def test_what_is_not_installed_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "scipy" else real(name))
    done = run("--fleet", "rides")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "FLT904 needs the extra `compare`" in done.stderr
    assert run("--fleet", "--ignore=FLT904", "rides").exit_code == 0


def test_reports_come_in_the_order_of_devices_whatever_that_of_files() -> None:
    files = {case.name: case.build() for case in FLEETS if case.breaks and case.code in ("FLT902", "FLT903")}
    every = {f"{name}/{file}": data for name, built in files.items() for file, data in built.items()}
    told = [[each.name for each in gathered(dict(order))] for order in (every.items(), reversed(every.items()))]
    assert told[0] == told[1] == sorted(told[0])


def gathered(files: dict[str, bytes]) -> list[Any]:
    gathering = Gathering(ASKED)
    for name, data in files.items():
        gathering.add(digest(check(data, config=ASKED, name=name)))
    return list(gathering.reports())


def test_a_name_that_is_no_text_survives_the_disk() -> None:
    copies = {"b\udcff\n.fit": rides({})["0.fit"], "a.fit": rides({"skip": [3]})["0.fit"]}
    [report] = gathered(copies)
    assert report.findings[0].evidence["files"] == ["b\udcff\n.fit", "a.fit"]


def test_fields_of_the_file_itself_may_not_differ() -> None:
    shapes, string = Shapes(), BASE_BYTES[7]
    both = (20 << 16 | 3 << 8 | 2, 20 << 16 | 3 << 8 | string)
    shapes.add("a", Trace(fields=both[:1], heads=((0, bytes([0, 1])),)))
    shapes.add("b", Trace(fields=both, heads=((0, bytes([0, 1, 4])),)))
    shapes.add("c", Trace(fields=both[:1], heads=((0, bytes([0, 1])),)))
    [drift] = shapes.drifts()
    assert drift.subject == "the fields of file_id"
    assert [(form.says, form.files, form.names) for form in drift.forms] == [
        ("type, manufacturer", 2, ("a", "c")),
        ("type, manufacturer, time_created", 1, ("b",)),
    ]


def test_damaged_files_and_files_without_firmware_tell_no_drift() -> None:
    assert check(Ride(seconds=60).fit()[:-40], config=ASKED).trace == replace(
        check(Ride(seconds=60).fit()[:-40], config=ASKED).trace, fields=(), heads=()
    )
    case = next(case for case in FLEETS if case.code == "FLT901" and case.breaks)
    gathering = Gathering(ASKED)
    for name, data in case.build().items():
        told = digest(check(data, config=ASKED, name=name))
        gathering.add(replace(told, device=(*told.device[:2], "")))
    assert [finding.code for report in gathering.reports() for finding in report.findings] == []


def _digest(number: int) -> Digest:
    """The digest of a made-up file."""
    trace = Trace(
        fields=tuple(20 << 16 | field << 8 | 2 for field in range(40)),
        heads=((0, bytes([0, 1, 4])),),
        identity=Identity(7, 1000.0 + number, 10.0 * number, 10.0 * number + 9),
    )
    return Digest(
        name=f"{number:08}.fit", format="fit", sha256=f"{number:064x}", verdict="ready", device=("a", "b", "1"),
        counts=(), trace=trace,
    )  # fmt: skip


def test_what_is_kept_grows_by_48_bytes_a_file_with_a_serial_number() -> None:
    gathering, sizes, bytes_kept = Gathering(ASKED), [], []
    for number in range(2000):
        gathering.add(_digest(number))
        if number in (999, 1999):
            sizes.append(len(pickle.dumps(gathering._groups)))
            kept = gathering._identities
            bytes_kept.append(
                sum(
                    column.itemsize * len(column)
                    for column in (kept._serial, kept._identity, kept._content, kept._start, kept._end, kept._device)
                )
            )
    assert abs(sizes[1] - sizes[0]) < 100
    assert bytes_kept == [48_000, 96_000]
    assert list(gathering.reports()) == []


def _asked(_device: object, _code: str) -> bool:
    return True


def rates(random: np.random.Generator, shares: dict[str, float]) -> Rates:
    """The rates of 200 files, of which rules speak with these chances."""
    codes = {code: Having(int(random.binomial(200, share)), ["a.fit"]) for code, share in shares.items()}
    return Rates(Having(200, ["a.fit"]), codes)


def test_equal_firmwares_raise_no_alarm_and_a_fault_is_found() -> None:
    """At most 0.25 % of runs may raise one: 1 of 400; 5 come with a chance below 0.4 %."""
    pytest.importorskip("scipy")
    random = np.random.default_rng(412)
    shares = {f"TIM{k:03}": k / 50 for k in range(1, 21)}
    alarms = sum(
        bool(moved({("a", "b", "1"): rates(random, shares), ("a", "b", "2"): rates(random, shares)}, _asked))
        for _ in range(400)
    )
    assert alarms < 5
    worse = {("a", "b", "9.9"): rates(random, shares)}
    worse[("a", "b", "9.10")] = rates(random, shares | {"TIM001": 0.2})
    [(device, [rate])] = moved(worse, _asked).items()
    assert (device[2], rate.before, rate.code) == ("9.10", "9.9", "TIM001")  # 9.10 comes after 9.9
    assert not moved(worse, lambda device, _code: device[2] == "9.9")


def test_a_rule_that_a_section_leaves_out_is_no_difference(folder: Path) -> None:
    pytest.importorskip("scipy")
    case = next(case for case in FLEETS if case.code == "FLT904" and case.breaks)
    for name, data in case.build().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "tracklint.toml").write_text('[[device]]\nfirmware = ">=9.76"\nignore = ["TIM001"]\n')
    done = run("--fleet", "--jobs=1", "--output=json", "old", "new")
    assert "fleet" not in json.loads(done.stdout)


def test_the_page_of_a_fleet_tells_it_above_the_files_and_not_as_one(folder: Path) -> None:
    pytest.importorskip("plotly")
    (folder / "tracklint.toml").write_text("[expect]\nlaps = { max = 1 }\n[fleet]\nenabled = true\n")
    run("--ignore=FLT904", "--output=html=pages", "rides")
    page = (folder / "pages" / "index.html").read_text(encoding="utf-8")
    assert "<title>tracklint: 2 files</title>" in page
    broken = page.partition("Expectations broken")[2].partition("</table>")[0]
    assert broken.count("<td>FLT") == 3
    assert broken.index("FLT902 duplicate-identity") < broken.index("FLT801 fact-out-of-bounds")
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert [row[0] for row in data["rows"]] == ["rides/0.fit", "rides/1.fit"]
