"""From a thing to bytes: path, bytes, file object, ``-``, gzip or zip, always with a cap, and the format by content.

Nothing here trusts a name or a size in a header. What is wrong with the container becomes a `Fault`; the bytes that
could be saved are kept, so that the rest of the check can still read them.
"""

from __future__ import annotations

import glob
import hashlib
import io
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO

from .findings import Container, Format

__all__ = ["Fault", "Member", "Source", "Thing", "Unreadable", "expand", "open_source", "read_bytes", "sniff"]

#: The formats that a name can promise.
FORMATS: tuple[Format, ...] = ("fit", "tcx", "gpx")
#: Suffixes of activity files, looked for inside directories and archives.
SUFFIXES = (".fit", ".tcx", ".gpx", ".fit.gz", ".tcx.gz", ".gpx.gz")
#: The most that a compressed file may inflate to, and how many times its own size.
MAX_INFLATED = 256 * 1024 * 1024
MAX_RATIO = 1100  # deflate itself cannot exceed about 1032
MAX_READ = 1024 * 1024 * 1024
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a scanner saw: what kind, where, and the numbers. It knows no code, no severity and no prose.

    ``evidence`` holds plain JSON values; keys that are fields of `findings.Where` (``line``, ``segment``, ``message``,
    ``local``, ``message_name``, ``field``, ``record``) say where, the others say what.
    """

    kind: str
    offset: int
    size: int = 0
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a zip archive; it is opened when it is read, and can be sent to another process."""

    archive: Path
    name: str


Thing = str | Path | bytes | bytearray | memoryview | BinaryIO | Member


class Unreadable(Exception):
    """The thing could not be read at all: no such path, no permission, not a file. The text is one clear sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One activity file as bytes.

    ``data`` is the uncompressed content, as much of it as could be had. ``format`` is ``fit``, ``tcx``, ``gpx`` or
    ``unknown``, told from the content; ``looks_like`` names what an unknown content is (``html``, ``kml``, ``json``,
    ``text``, ``binary`` ...). ``claims`` is the format that the name promises, or ``None``; ``claims_gzip`` says
    whether the name ends in .gz.
    """

    name: str
    data: bytes
    format: Format
    looks_like: str
    container: Container = "plain"
    packed: int = 0
    claims: Format | None = None
    claims_gzip: bool = False
    faults: tuple[Fault, ...] = ()

    @property
    def sha256(self) -> str:
        """The digest of the uncompressed content, in hex."""
        return hashlib.sha256(self.data).hexdigest()


def open_source(thing: Thing, name: str | None = None, *, max_inflated: int = MAX_INFLATED) -> Source:
    """Read one thing: a path, bytes, a binary file object, or ``"-"`` for standard input.

    ``name`` overrides the name that reports show; a bare bytes object is called ``<bytes>``. Raises `Unreadable`.
    """
    raw = read_bytes(thing)
    return _unpack(raw, name or _shown(thing), max_inflated)


def expand(things: Iterable[Thing]) -> Iterator[tuple[str, Thing]]:
    """Directories, globs and archives as the single things in them, each with the name to show, in a stable order.

    A directory yields the activity files below it, by suffix; a glob pattern what matches; a zip its activity members,
    named ``archive.zip/member``. A thing that is none of these is yielded as it is, also when it does not exist:
    `open_source` says so with its name.
    """
    for thing in things:
        if not isinstance(thing, str | Path) or str(thing) == "-":
            yield _shown(thing), thing
            continue
        path = Path(thing)
        if path.is_dir():
            found = [p for p in sorted(path.rglob("*")) if p.is_file() and p.name.lower().endswith((*SUFFIXES, ".zip"))]
            for inner in found:
                yield from _members(str(inner), inner)
        elif not path.exists() and glob.has_magic(str(thing)):
            matches = sorted(glob.glob(str(thing), recursive=True))
            if not matches:
                yield str(thing), thing
            yield from expand(matches)
        else:
            yield from _members(str(thing), path)


def _members(shown: str, path: Path) -> Iterator[tuple[str, Thing]]:
    try:
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04":
                yield shown, path
                return
            with zipfile.ZipFile(file) as archive:
                members = [m.filename for m in archive.infolist() if m.filename.lower().endswith(SUFFIXES)]
    except Exception:  # a damaged archive makes zipfile raise what it may
        yield shown, path
        return
    if len(members) <= 1:
        yield shown, path
        return
    for member in sorted(members):
        yield f"{shown}/{member}", Member(path, member)


def _shown(thing: Thing) -> str:
    if isinstance(thing, str | Path):
        return "<stdin>" if str(thing) == "-" else str(thing)
    if isinstance(thing, bytes | bytearray | memoryview):
        return "<bytes>"
    if isinstance(thing, Member):
        return f"{thing.archive}/{thing.name}"
    return str(getattr(thing, "name", "<file>"))


def read_bytes(thing: Thing) -> bytes:
    """The bytes of a thing as they are, compressed or not. Raises `Unreadable`."""
    shown = _shown(thing)
    if isinstance(thing, bytes | bytearray | memoryview):
        return bytes(thing)
    try:
        if isinstance(thing, Member):
            with zipfile.ZipFile(thing.archive) as archive, archive.open(thing.name) as packed:
                return _capped(packed, shown)
        if isinstance(thing, str | Path):
            if str(thing) == "-":
                return _capped(sys.stdin.buffer, shown)
            with Path(thing).open("rb") as file:
                return _capped(file, shown)
        return _capped(thing, shown)
    except FileNotFoundError:
        raise Unreadable(f"{shown}: there is no such file") from None
    except IsADirectoryError:
        raise Unreadable(f"{shown}: this is a directory") from None
    except PermissionError:
        raise Unreadable(f"{shown}: no permission to read it") from None
    except Exception as error:  # a damaged archive makes zipfile raise what it may
        raise Unreadable(f"{shown}: {getattr(error, 'strerror', None) or error}") from None


def _capped(file: IO[bytes], shown: str) -> bytes:
    data = file.read(MAX_READ + 1)
    if isinstance(data, str):
        raise Unreadable(f"{shown}: the file object is open in text mode; open it in binary mode")
    if len(data) > MAX_READ:
        raise Unreadable(f"{shown}: larger than {MAX_READ // 2**20} MiB; no activity file is")
    return bytes(data)


def _unpack(raw: bytes, shown: str, cap: int) -> Source:
    name = shown
    container: Container = "plain"
    faults: list[Fault] = []
    data = raw
    if raw[:4] == b"PK\x03\x04":
        container = "zip"
        data, member = _unzip(raw, cap, faults)
        name = member or name
    if data[:2] == b"\x1f\x8b":
        container = "gzip" if container == "plain" else container
        data = _gunzip(data, cap, faults)
    lower = name.lower()
    bare = lower.removesuffix(".gz")
    claims = next((f for f in FORMATS if bare.endswith("." + f)), None)
    kind, looks_like = sniff(data)
    return Source(
        name=shown,
        data=data,
        format=kind,
        looks_like=looks_like,
        container=container,
        packed=len(raw),
        claims=claims,
        claims_gzip=lower.endswith(".gz"),
        faults=tuple(faults),
    )


def _gunzip(raw: bytes, cap: int, faults: list[Fault]) -> bytes:
    """Inflate every gzip member of ``raw``, at most ``cap`` bytes; keep what came out before a fault."""
    out: list[bytes] = []
    total = position = members = 0
    while raw[position : position + 2] == b"\x1f\x8b":
        inflate = zlib.decompressobj(wbits=31)
        begun = len(out)
        pending: bytes | memoryview = memoryview(raw)[position:]
        try:
            while not inflate.eof and pending:
                piece = inflate.decompress(pending, min(_CHUNK, cap - total + 1))
                pending = inflate.unconsumed_tail
                total += len(piece)
                out.append(piece)
                if total > cap or total > MAX_RATIO * len(raw) + _CHUNK:
                    evidence = {"packed": len(raw), "limit": min(cap, total)}
                    faults.append(Fault("inflates-too-far", 0, len(raw), evidence))
                    return b"".join(out)[:cap]
                if not piece and not pending:
                    break
        except zlib.error as error:
            whole = b"".join(out) + _salvaged(
                memoryview(raw)[position:], total - sum(map(len, out[:begun])), cap - total
            )
            reason = str(error).rpartition(": ")[2]
            faults.append(Fault("gzip-damaged", position, len(raw) - position, {"reason": reason, "kept": len(whole)}))
            return whole
        if not inflate.eof:
            faults.append(Fault("gzip-truncated", len(raw), 0, {"packed": len(raw), "kept": total}))
            return b"".join(out)
        members += 1
        position = len(raw) - len(inflate.unused_data)
    rest = raw[position:]
    if rest.strip(b"\0"):
        faults.append(Fault("gzip-trailing", position, len(rest), {"bytes": len(rest)}))
    if members > 1:
        faults.append(Fault("gzip-members", 0, len(raw), {"members": members}))
    return b"".join(out)


def _salvaged(member: memoryview, known: int, most: int) -> bytes:
    """What a damaged gzip member still inflates to behind its first ``known`` bytes: zlib drops all that one call gave
    when it meets the fault, so the last piece is fed byte by byte."""
    inflate = zlib.decompressobj(wbits=31)
    out = bytearray()
    position, step = 0, 4096
    while position < len(member) and len(out) < known + most:
        before = inflate.copy()
        try:
            out += inflate.decompress(member[position : position + step])
            position += step
        except zlib.error:
            if step == 1:
                break
            inflate, step = before, 1
    return bytes(out[known : known + most])


def _unzip(raw: bytes, cap: int, faults: list[Fault]) -> tuple[bytes, str | None]:
    """The one activity file of an archive; with several, or none, the archive's own bytes and a fault."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            files = [m for m in archive.infolist() if not m.is_dir()]
            chosen = [m for m in files if m.filename.lower().endswith(SUFFIXES)] or (files if len(files) == 1 else [])
            if len(chosen) != 1:
                names = [m.filename for m in chosen or files]
                faults.append(Fault("zip-many", 0, len(raw), {"files": len(names), "names": names[:20]}))
                return raw, None
            with archive.open(chosen[0]) as file:
                data = file.read(cap + 1)
    except Exception as error:  # a damaged archive makes zipfile raise what it may
        faults.append(Fault("zip-damaged", 0, len(raw), {"reason": str(error)}))
        return raw, None
    if len(data) > cap:
        faults.append(Fault("inflates-too-far", 0, len(raw), {"packed": len(raw), "limit": cap}))
    return data[:cap], chosen[0].filename


_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_SKIP = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)
_ROOTS: dict[bytes, Format] = {b"gpx": "gpx", b"trainingcenterdatabase": "tcx"}
_HEAD = 1 << 16


def sniff(data: bytes) -> tuple[Format, str]:
    """The format of ``data`` by content, and what it looks like where that is none of ours.

    FIT is told by ``.FIT`` at byte 8, XML by its root element after byte-order mark, white space, comments and DTD. A
    file whose start is damaged is still named when ``.FIT`` or a root stands within the first 4 KiB.
    """
    if data[8:12] == b".FIT":
        return "fit", "fit"
    if data[:4] == b"PK\x03\x04":
        return "unknown", "zip"
    head = data[:_HEAD]
    if head[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        head = head[: len(head) & ~3].decode("utf-32", "ignore").encode()
    elif head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[: len(head) & ~1].decode("utf-16", "ignore").encode()
    elif head[:4] in (b"<\0?\0", b"<\0g\0"):
        head = head[: len(head) & ~1].decode("utf-16-le", "ignore").encode()
    elif head[:4] in (b"\0<\0?", b"\0<\0g"):
        head = head[: len(head) & ~1].decode("utf-16-be", "ignore").encode()
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\0 \t\r\n")
    if not head:
        return "unknown", "empty"
    return _sniff_text(head) or _sniff_damaged(head)


def _sniff_text(head: bytes) -> tuple[Format, str] | None:
    position = 0
    doctype = b""
    while match := _SKIP.match(head, position):
        if match[0].startswith(b"<!DOCTYPE"):
            doctype = match[0].lower()
        position = match.end()
    root = _ROOT.match(head, position)
    if root is None:
        return ("unknown", "html") if doctype.startswith(b"<!doctype html") or head[:5].lower() == b"<html" else None
    name = root[1].lower()
    if name in _ROOTS:
        return _ROOTS[name], _ROOTS[name]
    return "unknown", "html" if name in (b"html", b"head", b"body") else f"xml:{root[1].decode('ascii', 'replace')}"


def _sniff_damaged(head: bytes) -> tuple[Format, str]:
    near = head[:4096]
    if b".FIT" in near and b"<" not in near[:1]:
        return "fit", "fit"
    if found := re.search(rb"<(?:\w+:)?(gpx|TrainingCenterDatabase)[\s>]", near):
        kind = _ROOTS[found[1].lower()]
        return kind, kind
    if near[:1] in b"{[":
        return "unknown", "json"
    text = sum(32 <= b < 127 or b in b"\t\r\n" or b >= 0xA0 for b in near)
    return "unknown", "text" if text >= 0.95 * len(near) else "binary"
