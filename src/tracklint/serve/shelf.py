"""The files that were dropped, in memory: how many, how large, and for how long."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..config import Limits

__all__ = ["Bounds", "Full", "Held", "Shelf"]

_MEBIBYTE = 2**20


class Full(Exception):
    """There is no room for this. The text is one clear sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is held at most: ``body`` bytes of one file or archive as it comes, ``memory`` bytes and ``files`` of all
    together, each for ``seconds``. ``seconds_to_come`` is how long one may take to come."""

    body: int
    memory: int = 256 * _MEBIBYTE
    files: int = 1000
    seconds: float = 600.0
    seconds_to_come: float = 60.0

    @classmethod
    def of(cls, limits: Limits) -> Bounds:
        """A file may be four times what Strava takes: packed, one that is larger has little hope of being sent."""
        return cls(body=min(limits.max_inflated_bytes, 4 * limits.max_upload_bytes))


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """One file. ``until`` is when it is forgotten, by the clock of its shelf."""

    name: str
    data: bytes | bytearray
    until: float


class Shelf:
    """Files by token. Nobody who was not told the token of a file can name it.

    ``clock`` gives seconds. Not for several threads.
    """

    def __init__(self, bounds: Bounds, clock: Callable[[], float] = time.monotonic) -> None:
        self.bounds = bounds
        self._clock = clock
        self._held: dict[str, Held] = {}
        self._coming = 0

    @property
    def size(self) -> int:
        """How many bytes are held, those of files that are still coming as well."""
        self.forget_old()
        return self._coming + sum(len(each.data) for each in self._held.values())

    def __len__(self) -> int:
        """How many files are held."""
        self.forget_old()
        return len(self._held)

    @property
    def room(self) -> int:
        """How many bytes more can be held."""
        return max(self.bounds.memory - self.size, 0)

    @contextmanager
    def coming(self) -> Iterator[Callable[[int], None]]:
        """While a file comes: what is called takes room for so many bytes more, and raises `Full`. The room is free
        again at the end, for `put`."""
        taken = 0
        room = self.room  # as others take room meanwhile, it is asked again once in a mebibyte

        def more(size: int) -> None:
            nonlocal taken, room
            if taken // _MEBIBYTE != (taken + size) // _MEBIBYTE or size > room:
                room = self.room
            if size > room:
                raise Full(_no_room(self.bounds))
            taken, room = taken + size, room - size
            self._coming += size

        try:
            yield more
        finally:
            self._coming -= taken

    def put(self, files: Iterable[tuple[str, bytes | bytearray]]) -> list[str]:
        """Hold files, all or none; their tokens. Raises `Full`."""
        files = list(files)
        if len(self) + len(files) > self.bounds.files:
            raise Full(
                f"{self.bounds.files} files are held at most. Close other pages, or wait {_minutes(self.bounds)}."
            )
        if sum(len(data) for _, data in files) > self.room:
            raise Full(_no_room(self.bounds))
        until = self._clock() + self.bounds.seconds
        named = {secrets.token_urlsafe(24): Held(name, data, until) for name, data in files}
        self._held |= named
        return list(named)

    def get(self, token: str) -> Held | None:
        """The file with this token, ``None`` where there is none, or none any more."""
        self.forget_old()
        return self._held.get(token)

    def forget(self, tokens: Iterable[str]) -> None:
        """Let go of files; tokens that are none are passed over."""
        for token in tokens:
            self._held.pop(token, None)

    def forget_old(self) -> None:
        """Let go of what was held long enough."""
        now = self._clock()
        self.forget([token for token, each in self._held.items() if each.until <= now])


def _no_room(bounds: Bounds) -> str:
    return f"{bounds.memory // _MEBIBYTE} MiB are held at most. Close other pages, or wait {_minutes(bounds)}."


def _minutes(bounds: Bounds) -> str:
    return f"{bounds.seconds / 60:g} minutes"
