"""From things and wishes to jobs: what is to be sent, with what is said of it, so that a journal can say it again."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..checking import read
from ..config import Config
from ..inputs import expand
from ..preparing import Prepared, prepare
from ..source import Member, Thing, Unreadable, open_source, read_bytes
from .batch import Job
from .fields import Fields, filled, row_for, words_of

if TYPE_CHECKING:
    from .journal import Entry
    from .uploader import Uploaded

__all__ = ["Order", "jobs_again", "jobs_for", "outcome_data", "put_away", "replaced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for, for all files. ``fields`` may hold patterns (`fields.filled`); ``table`` has rows by file."""

    barometer: bool = False
    gzip: bool = True
    fields: Fields = field(default_factory=Fields)
    table: Mapping[str, Fields] = field(default_factory=dict)
    force: bool = False
    again: bool = False
    config: Config = field(default_factory=Config)


def jobs_for(
    things: Iterable[Thing | tuple[str, Thing]], order: Order, unread: Callable[[Unreadable], object]
) -> Iterator[Job]:
    """A job for each file in ``things`` (`inputs.expand`). ``unread`` is told what cannot be read at all."""
    for name, thing in expand(things, order.config):
        row = row_for(order.table, name, _as_given(thing))
        each = replace(order, fields=row.over(order.fields) if row else order.fields)
        try:
            yield _job(name, read_bytes(thing) if str(thing) == "-" else thing, each)
        except Unreadable as error:
            unread(error)


def _as_given(thing: Thing) -> str:
    """The path as it was spelt, for tables that spell it so too; empty for what has none."""
    if isinstance(thing, Member):
        return f"{thing.archive}/{thing.name}"
    return str(thing) if isinstance(thing, str | Path) else ""


def jobs_again(entries: Iterable[Entry], order: Order, unread: Callable[[Unreadable], object]) -> Iterator[Job]:
    """The jobs that a journal holds, as they were asked for. ``order`` gives the configuration only.

    A file that is not there any more is told to ``unread``, unless Strava has it already and is only to be asked.
    """
    for entry in entries:
        request = dict(entry.request)
        member = request.get("member")
        thing: Thing = entry.path or ""
        if member and entry.path:
            thing = Member(Path(entry.path), str(member), int(request.get("copy", 0)))
        asked = replace(
            order,
            barometer=bool(request.get("barometer")),
            gzip=bool(request.get("gzip", True)),
            fields=Fields(**request.get("fields", {})),
            force=bool(request.get("force")),
        )
        if entry.state in ("planned", "sending") and (why := _gone(entry, thing, order.config)):
            unread(Unreadable(why))
            continue
        yield _job(entry.name, thing, asked, sha256=entry.sha256)


def replaced(entries: Sequence[Entry], jobs: Iterable[Job]) -> list[Entry]:
    """Those of ``entries`` that wait to be sent but whose file holds something else by now, which one of ``jobs``
    sends: nobody can go on with them."""
    given = {_place(job): job.sha256 for job in jobs if job.path is not None}
    waiting = [entry for entry in entries if entry.state in ("planned", "sending") and entry.path is not None]
    return [entry for entry in waiting if given.get(_place(entry), entry.sha256) != entry.sha256]


def _place(asked: Entry | Job) -> tuple[object, ...]:
    """Where a file stands: its path, and inside an archive its name and which of that name it is."""
    return asked.path, asked.request.get("member"), asked.request.get("copy", 0)


def _gone(entry: Entry, thing: Thing, config: Config) -> str:
    """Why a file cannot be sent as the journal says, empty where it can."""
    if entry.path is None:
        return f"{entry.name}: it came from standard input; give it again"
    try:
        sha256 = _sha256(thing, config)
    except Unreadable as error:
        return str(error)
    return "" if sha256 == entry.sha256 else f"{entry.name}: the file has changed since; give its path to send it"


def _sha256(thing: Thing, config: Config) -> str:
    """The digest by which the journal knows a file. Raises `source.Unreadable`."""
    return open_source(thing, max_inflated=config.limits.max_inflated_bytes).sha256


def _job(name: str, thing: Thing, order: Order, *, sha256: str | None = None) -> Job:
    config = order.config
    if sha256 is None:
        sha256 = _sha256(thing, config)
    path = (
        str(thing.archive if isinstance(thing, Member) else thing) if isinstance(thing, Member | str | Path) else None
    )
    request: dict[str, Any] = {"fields": order.fields.said()}
    request |= {k: True for k in ("barometer", "force") if getattr(order, k)}
    request |= {} if order.gzip else {"gzip": False}
    if isinstance(thing, Member):
        request |= {"member": thing.name} | ({"copy": thing.copy} if thing.copy else {})

    def ready() -> tuple[Prepared, Mapping[str, Any]]:
        prepared = prepare(thing, config=config, barometer=order.barometer, gzip=order.gzip, name=name)
        return prepared, _said(order.fields, prepared, thing, config)

    return Job(
        name=name,
        sha256=sha256,
        prepare=ready,
        path=path,
        request=request,
        external_id=order.fields.external_id or f"tracklint-{sha256[:16]}",
        force=order.force,
        again=order.again,
        photo=order.fields.photo,
        read=lambda: read(thing, config=config, name=name),
    )


def _said(fields: Fields, prepared: Prepared, thing: Thing, config: Config) -> dict[str, Any]:
    """The fields that go with one file, its patterns filled. Raises `fields.BadFields`."""
    said = fields.said()
    said.pop("photo", None)
    patterns = [name for name in ("title", "description", "external_id") if "{" in said.get(name, "")]
    if patterns:
        inner = None
        if any("{name" in said[name] for name in patterns):
            inner = next((s.name for s in read(thing, config=config).sessions if s.name), None)
        words = words_of(prepared.report, inner, prepared.name.removesuffix("." + prepared.data_type))
        said |= {name: filled(said[name], words) or None for name in patterns}
    return said


def put_away(path: Path, folder: Path) -> Path:
    """Move a file that is done into a folder, under its own name or, where that is taken, with a number behind it.

    Nothing is overwritten. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem, dot, suffix = path.name.partition(".")
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{stem}-{number}{dot}{suffix}"
    return Path(shutil.move(path, target))


def outcome_data(done: Sequence[Uploaded]) -> dict[str, Any]:
    """The results of a run as JSON values, by ``schemas/upload.schema.json``. Ids stand there as text as well.

    They have 64 bits: a reader that takes numbers for doubles would round them.
    """
    from ..version import __version__

    files = [
        {
            "name": each.name,
            "ok": each.ok,
            "outcome": each.outcome,
            "message": each.message,
            "activity_id": each.activity_id,
            "activity_id_str": None if each.activity_id is None else str(each.activity_id),
            "upload_id": each.upload_id,
            "upload_id_str": None if each.upload_id is None else str(each.upload_id),
            "link": each.link,
            "photo": each.photo or None,
            "polls": each.polls,
            "before": each.before,
            "verdict": each.verdict,
            "compared": [asdict(pair) for pair in each.compared],
            "notes": list(each.notes),
            "raw": each.raw,
        }
        for each in done
    ]
    return {
        "schema_version": 1,
        "tool": {"name": "tracklint", "version": __version__},
        "counts": dict(sorted(Counter(each.outcome for each in done).items())),
        "files": files,
    }
