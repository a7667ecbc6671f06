"""Configuration: found, read, and refused with the name of the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracklint.config import BadConfig, Config, load_config
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
    with pytest.raises(BadConfig, match="No such file"):
        load_config(Path("/nonexistent/tracklint.toml"))
