"""A repair in words: the ledger, and what changes message by message or line by line."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from ..edits import Edit
from ..words import printable

if TYPE_CHECKING:
    from ..mending.fit.differences import Difference
    from ..mending.fixing import Fixed

__all__ = ["diff_lines", "fixed_lines", "place", "text_diff"]

_CONTEXT = 2
#: A file with a longer line is shown element by element, and of a longer piece only what is around the difference.
_LONG = 400
_BEFORE, _BEHIND = 60, 200  # characters
_SIGNS = {"changed": "~", "dropped": "-", "added": "+", "moved": ">"}


def place(offset: int, size: int) -> str:
    """A range of bytes: ``bytes 7442-7459``, the last one included; ``byte 7442`` for one, or where something is
    added."""
    return f"bytes {offset}-{offset + size - 1}" if size > 1 else f"byte {offset}"


def fixed_lines(name: str, fixed: Fixed) -> Iterator[str]:
    """What a repair changes: message by message, or line by line. Private messages have the names that hold now."""
    if fixed.before.format == "fit":
        from ..mending.fit.differences import differences

        return diff_lines(differences(fixed.original, fixed.data, fixed.edits))
    from ..xml.encoding import find_encoding

    return text_diff(name, fixed.original, fixed.data, fixed.edits, find_encoding(fixed.original).found)


def diff_lines(differences: list[Difference]) -> Iterator[str]:
    """Each message that changes, with its fields before and after."""
    for each in differences:
        number = "" if each.message is None else f"message {each.message} "
        where = place(each.offset, each.size)
        yield f"{_SIGNS[each.action]} {number}{each.name}, {where}, {each.action}"
        for name, before, after in each.fields:
            if each.action in ("changed", "moved"):
                yield f"    {name}: {before or '(none)'} -> {after or '(none)'}"
            else:
                yield f"    {name}: {before or after}"


#: From where to where in the old pieces, and in the new ones, something differs.
_Change = tuple[int, int, int, int]


def text_diff(name: str, before: bytes, after: bytes, edits: Sequence[Edit], codec: str) -> Iterator[str]:
    """A unified diff of a text file, with two lines of context.

    ``edits`` turn ``before``, which is in ``codec``, into ``after``. A file with very long lines is shown with a line
    for each element. Lines that differ only in white space at their end look the same.
    """
    if codec.startswith(("utf-16", "utf-32")):  # such a file was written in UTF-8 as a whole
        before, codec = before.decode(codec, "replace").encode("utf-8", "replace"), "utf-8"
        edits = [_difference(before, after)]
    broken = any(len(line) > _LONG for data in (before, after) for line in data.splitlines())
    old, new = _pieces(before, broken), _pieces(after, broken)
    yield f"--- {name}"
    yield f"+++ {name} (mended)"
    for hunk in _hunks(list(_changes(old, new, edits))):
        yield from _hunk(old, new, hunk, codec)


def _difference(before: bytes, after: bytes) -> Edit:
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    return Edit(start, len(before) - start - end, after[start : len(after) - end])


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes at the start of both are the same."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _pieces(data: bytes, broken: bool) -> list[bytes]:
    """The lines with their ends; broken between elements where they are long."""
    lines = data.splitlines(keepends=True)
    return [piece for line in lines for piece in re.split(rb"(?<=>)(?=<)", line)] if broken else lines


def _changes(old: list[bytes], new: list[bytes], edits: Iterable[Edit]) -> Iterator[_Change]:
    """What differs. A piece more on each side of an edit is compared, because an edit may join or part pieces."""
    starts, new_starts = ([0, *accumulate(map(len, pieces))] for pieces in (old, new))
    regions: list[list[int]] = []
    shift = 0
    for edit in sorted(edits):
        low = max(bisect_right(starts, edit.offset) - 3, 0)
        high = min(bisect_left(starts, edit.offset + edit.size) + 2, len(old))
        grown = shift + len(edit.data) - edit.size
        if regions and low <= regions[-1][1]:
            regions[-1][1], regions[-1][3] = max(high, regions[-1][1]), grown
        else:
            regions.append([low, high, shift, grown])
        shift = grown
    for low, high, at_start, at_end in regions:
        new_low = bisect_left(new_starts, starts[low] + at_start)
        new_high = bisect_left(new_starts, starts[high] + at_end)
        matcher = difflib.SequenceMatcher(None, old[low:high], new[new_low:new_high], autojunk=high - low > 5000)
        for tag, a, b, c, d in matcher.get_opcodes():
            if tag != "equal":
                yield low + a, low + b, new_low + c, new_low + d


def _hunks(changes: list[_Change]) -> Iterator[list[_Change]]:
    """Changes that share lines of context, together."""
    group: list[_Change] = []
    for change in changes:
        if group and change[0] - group[-1][1] > 2 * _CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk(old: list[bytes], new: list[bytes], hunk: list[_Change], codec: str) -> Iterator[str]:
    low, high = max(hunk[0][0] - _CONTEXT, 0), min(hunk[-1][1] + _CONTEXT, len(old))
    new_low, new_high = hunk[0][2] - (hunk[0][0] - low), hunk[-1][3] + (high - hunk[-1][1])
    yield f"@@ -{_range(low, high)} +{_range(new_low, new_high)} @@"
    at = low
    for a, b, c, d in hunk:
        yield from (f" {_shown(line, codec)}" for line in old[at:a])
        partner = b"".join(new[c:d])
        yield from (f"-{_shown(line, codec, partner)}" for line in old[a:b])
        partner = b"".join(old[a:b])
        yield from (f"+{_shown(line, codec, partner)}" for line in new[c:d])
        at = b
    yield from (f" {_shown(line, codec)}" for line in old[at:high])


def _range(low: int, high: int) -> str:
    """A range of lines as unified diffs write it."""
    return f"{low + 1}" if high - low == 1 else f"{low + (high > low)},{high - low}"


def _shown(line: bytes, codec: str, partner: bytes = b"") -> str:
    """One line that can be shown: of a very long one what is around the first difference to its partner."""
    text = line.decode(codec, "replace").rstrip("\r\n")
    if len(text) > _LONG:
        same = _shared(line, partner)
        start = max(same - _BEFORE, 0)
        end = min(same + _BEHIND, len(text))
        text = ("..." if start else "") + text[start:end] + ("..." if end < len(text) else "")
    return printable(text, keep="\t")
