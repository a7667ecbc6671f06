"""What a check may be asked beyond its rules: second readers, and many files together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..extras import how_to_install
from .options import fail

if TYPE_CHECKING:
    from ..config import Config
    from ..fleet.gathering import Gathering

__all__ = ["gathering_of", "with_fleet", "with_readers"]


def with_readers(config: Config, *, second_reader: bool, schema_dir: Path | None) -> Config:
    """The configuration with what was asked of second readers. Schemas that cannot be used are said once, before any
    file is checked."""
    if schema_dir is not None and not second_reader:
        fail("--schema-dir says with which schemas --second-reader validates; give both")
    config = replace(config, second_readers=second_reader, schema_dir=schema_dir or config.schema_dir)
    if second_reader and config.schema_dir is not None:
        from ..second import usable_schemas

        usable_schemas(config.schema_dir, config.limits)
    return config


def with_fleet(config: Config, *, fleet: bool) -> Config:
    """The configuration with the rules about many files, where they were asked for. One of them needs an extra."""
    from importlib.util import find_spec

    if not fleet and not config.fleet:
        return config
    if config.wants("FLT904") and find_spec("scipy") is None:
        fail(f"FLT904 needs the extra `compare`; {how_to_install('compare')}, or leave it out: --ignore FLT904")
    return replace(config, fleet=True)


def gathering_of(config: Config) -> Gathering | None:
    """What keeps something of each file, where something is asked of many."""
    if not config.asks_of_many:
        return None
    from ..fleet.gathering import Gathering

    return Gathering(config)
