"""The distinct chains of names of a document, with the namespace declarations on the way.

A file has some dozens of them and a million elements: all questions about names and namespaces are answered here. Files
of one program have the same ones, and so share the answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from ..characters import resolved
from .names import XSI

__all__ = ["Named", "Path", "Vocabulary", "vocabulary"]

Made = TypeVar("Made")

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_TOP = {"xml": XML_NAMESPACE, "": ""}
#: A vocabulary with more paths or bytes than an exporter writes is not kept for the next file.
_MOST_PATHS, _MOST_BYTES = 500, 1 << 16

#: A name, the namespace declarations of its tag, and its attributes ``type`` with a prefix: each of these as prefix,
#: NUL, value, NUL ...
Named = tuple[bytes, bytes, bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """One distinct chain of names. ``uri`` is ``""`` for no namespace and ``None`` where the prefix is not declared.

    ``scope`` maps the prefixes that are declared here (``""`` for the default namespace) to their URIs. ``xsi_type`` is
    the value of ``xsi:type``, ``""`` where there is none: elements of one name but of two types have two paths.
    ``above`` are the paths from the root down to the parent.
    """

    number: int
    parent: Path | None
    prefix: str
    local: str
    uri: str | None
    scope: dict[str, str] = field(repr=False)
    xsi_type: str = ""
    above: tuple[Path, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The name as the file writes it."""
        return f"{self.prefix}:{self.local}" if self.prefix else self.local

    def prefix_for(self, uri: str) -> str | None:
        """A prefix that is declared for this namespace, ``None`` without one; the default namespace has none."""
        return next((prefix for prefix, each in self.scope.items() if each == uri and prefix), None)

    def chain(self) -> tuple[Path, ...]:
        """The paths from the root down to this one."""
        return (*self.above, self)

    def locals(self) -> tuple[str, ...]:
        """The local names from the root down to this element."""
        return tuple(path.local for path in self.chain())


class Vocabulary(tuple[Path, ...]):
    """The paths of a document by their numbers. It equals itself only."""

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    def __init__(self, _paths: object = ()) -> None:
        self._made: dict[tuple[Any, ...], Any] = {}

    def once(self, make: Callable[..., Made], *how: Any) -> Made:
        """What ``make(vocabulary, *how)`` gives, made when it is first asked for. ``make`` is a function of a module,
        and what it makes is not written to: the next file with these paths gets it too."""
        key = (make, *how)
        if key not in self._made:
            self._made[key] = make(self, *how)
        made: Made = self._made[key]
        return made


def vocabulary(named: tuple[tuple[int, Named], ...]) -> Vocabulary:
    """The paths with these names, each with the number of its parent, which comes before it; -1 for a root."""
    size = sum(sum(map(len, names)) for _, names in named)
    return (_shared if len(named) <= _MOST_PATHS and size <= _MOST_BYTES else _made)(named)


def _made(named: tuple[tuple[int, Named], ...]) -> Vocabulary:
    paths: list[Path] = []
    for number, (parent, names) in enumerate(named):
        paths.append(_path(number, paths[parent] if parent >= 0 else None, *names))
    return Vocabulary(paths)


_shared = lru_cache(maxsize=64)(_made)


def _path(number: int, parent: Path | None, name: bytes, declarations: bytes, types: bytes) -> Path:
    scope = parent.scope if parent else _TOP
    if declarations:
        parts = declarations.decode("utf-8", "replace").split("\0")
        scope = scope | dict(zip(parts[::2], (_value(uri) for uri in parts[1::2]), strict=False))
    prefix, colon, local = name.decode("utf-8", "replace").partition(":")
    if not colon:
        prefix, local = "", prefix
    parts = types.decode("utf-8", "replace").split("\0")
    given = (value for mark, value in zip(parts[::2], parts[1::2], strict=False) if scope.get(mark) == XSI)
    above = (*parent.above, parent) if parent else ()
    return Path(number, parent, prefix, local, scope.get(prefix), scope, _value(next(given, "")).strip(), above)


def _value(text: str) -> str:
    """The value of an attribute as a parser gives it: line ends and tabs are spaces, references are resolved."""
    return resolved(re.sub(r"\r\n|[\t\r\n]", " ", text))
