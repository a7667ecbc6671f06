"""Several recordings of one ride laid over one another."""

from __future__ import annotations

from collections.abc import Sequence

from ..activity import Activity
from ..config import Config, given
from ..reading import read_thing
from ..source import Thing
from .comparison import Comparison, compared
from .recording import NotComparable, Traces, traces_of

__all__ = ["NotComparable", "same_ride"]


def same_ride(things: Sequence[Thing | Activity], *, reference: int = 0, config: Config | None = None) -> Comparison:
    """Recordings of one ride, in any formats, beside the one with the index ``reference``.

    Each is a path, bytes, a binary file object or an `Activity`. Whether it is one ride at all is `Comparison.same`.
    Raises `NotComparable` for a recording without times or fewer than two of them, `Unreadable` for what cannot be
    read, and IndexError for a reference that is not there.
    """
    if len(things) < 2:
        raise NotComparable("two recordings are needed to compare them")
    laid = [_read(thing, k, given(config)) for k, thing in enumerate(things)]
    first = laid.pop(reference)
    return compared(first, laid)


def _read(thing: Thing | Activity, k: int, config: Config) -> Traces:
    if isinstance(thing, Activity):
        return traces_of(thing, f"recording {k + 1}")
    reading = read_thing(thing, config)
    if reading.failed is not None:
        raise reading.failed
    name = reading.source.name
    if reading.activity is None:
        raise NotComparable(f"{name}: the content is {reading.source.looks_like}; FIT, TCX and GPX can be compared")
    return traces_of(reading.activity, name)
