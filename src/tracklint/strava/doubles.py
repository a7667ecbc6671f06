"""Rides that several files of a run recorded, in two formats or by two devices, told before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..alongside import NotComparable, same_ride
from ..predict import span
from .uploader import kept_back

if TYPE_CHECKING:
    from ..activity import Activity
    from .batch import Job

__all__ = ["Double", "doubles"]

#: Two recordings of one ride share at least this much of the shorter one's time.
_SHARED = 0.5
#: A file is laid over so many others at most, and of so many that it is near in time: a run of thousands stays linear.
_MOST, _NEAR = 3, 50
#: So many names of one ride are said.
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Double:
    """Files of one ride, the first of them the one that begins first; ``why`` is what tells it of the second
    (`Pair.why`)."""

    names: tuple[str, ...]
    why: str

    def __str__(self) -> str:
        """One sentence."""
        shown, more = self.names[:_LISTED], len(self.names) - _LISTED
        files = f"{', '.join(shown)} and {more} more" if more > 0 else f"{', '.join(shown[:-1])} and {shown[-1]}"
        return f"{files} are of one ride: {self.why}; each is sent as an activity of its own"


@dataclass(frozen=True, slots=True)
class _Recorded:
    job: Job
    start: float
    end: float

    def shares(self, other: _Recorded) -> bool:
        shared = min(self.end, other.end) - max(self.start, other.start)
        return shared > _SHARED * min(self.end - self.start, other.end - other.start)


def doubles(jobs: Iterable[Job]) -> Iterator[Double]:
    """The rides of which a run has more than one file, in the order of their times.

    Files are read once for their times, and only those that ran at the same time are laid over one another. Those of
    one content are left out, which `Batch` tells; so are those that are not sent, and that cannot be read: sending says
    why.
    """
    rides: list[_Recorded] = []
    sent: dict[str, bool] = {}

    def is_sent(each: _Recorded) -> bool:
        if each.job.sha256 not in sent:
            sent[each.job.sha256] = _is_sent(each.job)
        return sent[each.job.sha256]

    found: dict[str, tuple[list[str], str]] = {}
    for each in sorted(_recorded(jobs), key=lambda each: (each.start, each.job.name)):
        rides = [ride for ride in rides if ride.end > each.start][-_NEAR:]
        for ride in [ride for ride in rides if ride.shares(each)][-_MOST:]:
            if (why := _one_ride(ride, each)) is not None and is_sent(ride) and is_sent(each):
                found.setdefault(ride.job.name, ([], why))[0].append(each.job.name)
                break
        else:
            rides.append(each)
    yield from (Double((first, *names), why) for first, (names, why) in found.items())


def _recorded(jobs: Iterable[Job]) -> Iterator[_Recorded]:
    for job in {job.sha256: job for job in reversed(list(jobs))}.values():
        activity = _activity(job)
        start, end = span(activity) if activity is not None else (None, None)
        if start is not None and end is not None and end > start:
            yield _Recorded(job, start, end)


def _activity(job: Job) -> Activity | None:
    """What a file holds; ``None`` for what cannot be read now: sending it says why."""
    try:
        return job.read() if job.read is not None else None
    except Exception:
        return None


def _is_sent(job: Job) -> bool:
    """Whether a file is sent, and not kept back as one that Strava refuses."""
    try:
        prepared, _ = job.prepare()
    except Exception:
        return False
    return kept_back(prepared, force=job.force) is None


def _one_ride(one: _Recorded, two: _Recorded) -> str | None:
    """Why two files are of one ride; ``None`` where they are not."""
    first, second = _activity(one.job), _activity(two.job)
    if first is None or second is None:
        return None
    try:
        (pair,) = same_ride([first, second]).pairs
    except NotComparable:
        return None
    return pair.why if pair.same else None
