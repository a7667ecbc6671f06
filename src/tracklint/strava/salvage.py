"""A damaged journal is moved aside, and a new one holds every entry that could still be read.

SQLite gives up at the first damaged page of a tree. A row stands whole in one leaf, though, in the file or in the log
beside it, so that the leaves are read one by one here, whatever is left of the pages that lead to them.
Source: https://www.sqlite.org/fileformat2.html.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..writing import beside
from .journal import COLUMNS, STATES, Journal, is_sound

__all__ = ["Mended", "mend_journal", "salvaged"]

#: Bytes of a page: what SQLite takes where nobody says otherwise.
_PAGE = 4096
_LEAF = 0x0D
_WAL_HEAD, _FRAME_HEAD = 32, 24
_SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


@dataclass(frozen=True, slots=True)
class Mended:
    """Where the damaged journal lies now, and how many entries the new one holds."""

    aside: Path
    entries: int


def mend_journal(path: Path) -> Mended:
    """Move the journal at ``path`` aside and write a new one. The caller has it `journal.locked`.

    What was there is copied before anything is changed. Raises OSError and `JournalTrouble`.
    """
    log = Path(f"{path}-wal")
    content, logged = path.read_bytes(), log.read_bytes() if log.exists() else b""
    names = (path.with_name(f"{path.stem}-damaged-{number}{path.suffix}") for number in itertools.count(1))
    aside = next(name for name in names if not name.exists())
    for copy, data in ((aside, content), (Path(f"{aside}-wal"), logged)):
        if data:
            with beside(copy, over=False, private=True) as file:
                file.write(data)
    fresh = path.with_name(f"{path.stem}-mending{path.suffix}")
    _remove(fresh)
    with Journal(fresh, api_base="") as journal:
        entries = journal.put_back(salvaged(content, logged))
    for leftover in (log, Path(f"{path}-shm")):  # they belong to the old file and would be taken for the new one's
        leftover.unlink(missing_ok=True)
    fresh.replace(path)
    return Mended(aside, entries)


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def salvaged(content: bytes, logged: bytes = b"") -> list[dict[str, Any]]:
    """The rows of a journal by `COLUMNS`, from the bytes of its file and of the log beside it, the newest of each file.

    A row whose state cannot be told is taken for one whose end is not known: to ask or send again loses nothing, as
    Strava knows duplicates.
    """
    pages = {number: content[at : at + _PAGE] for number, at in enumerate(range(0, len(content), _PAGE), 1)}
    frames = list(_frames(logged))
    latest = pages | dict(frames)
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for number, page in [*pages.items(), *frames]:
        for record in _records(page, 100 if number == 1 else 0, latest):
            row = _row(record)
            if row is not None:
                key = (row["api_base"], row["account"], row["sha256"])
                if key not in found or found[key]["updated"] <= row["updated"]:
                    found[key] = row
    return sorted(found.values(), key=lambda row: float(row["created"]))


def _frames(logged: bytes) -> Iterator[tuple[int, bytes]]:
    """The pages in a write-ahead log with their numbers: first what is left of an earlier log, then this one's."""
    salt = logged[16:24]
    starts = range(_WAL_HEAD, len(logged) - _FRAME_HEAD - _PAGE + 1, _FRAME_HEAD + _PAGE)
    for at in sorted(starts, key=lambda at: logged[at + 8 : at + 16] == salt):
        yield int.from_bytes(logged[at : at + 4], "big"), logged[at + _FRAME_HEAD : at + _FRAME_HEAD + _PAGE]


def _records(page: bytes, head: int, pages: dict[int, bytes]) -> Iterator[bytes]:
    """The records in a page, where it is a leaf of a table."""
    if len(page) != _PAGE or page[head] != _LEAF:
        return
    (count,) = struct.unpack_from(">H", page, head + 3)
    for k in range(min(count, _PAGE // 4)):
        with contextlib.suppress(IndexError, struct.error, ValueError):
            (at,) = struct.unpack_from(">H", page, head + 8 + 2 * k)
            size, at = _varint(page, at)
            _, at = _varint(page, at)
            yield _payload(page, at, size, pages)


def _payload(page: bytes, at: int, size: int, pages: dict[int, bytes]) -> bytes:
    """``size`` bytes from ``at`` on; what does not fit into the page goes on in others. Raises ValueError, IndexError,
    struct.error."""
    if size > 1 << 24:
        raise ValueError
    most, least = _PAGE - 35, (_PAGE - 12) * 32 // 255 - 23
    if size <= most:
        here = size
    else:
        here = least + (size - least) % (_PAGE - 4)
        here = here if here <= most else least
    whole = page[at : at + here]
    (more,) = struct.unpack_from(">I", page, at + here) if size > most else (0,)
    while more and len(whole) < size:
        page = pages.get(more, b"")
        (more,) = struct.unpack_from(">I", page)
        whole += page[4 : 4 + size - len(whole)]
    if len(whole) != size:
        raise ValueError
    return whole


def _row(record: bytes) -> dict[str, Any] | None:
    """The row in a record, ``None`` where it is none of a journal, or not to be read any more."""
    try:
        values = list(_values(record))
    except (IndexError, ValueError):
        return None
    if len(values) != len(COLUMNS) + 1:
        return None
    row = dict(zip(COLUMNS, values[1:], strict=True))
    request, state = _request(row["request"]), _state(row)
    if not is_sound(row | {"request": request, "state": state}) or not re.fullmatch("[0-9a-f]{64}", row["sha256"]):
        return None
    return row | {"request": request, "state": state}


def _state(row: dict[str, Any]) -> str:
    if row["state"] in STATES:
        return str(row["state"])
    return "ready" if row["activity_id"] else "processing" if row["upload_id"] else "sending"


def _request(text: object) -> str:
    with contextlib.suppress(ValueError, RecursionError):
        if isinstance(text, str) and isinstance(json.loads(text), dict):
            return text
    return "{}"


def _values(record: bytes) -> Iterator[Any]:
    """The values of a record; texts that are kept as bytes are texts again. Raises IndexError, ValueError."""
    size, at = _varint(record, 0)
    kinds = []
    while at < size:
        kind, at = _varint(record, at)
        kinds.append(kind)
    for kind in kinds:
        length = (kind - 12) // 2 if kind >= 12 else 8 if kind == 7 else _SIZES.get(kind, 0)
        piece = record[at : at + length]
        if len(piece) != length:
            raise ValueError
        at += length
        yield _value(kind, piece)


def _value(kind: int, piece: bytes) -> Any:
    if kind >= 12:
        return piece.decode("utf-8", "surrogatepass")
    if kind == 7:
        return struct.unpack(">d", piece)[0]
    if kind in _SIZES:
        return int.from_bytes(piece, "big", signed=True)
    return {0: None, 8: 0, 9: 1}[kind] if kind in (0, 8, 9) else None


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends. Raises IndexError."""
    value = 0
    for k in range(8):
        value = value << 7 | data[at + k] & 0x7F
        if data[at + k] < 0x80:
            return value, at + k + 1
    return value << 8 | data[at + 8], at + 9
