"""What a pattern matches. As `glob.glob` has it, but that ``**`` goes into each folder once, however it is linked.

`glob` follows a link that leads back until the system stops it, and two of them for longer than anybody waits.
"""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterator
from pathlib import PurePath

from .source import without_links

__all__ = ["matches"]


def matches(pattern: str) -> list[str]:
    """The paths that exist, sorted, each once."""
    return sorted(set(_matches(PurePath(pattern).parts)))


def _matches(parts: tuple[str, ...]) -> Iterator[str]:
    if "**" not in parts:
        yield from glob.glob(str(PurePath(*parts)))
        return
    at = parts.index("**")
    fixed, rest = parts[:at], parts[at + 1 :]
    for root in glob.glob(str(PurePath(*fixed))) if fixed else [""]:
        for folder in _folders(root):
            if rest:
                yield from _matches((*PurePath(glob.escape(folder)).parts, *rest))
            elif folder:
                yield folder
                yield from (os.path.join(folder, name) for name in _names(folder))  # noqa: PTH118 - as glob spells it
            else:
                yield from _names(".")


def _folders(root: str) -> Iterator[str]:
    """A folder and those below it, without hidden ones: what is reached by a link comes after all the others."""
    waiting, linked = [root], list[str]()
    known = set[str]()
    while waiting or linked:
        folder = waiting.pop() if waiting else linked.pop(0)
        if (place := without_links(folder or ".")) in known or not os.path.isdir(folder or "."):  # noqa: PTH112 - a text, as glob gives it
            continue
        known.add(place)
        yield folder
        inner = [os.path.join(folder, name) for name in _names(folder or ".")]  # noqa: PTH118 - as glob spells it
        linked += [path for path in inner if os.path.islink(path)]  # noqa: PTH114 - a text, as glob gives it
        waiting += [path for path in reversed(inner) if not os.path.islink(path)]  # noqa: PTH114 - a text, as glob gives it


def _names(folder: str) -> list[str]:
    names: list[str] = []
    with contextlib.suppress(OSError):  # it is told by who asks for the folder itself
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))  # noqa: PTH208 - names alone
    return names
