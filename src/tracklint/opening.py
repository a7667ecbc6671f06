"""How the bytes of a file are had: never more than a cap, and not waiting for ever for a pipe that nobody writes to."""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path
from typing import IO, Protocol

__all__ = ["MAX_READ", "MAX_STREAM", "PIPE_SECONDS", "read_file", "read_stream", "why"]

#: The most that is read of a file whose size the system tells.
MAX_READ = 1024 * 1024 * 1024
#: The most that is read of what tells no size: a pipe, a device, a member of an archive.
MAX_STREAM = 192 * 1024 * 1024
#: How long a pipe may be without anybody who writes to it.
PIPE_SECONDS = 10.0
_CHUNK = 1 << 20
_PATIENCE = 0.02


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes | None: ...


def read_file(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file, a device or a pipe. Raises OSError, also for what is too large and for a pipe that nobody
    writes to; `why` says it in words."""
    if stat.S_ISFIFO(os.stat(path).st_mode):  # noqa: PTH116 - a path of any kind
        return _read_pipe(path)
    with Path(path).open("rb") as file:
        return read_stream(file)


def read_stream(file: IO[bytes] | _Readable) -> bytes:
    """All that an open binary file gives. Raises OSError where that is more than a file of its kind may have."""
    size = _size_told(file)
    if size > MAX_READ:
        raise _too_large(MAX_READ)
    if not size:
        return _read_pieces(file, MAX_STREAM)
    data = file.read(size + 1) or b""
    if len(data) <= size:
        return bytes(data)
    return bytes(data) + _read_pieces(file, MAX_READ - size)  # it grew


def why(error: Exception) -> str:
    """What hinders the reading, in words."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "this is a directory"
    if isinstance(error, PermissionError):
        return "no permission to read it"
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return "this link leads back to itself"
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return "this name is too long for a file"
    if isinstance(error, UnicodeDecodeError):
        return f"not {error.encoding.upper()}, byte {error.start} is 0x{error.object[error.start]:02x}"
    return str(getattr(error, "strerror", None) or error)


def _size_told(file: object) -> int:
    """How many bytes a file has that lies on a disk, 0 where nobody says: room for so many is made before they are
    read."""
    try:
        told = os.fstat(file.fileno())  # type: ignore[attr-defined]  # what has no such method has no size
    except (AttributeError, OSError, TypeError, ValueError):
        return 0
    return told.st_size if stat.S_ISREG(told.st_mode) else 0


def _read_pieces(file: IO[bytes] | _Readable, most: int) -> bytes:
    """Piece by piece, so that what is too large is told before it is held."""
    pieces: list[bytes] = []
    total = 0
    while (piece := file.read(_CHUNK)) or isinstance(piece, str):
        if isinstance(piece, str):
            raise TypeError("the file object is open in text mode; open it in binary mode")
        total += len(piece)
        if total > most:
            raise _too_large(most)
        pieces.append(bytes(piece))
    return b"".join(pieces)


def _read_pipe(path: str | os.PathLike[str]) -> bytes:
    """What is written to a named pipe. Opened without waiting, it says that it is at its end as long as nobody has it
    open to write."""
    import select

    last = time.monotonic() + PIPE_SECONDS
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(handle, "rb", buffering=0) as file:  # noqa: PTH123 - an open one
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        while (first := file.read(_CHUNK)) == b"":
            if any(event & select.POLLHUP for _, event in poll.poll(0)):
                return b""  # somebody had it open, and wrote nothing
            if time.monotonic() > last:
                raise TimeoutError(errno.ETIMEDOUT, f"nobody wrote to this pipe within {PIPE_SECONDS:g} s")
            time.sleep(_PATIENCE)
        os.set_blocking(handle, True)
        return (first or b"") + _read_pieces(file, MAX_STREAM)


def _too_large(most: int) -> OSError:
    return OSError(errno.EFBIG, f"larger than {most // 2**20} MiB; no activity file is")
