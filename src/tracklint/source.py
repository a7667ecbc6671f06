"""From a thing to bytes: path, bytes, file object, ``-``, gzip or zip, always with a cap, and the format by content.

Nothing here trusts a name or a size in a header. What is wrong with the container becomes a `Fault`; the bytes that
could be saved are kept, so that the rest of the check can still read them.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import reprlib
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from .cloud import is_url
from .cloud import read as read_remote
from .errors import TracklintError
from .findings import Container, Format
from .opening import read_file, read_stream, why

__all__ = [
    "Denied",
    "Fault",
    "Member",
    "Remote",
    "Source",
    "Thing",
    "Unreadable",
    "absolute",
    "file_without_links",
    "open_source",
    "read_bytes",
    "shown",
    "sniff",
    "why",
    "without_links",
]  # fmt: skip

#: The formats that a name can promise.
FORMATS: tuple[Format, ...] = ("fit", "tcx", "gpx")
#: Suffixes of activity files, looked for inside directories and archives.
SUFFIXES = (".fit", ".tcx", ".gpx", ".fit.gz", ".tcx.gz", ".gpx.gz")
#: The most that a compressed file may inflate to, and how many times its own size.
MAX_INFLATED = 256 * 1024 * 1024
MAX_RATIO = 1100  # deflate itself cannot exceed about 1032
#: The most members of a gzip file that are read; one of 256 MiB in blocks of 64 KiB has 4,096.
MAX_MEMBERS = 10_000
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
    """One file inside a zip archive; it is opened when it is read, and can be sent to another process.

    ``copy`` tells members of one name apart, in their order from 0.
    """

    archive: Path
    name: str
    copy: int = 0


@dataclass(frozen=True, slots=True)
class Denied:
    """A place that could not be looked into when the files of a run were gathered; to read it raises `Unreadable`."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Remote:
    """A file in an object store (`cloud`); ``why`` says what kept it from being looked into, as with `Denied`."""

    url: str
    why: str = ""


Thing = str | Path | bytes | bytearray | memoryview | BinaryIO | Member | Denied | Remote


class Unreadable(TracklintError, OSError):
    """The thing could not be read at all: no such path, no permission, too large. The text is one clear sentence; what
    the system said of the file is the cause (``__cause__``)."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One activity file as bytes.

    ``data`` is the uncompressed content, as much of it as could be had. ``format`` is ``fit``, ``tcx``, ``gpx`` or
    ``unknown``, told from the content; ``looks_like`` names what an unknown content is (``html``, ``kml``, ``json``,
    ``text``, ``binary`` ...). ``claims`` is the format that the name promises, or ``None``; ``claims_gzip`` says
    whether the name ends in .gz.
    """

    name: str
    data: bytes = field(repr=False)
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


def open_source(
    thing: Thing, name: str | None = None, *, max_inflated: int = MAX_INFLATED, relative_to: Path | None = None
) -> Source:
    """Read one thing: a path, bytes, a binary file object, or ``"-"`` for standard input.

    ``name`` overrides the name that reports show (`shown`). Raises `Unreadable`.
    """
    name = name or shown(thing, relative_to)
    return _unpack(read_bytes(thing, name), name, max_inflated)


def shown(thing: Thing, relative_to: Path | None = None) -> str:
    """The name of a thing in every report and message.

    A path below ``relative_to`` (default: the working directory) is relative to it; another one stays as it was given,
    so that no folder of this machine is told that the person did not tell. Always with ``/``; a member of an archive
    is ``archive.zip/member``, a bare bytes object ``<bytes>``, standard input ``<stdin>``.
    """
    if isinstance(thing, Member):
        return f"{shown(thing.archive, relative_to)}/{thing.name}"
    if isinstance(thing, bytes | bytearray | memoryview):
        return "<bytes>"
    if isinstance(thing, Remote):
        return thing.url
    if isinstance(thing, str) and is_url(thing):
        return thing
    given = thing.path if isinstance(thing, Denied) else thing
    if not isinstance(given, str | Path):
        given = getattr(_stream(thing), "name", "<file>")
        if not isinstance(given, str | Path):  # the number of an open file
            return str(given)
    if str(given) in _NO_PATHS:
        return _NO_PATHS[str(given)]
    path = PurePath(given)
    below = _below(path, relative_to) if _is_path(str(given)) else None
    return (below or path).as_posix()


def _stream(thing: Any) -> BinaryIO:
    if not callable(getattr(thing, "read", None)):
        raise TypeError(f"a path, bytes or a binary file is wanted, not {reprlib.repr(thing)}")
    stream: BinaryIO = thing
    return stream


#: What is given in the place of a path, and how it is called.
_NO_PATHS = {"-": "<stdin>", "": '""'}


def _is_path(given: str) -> bool:
    return not (given.startswith("<") and given.endswith(">"))


def _below(path: PurePath, folder: Path | None) -> PurePath | None:
    """``path`` relative to the folder, or ``None`` where it lies elsewhere: as it is spelt, else as the disk has it."""
    try:
        here = Path.cwd()
    except OSError:  # the working directory was deleted
        return None
    base = here / folder if folder is not None else here
    whole = here / path
    if ".." not in whole.parts and whole.is_relative_to(base):
        return whole.relative_to(base)
    parent, own = (whole.parent, whole.name) if path.name not in ("", "..") else (whole, "")
    real, real_base = PurePath(_folder_without_links(str(parent)), own), _folder_without_links(str(base))
    return real.relative_to(real_base) if real.is_relative_to(real_base) else None


def without_links(path: str | os.PathLike[str]) -> str:
    """The path without links; as it stands where one of its links may not be read (``/proc/1/cwd``)."""
    try:
        return os.path.realpath(path)
    except OSError:
        return os.path.abspath(path)  # noqa: PTH100 - Path.absolute keeps the dots


@lru_cache(maxsize=64)
def _folder_without_links(path: str) -> str:
    """That of a folder, which thousands of files of a run share."""
    return without_links(path)


def file_without_links(path: str | os.PathLike[str]) -> str:
    """`without_links` of one of many files: where no link stands at its end, its folder tells the rest."""
    folder, own = os.path.split(os.fspath(path))
    if own in ("", ".", "..") or os.path.islink(path):  # noqa: PTH114 - ten thousand times
        return without_links(path)
    try:
        whole = os.path.join(os.getcwd(), folder)  # noqa: PTH109, PTH118 - the same
    except OSError:  # the working directory was deleted
        return without_links(path)
    return os.path.join(_folder_without_links(whole), own)  # noqa: PTH118 - the same


def absolute(thing: Thing) -> Thing:
    """The same thing for a process with another working directory."""
    if isinstance(thing, Member):
        return replace(thing, archive=Path(thing.archive).absolute())
    if isinstance(thing, str | Path) and str(thing) not in _NO_PATHS and not is_url(thing):
        return Path(thing).absolute()
    return thing


def read_bytes(thing: Thing, name: str | None = None) -> bytes:
    """The bytes of a thing as they are, compressed or not.

    Raises `Unreadable`, which calls it ``name``, and TypeError for what is no thing, such as a file in text mode.
    """
    name = name or shown(thing)
    if isinstance(thing, bytes | bytearray | memoryview):
        return bytes(thing)
    if isinstance(thing, Denied) or (isinstance(thing, Remote) and thing.why):
        raise Unreadable(f"{name}: {thing.why}")
    try:
        if isinstance(thing, Member):
            import zipfile

            with zipfile.ZipFile(thing.archive) as archive:
                alike = [member for member in archive.infolist() if member.filename == thing.name]
                with archive.open(alike[thing.copy] if thing.copy < len(alike) else thing.name) as packed:
                    return read_stream(packed)
        if isinstance(thing, Remote) or is_url(thing):
            return read_remote(shown(thing))
        if isinstance(thing, str | Path):
            if str(thing) == "-":
                return read_stream(sys.stdin.buffer)
            if not str(thing):
                raise Unreadable(f"{name}: an empty path names no file")
            return read_file(thing)
        return read_stream(_stream(thing))
    except (Unreadable, TypeError):
        raise
    except Exception as error:  # a damaged archive makes zipfile raise what it may
        raise Unreadable(f"{name}: {why(error)}") from error


def _unpack(raw: bytes, name: str, cap: int) -> Source:
    own = name
    container: Container = "plain"
    faults: list[Fault] = []
    data = raw
    if raw[:4] == b"PK\x03\x04":
        container = "zip"
        data, member = _unzip(raw, cap, faults)
        own = member or name
    if data[:2] == b"\x1f\x8b":
        container = "gzip" if container == "plain" else container
        data = _gunzip(data, cap, faults)
    lower = own.lower()
    bare = lower.removesuffix(".gz")
    claims = next((f for f in FORMATS if bare.endswith("." + f)), None)
    kind, looks_like = sniff(data)
    return Source(
        name=name,
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
        if members == MAX_MEMBERS:
            faults.append(
                Fault("gzip-members-many", position, len(raw) - position, {"members": members, "kept": total})
            )
            return b"".join(out)
        inflate = zlib.decompressobj(wbits=31)
        begun, fed, step = len(out), position, 1 << 10
        pending: bytes | memoryview = b""
        try:
            while not inflate.eof:
                if not pending:  # piece by piece: what follows the member is copied when it ends
                    pending = memoryview(raw)[fed : fed + step]
                    fed, step = fed + len(pending), min(4 * step, _CHUNK)
                piece = inflate.decompress(pending, min(_CHUNK, cap - total + 1))
                pending = inflate.unconsumed_tail
                total += len(piece)
                out.append(piece)
                if total > cap or total > MAX_RATIO * len(raw) + _CHUNK:
                    evidence = {"packed": len(raw), "limit": min(cap, total)}
                    faults.append(Fault("inflates-too-far", 0, len(raw), evidence))
                    return b"".join(out)[:cap]
                if not piece and not pending and fed == len(raw):
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
        position = fed - len(inflate.unused_data)
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
    import zipfile

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
