"""A thing is read once: the count of scans is what the steps need, and private names hold for every step."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from click.testing import CliRunner

from tracklint.checking import check, read
from tracklint.cli import main
from tracklint.config import Config, Limits
from tracklint.fit import scan_fit
from tracklint.mending.fixing import fix
from tracklint.preparing import prepare
from tracklint.reading import read_thing
from tracklint.testing import FitBuilder, Ride
from tracklint.xml import scan_xml

RIDE = Ride(seconds=60, device="My App")
SCANS = {scan_fit.__code__, scan_xml.__code__}
#: A file of each format with one thing to mend safely, in one step.
ONE_REPAIR = {
    "fit": RIDE.fit()[:-2] + b"\x12\x34",
    "tcx": RIDE.tcx().replace(b'Sport="Biking"', b'Sport="Cycling"'),
    "gpx": RIDE.gpx().replace(b"<name>", b"<name>Alps & back ", 1),
}


def scans(work: Callable[[], object]) -> int:
    """How often a file is scanned while ``work`` runs, wherever the scan is called from."""
    seen = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal seen
        seen += event == "call" and frame.f_code in SCANS

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return seen


@pytest.mark.parametrize("kind", ONE_REPAIR)
def test_each_step_adds_one_scan_and_nothing_is_read_twice(kind: str) -> None:
    good, bad = {"fit": RIDE.fit, "tcx": RIDE.tcx, "gpx": RIDE.gpx}[kind](), ONE_REPAIR[kind]
    fixed = fix(bad)
    assert fixed.changed
    assert len(fixed.ledger) == 1
    assert scans(lambda: check(bad)) == 1
    assert scans(lambda: fix(good)) == 1
    assert scans(lambda: prepare(good)) == 1
    assert scans(lambda: fix(bad)) == 2
    assert scans(lambda: prepare(bad)) == 2
    assert scans(lambda: prepare(bad, barometer=True)) == (2 if kind == "fit" else 3)


def _private_file() -> bytes:
    """A ride with a message of its maker (265), whose architecture byte cannot be, so that a finding and a repair speak
    of it."""
    fit = FitBuilder().define(0, 0, [(0, 1, 0x00), (1, 2, 0x84), (4, 4, 0x86)]).data(0, 4, 265, 1_083_405_600)
    return fit.define(1, 65280, [(0, 2, 0x84)], arch=2).data(1, 7).build()


def test_private_names_hold_for_every_step(tmp_path: Path) -> None:
    profile = tmp_path / "private.json"
    profile.write_text(
        json.dumps({"manufacturer": 265, "messages": {"65280": {"name": "battery_log"}}}), encoding="utf-8"
    )
    config, data = Config(profile=profile), _private_file()
    said = {f.code: f.message for f in check(data, config=config).findings}
    fixed = fix(data, config=config, notes=True)
    assert any("battery_log" in text for text in said.values())
    assert not any("65280" in text for text in said.values())
    assert {f.code: f.message for f in fixed.before.findings} == said
    assert any(change.name == "battery_log" for change in fixed.ledger)
    assert not any("65280" in f.message for f in prepare(data, config=config).report.findings)


def test_a_private_profile_costs_no_scan_of_a_whole_file(tmp_path: Path) -> None:
    profile = tmp_path / "private.json"
    profile.write_text(json.dumps({"manufacturer": 265, "messages": {}}), encoding="utf-8")
    assert scans(lambda: check(RIDE.fit(), config=Config(profile=profile))) == 1


def test_the_cap_of_the_configuration_holds() -> None:
    packed = gzip.compress(RIDE.gpx())
    capped = Config(limits=Limits(max_inflated_bytes=1000))
    assert len(read_thing(packed, capped).source.data) == 1000
    assert len(read(packed, config=capped)) < len(read(packed))


def test_a_defect_of_ours_keeps_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError("no points")

    monkeypatch.setattr("tracklint.fit.fit_activity", broken)
    reading = read_thing(RIDE.fit(), Config())
    assert isinstance(reading.failed, ZeroDivisionError)
    assert reading.document is not None
    assert [f.code for f in check(RIDE.fit()).findings] == ["INT001"]
    with pytest.raises(ZeroDivisionError):
        read(RIDE.fit())


def test_the_diff_of_a_fix_names_private_messages(tmp_path: Path) -> None:
    (tmp_path / "private.json").write_text(json.dumps({"messages": {"65280": {"name": "battery_log"}}}))
    (tmp_path / "ride.fit").write_bytes(_private_file())
    options = ["fix", "--diff", "--notes", "--profile", str(tmp_path / "private.json"), str(tmp_path / "ride.fit")]
    shown = CliRunner().invoke(main, options).output
    assert "battery_log" in shown
    assert "65280" not in shown
