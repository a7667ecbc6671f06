"""What was done with each content of a watched folder, so that a stop at any moment loses none and doubles none.

A step is ``report``, ``fix DIR``, ``prepare DIR`` or ``upload SERVICE``; a content is known by its SHA-256. Each change
is on the disk before the next thing that somebody else can see.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path, PurePosixPath
from typing import Literal, Self

from filelock import FileLock, Timeout

from ..errors import TracklintError
from ..writing import set_down, write_over

__all__ = ["Record", "RecordTrouble"]

State = Literal["", "begun", "done"]


class RecordTrouble(TracklintError):
    """A record that cannot be used. The text is one clear sentence."""


class Record:
    """The record of one watched folder, for one process at a time. Raises `RecordTrouble`.

    ``home`` is the folder that all records stand in.
    """

    def __init__(self, home: Path, folder: Path) -> None:
        own = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:16]
        place = home / "watched" / f"{own}.sqlite"
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._place = place
        self._lock = FileLock(f"{place}.lock", timeout=0)
        try:
            self._lock.acquire()
        except Timeout:
            raise RecordTrouble(f"{folder}: another `tracklint watch` is at this folder") from None
        try:
            self._base = sqlite3.connect(place, isolation_level=None)
            self._base.execute("PRAGMA synchronous=FULL")
            self._base.execute(
                "CREATE TABLE IF NOT EXISTS steps "
                "(step TEXT, sha256 TEXT, state TEXT, target BLOB, PRIMARY KEY (step, sha256)) WITHOUT ROWID"
            )
        except sqlite3.Error as error:
            self._lock.release()
            raise RecordTrouble(
                f"{place}: the record of {folder} cannot be used ({error}); move it away, and all its files are new"
            ) from None

    def __enter__(self) -> Self:
        """The record itself."""
        return self

    def __exit__(self, *_why: object) -> None:
        """Close it."""
        self._base.close()
        self._lock.release()

    def state(self, step: str, sha256: str) -> State:
        """How far a step is: not begun, begun by a run that was stopped, or done."""
        row = self._base.execute("SELECT state FROM steps WHERE step=? AND sha256=?", (step, sha256)).fetchone()
        state: State = row[0] if row else ""
        return state

    def note(self, step: str, sha256: str, state: State, target: Path | None = None) -> None:
        """Write down how far a step is, and where its result goes."""
        place = None if target is None else os.fsencode(target)
        self._base.execute("INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?)", (step, sha256, state, place))

    def place(self, step: str, sha256: str, out: Path, below: PurePosixPath, data: bytes) -> Path | None:
        """Write a result below ``out``, once; ``None`` where an earlier run did.

        It is put aside whole, its place is written down, and then it takes the place. So after a stop it is either
        still aside, and takes its place now, or somebody has it already. Another file's place is not taken: the name
        gets a number. Raises OSError.
        """
        out.mkdir(parents=True, exist_ok=True)
        aside = out / f".tracklint-{sha256[:32]}.part"
        state = self.state(step, sha256)
        if state == "done":
            return None
        if state == "begun" and not aside.exists():
            self.note(step, sha256, "done", self._target(step, sha256))
            return None
        if state != "begun":
            write_over(aside, data)
        place = _free(out / below, aside)
        while True:
            place.parent.mkdir(parents=True, exist_ok=True)
            self.note(step, sha256, "begun", place)
            try:
                set_down(aside, place)
            except FileExistsError:  # another one was faster
                place = _free(place, aside)
            else:
                self.note(step, sha256, "done", place)
                return place

    def made(self, path: Path) -> bool:
        """Whether a file is a result that stands where it was put."""
        place = os.fsencode(path)
        return self._base.execute("SELECT 1 FROM steps WHERE target=? LIMIT 1", (place,)).fetchone() is not None

    def _target(self, step: str, sha256: str) -> Path | None:
        row = self._base.execute("SELECT target FROM steps WHERE step=? AND sha256=?", (step, sha256)).fetchone()
        return Path(os.fsdecode(row[0])) if row and row[0] else None


def _free(place: Path, aside: Path) -> Path:
    """The place itself, or with a number where another file has it. One with the same content is the result itself."""
    own, dot, suffix = place.name.partition(".")
    number, free = 1, place
    while free.exists() and not (free.is_file() and free.read_bytes() == aside.read_bytes()):
        number += 1
        free = place.with_name(f"{own} ({number}){dot}{suffix}")
    return free
