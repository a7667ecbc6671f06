"""What holds for some files only: by name, device and firmware."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import jsonschema
import pytest

from conftest import ROOT
from tracklint import check, check_many, fix, prepare
from tracklint.config import BadConfig, Config, Section
from tracklint.configuration import load_config
from tracklint.findings import Severity
from tracklint.fleet.baseline import Baseline, Entry, Ledger
from tracklint.parts import Device
from tracklint.render.digest import digest
from tracklint.selecting import Selector, version
from tracklint.testing import Ride

EDGE = Device(manufacturer="garmin", product="edge530", manufacturer_id=1, product_id=3121, software="9.10")
#: A ride whose last point has no time: TIM001.
LATE = Ride(seconds=60).gpx(change={30: {"time": None}})


def codes(data: bytes, config: Config, name: str = "rides/indoor/a.gpx") -> set[str]:
    return {finding.code for finding in check(data, config=config, name=name).findings}


@pytest.mark.parametrize(
    ("firmware", "given", "holds"),
    [
        (">=9.10,<10", "9.10", True),
        (">=9.10,<10", "9.9", False),
        (">=9.10,<10", "10.00", False),
        (">= 9.10 , < 10", "9.75", True),
        ("9.10", "9.10.0.0", True),
        ("==9.10", "9.11", False),
        ("!=9.10", "9.11", True),
        (">400", "412", True),
        (">400,!=412", "412", False),
        ("<=412", "412", True),
        (">1", "1.2.3b", False),
        ("<99", "1.2.3b", False),
        ("1.2.3b", "1.2.3b", True),
        ("!=1.2.3b", "1.2.4", True),
        (">1", None, False),
        ("!=1", None, False),
    ],
)
def test_a_firmware_lies_in_a_range(firmware: str, given: str | None, holds: bool) -> None:
    assert Selector(firmware=firmware).holds("a.fit", Device(software=given)) is holds


def test_versions_are_compared_number_by_number() -> None:
    assert version("9.9") < version("9.10") < version("9.10.0.1") < version("10")  # type: ignore[operator]  # none is None
    assert version("9.10") == version("9.10.0.0")
    assert [version(each) for each in ("", "1.", "1.2b", "v1", "1²", "-1")] == [None] * 6


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        (Selector(), ""),
        (Selector(manufacturer="Garmin", product="EDGE530"), ""),
        (Selector(manufacturer=1, product="3121"), ""),
        (Selector(manufacturer="wahoo_fitness"), "its manufacturer is garmin"),
        (Selector(product=3122), "its product is edge530"),
        (Selector(firmware="<9"), "its firmware is 9.10"),
        (Selector(match=("b/*", "*.tcx")), "its name is not like b/* or *.tcx"),
        (Selector(match=("a",)), ""),
        (Selector(match=("ride.fit",)), ""),
        (Selector(match=("a/**",), product="edge530"), ""),
    ],
)
def test_a_selector_says_why_not(selector: Selector, why: str) -> None:
    assert selector.why_not("a/b/ride.fit", EDGE) == why
    assert pickle.loads(pickle.dumps(selector)) == selector  # noqa: S301 - our own


def test_what_no_file_names_is_in_no_section() -> None:
    for selector, what in ((Selector(manufacturer=1), "manufacturer"), (Selector(product="x"), "product")):
        assert selector.why_not("x.gpx", None) == f"its {what} is not named"
    assert Selector(firmware="1").why_not("x.gpx", None) == "its firmware is not named"
    assert Selector(firmware="1").why_not("x", Device(software="1b")) == "its firmware is 1b, which is no dotted number"


def test_a_creator_is_the_product_of_tcx_and_gpx() -> None:
    here = Config(sections=(Section(where=Selector(product="my app"), ignore=("TIM",)),))
    ours = Ride(seconds=60).gpx(creator="My App", change={30: {"time": None}})
    assert "TIM001" in codes(LATE, here)
    assert "TIM001" not in codes(ours, here)


def test_sections_are_laid_over_one_another() -> None:
    config = Config(
        ignore=["SEN"],  # type: ignore[arg-type]  # as in a file
        severity={"TIM001": "off", "TIM002": "info"},  # type: ignore[dict-item]  # by its word
        sections=(
            Section(where=Selector(match=("rides",)), ignore=("POS",), severity={"TIM001": Severity.INFO}),
            Section(where=Selector(match=("indoor",)), select=("TIM", "DEV"), severity={"TIM001": Severity.ERROR}),
            Section(where=Selector(match=("others",)), select=("XYZ",)),
        ),
    )
    held = config.holding("rides/indoor/a.fit", None)
    assert (held.select, held.ignore, held.sections) == (("TIM", "DEV"), ("SEN", "POS"), ())
    assert held.severity == {"TIM001": Severity.ERROR, "TIM002": Severity.INFO}
    assert held.holding("rides/indoor/a.fit", None) is held
    assert not config.wants("TIM001")
    assert held.wants("TIM001")
    plain = Config()
    assert plain.holding("a", None) is plain


def test_a_rule_that_is_off_does_not_run_and_is_not_mended() -> None:
    here = Section(where=Selector(match=("indoor",)), severity={"TIM001": "off"})
    for config in (Config(severity={"TIM001": "off"}), Config(sections=(here,))):
        assert codes(LATE, Config()) - codes(LATE, config) == {"TIM001"}
        assert fix(LATE, config=config, unsafe=True, name="indoor/a.gpx").data == LATE
    assert fix(LATE, config=Config(sections=(here,)), unsafe=True, name="a.gpx").data != LATE


def test_a_report_says_what_a_section_left_out() -> None:
    here = Section(where=Selector(match=("indoor",)), ignore=("TIM",), severity={"POS003": "off"})
    config = Config(sections=(here,), ignore=("SEN",))
    left = {
        each.code for each in check(LATE, config=config, name="indoor/a.gpx").skipped if "leaves it out" in each.why
    }
    assert left == {"TIM*", "POS003"}
    assert not any("leaves" in each.why for each in check(LATE, config=config, name="a.gpx").skipped)


def test_what_a_section_left_out_is_not_stale_in_a_baseline() -> None:
    here = Config(sections=(Section(where=Selector(match=("indoor",)), ignore=("TIM",)),))
    report = check(LATE, config=here, name="indoor/a.gpx")
    baseline = Baseline({report.sha256: Entry("indoor/a.gpx", {"TIM001": 1, "POS001": 1})})
    ledger = Ledger(baseline, here)
    ledger.add(digest(report))
    assert [code for _, code, *_ in ledger.stale] == ["POS001"]


def test_what_is_prepared_is_checked_as_its_file_is() -> None:
    here = Config(sections=(Section(where=Selector(match=("indoor/a.gpx",)), ignore=("TIM",)),))
    for config, told in ((here, False), (Config(), True)):
        report = prepare(LATE, config=config, name="indoor/a.gpx").report
        assert ("TIM001" in {finding.code for finding in report.findings}) is told


def test_sections_reach_processes(tmp_path: Path) -> None:
    for name in ("indoor", "outdoor"):
        (tmp_path / f"{name}.gpx").write_bytes(LATE)
    config = Config(sections=(Section(where=Selector(match=("indoor.gpx",)), ignore=("TIM",)),))
    with ProcessPoolExecutor(1) as pool:
        indoor, outdoor = check_many([tmp_path], config=config, executor=pool)
    assert {finding.code for finding in outdoor.findings} - {finding.code for finding in indoor.findings} == {"TIM001"}


TOML = """
severity.TIM002 = "off"

[[path]]
match = ["rides/indoor/**"]
ignore = ["POS"]

[[device]]
manufacturer = "garmin"
product = "edge530"
firmware = ">=9.10,<10"
severity.TIM019 = "off"
"""


def test_sections_are_read(tmp_path: Path) -> None:
    (tmp_path / "tracklint.toml").write_text(TOML)
    config = load_config(tmp_path / "tracklint.toml")
    indoor, edge = config.sections
    assert config.severity == {"TIM002": "off"}
    assert (indoor.where.match, indoor.where.folder, indoor.ignore) == (("rides/indoor/**",), tmp_path, ("POS",))
    assert edge.where == Selector(manufacturer="garmin", product="edge530", firmware=">=9.10,<10")
    assert edge.severity == {"TIM019": "off"}
    assert indoor.name == f"{tmp_path}/tracklint.toml [[path]] 1"


@pytest.mark.parametrize("folder", [".", "rides", "rides/indoor"])
def test_patterns_mean_paths_from_the_folder_of_the_configuration(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rides" / "indoor").mkdir(parents=True)
    (tmp_path / "tracklint.toml").write_text('[[path]]\nmatch = ["rides/indoor/*"]\nignore = ["TIM"]\n')
    for name in ("rides/indoor/a.gpx", "rides/b.gpx"):
        (tmp_path / name).write_bytes(LATE)
    monkeypatch.chdir(tmp_path / folder)
    config = load_config()
    for relative_to in (config.relative_to, tmp_path / "rides"):
        for name, told in (("rides/indoor/a.gpx", False), ("rides/b.gpx", True)):
            path = os.path.relpath(tmp_path / name)
            report = check(path, config=Config(sections=config.sections, relative_to=relative_to))
            assert ("TIM001" in {finding.code for finding in report.findings}) is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("path = 3", r"path is 3; tables are wanted, each begins with \[\[path\]\]"),
        ("device = [3]", r"device is \[3\]; tables are wanted"),
        ("[path]\nmatch = ['a']", "tables are wanted"),
        ("[[path]]\nignore = ['POS']", r"\[\[path\]\] 1: it says for no file what holds; give match"),
        ("[[path]]\nmatch = 'a'", "match is 'a'; a list of patterns is wanted"),
        ("[[path]]\nmatch = ['a']\nignroe = ['POS']", r"\[\[path\]\] 1: unknown key 'ignroe'; did you mean 'ignore'"),
        ("[[path]]\nmatch = ['a']\nproduct = 'x'", "unknown key 'product'"),
        (
            "[[path]]\nmatch = ['a']\nignore = ['PSO']",
            r"\[\[path\]\] 1: ignore: no rule has the code 'PSO'; did you mean",
        ),
        ("[[path]]\nmatch = ['a']\nseverity.TIM = 'off'", "'TIM' is no code of a rule"),
        (
            "[[path]]\nmatch = ['a']\nseverity.TIM001 = 'of'",
            "severity.TIM001: 'of' is not a severity; known are .*, off",
        ),
        ("[[path]]\nmatch = ['a']\nseverity.TIM999 = 'off'", "no rule has the code 'TIM999'"),
        ("[[device]]\nmanufacturer = 'garmn'", "no manufacturer has the name 'garmn'; did you mean 'garmin'"),
        ("[[device]]\nmanufacturer = ''", "manufacturer is ''; a name or a number is wanted"),
        ("[[device]]\nproduct = true", "product is True; a name or a number is wanted"),
        ("[[device]]\nproduct = -1", "product is -1; a name or a number is wanted"),
        ("[[device]]\nfirmware = 9.1", 'firmware is 9.1; a text is wanted, such as ">=9.10,<10"'),
        ("[[device]]\nfirmware = ['9']", "a text is wanted"),
        ("[[device]]\nfirmware = '>=1.2b'", "1.2b is no dotted number that can be compared"),
        ("[[device]]\nfirmware = '>=9,,<10'", "a range is wanted, such as"),
        ("[[device]]\nfirmware = '=>9'", "a range is wanted, such as"),
        ("select = ['TIM01', 'TIMM']", "select: no rule has the code 'TIMM'; did you mean 'TIM"),
        ("extend-ignore = ['QQQ']", "extend-ignore: no rule has the code 'QQQ'; `tracklint explain` lists them"),
        ("fail-on = 'off'", "'off' is not a severity"),
    ],
)
def test_what_is_wrong_with_a_section_is_named(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "tracklint.toml"
    path.write_text(text)
    with pytest.raises(BadConfig, match=told) as caught:
        load_config(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_and_products_are_taken_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "tracklint.toml"
    path.write_text('[[device]]\nmanufacturer = 64999\nproduct = "Our One"\n[[device]]\nmanufacturer = "64999"\n')
    assert [each.where.manufacturer for each in load_config(path).sections] == [64999, 64999]


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder / "a.toml"


def test_a_configuration_extends_another_one(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        a='extend = "team/b.toml"\nselect = ["TIM"]\nextend-select = ["POS"]\nextend-ignore = ["TIM009"]\n'
        'barometer-creators = ["A"]\nseverity.TIM001 = "error"\nlimits.gap-s = 5\n[[path]]\nmatch = ["a"]\nignore = ["POS"]\n',
        team__b='extend = "c.toml"\nfor = "spec"\nselect = ["FIT", "TIM"]\nignore = ["TIM001"]\nprofile = "p.json"\n'
        'severity = {TIM002 = "off", TIM001 = "off"}\nlimits = {gap-s = 7, jump-m = 8}\n'
        'barometer-creators = ["B", "C"]\n',
        team__c='fail-on = "info"\nfor = "strava"\n[[path]]\nmatch = ["c"]\nignore = ["SEN"]\n',
    )
    config = load_config(path)
    assert (config.purpose, config.fail_on, config.file) == ("spec", Severity.INFO, path)
    assert (config.select, config.ignore) == (("TIM", "POS"), ("TIM001", "TIM009"))
    assert config.barometer_creators == ("A",)
    assert config.severity == {"TIM002": "off", "TIM001": Severity.ERROR}
    assert (config.limits.gap_s, config.limits.jump_m) == (5, 8)
    assert config.profile == tmp_path / "team" / "p.json"
    assert [each.where.match for each in config.sections] == [("c",), ("a",)]
    assert [each.where.folder for each in config.sections] == [tmp_path / "team", tmp_path]


def test_all_rules_and_some_more_are_all_rules(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, a='extend-select = ["TIM"]\n')).select == ()


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"a": 'extend = "b.toml"'}, r"a.toml: extend: .*b.toml: there is no such file"),
        ({"a": 'extend = "b.toml"', "b": "x = ["}, r"a.toml: extend: .*b.toml: .*Invalid value"),
        ({"a": 'extend = "b.toml"', "b": "selct = []"}, r"b.toml: unknown key 'selct'; did you mean 'select'\?$"),
        ({"a": 'extend = "b.toml"', "b": "limits.gap-s = -1"}, r"b.toml: limit gap-s is -1"),
        ({"a": 'extend = "a.toml"'}, "a.toml: extend leads in a circle: .*a.toml -> .*a.toml$"),
        (
            {"a": 'extend = "b.toml"', "b": 'extend = "c.toml"', "c": 'extend = "b.toml"'},
            "c.toml: extend leads in a circle: .*b.toml -> .*c.toml -> .*b.toml$",
        ),
        ({"a": "extend = 3"}, "a.toml: extend is 3; the path of a configuration is wanted"),
        ({"a": "extend = ['b.toml']"}, "extend is .*; the path of a configuration is wanted"),
        ({"a": "extend = '.'"}, "a.toml: extend: "),
    ],
)
def test_what_cannot_be_extended(files: dict[str, str], told: str, tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=told) as caught:
        load_config(written(tmp_path, **files))
    assert "\n" not in str(caught.value)


def test_options_go_before_sections(tmp_path: Path) -> None:
    (tmp_path / "tracklint.toml").write_text('[[path]]\nmatch = ["*"]\nselect = ["SEN"]\n')
    (tmp_path / "a.gpx").write_bytes(LATE)
    command = [sys.executable, "-m", "tracklint", "check", "a.gpx", "-q"]
    for options, status in (([], 0), (["--select", "TIM001"], 1), (["--select", "TIMM3"], 2)):
        done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
    assert done.stderr.startswith("tracklint: --select: no rule has the code 'TIMM3'; did you mean 'TIM")


SCHEMA = json.loads((ROOT / "schemas" / "configuration.schema.json").read_text(encoding="utf-8"))
EXAMPLES = [
    (page, text)
    for page in sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    for text in re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
]


@pytest.mark.parametrize(("page", "text"), EXAMPLES, ids=lambda value: getattr(value, "name", ""))
def test_the_examples_of_the_pages_are_configurations(page: Path, text: str, tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('ignore = ["SEN"]\n')
    path = tmp_path / "project" / ("pyproject.toml" if "[tool." in text else "tracklint.toml")
    path.parent.mkdir()
    path.write_text(text)
    config = load_config(path)
    assert config != Config()
    check(LATE, config=config)
    table = tomllib.loads(text)
    jsonschema.validate(table["tool"]["tracklint"] if "tool" in table else table, SCHEMA)


def test_the_pages_have_examples() -> None:
    assert {page.name for page, _ in EXAMPLES} >= {"README.md", "configuration.md"}


@pytest.mark.parametrize(
    "text",
    [
        "selct = []", "select = 'TIM'", "ignore = ['tim']", "severity.TIM = 'off'", "severity.TIM001 = 'of'",
        "limits.gap-s = -1", "limits.gap_s = 1", "limits.earliest-year = 1990.5", "for = 'x'", "fail-on = 'off'",
        "[[path]]\nignore = ['POS']", "[[device]]\nfirmware = 9.1", "[[device]]\nproduct = -1", "[[path]]\nmatch = ['a']\nx = 1",
    ],
)  # fmt: skip
def test_the_schema_refuses_what_the_reader_refuses(text: str, tmp_path: Path) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), SCHEMA)
    (tmp_path / "tracklint.toml").write_text(text)
    with pytest.raises(BadConfig):
        load_config(tmp_path / "tracklint.toml")


def config_of(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tracklint", "config", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_config_prints_what_holds_and_whence(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('ignore = ["SEN"]\nlimits.gap-s = 5\n')
    (tmp_path / "tracklint.toml").write_text(
        'extend = "base.toml"\nextend-ignore = ["TIM009"]\nseverity.TIM002 = "off"\n'
        '[[path]]\nmatch = ["rides/indoor/**"]\nignore = ["POS"]\n'
        '[[device]]\nproduct = "my app"\nselect = ["TIM"]\nseverity.TIM001 = "info"\n'
        '[[device]]\nproduct = "no such"\nselect = ["DEV"]\n'
    )
    (tmp_path / "rides" / "indoor").mkdir(parents=True)
    (tmp_path / "rides" / "indoor" / "a.gpx").write_bytes(Ride(seconds=60).gpx(creator="My App"))
    (tmp_path / "b.gpx").write_bytes(LATE)
    own, base = tmp_path / "tracklint.toml", tmp_path / "base.toml"
    done = config_of(tmp_path, "rides/indoor/a.gpx", "b.gpx", "nothing.gpx", "-o", "json", "--fail-on", "info")
    assert done.returncode == 2
    assert done.stderr == "tracklint: nothing.gpx: there is no such file\n"
    told = json.loads(done.stdout)
    assert told["values"]["fail-on"] == {"value": "info", "from": "option"}
    assert told["values"]["for"] == {"value": "strava", "from": "default"}
    assert told["values"]["limits.gap-s"] == {"value": 5, "from": str(base)}
    assert told["values"]["ignore"] == {"value": ["SEN", "TIM009"], "from": f"{base}, {own}"}
    assert told["holding_for_no_file"] == [f"{own} [[device]] 2"]
    indoor, other = told["files"]
    assert (indoor["product"], other["sections"][0]["why_not"]) == ("My App", "its name is not like rides/indoor/**")
    assert [each["why_not"] for each in indoor["sections"]] == [None, None, "its product is My App"]
    assert indoor["values"] == {
        "select": {"value": ["TIM"], "from": f"{own} [[device]] 1"},
        "ignore": {"value": ["SEN", "TIM009", "POS"], "from": f"{base}, {own}, {own} [[path]] 1"},
        "severity.TIM001": {"value": "info", "from": f"{own} [[device]] 1"},
        "severity.TIM002": {"value": "off", "from": str(own)},
    }
    assert other["values"]["ignore"]["value"] == ["SEN", "TIM009"]
    text = config_of(tmp_path, "rides")
    assert text.returncode == 0
    assert f"  {own} [[path]] 1 holds: match rides/indoor/**\n" in text.stdout
    assert text.stderr == f"{own} [[device]] 2 holds for none of these files\n"


def test_config_without_a_file(tmp_path: Path) -> None:
    done = config_of(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("no configuration file; these are the defaults\n")
    assert re.search(r'^  for = "strava" +default$', done.stdout, re.MULTILINE)
    (tmp_path / "tracklint.toml").write_text("ignroe = []")
    done = config_of(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"tracklint: {tmp_path}/tracklint.toml: unknown key 'ignroe'; did you mean 'ignore'?\n"
