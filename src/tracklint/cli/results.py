"""Where the results of `tracklint fix` go: into a folder, or in the place of the files, and back."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..words import counted
from .troubles import NotWritten, Troubles

if TYPE_CHECKING:
    from ..inputs import Input
    from ..mending.fixing import Fixed
    from ..source import Thing
    from .output import Output

__all__ = ["content_of", "part_of", "replace", "stands_alone", "undo", "write"]


def _stem(own: str) -> tuple[str, str]:
    """A file's own name in two parts, so that a number can stand between: ``ride`` and ``.fit.gz``."""
    for suffix in (".fit.gz", ".tcx.gz", ".gpx.gz", ".fit", ".tcx", ".gpx"):
        if own.lower().endswith(suffix) and len(own) > len(suffix):
            return own[: -len(suffix)], own[-len(suffix) :]
    return own.removesuffix(".zip") or own, ""


def part_of(below: PurePosixPath, k: int, fixed: Fixed) -> PurePosixPath:
    """The place of a part's file; of the whole file, where ``k`` is 0."""
    stem, suffix = _stem(below.name)
    number = f"-{k}" if k else ""
    return below.with_name(f"{stem}{number}{suffix or '.' + fixed.before.format}")


def write(given: Input, out: Path, fixed: Fixed, original: bytes, *, troubles: Troubles, said: Output) -> None:
    """The mended file, or its parts, as new files: nothing is overwritten.

    ``original`` is the file as it came; a gzipped one that nothing was done to keeps these bytes.
    """
    if fixed.before.format == "unknown" and not fixed.changed:
        said.say(f"{given.name}: not written, it is no activity file")
        return
    for k, data in enumerate(fixed.parts, 1) if fixed.parts else [(0, fixed.data)]:
        content = content_of(fixed, original, data)
        with troubles.of(given.name):
            target = troubles.write(given.name, out, part_of(given.below, k, fixed), content)
            said.say(f"{given.name} -> {target} ({counted(len(content), 'byte')})")


def content_of(fixed: Fixed, original: bytes, data: bytes) -> bytes:
    """What a result's file holds: compressed where ``original``, the file as it came, was."""
    if fixed.before.container != "gzip":
        return data
    return original if data is fixed.original else _packed(data)


def _packed(data: bytes) -> bytes:
    """Compressed without a time stamp, so that the same content gives the same bytes."""
    return gzip.compress(data, mtime=0)


def stands_alone(thing: Thing, fixed: Fixed) -> bool:
    """Whether a thing is a file of its own, which another one can take the place of."""
    return isinstance(thing, str | Path) and str(thing) != "-" and fixed.before.container != "zip"


def replace(name: str, thing: Thing, fixed: Fixed, said: Output, *, backup: bool) -> None:
    """Write over the file itself. With ``backup`` what it was is kept beside it, under a name that says of which
    content it is the origin. Raises `NotWritten` and OSError."""
    from ..writing import keep_copy, write_over

    if not fixed.changed:
        return
    if not (isinstance(thing, str | Path) and stands_alone(thing, fixed)):
        raise NotWritten(f"{name}: only a file of its own can be written in place; give --out")
    target = Path(thing).resolve()
    content = _packed(fixed.data) if fixed.before.container == "gzip" else fixed.data
    copy = _origin_of(target, content)
    try:
        new = backup and keep_copy(target, copy)
    except FileExistsError:
        raise NotWritten(f"{name}: {copy.name} is another copy; nothing is overwritten") from None
    try:
        write_over(target, content)
    except BaseException:
        if new:
            copy.unlink()
        raise
    kept = f"; what it was is in {copy.name}, `tracklint fix --undo` puts it back" if backup else ""
    said.say(f"{name}: written ({counted(len(content), 'byte')}){kept}")


def _origin_of(target: Path, content: bytes) -> Path:
    """Where the file is kept that was mended to this content."""
    return target.with_name(f"{target.name}.{hashlib.sha256(content).hexdigest()[:8]}.orig")


def undo(files: Iterable[Input], troubles: Troubles, said: Output) -> int:
    """Put back what `replace` kept; how many files. A file that has changed since then stays as it is."""
    from ..source import read_bytes
    from ..writing import put_back

    done = 0
    for each in files:
        with troubles.of(each.name):
            content = read_bytes(each.thing, each.name)
            if not isinstance(each.thing, str | Path):
                continue
            target = Path(each.thing).resolve()
            if (copy := _origin_of(target, content)).is_file():
                put_back(copy, target)
                said.say(f"{each.name}: put back from {copy.name}")
                done += 1
            elif changed := sorted(path.name for path in target.parent.glob("*.orig") if _is_copy(path, target)):
                raise NotWritten(f"{each.name}: not put back, it has changed since; it was {', '.join(changed)}")
    return done


def _is_copy(path: Path, target: Path) -> bool:
    return len(path.name) == len(target.name) + 14 and path.name.startswith(f"{target.name}.")
