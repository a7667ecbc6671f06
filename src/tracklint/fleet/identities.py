"""Which files of a run have the same identity, or a serial number that cannot be one device's.

Of a file with a serial number 48 bytes are kept in memory, and its name on the disk: with a million files 48 MB.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..render.digest import Digest
from ..render.spool import Spool
from ..rules.fleet.seen import MOST, Double, Reuse
from ..words import json_text

__all__ = ["Identities", "Judged"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
#: Seconds that two recordings of one device may lie over one another: a file ends where the next one begins.
_TOUCH = 1.0


class Judged(NamedTuple):
    """What was found of the files of a device, by its index."""

    doubles: dict[int, list[Double]]
    reuses: dict[int, list[Reuse]]


class Identities:
    """The identities of a run. ``add`` each file, then ask once for what is `judged`."""

    def __init__(self) -> None:
        self._serial, self._identity, self._content = array("q"), array("q"), array("q")
        self._start, self._end = array("d"), array("d")
        self._device = array("q")
        self._names: Spool | None = None

    def add(self, digest: Digest, device: int) -> None:
        """Keep what a file calls itself; ``device`` is the index of its device."""
        found = digest.trace.identity if digest.trace is not None else None
        if found is None:
            return
        if self._names is None:
            self._names = Spool()
        manufacturer = digest.device[0]
        self._serial.append(_hashed(manufacturer, found.serial))
        named = found.created == found.created
        self._identity.append(_hashed(manufacturer, found.serial, found.created) if named else 0)
        self._content.append(int(digest.sha256[:15], 16))
        self._start.append(found.start)
        self._end.append(found.end)
        self._device.append(device)
        self._names.add(json_text(digest.name) + "\n")

    def judged(self, products: dict[int, str]) -> Judged:
        """Doubles and reuses by the device of their first file; ``products`` are the products of the devices."""
        doubles, reuses = self._doubles(), [*self._of_products(products), *self._overlaps()]
        wanted = {row for rows in (*doubles, *(rows for _, rows in reuses)) for row in rows[:MOST]}
        names = self._named(wanted)
        found = Judged(defaultdict(list), defaultdict(list))
        for rows in doubles:
            found.doubles[self._device[rows[0]]].append(Double(len(rows), tuple(names[row] for row in rows[:MOST])))
        for how, rows in reuses:
            found.reuses[self._device[rows[0]]].append(Reuse(how, tuple(names[row] for row in rows[:MOST])))
        return found

    def _doubles(self) -> list[list[int]]:
        """The rows of one identity whose contents differ, each content once."""
        identity, content = np.array(self._identity, np.int64), np.array(self._content, np.int64)
        found = []
        for rows in _alike(identity):
            _, first = np.unique(content[rows], return_index=True)
            if identity[rows[0]] and len(first) > 1:
                found.append(rows[np.sort(first)].tolist())
        return sorted(found)

    def _of_products(self, products: dict[int, str]) -> Iterator[tuple[str, list[int]]]:
        """The first row of each product, of serial numbers that several products have."""
        for rows in _alike(np.array(self._serial, np.int64)):
            first: dict[str, int] = {}
            for row in rows.tolist():
                first.setdefault(products[self._device[row]], row)
            if len(first) > 1:
                yield f"{len(first)} products", list(first.values())

    def _overlaps(self) -> Iterator[tuple[str, list[int]]]:
        """Two rows of one serial number that were recorded at one time: the first such pair of each number. The same
        ride once more, whole or changed, is none."""
        start, end = np.array(self._start), np.array(self._end)
        for rows in _alike(np.array(self._serial, np.int64)):
            timed = rows[np.isfinite(start[rows])]
            last = -1
            for row in timed[np.argsort(start[timed], kind="stable")].tolist():
                if last >= 0 and self._apart(last, row) and start[row] < end[last] - _TOUCH:
                    yield "two recordings at one time", sorted((last, row))
                    break
                last = row if last < 0 or end[row] > end[last] else last

    def _apart(self, one: int, other: int) -> bool:
        same = self._identity[one] and self._identity[one] == self._identity[other]
        return not same and self._content[one] != self._content[other]

    def _named(self, wanted: set[int]) -> dict[int, str]:
        if self._names is None:
            return {}
        found = {row: json.loads(line) for row, line in enumerate(self._names.lines()) if row in wanted}
        self._names.close()
        self._names = None
        return found


def _hashed(*parts: object) -> int:
    """63 bits of what the parts say."""
    said = repr(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big") >> 1


def _alike(column: Ints) -> Iterable[Ints]:
    """The rows that share a value, each group of two and more in the order of the rows."""
    order = np.argsort(column, kind="stable")
    edges = np.flatnonzero(np.diff(column[order])) + 1
    return (rows for rows in np.split(order, edges) if len(rows) > 1)
