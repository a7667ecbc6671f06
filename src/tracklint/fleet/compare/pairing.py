"""Which file of one night is which of the other: by content, by name, or none."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import numpy as np

from .night import BadNight, Night

__all__ = ["PAIRINGS", "Pairing", "pair"]

By = Literal["content", "name", "none"]
#: What can be asked for; ``auto`` takes the first that half of the new files have.
PAIRINGS = ("auto", *get_args(By))

_ENOUGH = 0.5
#: Seconds between the starts of two files that are one ride.
_SAME_START = 1.5


@dataclass(frozen=True, slots=True)
class Pairing:
    """Rows of files that are one ride or one content: ``old[i]`` and ``new[i]``; empty for ``none``."""

    by: By
    old: np.ndarray[Any, Any]
    new: np.ndarray[Any, Any]


def pair(old: Night, new: Night, wanted: str = "auto") -> Pairing:
    """The pairs of two nights. On its own it goes by names only where the rides of most of them begin at the same
    time, because many devices count their files from 1. Raises `BadNight` where a pairing is asked for that finds no
    pair."""
    fewest = min(len(old), len(new))
    if wanted in ("auto", "content"):
        found = _matched(old.sha256, new.sha256, "content")
        if wanted == "content" and not len(found.old):
            raise BadNight(f"{old.label} and {new.label} have no file of the same content")
        if wanted == "content" or len(found.old) >= _ENOUGH * fewest:
            return found
    if wanted in ("auto", "name"):
        found = _matched(_below(old.names), _below(new.names), "name")
        if wanted == "name" and not len(found.old):
            raise BadNight(f"{old.label} and {new.label} have no file of the same name")
        if wanted == "name" or (len(found.old) >= _ENOUGH * fewest and _same_starts(old, new, found)):
            return found
    none = np.zeros(0, int)
    return Pairing("none", none, none)


def _matched(old: list[str], new: list[str], by: By) -> Pairing:
    """The rows of keys that stand once on each side."""
    once = [{key for key, count in Counter(keys).items() if count == 1 and key} for keys in (old, new)]
    rows = {key: row for row, key in enumerate(old) if key in once[0]}
    pairs = [(rows[key], row) for row, key in enumerate(new) if key in once[1] and key in rows]
    both = np.array(pairs, int).reshape(-1, 2)
    return Pairing(by, both[:, 0], both[:, 1])


def _below(names: list[str]) -> list[str]:
    """Names from the folder on that all of them share, so that ``night-1/a.fit`` and ``night-2/a.fit`` are one."""
    folders = [posixpath.dirname(name) for name in names]
    common = posixpath.commonpath(folders) if len({name[:1] == "/" for name in names}) == 1 else ""
    return [posixpath.relpath(name, common) for name in names] if common else names


def _same_starts(old: Night, new: Night, found: Pairing) -> bool:
    apart = [
        abs(now - before)
        for i, j in zip(found.old, found.new, strict=True)
        if (before := _seconds(old.starts[i])) is not None and (now := _seconds(new.starts[j])) is not None
    ]
    return bool(apart) and sum(each <= _SAME_START for each in apart) >= _ENOUGH * len(apart)


def _seconds(start: str) -> float | None:
    try:
        return datetime.fromisoformat(start.removesuffix("Z")).timestamp()
    except (ValueError, OverflowError):
        return None
