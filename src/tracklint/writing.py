"""How a file is written: whole or not at all. It grows under a temporary name beside its place and takes it at once.

No other module opens a file to write it.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["beside", "keep_copy", "put_back", "set_down", "write_new", "write_over"]

#: Whether a file that is being written can be locked, and renamed while it is open. Windows can do neither, and removes
#: no open file.
_LOCKS = sys.platform != "win32"


@contextlib.contextmanager
def beside(target: Path, *, over: bool = True, private: bool = False) -> Iterator[BinaryIO]:
    """A binary file that becomes ``target`` when the block ends well, and leaves nothing where it does not.

    What was at ``target`` is replaced, with its mode kept, or with ``over=False`` stays: FileExistsError then. A link
    stays a link, the file that it means is written. ``private`` is for secrets: mode 0600, whatever was there before.
    What is no plain file (a pipe, ``/dev/stdout``) is written as it is. Raises OSError that names ``target``.
    """
    place = Path(os.path.realpath(target)) if over else target  # a new file does not go where an old link leads
    if over and target.exists() and not target.is_file():  # the path of a pipe without links is no path
        with target.open("wb") as file:
            yield file
        return
    _sweep(place)
    growing, handle = _grown(place, 0o600 if private else 0o666, target)
    try:
        with os.fdopen(handle, "wb", closefd=not _LOCKS) as file:
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
    finally:
        if _LOCKS:
            os.close(handle)
    _sync_folder(place.parent)


def write_over(target: Path, data: bytes, *, private: bool = False) -> None:
    """Put ``data`` in the place of ``target``, or make it. Raises OSError."""
    with beside(target, private=private) as file:
        file.write(data)


def write_new(target: Path, data: bytes) -> None:
    """Make ``target`` with ``data``; FileExistsError where something stands there already. Raises OSError."""
    with beside(target, over=False) as file:
        file.write(data)


def set_down(aside: Path, place: Path) -> None:
    """Let a file that was put aside take its place, where the same content stands already or nothing.

    FileExistsError where something else stands there. Raises OSError.
    """
    try:
        _rename_to_new(aside, place)
    except FileExistsError:
        if not place.is_file() or place.read_bytes() != aside.read_bytes():
            raise
        aside.unlink()
    _sync_folder(place.parent)


def keep_copy(original: Path, copy: Path) -> bool:
    """Keep what a file holds now, with its times, under a second name, before another file takes its place. Says
    whether it was not kept there already.

    FileExistsError where ``copy`` stands and holds something else. Raises OSError.
    """
    try:
        copy.hardlink_to(original)
    except FileExistsError:
        if copy.read_bytes() != original.read_bytes():
            raise
        return False
    except OSError:  # a file system without hard links
        write_new(copy, original.read_bytes())
        told = original.stat()
        os.utime(copy, ns=(told.st_atime_ns, told.st_mtime_ns))
        copy.chmod(stat.S_IMODE(told.st_mode))
    _sync_folder(copy.parent)
    return True


def put_back(copy: Path, place: Path) -> None:
    """Let a kept copy take its place again. Raises OSError."""
    copy.replace(place)
    _sync_folder(place.parent)


def _grown(place: Path, mode: int, target: Path) -> tuple[Path, int]:
    """A new file beside the place, and its handle, which holds a lock: so that `_sweep` can tell it from a leftover.

    Raises OSError that names ``target``.
    """
    while True:
        growing = place.with_name(f".{place.name[:100]}.{secrets.token_hex(4)}.part")
        try:
            handle = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except OSError as error:
            raise type(error)(error.errno, error.strerror, str(target)) from None
        if _locked(handle, else_=True) and os.fstat(handle).st_nlink:
            return growing, handle
        os.close(handle)  # another run took it for a leftover before it was locked


def _sweep(place: Path) -> None:
    """Remove what a run that was killed left beside the place. What is being written is locked and stays."""
    for name in glob.glob(f".{glob.escape(place.name[:100])}.????????.part", root_dir=place.parent):
        left = place.parent / name
        with contextlib.suppress(OSError):
            handle = os.open(left, os.O_RDWR | getattr(os, "O_NONBLOCK", 0))
            try:
                if _locked(handle, else_=not _LOCKS):
                    left.unlink()
            finally:
                os.close(handle)


def _locked(handle: int, *, else_: bool) -> bool:
    """Whether this process holds the lock of an open file now; ``else_`` where the file system has no locks."""
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return else_
        return True
    return else_


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
