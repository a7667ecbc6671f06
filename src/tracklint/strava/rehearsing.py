"""What a run would send: everything but the sending, without network and without a token."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..words import printable
from .journal import ARRIVED
from .uploader import Uploaded, kept_back

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..preparing import Prepared
    from .batch import Job
    from .journal import Entry

__all__ = ["rehearse"]


def rehearse(jobs: Iterable[Job], find: Callable[[str], Entry | None]) -> Iterator[Uploaded]:
    """One result for each job: ``would-be-sent``, ``refused-before-sending``, or what an earlier run came to.

    ``find`` gives the journal's entry for the SHA-256 of a content. Raises `source.Unreadable` and `fields.BadFields`.
    """
    first: dict[str, str] = {}
    for job in jobs:
        entry = find(job.sha256)
        if job.sha256 in first:
            message = f"the same content as {first[job.sha256]}, so not sent twice"
            yield Uploaded(name=job.name, outcome="would-be-sent", message=message)
        elif entry is not None and entry.state in ARRIVED and not job.again:
            message = "sent before, so not sent again"
            yield Uploaded(name=job.name, outcome=entry.state, message=message, before=True)
        else:
            yield _rehearsed(job, *job.prepare())
        first.setdefault(job.sha256, job.name)


def _rehearsed(job: Job, prepared: Prepared, fields: Mapping[str, Any]) -> Uploaded:
    why = kept_back(prepared, force=job.force)
    if why is not None:
        return Uploaded(name=job.name, outcome="refused-before-sending", message=why).of(prepared)
    said = fields.get("sport_type") or fields.get("activity_type")
    predicted = prepared.report.prediction.sport if prepared.report.prediction else None
    sport = said or predicted or "the athlete's default sport"
    title = f' "{printable(fields["title"])}"' if fields.get("title") else ""
    with_photo = f", with the photo {job.photo}" if job.photo else ""
    message = f"would be sent as {sport}{title}: {prepared.name}, {len(prepared.data)} bytes{with_photo}"
    return Uploaded(name=job.name, outcome="would-be-sent", message=message).of(prepared)
