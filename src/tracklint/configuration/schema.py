"""The JSON Schema of a configuration, made of the table of keys; ``python docs/generate.py`` writes it."""

from __future__ import annotations

from typing import Any

from .keys import KEYS, properties

__all__ = ["json_schema"]


def json_schema() -> dict[str, Any]:
    """The schema of ``tracklint.toml``, and of the table ``tool.tracklint`` in ``pyproject.toml``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "tracklint.toml",
        "description": "The configuration of tracklint; in pyproject.toml it is the table tool.tracklint.",
        "type": "object",
        "properties": properties(KEYS),
        "additionalProperties": False,
    }
