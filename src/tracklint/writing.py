"""How a file is written: whole or not at all. It grows under a temporary name beside its place and takes it at once."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["beside", "write_new", "write_over"]


@contextlib.contextmanager
def beside(target: Path, *, over: bool = True, private: bool = False) -> Iterator[BinaryIO]:
    """A binary file that becomes ``target`` when the block ends well, and leaves nothing where it does not.

    What was at ``target`` is replaced, with its mode kept, or with ``over=False`` stays: FileExistsError then. A link
    stays a link, the file that it means is written. ``private`` is for secrets: mode 0600, whatever was there before.
    What is no plain file (a pipe, ``/dev/stdout``) is written as it is. Raises OSError that names ``target``.
    """
    place = Path(os.path.realpath(target)) if over else target  # a new file does not go where an old link leads
    if over and place.exists() and not place.is_file():
        with place.open("wb") as file:
            yield file
        return
    growing = place.with_name(f".{place.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if over and not private and place.exists():
            growing.chmod(stat.S_IMODE(place.stat().st_mode))
        if over:
            growing.replace(place)
        else:
            _rename_to_new(growing, place)
    except BaseException as error:
        with contextlib.suppress(OSError):
            growing.unlink()
        if isinstance(error, OSError) and error.filename in (None, str(growing), growing):
            raise type(error)(error.errno, error.strerror, str(target)) from None
        raise
    _sync_folder(place.parent)


def write_over(target: Path, data: bytes, *, private: bool = False) -> None:
    """Put ``data`` in the place of ``target``, or make it. Raises OSError."""
    with beside(target, private=private) as file:
        file.write(data)


def write_new(target: Path, data: bytes) -> None:
    """Make ``target`` with ``data``; FileExistsError where something stands there already. Raises OSError."""
    with beside(target, over=False) as file:
        file.write(data)


def _rename_to_new(growing: Path, place: Path) -> None:
    """Rename, but never over something: a link is made only where nothing stands."""
    try:
        place.hardlink_to(growing)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if place.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(growing)) from None
        growing.replace(place)
    else:
        growing.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name as lasting as the content; not every file system lets a folder be synchronised."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
