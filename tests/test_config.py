"""Configuration: found, read, and refused with the name of the key."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from tracklint.config import RANGES, BadConfig, Config, Limits
from tracklint.configuration import load_config
from tracklint.findings import Severity


def test_nearest_file_wins(tmp_path: Path) -> None:
    (tmp_path / "tracklint.toml").write_text('ignore = ["SEN"]\nfail-on = "warning"\n[limits]\nfuture-days = 3\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    config = load_config(start=inner)
    assert (config.ignore, config.fail_on, config.limits.future_days) == (("SEN",), Severity.WARNING, 3)
    (inner / "pyproject.toml").write_text(
        '[tool.tracklint]\nselect = ["TIM"]\n[tool.tracklint.severity]\nTIM009 = "error"\n'
    )
    config = load_config(start=inner)
    assert config.wants("TIM001")
    assert not config.wants("POS001")
    assert config.severity == {"TIM009": Severity.ERROR}


def test_a_pyproject_without_our_table_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert load_config(start=tmp_path) == Config()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("selct = []", "'selct'"),
        ("select = 'TIM'", "a list of codes"),
        ("fail-on = 'fatal'", "'fatal' is not a severity"),
        ("[limits]\nfuture_days = 1", "'future_days'"),
        ("[limits]\nfuture-days = 'x'", "a number is wanted"),
        ("[limits\nx = 1", "line 1"),
        ("severity = 'x'", "severity is 'x'; a table is wanted"),
        ("severity = ['TIM']", "severity is .*; a table is wanted"),
        ("[severity]\nTIM001 = 3", "severity.TIM001: 3 is not a severity"),
        ("[severity]\nTIM001 = []", "severity.TIM001: .. is not a severity"),
        ("fail-on = 3", "fail-on: 3 is not a severity"),
        ("fail-on = []", "fail-on: .. is not a severity"),
        ("limits = 3", "limits is 3; a table is wanted"),
        ("ignore = 'x'", "a list of codes"),
        ("ignore = ['']", "a list of codes"),
        ("barometer-creators = [1]", "a list of names"),
        ("profile = 3", "the path of a file is wanted"),
        ("profile = ''", "the path of a file is wanted"),
        ("for = []", "for is .*; known are strava, spec"),
        ("for = 3", "for is 3; known are strava, spec"),
        ("[limits]\ngap-s = -1", "gap-s is -1; a number is wanted, from 0 to"),
        ("[limits]\ngap-s = nan", "gap-s is nan; a number is wanted"),
        ("[limits]\ngap-s = true", "gap-s is True; a number is wanted"),
        ("[limits]\nnow = inf", "now is inf; a number is wanted"),
        ("[limits]\nmax-upload-bytes = 0", "max-upload-bytes is 0; a whole number is wanted, from 1 to"),
        ("[limits]\nearliest-year = 1990.5", "earliest-year is 1990.5; a whole number is wanted"),
        ("[limits]\ndropout-percent = 101", "dropout-percent is 101; a number is wanted, from 0 to 100"),
        ("[limits]\nhighest-heart-rate-bpm = 20", "lowest-heart-rate-bpm is 30 and highest-heart-rate-bpm is 20"),
        ("a = " + "[" * 3000 + "]" * 3000, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_named(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "tracklint.toml"
    path.write_text(text)
    with pytest.raises(BadConfig, match=told) as caught:
        load_config(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_named_file_that_is_not_there() -> None:
    with pytest.raises(BadConfig, match="there is no such file"):
        load_config(Path("/nonexistent/tracklint.toml"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tool = 3", "tool is 3; a table is wanted"),
        ("[[tool]]\nx = 1", "tool is .*; a table is wanted"),
        ("[tool]\ntracklint = 3", "tool.tracklint is 3; a table is wanted"),
    ],
)
def test_what_is_no_table_in_pyproject(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    for given in ({"path": tmp_path / "pyproject.toml"}, {"start": tmp_path}):
        with pytest.raises(BadConfig, match=f"pyproject.toml: {told}"):
            load_config(**given)


def test_another_encoding_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "tracklint.toml"
    path.write_bytes('profile = "Größe"'.encode("latin-1"))
    with pytest.raises(BadConfig, match=f"^{path}: not UTF-8, byte 13 is 0xf6$"):
        load_config(path)


def test_each_limit_has_a_range_and_its_default_lies_in_it() -> None:
    names = {each.name for each in fields(Limits)} - {"now"}
    assert set(RANGES) == names
    for name, (least, most) in RANGES.items():
        assert least <= getattr(Limits(), name) <= most
        for outside in (least - 1, most + 1):
            with pytest.raises(ValueError, match=name.replace("_", "-")):
                Limits(**{name: outside})
    for now in (-1e12, 0, 1e12):
        assert Limits(now=now).now == now


def test_a_config_made_by_hand_is_looked_at_too() -> None:
    assert Config(ignore=["TIM002"]) == Config(ignore=("TIM002",))  # type: ignore[arg-type]  # as in a tracklint.toml
    with pytest.raises(ValueError, match="purpose is 'zz'; known are strava, spec"):
        Config(purpose="zz")  # type: ignore[arg-type]  # what is tested
    with pytest.raises(TypeError, match="select is 'TIM'; a tuple of texts is wanted"):
        Config(select="TIM")  # type: ignore[arg-type]  # what is tested
