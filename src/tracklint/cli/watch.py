"""``tracklint watch``."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..extras import how_to_install
from ..words import counted
from .lines import line
from .options import config_options, exit_status, fail, one_line_errors
from .troubles import Troubles

if TYPE_CHECKING:
    from ..config import Config
    from ..findings import Report
    from ..inputs import Input
    from ..source import Source
    from ..strava.batch import Job
    from ..strava.jobs import Order
    from ..watching.complete import Folder
    from ..watching.record import Record
    from .output import Output

#: How often what is not complete yet is looked at, in seconds; a large folder is looked at less often.
_LOOK = 0.5
#: For how long a file that ends too early must have rested until that is taken for its end, in seconds.
_PATIENCE = 60.0
#: The rules that tell of one: it is empty, its header says nothing or more of its size, it ends inside something.
_ENDS_TOO_EARLY = {"DOC001", "DOC009", "FIT008", "FIT009", "FIT010", "FIT011", "UPL002"}
#: After how many seconds an upload that was not finished is tried again, and everything is looked at unasked.
_AGAIN = 60.0
#: How many files are sent at once, and the exit status where one of them is not finished.
_TOGETHER, _UNFINISHED = 20, 75


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--fix", "fixed", type=click.Path(path_type=Path), metavar="DIR", help="Write each file to DIR, mended.")
@click.option(
    "--prepare", "prepared", type=click.Path(path_type=Path), metavar="DIR",
    help="Write what Strava takes to DIR: mended, tagged, compressed.",
)  # fmt: skip
@click.option("--upload", is_flag=True, help="Upload each file, as `tracklint upload` does.")
@click.option("--sandbox", is_flag=True, help="Upload to a stand-in of Strava that lives as long as this command.")
@click.option(
    "--barometer", is_flag=True, help='Add "with barometer" to TCX and GPX files that are prepared or uploaded.'
)
@click.option("--once", is_flag=True, help="Do what there is to do, and end: for cron.")
@click.option(
    "--settle", type=click.FloatRange(0, 3600), default=2.0, show_default=True, metavar="SECONDS",
    help="How long a file must not have changed until it is complete.",
)  # fmt: skip
@one_line_errors
@config_options
def watch(
    *,
    folder: Path,
    fixed: Path | None,
    prepared: Path | None,
    upload: bool,
    sandbox: bool,
    barometer: bool,
    once: bool,
    settle: float,
    config: Config,
) -> None:
    """Check each file that comes into FOLDER, and mend, prepare or upload it, until Ctrl-C.

    Each content is written and uploaded once, also when this is killed at any moment and started again: what was done
    is on record. A file that is replaced is a new content. One that ends too early gets a minute more to grow.

    Exit status with --once: 0, 1 a finding at or above --fail-on, 2 something could not be read or written, 75 an
    upload is not finished and saved. Else 130, after Ctrl-C, or 2.
    """
    from ..errors import TracklintError
    from ..strava.jobs import Order
    from ..strava.settings import Settings
    from ..watching.complete import Folder, Vanished
    from ..watching.record import Record
    from .output import Output
    from .stopping import Stoppable

    if not folder.is_dir():
        fail(f"{folder}: {'this is no folder' if folder.exists() else 'no such folder'}")
    if barometer and not (prepared or upload or sandbox):
        fail("--barometer is for files that are prepared or uploaded; give --prepare DIR, --upload or --sandbox")
    if not once:
        _can_watch()
    results = [each for each in (fixed, prepared) if each is not None]
    for out in results:
        _can_hold(out, folder)
    looked_at = Folder(folder, replace(config, allow_empty=True), settle=settle, apart_from=results)
    stoppable = Stoppable()
    try:
        with Record(Settings.from_environment().state_dir, folder) as record, contextlib.ExitStack() as stack:
            sender = _sender(stack, sandbox=sandbox) if upload or sandbox else None
            order = Order(barometer=barometer, config=config)
            work = _Work(
                folder=looked_at, record=record, order=order, fixed=fixed, prepared=prepared, sender=sender,
                said=Output(),
            )  # fmt: skip
            if not once:
                line(f"tracklint: watching {folder}; Ctrl-C ends it", err=True)
            for each in stoppable.results(_once(looked_at, settle) if once else _complete(looked_at, folder)):
                work.do(each)
            work.total()
    except (Vanished, TracklintError) as error:
        fail(str(error))
    if stoppable.stopped:
        raise KeyboardInterrupt
    sys.exit(work.status)


def _can_hold(out: Path, folder: Path) -> None:
    """End where results would be files to watch, or all files to watch results."""
    from ..source import without_links

    if Path(without_links(folder)).is_relative_to(without_links(out)):
        fail(f"{out}: results cannot go where the files come from; name another folder")


def _can_watch() -> None:
    from importlib.util import find_spec

    if find_spec("watchfiles") is None:
        fail(f"watching needs the extra `watch`; {how_to_install('watch')}; --once does without")


def _once(folder: Folder, settle: float) -> Iterator[Input | None]:
    """What is complete, and what is complete a moment later; ``None`` where nothing more is, for now."""
    yield from folder.look()
    if folder.pending:
        time.sleep(settle)
        yield from folder.look()
    yield None


def _complete(folder: Folder, path: Path) -> Iterator[Input | None]:
    """Whatever becomes complete, until Ctrl-C; ``None`` where nothing more is, for now."""
    yield from folder.look()
    yield None
    looked, took = 0.0, 0.0  # the wait for changes must have begun before the second look
    for changed in _wakes(path):
        begun = time.monotonic()
        if begun - looked >= (10 * took if changed or folder.pending else _AGAIN):
            yield from folder.look()
            yield None
            looked = time.monotonic()
            took = looked - begun
    yield from folder.look()  # says that it is gone


def _wakes(path: Path) -> Iterator[bool]:
    """Every now and then, and at once when something changes: whether something did."""
    from watchfiles import watch as changes

    while path.is_dir():
        try:
            for changed in changes(path, watch_filter=None, rust_timeout=int(1000 * _LOOK), yield_on_timeout=True):
                yield bool(changed)
        except RuntimeError:  # notify cannot tell of a name that is not UTF-8; a look can
            yield True
            time.sleep(_LOOK)


@dataclass(frozen=True, slots=True)
class _Sender:
    """``session`` gives a client and a journal for a few files: the journal is not kept from other commands in between.
    ``step`` is what sending there is called on record."""

    session: Callable[[], Any]
    step: str


def _sender(stack: contextlib.ExitStack, *, sandbox: bool) -> _Sender:
    """That of the signed-in athlete, or of a stand-in that lives as long as the command."""
    from ..strava.settings import Settings, service
    from ..strava.signed_in import account
    from .upload import session

    if sandbox:
        opened = stack.enter_context(session(True))
        return _Sender(lambda: contextlib.nullcontext(opened), f"upload {opened[0].api_base}")
    settings = Settings.from_environment()
    return _Sender(lambda: session(False), f"upload {service(settings.api_base)} {account(settings)}")


@dataclass(frozen=True, slots=True)
class _Content:
    """What a complete file holds: as it came, and the digest of it uncompressed."""

    file: Input
    raw: bytes
    sha256: str


@dataclass(slots=True, kw_only=True)
class _Work:
    """What is done with each complete file, and how much of it was.

    ``fixed`` and ``prepared`` are folders for results, ``sender`` gives a client and a journal; ``None`` where that is
    not wanted. ``open`` are the uploads that are not finished, ``here`` the files of this run, by content.
    """

    folder: Folder
    record: Record
    order: Order
    fixed: Path | None
    prepared: Path | None
    sender: _Sender | None
    said: Output
    troubles: Troubles = field(default_factory=Troubles)
    status: int = 0
    open: dict[str, Job] = field(default_factory=dict)
    here: dict[str, str] = field(default_factory=dict)
    known: int = 0
    same: int = 0
    done: int = 0

    def do(self, each: Input | None) -> None:
        """All steps but the upload, for which a few files gather; ``None`` sends those that are there."""
        if each is not None:
            with self.troubles.of(each.name):
                self._steps(each)
        if self.open and (each is None or len(self.open) >= _TOGETHER):
            self._send()
        self.status = self.troubles.told(self.status)

    def total(self) -> None:
        """Say how much was done, and what is left."""
        parts = [f"{counted(self.done, 'file')} done"]
        parts += [f"{self.same} of the same content"] if self.same else []
        parts += [f"{self.known} known from earlier runs"] if self.known else []
        parts += [f"{self.folder.pending} not complete yet"] if self.folder.pending else []
        parts += [f"{counted(len(self.open), 'upload')} not finished and saved"] if self.open else []
        self.said.total(", ".join(parts))
        if self.open:
            self.status = self.status or _UNFINISHED

    def _steps(self, each: Input) -> None:
        from ..checking import check_source
        from ..source import Unreadable, open_source, read_bytes

        if isinstance(each.thing, Path) and self.record.made(each.thing):
            return  # a result of an earlier run, which had another folder for them
        try:
            raw = read_bytes(each.thing, each.name)
            source = open_source(raw, each.name, max_inflated=self.order.config.limits.max_inflated_bytes)
        except Unreadable:
            if self.folder.unchanged(each):
                raise
            return
        if not self.folder.unchanged(each):  # it is not what was read; its new content has its turn
            return
        if (first := self.here.get(source.sha256)) is not None:
            self.same += 1
            self.said.say(f"{each.name}: the same content as {first}")
            return
        steps = list(self._wanted())
        if all(self.record.state(step, source.sha256) == "done" for step in steps):
            self.known += 1
            return
        report = check_source(source, self.order.config)
        if _is_cut(report) and self.folder.wait_for(each, _PATIENCE):
            return
        self.here[source.sha256] = each.name
        content = _Content(each, raw, source.sha256)
        self._report(report, source)
        self.status = max(self.status, exit_status([report], self.order.config))
        if self.fixed is not None:
            self._fix(content, self.fixed)
        if self.prepared is not None:
            self._prepare(content, self.prepared)
        if self.sender is not None and self.record.state(self.sender.step, source.sha256) != "done":
            self._gather(content)
        self.done += 1

    def _wanted(self) -> Iterator[str]:
        yield "report"
        yield from (
            _step(word, out) for word, out in (("fix", self.fixed), ("prepare", self.prepared)) if out is not None
        )
        yield from (self.sender.step,) if self.sender is not None else ()

    def _report(self, report: Report, source: Source) -> None:
        """Say what was found, once for each content; a stop may have come in between, and that is said."""
        from ..render import output_for

        state = self.record.state("report", source.sha256)
        if state == "done":
            return
        self.record.note("report", source.sha256, "begun")
        again = " (said again: a run was stopped here)" if state == "begun" else ""
        output = output_for("text", sys.stdout, config=self.order.config)
        piece = output.piece(report, lambda: source.data)
        if piece:
            self.said.page.block(piece)
        if again or not piece:
            self.said.say(f"{report.name}: {report.verdict}{again}")
        sys.stdout.flush()
        self.record.note("report", source.sha256, "done")

    def _fix(self, content: _Content, out: Path) -> None:
        from ..mending.fixing import fix
        from .results import content_of, part_of

        each = content.file
        fixed = fix(content.raw, config=self.order.config, name=each.name)
        if fixed.before.format != "unknown" or fixed.changed:
            data = content_of(fixed, content.raw, fixed.data)
            self._placed(
                content, self.record.place(_step("fix", out), content.sha256, out, part_of(each.below, 0, fixed), data)
            )

    def _prepare(self, content: _Content, out: Path) -> None:
        from ..preparing import prepare

        each, order = content.file, self.order
        prepared = prepare(content.raw, config=order.config, barometer=order.barometer, name=each.name)
        if prepared.report.verdict == "refused":
            self.record.note(_step("prepare", out), content.sha256, "done")
        else:
            below = each.below.with_name(prepared.name)
            self._placed(content, self.record.place(_step("prepare", out), content.sha256, out, below, prepared.data))

    def _placed(self, content: _Content, target: Path | None) -> None:
        if target is not None:
            self.said.say(f"{content.file.name} -> {target}")

    def _gather(self, content: _Content) -> None:
        from ..source import Member
        from ..strava.jobs import jobs_for

        thing = content.file.thing
        for job in jobs_for([(content.file.name, content.raw)], self.order, lambda error: fail(str(error))):
            request = {**job.request, **({"member": thing.name} if isinstance(thing, Member) else {})}
            path = str(thing.archive if isinstance(thing, Member) else thing)
            self.open[job.sha256] = replace(job, path=path, request=request)

    def _send(self) -> None:
        """Upload what has gathered. What is not finished stays, for the next time."""
        from ..strava.batch import Batch
        from ..strava.journal import UNFINISHED
        from ..strava.uploader import Uploader
        from .tally import Tally

        assert self.sender is not None
        jobs = [*self.open.values()]
        tell = self.said.trouble
        with self.sender.session() as (client, journal, _lasting):
            for job in jobs:
                self.record.note(self.sender.step, job.sha256, "begun")
            batch = Batch(Uploader(client), journal, compare=True, tell=lambda text: tell(f"tracklint: {text}"))
            tally = Tally(self.said, len(jobs), resume="")
            for done in batch.run(jobs):
                tally.tell(done)
                self.status = max(self.status, int(done.outcome in ("failed", "refused-before-sending")))
            for job in jobs:
                entry = journal.find(job.sha256)
                if entry is not None and entry.state not in UNFINISHED:
                    self.record.note(self.sender.step, job.sha256, "done")
                    del self.open[job.sha256]


def _step(word: str, out: Path) -> str:
    return f"{word} {out.absolute()}"


def _is_cut(report: Report) -> bool:
    """Whether it may be that a file is only not written to its end yet."""
    return any(finding.code in _ENDS_TOO_EARLY for finding in report.findings)
