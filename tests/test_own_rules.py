"""Rules of other people: declared as ours are, named by hand, and known wherever a rule is."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conftest import ROOT
from tracklint import check, check_many
from tracklint.cli import main
from tracklint.config import BadConfig, Config
from tracklint.configuration import load, load_config
from tracklint.rules import RULES, own
from tracklint.rules.registry import FAMILIES, every_rule
from tracklint.testing import Ride, assert_rule

OURS = ROOT / "docs" / "examples" / "our_rules.py"
CONFIG = Config(rules=(str(OURS),))
RIDE = Ride(seconds=60)
#: A module of one rule, which fires on every activity.
ONE = '''
from tracklint import Activity, Severity
from tracklint.rules import Basis, Hit, rule

@rule("{code}", "always", Severity.WARNING, on=Activity, basis=Basis("x", "y"), says="always", hint="never")
def always(activity, limits):
    """It is an activity."""
    yield Hit()
'''


def codes(config: Config) -> set[str]:
    return {finding.code for finding in check(RIDE.gpx(), config=config).findings}


@pytest.fixture(autouse=True)
def _no_other_test_sees_them() -> Iterator[None]:
    rules, loaded = dict(every_rule()), dict(own._LOADED)
    yield
    for before, now in ((rules, RULES), (loaded, own._LOADED)):
        now.clear()
        now.update(before)


def tracklint(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def rides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a.gpx", "b.gpx"):
        (tmp_path / name).write_bytes(RIDE.gpx())
    return tmp_path


def test_the_families_are_those_of_our_rules() -> None:
    ours = {code[:3] for code in every_rule() if not code.startswith("ACM")}
    assert ours <= set(FAMILIES)
    assert {"INT", "FLT"} <= set(FAMILIES)


def test_own_rules_run_where_they_are_named() -> None:
    assert codes(CONFIG) == {"ACM001"}
    assert codes(Config()) == set()
    assert CONFIG.digest != Config().digest
    assert codes(Config(rules=CONFIG.rules, ignore=("ACM",))) == set()
    assert codes(Config(rules=CONFIG.rules, severity={"ACM001": "off"})) == set()
    hot = RIDE.gpx(change={10: {"temperature": 51}})
    assert {each.code for each in check(hot, config=CONFIG).findings} == {"ACM001", "ACM002"}
    [told] = check(RIDE.fit(), config=Config(rules=CONFIG.rules, select=("ACM",))).findings or [None]
    assert told is None  # the builder's FIT files have a serial number


def test_the_test_of_the_page_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    [text] = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(OURS.parent)
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102 - ours
    names["test_hot_device"]()


@pytest.mark.parametrize(
    ("breaks", "spares", "told"),
    [
        ([RIDE.fit()], [], "ACM001 does not tell this fit"),
        ([RIDE.gpx()], [RIDE.gpx()], "ACM001 tells this gpx"),
        ([RIDE.gpx()], [RIDE.fit()], "ACM001 holds for fit, tcx, and nothing that breaks it is of this format"),
    ],
)
def test_a_rule_that_is_not_fit_for_use(breaks: list[bytes], spares: list[bytes], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        assert_rule("ACM001", breaks=breaks, spares=spares, config=CONFIG)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("yield Hit()", "yield Hit(evidence={'x': object()})", "not JSON serializable"),
        ('says="always"', 'says="always."', "a text ends in a full stop: always."),
        ('hint="never"', 'hint=""', "one of its texts is empty"),
        ("yield Hit()", "raise KeyError('x')", "KeyError"),
        ("It is an activity", "It is " + "very " * 40, "the first sentence of its docstring is long"),
    ],
)
def test_the_texts_and_numbers_of_a_rule_are_tested(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(ONE.format(code="ACS001").replace(old, new))
    every = [RIDE.gpx(), RIDE.tcx(), RIDE.fit()]
    with pytest.raises((AssertionError, TypeError), match=told):
        assert_rule("ACS001", breaks=every, spares=[], config=Config(rules=(str(path),)))


@pytest.mark.parametrize(
    "how", [each for each in ("spawn", "forkserver") if each in multiprocessing.get_all_start_methods()]
)
def test_own_rules_reach_processes_however_they_begin(how: str, rides: Path) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(how)) as pool:
        found = [
            [each.code for each in report.findings] for report in check_many([rides], config=CONFIG, executor=pool)
        ]
    assert found == [["ACM001"], ["ACM001"]]


def test_every_output_knows_them(rides: Path) -> None:
    done = tracklint(
        "check", "a.gpx", "--rules", str(OURS), "-o", "sarif", "-o", "jsonl=x.jsonl", "--fail-on", "warning"
    )
    assert done.exit_code == 1, done.stderr
    rules = json.loads(done.stdout)["runs"][0]["tool"]["driver"]["rules"]
    [told] = [rule for rule in rules if rule["id"] == "ACM001"]
    assert (
        told["shortDescription"]["text"] == "The file has no serial number, by which we find the device that wrote it."
    )
    assert (rides / "x.jsonl").read_text().count('"ACM001"') == 1


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("check", "a.gpx", "--rules", str(OURS), "--ignore", "ACM"), 0),
        (("check", "a.gpx", "--rules", str(OURS), "--select", "ACM001"), 1),
        (("fix", "a.gpx", "--rules", str(OURS)), 1),
        (("show", "a.gpx", "--rules", str(OURS)), 1),
        (("check", "a.gpx", "--select", "ACM001"), 2),
    ],
)
def test_every_command_knows_them(arguments: tuple[str, ...], status: int, rides: Path) -> None:
    assert tracklint(*arguments, "--fail-on", "warning").exit_code == status


def test_they_are_explained() -> None:
    told = tracklint("explain", "--rules", str(OURS), "acm001", "acme-hot-device").stdout
    assert told.startswith("ACM001 acme-no-serial (warning)\n\nThe file has no serial number")
    assert "ACM002 acme-hot-device (info)" in told


def test_a_module_is_named_as_python_finds_it(rides: Path) -> None:
    package = rides / "lib" / "acme_rules"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from . import device\n")
    (package / "device.py").write_text(ONE.format(code="ACN001"))
    command = [sys.executable, "-m", "tracklint", "check", "a.gpx", "b.gpx", "--rules", "acme_rules", "-o", "jsonl"]
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{rides}/lib"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.count('"ACN001"') == 2, done.stderr


def test_rules_of_a_configuration_that_was_found_are_not_loaded(rides: Path) -> None:
    (rides / "our.py").write_text("raise SystemExit('loaded')\n")
    path = rides / "tracklint.toml"
    path.write_text('rules = ["our.py"]\nignore = ["XYZ001", "SEN"]\n')
    done = tracklint("check", "a.gpx")
    assert (done.exit_code, done.stdout) == (0, "1 file ready\n")
    assert done.stderr == (
        f"{path}: its rules ({rides}/our.py) are not loaded, because it was found and not named; name it with --config\n"
    )
    named = tracklint("check", "a.gpx", "--config", "tracklint.toml")
    assert named.exit_code == 2
    assert named.stderr == f"tracklint: {rides}/our.py: these rules cannot be loaded: SystemExit: loaded, line 1\n"
    assert load(start=rides).not_loaded == (f"{rides}/our.py",)
    assert load_config(start=rides).rules == ()
    path.write_text('rules = ["our.py"]\nignore = ["TIMM"]\n')
    assert "no rule has the code 'TIMM'" in tracklint("check", "a.gpx").stderr
    path.write_text('extend = "base.toml"\n')
    (rides / "base.toml").write_text('rules = ["our.py"]\n')
    assert load(start=rides).not_loaded == (f"{rides}/our.py",)


def test_rules_of_a_named_configuration_are_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "own.py").write_text(ONE.format(code="ACQ001"))
    path = tmp_path / "team" / "tracklint.toml"
    path.write_text('rules = ["own.py"]\nseverity.ACQ001 = "info"\n')
    loaded = load(path, rules=(str(OURS),))
    assert loaded.config.rules == (f"{tmp_path}/team/own.py", str(OURS))
    assert loaded.origins["rules"] == f"{path}, option"
    assert codes(loaded.config) == {"ACM001", "ACQ001"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "there is no such file"),
        ("x = [\n", r"this is no Python \('\[' was never closed \(own.py, line 1\)\)"),
        ("\nimport no_such_thing\n", "ModuleNotFoundError: No module named 'no_such_thing', line 2"),
        ("x = 1\n", "no rule is declared here"),
        (ONE.format(code="TIM777"), "TIM777: the family TIM is tracklint's own; take another one, such as ACM001"),
        (ONE.format(code="FLT801"), "the family FLT is tracklint's own"),
        (ONE.format(code="ACM1"), "'ACM1' is no code; three capital letters and three digits"),
        (ONE.format(code="ACR001") * 2, "ACR001 is declared twice"),
        (ONE.format(code="ACR001").replace('"""It is an activity."""', "pass"), "its function has no docstring"),
        (ONE.format(code="ACR001").replace("hint=", "fix='safe', hint="), "no repair can be bound"),
        (ONE.format(code="ACR001") + "raise KeyError('x')\n", "KeyError: 'x', line"),
    ],
)
def test_a_module_that_cannot_be_used(text: str | None, told: str, tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    if text is not None:
        path.write_text(text)
    for _ in range(2):  # what it declared before it broke is forgotten
        with pytest.raises(BadConfig, match=f"^{re.escape(str(path))}: .*{told}") as caught:
            check(RIDE.gpx(), config=Config(rules=(str(path),)))
        assert "\n" not in str(caught.value)
    assert "ACR001" not in RULES


def test_a_broken_module_is_one_line_of_the_command(rides: Path) -> None:
    (rides / "own.py").write_text("1 / 0\n")
    for command in (["check", "a.gpx"], ["explain"], ["config"]):
        done = tracklint(*command, "--rules", "own.py")
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr == (
            f"tracklint: {rides}/own.py: these rules cannot be loaded: ZeroDivisionError: division by zero, line 1\n"
        )
    missing = tracklint("check", "a.gpx", "--rules", "no_such")
    assert (
        missing.stderr == "tracklint: no_such: there is no module of this name; a file is named with .py at its end\n"
    )
