"""What was sent, and what came of it, in one SQLite file: so that a kill at any moment loses no ride and doubles none.

Each step is on the disk before the next one is taken: that a file is about to be sent before it is sent, and its upload
id before the first question about it. It holds no token and no track, only names, hashes, numbers and Strava's texts.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..errors import TracklintError
from .private import private_file, private_folder
from .settings import service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType

    from .settings import Settings

__all__ = [
    "ARRIVED",
    "COLUMNS",
    "STATES",
    "UNFINISHED",
    "DamagedJournal",
    "Entry",
    "Journal",
    "JournalTrouble",
    "locked",
]

#: What a file can be: not sent yet, sent without a known answer, taken in by Strava, and the five ends.
STATES = ("planned", "sending", "processing", "ready", "duplicate", "deleted", "failed", "refused")
#: The states from which ``--resume`` goes on.
UNFINISHED = ("planned", "sending", "processing")
#: The states in which Strava has, or had, the activity: such a file is sent again only when that is asked for.
ARRIVED = ("ready", "duplicate", "deleted")

_VERSION = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS upload (
    number INTEGER PRIMARY KEY,
    api_base TEXT NOT NULL,
    account TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT,
    request TEXT NOT NULL,
    external_id TEXT NOT NULL,
    state TEXT NOT NULL,
    upload_id INTEGER,
    activity_id INTEGER,
    photo TEXT NOT NULL,
    message TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    UNIQUE (api_base, account, sha256)
)
"""
_COLUMNS = "sha256, name, path, request, external_id, state, upload_id, activity_id, photo, message, created, updated"
#: The columns of a row, but for its number, in their order.
COLUMNS = ("api_base", "account", *_COLUMNS.split(", "))
#: What SQLite says of a damaged file; an error of SQL can only come of a damaged description of the table.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
#: The kinds of a row's values, but for texts.
_KINDS: dict[str, tuple[type, ...]] = {
    "path": (str, type(None)), "upload_id": (int, type(None)), "activity_id": (int, type(None)),
    "created": (int, float), "updated": (int, float),
}  # fmt: skip


class JournalTrouble(TracklintError):
    """The journal cannot be read or written: the disk is full, the file is damaged or not ours. One clear sentence."""


class DamagedJournal(JournalTrouble):
    """The file is no journal any more, or holds what no version writes. `salvage.mend_journal` saves what it can."""

    def __init__(self, path: Path, why: object) -> None:
        super().__init__(
            f"{path}: the journal of uploads is damaged ({why}); `tracklint status --mend-journal` moves it aside and "
            "keeps every entry that can be read"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file for one account. ``sha256`` is that of the uncompressed content, as it was before any repair.

    ``request`` holds the options that the file was asked to be sent with; ``photo`` is ``wanted`` while a photo is
    still to be sent for it, then what came of that (`photos.PhotoResult`). ``created`` and ``updated`` are UTC seconds.
    """

    sha256: str
    name: str
    path: str | None = None
    request: Mapping[str, Any] = field(default_factory=dict)
    external_id: str = ""
    state: str = "planned"
    upload_id: int | None = None
    activity_id: int | None = None
    photo: str = ""
    message: str = ""
    created: float = 0.0
    updated: float = 0.0


class Journal:
    """The journal at ``path``, for one ``account`` at one ``api_base``. A context manager.

    It is looked over when it is opened, so that damage is told before anything is sent. Raises `DamagedJournal` for
    that, and `JournalTrouble` at any step that the disk does not take; what was written before stands. Only its owner
    can read it.
    """

    def __init__(self, path: Path, *, api_base: str, account: str = "", clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self.api_base = service(api_base)
        self.account = account
        self._clock = clock
        with self._told():
            private_folder(path.parent)
            private_file(path)
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._db.text_factory = _decoded
        try:
            with self._told():
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                self._migrate()
        except BaseException:
            self._db.close()
            raise

    def _migrate(self) -> None:
        [(sound,)] = self._db.execute("PRAGMA integrity_check(1)").fetchall()
        if sound != "ok":
            raise DamagedJournal(self.path, " ".join(sound.replace("***", "").split()))
        found = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if found > _VERSION:
            raise JournalTrouble(f"{self.path}: a later version of tracklint wrote this journal; install that one")
        self._db.execute(_TABLE)
        self._db.execute(f"PRAGMA user_version = {_VERSION}")

    @classmethod
    @contextlib.contextmanager
    def of(
        cls, settings: Settings, *, api_base: str, account: str, waiting: Callable[[str], object] = lambda _: None
    ) -> Iterator[Self]:
        """The journal of this user, for one process at a time. ``waiting`` is told where another one has it.

        The lock ends with its process, however that ends, so none is left behind by a kill.
        """
        path = settings.journal
        with locked(path, waiting), cls(path, api_base=api_base, account=account) as journal:
            yield journal

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def find(self, sha256: str) -> Entry | None:
        """The entry of a file, ``None`` where this account never sent it."""
        rows = self._rows("AND sha256 = ?", sha256)
        return rows[0] if rows else None

    def unfinished(self) -> list[Entry]:
        """The entries from which ``--resume`` goes on, oldest first: also those of activities that want a photo, and
        none of an activity without a file, which nobody but the athlete may ask for again."""
        return [
            entry
            for entry in self.entries()
            if "create" not in entry.request
            and (entry.state in UNFINISHED or (entry.photo == "wanted" and entry.state in ("ready", "duplicate")))
        ]

    def entries(self) -> list[Entry]:
        """Every entry of this account, oldest first."""
        return self._rows("")

    def check(self) -> None:
        """Read every row, of all accounts. Raises `DamagedJournal`."""
        with self._told():
            rows = self._db.execute(f"SELECT {_COLUMNS} FROM upload").fetchall()  # noqa: S608 - constants of this module
        for row in rows:
            self._entry(row)

    def plan(self, entry: Entry) -> Entry:
        """Write a new entry, or begin an old one anew, which keeps its ``created``. Gives it as it stands there."""
        now = self._clock()
        begun = replace(entry, created=now, updated=now)
        names = [name.strip() for name in _COLUMNS.split(",")]
        row = {name: getattr(begun, name) for name in names} | {"request": json.dumps(dict(begun.request))}
        renewed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in ("sha256", "created"))
        self._write(
            f"INSERT INTO upload (api_base, account, {_COLUMNS}) VALUES ({', '.join('?' * (2 + len(names)))}) "  # noqa: S608 - constants of this module
            f"ON CONFLICT (api_base, account, sha256) DO UPDATE SET {renewed}",
            (self.api_base, self.account, *row.values()),
        )
        kept = self.find(entry.sha256)
        assert kept is not None
        return kept

    def put_back(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Write rows of any account as they stood in another journal, by `COLUMNS`; how many."""
        rows = list(rows)
        with self._told():
            self._db.executemany(
                f"INSERT INTO upload ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",  # noqa: S608 - constants of this module
                [tuple(map(_kept, (row[name] for name in COLUMNS))) for row in rows],
            )
        return len(rows)

    def note(self, entry: Entry, state: str, **changed: Any) -> Entry:
        """The entry in another state, written. ``changed`` may hold upload_id, activity_id, photo and message."""
        after = replace(entry, state=state, updated=self._clock(), **changed)
        self._write(
            "UPDATE upload SET state = ?, upload_id = ?, activity_id = ?, photo = ?, message = ?, updated = ? "
            "WHERE api_base = ? AND account = ? AND sha256 = ?",
            (
                after.state, after.upload_id, after.activity_id, after.photo, after.message, after.updated,
                self.api_base, self.account, after.sha256,
            ),
        )  # fmt: skip
        return after

    def want_photo(self, entry: Entry, request: Mapping[str, Any]) -> Entry:
        """The entry with a photo that is still to be sent, which ``request`` names, written. What became of the file
        stays, and when."""
        after = replace(entry, photo="wanted", request=dict(request))
        self._write(
            "UPDATE upload SET photo = ?, request = ? WHERE api_base = ? AND account = ? AND sha256 = ?",
            (after.photo, json.dumps(after.request), self.api_base, self.account, after.sha256),
        )
        return after

    def _rows(self, where: str, *values: str) -> list[Entry]:
        with self._told():
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM upload WHERE api_base = ? AND account = ? {where} ORDER BY number",  # noqa: S608 - constants of this module
                (self.api_base, self.account, *values),
            ).fetchall()
        return [self._entry(row) for row in rows]

    def _entry(self, values: tuple[Any, ...]) -> Entry:
        """The entry in a row. Raises `DamagedJournal`."""
        row: dict[str, Any] = dict(zip(_COLUMNS.split(", "), values, strict=True))
        row |= {name: _decoded(value) for name, value in row.items() if isinstance(value, bytes)}
        if not is_sound(row):
            raise DamagedJournal(self.path, "an entry holds what no version writes")
        if row["state"] not in STATES:
            raise DamagedJournal(self.path, f"{row['name']} is in the state {row['state']!r}, which there is not")
        request: object = None
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            request = json.loads(row["request"])
        if not isinstance(request, dict):
            raise DamagedJournal(self.path, f"what was asked for {row['name']} cannot be read")
        return Entry(**{**row, "request": request})

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._told():
            self._db.execute(statement, tuple(map(_kept, values)))

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                raise DamagedJournal(self.path, error) from error
            raise JournalTrouble(f"{self.path}: the journal of uploads cannot be used: {error}") from error
        except UnicodeDecodeError as error:  # SQLite's own message names what stands there, and Python cannot read it
            raise DamagedJournal(self.path, "its description of itself cannot be read") from error
        except OSError as error:
            raise JournalTrouble(f"{self.path}: the journal of uploads cannot be used: {error.strerror}") from error


@contextlib.contextmanager
def locked(path: Path, waiting: Callable[[str], object]) -> Iterator[None]:
    """Keep other processes from a journal. Raises `JournalTrouble`."""
    from filelock import FileLock, Timeout

    try:
        private_folder(path.parent)
        lock = FileLock(path.with_suffix(".lock"), mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting("another tracklint is sending files; this one goes on when it has ended")
            lock.acquire()
    except OSError as error:
        raise JournalTrouble(f"{path}: the journal of uploads cannot be used: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


def _kept(value: Any) -> Any:
    """A value as SQLite takes it: texts with bytes of file names, or halves of characters, that are no UTF-8 as bytes.

    They come back as they were, letter by letter.
    """
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
    return value


def _decoded(text: bytes) -> str:
    """A text as it was (`_kept`); bytes of it that damage made no UTF-8 are taken for bytes of a file's name."""
    try:
        return text.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return text.decode("utf-8", "surrogateescape")


def is_sound(row: Mapping[str, Any]) -> bool:
    """Whether the values of a row are of the kinds that are written there; not yet whether they mean anything."""
    return all(isinstance(value, _KINDS.get(name, (str,))) for name, value in row.items()) and all(
        row[name] is None or row[name] > 0 for name in ("upload_id", "activity_id")
    )
