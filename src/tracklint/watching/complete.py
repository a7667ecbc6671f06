"""Which files of a folder are written to their end: those that have not changed for a while.

What a system tells of changes may come late, twice or not at all; so it only wakes `Folder.look`, which looks itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..config import Config
from ..inputs import Input, inputs
from ..source import Denied, Member, Thing, without_links

__all__ = ["Folder", "Vanished"]

#: Device, inode, size and time of a file's last change.
Signature = tuple[int, int, int, int]


class Vanished(Exception):
    """The folder is not there any more. The text names it."""


@dataclass(slots=True)
class _Seen:
    """What a file looked like last, since when (by the clock), and whether that content was handed out."""

    signature: Signature | None
    since: float
    handed_out: bool = False
    patience: float = 0.0


class Folder:
    """The files below a folder, each handed out once for each state in which it rests.

    ``settle`` is for how many seconds a file must have rested. ``apart_from`` are folders of results.
    """

    def __init__(
        self,
        path: Path,
        config: Config,
        *,
        settle: float,
        apart_from: Sequence[Path] = (),
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._path = path
        self._config = config
        self._settle = settle
        self._apart_from = [without_links(each) for each in apart_from]
        self._clock = clock
        self._now = now
        self._seen: dict[tuple[str, ...], _Seen] = {}

    @property
    def pending(self) -> int:
        """How many files have not rested long enough yet."""
        return sum(not seen.handed_out for seen in self._seen.values())

    def look(self) -> Iterator[Input]:
        """The files that are complete and were not handed out as they are now. Raises `Vanished`."""
        if not self._path.is_dir():
            raise Vanished(f"{self._path}: the folder is gone")
        there: set[tuple[str, ...]] = set()
        for each in inputs([self._path], self._config):
            key = _key(each.thing)
            if self._apart_from and any(Path(without_links(key[0])).is_relative_to(out) for out in self._apart_from):
                continue
            there.add(key)
            if self._rests(key, each.thing):
                self._seen[key].handed_out = True
                yield each
        for key in self._seen.keys() - there:
            del self._seen[key]

    def unchanged(self, each: Input) -> bool:
        """Whether a file still is what it was when it was handed out; one that is not will be handed out again."""
        seen = self._seen[_key(each.thing)]
        if _signature(each.thing) == seen.signature:
            return True
        seen.handed_out = False
        return False

    def wait_for(self, each: Input, seconds: float) -> bool:
        """Hand a file out once more when it has rested for so long; whether it has not yet."""
        seen = self._seen[_key(each.thing)]
        if seen.patience >= seconds or self._rested(seen) >= seconds:
            return False
        seen.patience, seen.handed_out = seconds, False
        return True

    def _rests(self, key: tuple[str, ...], thing: Thing) -> bool:
        signature = _signature(thing)
        seen = self._seen.get(key)
        if seen is None or seen.signature != signature:
            seen = self._seen[key] = _Seen(signature, self._clock())
        return not seen.handed_out and self._rested(seen) >= max(self._settle, seen.patience)

    def _rested(self, seen: _Seen) -> float:
        """For how many seconds a file has not changed, as far as we saw it or as its own time says."""
        ours = self._clock() - seen.since
        return ours if seen.signature is None else max(ours, self._now() - seen.signature[3] / 1e9)


def _key(thing: Thing) -> tuple[str, ...]:
    if isinstance(thing, Member):
        return str(thing.archive), thing.name, str(thing.copy)
    return (str(thing.path if isinstance(thing, Denied) else thing),)


def _signature(thing: Thing) -> Signature | None:
    """``None`` for what cannot be looked at."""
    try:
        told = Path(_key(thing)[0]).stat()
    except OSError:
        return None
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns
