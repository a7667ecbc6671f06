"""From files to a `config.Config`: found, read with what they extend, merged, and refused with the name of the key."""

from __future__ import annotations

from pathlib import Path

from ..config import Config
from .loading import Loaded, load

__all__ = ["Loaded", "load", "load_config"]


def load_config(path: Path | None = None, *, start: Path | None = None) -> Config:
    """The configuration in ``path``, or the nearest one at or above ``start`` (default: the working directory), with
    what it extends.

    ``tracklint.toml`` holds the keys at its top, ``pyproject.toml`` under ``[tool.tracklint]``. Without a file: the
    defaults. Raises `BadConfig`.
    """
    return load(path, start=start).config
