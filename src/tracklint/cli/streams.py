"""The standard streams, which may be closed, full, or without a reader."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator

from .lines import line

__all__ = ["NO_READER", "calm_streams"]

#: Exit status of a command whose output nobody reads any more, as a shell gives it for SIGPIPE.
NO_READER = 141


@contextlib.contextmanager
def calm_streams() -> Iterator[None]:
    """A closed stream is stood for, and what cannot be written at the end is one line and exit status 2."""
    closed = [name for name in ("stdin", "stdout", "stderr") if getattr(sys, name) is None]
    _stand_for(closed)
    if "stdout" in closed:
        line("tracklint: standard output is closed; give it a place, such as /dev/null", err=True)
        sys.exit(2)
    try:
        yield
    except SystemExit as end:
        sys.exit(_flushed() or end.code)
    else:
        _flushed()


def _stand_for(closed: list[str]) -> None:
    """Take the numbers of closed streams, so that no file that is opened gets one of them and what is printed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name in closed:
        if name == "stdin":
            sys.stdin = io.TextIOWrapper(io.BufferedReader(_Closed()))
        else:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - no file of ours


class _Closed(io.RawIOBase):
    """Standard input that is closed."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise OSError(errno.EBADF, "standard input is closed")


def _flushed() -> int:
    """Write what is left to standard output; the exit status where that fails, else 0."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go()
        return NO_READER
    except OSError as error:
        _let_go()
        line(f"tracklint: standard output: {error.strerror}", err=True)
        return 2
    return 0


def _let_go() -> None:
    """What could not be written is not tried again when the interpreter ends."""
    if (stream := sys.__stdout__) is not None and stream is sys.stdout:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
