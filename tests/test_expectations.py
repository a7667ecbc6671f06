"""What a configuration expects of measured facts: FLT801, what it is told as, and mistakes in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from conftest import ROOT
from tracklint import BadConfig, Config, Expectation, Finding, Section, Selector, check, load_config
from tracklint.cli import main
from tracklint.configuration.schema import json_schema
from tracklint.testing import Ride

RIDE = Ride(seconds=60)
#: Of the device that docs/configuration.md speaks of. Ten seconds lack their points: a sample gap of 11 s.
EDGE = {"manufacturer": 1, "product": 3121, "software": 975}
GAP = range(10, 20)


def broken(config: Config, data: bytes = RIDE.fit()) -> list[Finding]:
    return [finding for finding in check(data, config=config).findings if finding.code.startswith("FLT")]


def loaded(folder: Path, text: str) -> Config:
    (folder / "tracklint.toml").write_text(text, encoding="utf-8")
    return load_config(folder / "tracklint.toml")


def test_a_break_has_its_numbers_and_the_section_that_says_so() -> None:
    [finding] = broken(Config(expect={"elapsed_s": Expectation(max=59.5, section="tracklint.toml [expect]")}))
    assert finding.message == "elapsed_s is 60 s; tracklint.toml [expect] expects at most 59.5 s"
    told: dict[str, Any] = {"fact": "elapsed_s", "value": 60.0, "bound": "max", "limit": 59.5, "unit": "s"}
    assert told.items() <= dict(finding.evidence).items()
    assert finding.evidence["section"] == "tracklint.toml [expect]"


def test_what_is_missing_breaks_nothing_but_what_requires_it() -> None:
    assert not broken(Config(expect={"work_j": Expectation(min=1, max=2)}))
    [finding] = broken(Config(expect={"work_j": Expectation(min=1, required=True)}))
    assert finding.message == "work_j is missing; the configuration expects that there is one"
    assert finding.evidence["value"] is None
    assert not broken(Config(expect={"firmware": Expectation(required=True)}))
    assert not broken(Config(expect={"elapsed_s": Expectation(max=1)}), b"no activity")


def test_facts_are_measured_and_not_told_where_they_are_only_expected() -> None:
    expect = {"elapsed_s": Expectation(max=1)}
    assert check(RIDE.gpx(), config=Config(expect=expect)).facts == {}
    told = check(RIDE.gpx(), config=Config(expect=expect, facts=True))
    assert told.facts["elapsed_s"] == 60
    assert "FLT801" in {finding.code for finding in told.findings}


def test_only_measures_that_are_needed_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    from tracklint import measured

    taken: list[str] = []
    real = measured._measured

    def noted(activity: Any, reading: Any, measures: Any) -> Any:
        taken.extend(fact.name for measure in measures for fact in measure.facts)
        return real(activity, reading, measures)

    monkeypatch.setattr(measured, "_measured", noted)
    check(RIDE.fit(), config=Config())
    assert not taken
    check(RIDE.fit(), config=Config(expect={"sensors": Expectation(max=1)}))
    assert taken == ["sensors", "sensor_changes"]


def test_its_severity_can_be_changed_and_it_can_be_left_out() -> None:
    expect = {"elapsed_s": Expectation(max=1)}
    [finding] = broken(Config(expect=expect, severity={"FLT801": "error"}))  # type: ignore[dict-item]  # words do
    assert finding.severity == "error"
    assert not broken(Config(expect=expect, ignore=("FLT",)))
    assert broken(Config(expect=expect, purpose="spec"))


def test_a_section_goes_before_what_stands_above_it(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        "[expect]\nelapsed_s = { max = 1 }\nlaps = { max = 0 }\n"
        '[[device]]\nmanufacturer = "strava"\nexpect.elapsed_s = { min = 10 }\n'
        '[[device]]\nmanufacturer = "strava"\nexpect.laps = { min = 7 }\n',
    )
    told = {each.evidence["fact"]: each.message for each in broken(config)}
    assert told == {"laps": "laps is 2; tracklint.toml [[device]] 2 expects at least 7"}
    assert {each.evidence["fact"] for each in broken(config, RIDE.gpx())} == {"elapsed_s"}


def test_an_extended_configuration_is_laid_below_fact_by_fact(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("[expect]\nelapsed_s = { max = 1 }\nlaps = { min = 1 }\n")
    config = loaded(tmp_path, 'extend = "base.toml"\n[expect]\nelapsed_s = { max = 2 }\n')
    assert dict(config.expect) == {"elapsed_s": Expectation(max=2), "laps": Expectation(min=1)}
    assert config.expect["laps"].section == "base.toml [expect]"


def test_another_expectation_is_another_configuration(tmp_path: Path) -> None:
    digests = [
        Config(expect=expect).digest for expect in ({}, {"laps": Expectation(max=1)}, {"laps": Expectation(max=2)})
    ]
    assert len(set(digests)) == 3
    assert Config(expect={"laps": Expectation(max=1, section="x")}).digest == digests[1]
    here = Section(where=Selector(manufacturer="garmin"), expect={"laps": Expectation(max=1)})
    assert Config(sections=(here,)).digest != Config(sections=(Section(where=here.where),)).digest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sample_gap_p99 = { max = 2 }", "no fact has the name 'sample_gap_p99'; did you mean 'sample_gap_p99_s'?"),
        ("laps = 2", "expect.laps is 2; a table is wanted, such as { max = 2 }"),
        ("laps = { maximum = 2 }", "expect.laps: unknown key 'maximum'; did you mean 'max'?"),
        ('laps = { max = "2" }', "expect.laps: max is '2'; a number is wanted"),
        ("laps = { max = nan }", "expect.laps: max is nan; a number is wanted"),
        ("laps = { max = true }", "expect.laps: max is True; a number is wanted"),
        ("laps = { required = 1 }", "expect.laps: required is 1; true or false is wanted"),
        ("laps = { min = 3, max = 2 }", "expect.laps: min is 3 and max is 2: nothing lies between"),
        ("laps = { max = 2, share = 2 }", "expect.laps: share is 2; a part of the files is wanted, from 0 to 1"),
        ("laps = { share = 0.1 }", "expect.laps: of a fact min, max or required is wanted"),
        ("laps = {}", "expect.laps: of a fact min, max or required is wanted"),
        ("firmware = { min = 9 }", "firmware: this fact is a text and has no bounds; only required is for it"),
        ("TIM019 = { max = 2 }", "expect.TIM019: of a rule a share of files is wanted, such as { share = 0.02 }"),
        ("TIM999 = { share = 0.02 }", "expect: no rule has the code 'TIM999'"),
        ('"" = { max = 1 }', "expect.: this is neither a fact nor a code"),
    ],
)
def test_a_mistake_is_one_line_that_names_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    for head in ("[expect]\n", '[[device]]\nmanufacturer = "garmin"\n[device.expect]\n'):
        with pytest.raises(BadConfig) as caught:
            loaded(tmp_path, head + text)
        assert str(caught.value).startswith(f"{tmp_path}/tracklint.toml")
        assert told in str(caught.value)
        assert "\n" not in str(caught.value)
    done = CliRunner().invoke(main, ["check", "--config", str(tmp_path / "tracklint.toml"), "x.fit"])
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)


def test_what_a_program_expects_of_no_fact_is_said() -> None:
    with pytest.raises(BadConfig, match=r"expect\.elapsed: no fact has this name"):
        check(RIDE.fit(), config=Config(expect={"elapsed": Expectation(max=1)}))
    with pytest.raises(TypeError, match="a mapping of codes and facts to Expectation"):
        Config(expect={"laps": 2})  # type: ignore[dict-item]  # what is wrong


def example() -> str:
    """The example of docs/configuration.md."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    found = re.search(r"## What is expected\n\n```toml\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    config = loaded(tmp_path, example())
    assert [(each.evidence["fact"], each.evidence["bound"]) for each in broken(config, RIDE.gpx())] == [
        ("serial_number", "required")
    ]
    edge = Ride(seconds=60, device="edge530")
    for ride, device, section in ((edge, EDGE, "[[device]] 1"), (RIDE, {}, "[expect]")):
        assert not broken(config, ride.fit(**device))
        [gap] = broken(config, ride.fit(**device, skip=GAP))
        assert (gap.evidence["fact"], gap.evidence["section"]) == ("sample_gap_p99_s", f"tracklint.toml {section}")


def test_the_schema_knows_it() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    good = {"expect": {"laps": {"max": 2, "required": True, "share": 0.1}, "TIM019": {"share": 0.02}}}
    assert validator.is_valid(good | {"device": [{"product": "x", **good}]})
    for bad in ({"laps": {}}, {"laps": {"max": "2"}}, {"TIM019": {"max": 2}}, {"TIM019": {"share": 2}}, {"laps": 1}):
        assert not validator.is_valid({"expect": bad}), bad


def test_config_tells_what_is_expected_and_from_where(tmp_path: Path) -> None:
    loaded(tmp_path, '[expect]\nlaps = { max = 2 }\n[[path]]\nmatch = ["*.gpx"]\nexpect.laps = { max = 1 }\n')
    (tmp_path / "a.gpx").write_bytes(RIDE.gpx())
    file = str(tmp_path / "tracklint.toml")
    done = CliRunner().invoke(main, ["config", "--config", file, "--output", "json"])
    told = json.loads(done.stdout)["values"]["expect.laps"]
    assert (told["value"], told["from"]) == ({"max": 2}, file)
    done = CliRunner().invoke(main, ["config", "--config", file, str(tmp_path / "a.gpx")])
    assert 'expect.laps = {"max": 1}' in done.stdout
