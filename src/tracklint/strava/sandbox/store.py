"""Where the stand-in keeps what it was sent: an SQLite database, in memory or in a file that outlives it."""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
from typing import TYPE_CHECKING, Any, Literal

from ...source import why
from ..private import private_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["BadStore", "Store"]

Table = Literal["uploads", "activities"]
_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS uploads (id INTEGER PRIMARY KEY, facts TEXT NOT NULL, content BLOB);
CREATE TABLE IF NOT EXISTS activities (id INTEGER PRIMARY KEY, facts TEXT NOT NULL, content BLOB);
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


class BadStore(OSError):
    """The file is none of the stand-in, or cannot be read or written. One clear sentence."""


class Store:
    """Facts as JSON values by id. With a ``path``, which its owner alone can read, the bytes that were sent as well.

    Raises `BadStore`. Used from one thread at a time.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._keeps = path is not None
        try:
            if path is not None:
                private_file(path)
            self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        except OSError as error:
            raise BadStore(f"{path}: the stand-in cannot keep its memory there: {why(error)}") from None
        except sqlite3.Error as error:
            raise BadStore(f"{path}: the stand-in cannot keep its memory there: {error}") from None
        try:
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if version != _VERSION and tables:
                raise sqlite3.DatabaseError("it is a database of something else, or of another version of tracklint")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.executescript(_TABLES)
            self._db.execute(f"PRAGMA user_version={_VERSION}")
        except sqlite3.Error as error:
            self._db.close()
            raise BadStore(f"{path}: the stand-in cannot keep its memory there: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def rows(self, table: Table) -> Iterator[dict[str, Any]]:
        """All facts of a table, oldest first."""
        for (facts,) in self._db.execute(f"SELECT facts FROM {table} ORDER BY id").fetchall():  # noqa: S608  a literal
            yield json.loads(facts)

    def save(self, table: Table, number: int, facts: Mapping[str, Any], content: bytes | None = None) -> None:
        """Add a row or replace its facts; ``content`` stays where none is given."""
        self._db.execute(
            f"INSERT INTO {table} VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE "  # noqa: S608  a literal
            "SET facts = excluded.facts, content = coalesce(excluded.content, content)",
            (number, json.dumps(facts), content if self._keeps else None),
        )

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What is saved and deleted within is there as a whole or not at all, whenever the process is killed."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def delete(self, table: Table, number: int) -> None:
        """Delete a row."""
        self._db.execute(f"DELETE FROM {table} WHERE id = ?", (number,))  # noqa: S608  a literal

    def forget(self) -> None:
        """Delete all rows, and what was asked for the first time; secrets stay."""
        self._db.executescript(
            "DELETE FROM uploads; DELETE FROM activities; DELETE FROM secrets WHERE name LIKE 'once %';"
        )

    def content(self, table: Table, number: int) -> bytes | None:
        """The bytes of a row, ``None`` where they were not kept."""
        row = self._db.execute(f"SELECT content FROM {table} WHERE id = ?", (number,)).fetchone()  # noqa: S608
        return row[0] if row else None

    def first(self, name: str) -> bool:
        """True the first time that this is asked of a name, as long as the store lasts."""
        return self._db.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", (f"once {name}", b"")).rowcount > 0

    def secret(self, name: str) -> bytes:
        """A random key that stays the same as long as the store does."""
        self._db.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", (name, secrets.token_bytes(32)))
        (value,) = self._db.execute("SELECT value FROM secrets WHERE name = ?", (name,)).fetchone()
        return bytes(value)
