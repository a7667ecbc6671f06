"""Work for child processes, one piece at a time, and the answers in the order of the pieces.

A worker that dies or is too slow costs its own piece and nothing else. That is why workers share nothing, neither a
queue nor a lock: each has a pipe of its own, so that it may be killed at any moment. A death is seen at the pipe,
whatever the worker was at. (A process pool breaks as a whole when one worker dies, and has no limit of time.) A worker
is given its next pieces while it is still at one, so that it never waits for the parent.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, TypeVar

__all__ = ["Died", "Piece", "Slow", "answers", "begin", "cores"]

Answer = TypeVar("Answer")
#: The arguments of one call, which can be pickled.
Piece = tuple[Any, ...]
#: What says which piece has been in work longest, and for how many seconds.
Longest = Callable[[], tuple[Piece, float] | None]

#: How long a process may take until it is ready for its first piece, in seconds: a loaded machine is slow to start one.
_START_SECONDS = 60.0
#: How many pieces a worker has at most, the one in work and those behind it; and how many bytes a piece that waits has
#: at most: what does not fit into the pipe would keep the parent waiting, and a worker with a long answer waits for it.
_DEEP, _SHORT = 8, 4096
#: How often the start of a process is tried.
_TRIES = 5
_STARTS = threading.Lock()
#: No answer has come.
_NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class Died:
    """Instead of an answer: two processes died on this piece, the second one alone with it. ``how`` says how it
    ended."""

    piece: Piece
    how: str


@dataclass(frozen=True, slots=True)
class Slow:
    """Instead of an answer: the limit was over, and the process was killed."""

    piece: Piece


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def answers(
    function: Callable[..., Answer],
    pieces: Iterable[Piece],
    *,
    jobs: int,
    seconds: float,
    ahead: int,
    modules: Sequence[str] = (),
    watch: Callable[[Longest], object] | None = None,
) -> Generator[Answer | Died | Slow]:
    """``function(*piece)`` for each piece, in ``jobs`` processes, each answer as soon as its turn comes.

    ``function`` and its answers can be pickled; what it raises is raised here. It has ``seconds`` for one piece.
    Whatever piece was in work when its process died is done once more, alone: in a fresh process, while no other one
    works. ``pieces`` is read at most ``ahead`` pieces further than the answer whose turn it is. ``modules`` are what
    ``function`` will import: workers begin with them where they can. ``watch`` is given
    what says, in any thread, which piece has been in work longest, and for how many seconds. When the generator
    is closed, all processes are killed.
    """
    crew = _Crew(_context(modules), function, enumerate(pieces), jobs, seconds)
    if watch is not None:
        watch(crew.longest)
    ready: dict[int, Answer | Died | Slow] = {}
    turn = 0
    try:
        while True:
            crew.hand_out(turn + ahead)
            if turn in ready:
                yield ready.pop(turn)
                turn += 1
                ready.update(crew.collected(wait=False))
            elif crew.busy:
                ready.update(crew.collected(wait=True))
            else:
                return
    finally:
        crew.end()


def begin(modules: Sequence[str]) -> None:
    """Start what starts processes, with these modules. Whoever asks for `answers` in other threads does so first in
    the main one: only there it can be seen to that Ctrl-C does not end it. A start in another thread is awaited when
    this process ends: what starts processes tells of half a start in the words of Python."""
    _context(modules)
    atexit.register(_STARTS.acquire, timeout=5.0)


class _Crew(Generic[Answer]):
    """The workers, and the pieces that are to be done again."""

    def __init__(
        self,
        context: Any,
        function: Callable[..., Answer],
        numbered: Iterator[tuple[int, Piece]],
        jobs: int,
        seconds: float,
    ) -> None:
        self._context = context
        self._function = function
        self._numbered = numbered
        self._jobs = jobs
        self._seconds = seconds
        self._taken = 0
        self._next: deque[tuple[int, Piece, bytes]] = deque()
        self._again: deque[tuple[int, Piece, bytes]] = deque()
        self._workers: list[_Worker] = []

    @property
    def busy(self) -> list[_Worker]:
        """The workers that have a piece in work."""
        return [worker for worker in self._workers if worker.pieces]

    def longest(self) -> tuple[Piece, float] | None:
        """The piece that has been in work longest, and for how many seconds; another thread may ask."""
        begun = [(worker.since, piece) for worker in [*self._workers] for _, piece, _ in [*worker.pieces][:1]]
        since, piece = min(begun, key=lambda each: each[0], default=(0.0, None))
        return None if piece is None else (piece, time.monotonic() - since)

    def hand_out(self, until: int) -> None:
        """Give pieces with numbers below ``until`` to workers; first what is to be done again, alone."""
        if self._again and not self.busy:
            self._hired(alone=True).give(*self._again.popleft())
        if self._again or any(worker.alone for worker in self.busy):
            return
        for depth in range(1, _DEEP + 1):
            while (worker := self._with_less_than(depth)) and (taken := self._taken_up(until, waits=depth > 1)):
                worker.give(*taken)

    def _taken_up(self, until: int, *, waits: bool) -> tuple[int, Piece, bytes] | None:
        """The next piece, ``None`` where there is none, or none that may wait behind another one."""
        if not self._next and self._taken < until and (numbered := next(self._numbered, None)) is not None:
            self._taken += 1
            self._next.append((*numbered, _packed(numbered[1])))
        if not self._next or (waits and len(self._next[0][2]) > _SHORT):
            return None
        return self._next.popleft()

    def collected(self, *, wait: bool) -> Iterator[tuple[int, Answer | Died | Slow]]:
        """The answers that have come, each with the number of its piece; ``wait`` until something happens."""
        busy = self.busy
        if not busy:
            return
        patience = min(worker.deadline for worker in busy) - time.monotonic() if wait else 0.0
        heard = connection.wait([worker.pipe for worker in busy], max(patience, 0.0))
        for worker in busy:
            said = worker.heard() if worker.pipe in heard else worker.late()
            if said is _NOTHING:
                continue
            number, piece, packed = worker.pieces.popleft()
            if worker.alone or isinstance(said, Died | Slow):
                self._next.extendleft(reversed(worker.pieces))
                self._dismiss(worker)
            if isinstance(said, Died) and not worker.alone:
                self._again.append((number, piece, packed))
            else:
                yield number, said

    def end(self) -> None:
        """Kill all workers."""
        for worker in [*self._workers]:
            self._dismiss(worker)

    def _with_less_than(self, depth: int) -> _Worker | None:
        """A worker with fewer pieces than ``depth``, the least laden one first; a new one as long as there may be."""
        for worker in [each for each in self._workers if not each.pieces and not each.process.is_alive()]:
            self._dismiss(worker)
        least = min(self._workers, key=lambda worker: len(worker.pieces), default=None)
        if (least is None or least.pieces) and len(self._workers) < self._jobs:
            return self._hired()
        return least if least is not None and len(least.pieces) < depth else None

    def _hired(self, *, alone: bool = False) -> _Worker:
        worker = _Worker(self._context, self._function, self._seconds, alone=alone)
        self._workers.append(worker)
        return worker

    def _dismiss(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.end()


class _Worker:
    """One process, its pipe, and the pieces that it has: the first of them is in work."""

    def __init__(self, context: Any, function: Callable[..., Any], seconds: float, *, alone: bool) -> None:
        self.alone = alone
        self.pieces: deque[tuple[int, Piece, bytes]] = deque()
        self.since = self.deadline = 0.0
        self._seconds = seconds
        self._ready = False
        self.process, self.pipe = _started(context, function)

    def give(self, number: int, piece: Piece, packed: bytes) -> None:
        """Send a piece, to be done after those that the process has."""
        if not self.pieces:
            self.since = time.monotonic()
            self.deadline = self.since + self._seconds + (0.0 if self._ready else _START_SECONDS)
        self.pieces.append((number, piece, packed))
        with contextlib.suppress(OSError):  # it died just now, which is seen when its answer is looked for
            self.pipe.send_bytes(packed)

    def heard(self) -> Any:
        """What a pipe says that has something to say: an answer, `Died`, or `_NOTHING` yet. Raises what the function
        raised."""
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            self.end()
            return Died(self.pieces[0][1], _ending(self.process.exitcode))
        self.since = time.monotonic()
        self.deadline = self.since + self._seconds
        if said is None:
            self._ready = True
            return _NOTHING
        raised, answer = said
        if raised:
            raise answer
        return answer

    def late(self) -> Any:
        """`Slow` where a silent pipe has been silent for too long, else `_NOTHING`."""
        return Slow(self.pieces[0][1]) if time.monotonic() >= self.deadline else _NOTHING

    def end(self) -> None:
        """Kill the process, whatever it does, and wait for its end."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _started(context: Any, function: Callable[..., Any]) -> tuple[Any, connection.Connection]:
    """A new process and our end of its pipe. Whoever kills the server that starts processes, or the process before it
    has told its number, makes that fail once; a server is started anew then.

    Raises ChildProcessError where it fails again and again.
    """
    for _ in range(_TRIES):
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, function), daemon=True)
        try:
            with warnings.catch_warnings():  # multiprocessing tells of its own processes that were killed
                warnings.simplefilter("ignore")
                with _STARTS:
                    process.start()
        except (EOFError, ConnectionError, FileNotFoundError):
            ours.close()
        else:
            return process, ours
        finally:
            theirs.close()
    raise ChildProcessError("no process can be started for the work: each one is killed before it begins")


def _packed(piece: Piece) -> bytes:
    return bytes(ForkingPickler.dumps(piece))


def _serve(pipe: connection.Connection, function: Callable[..., Any]) -> None:
    """The life of a worker: call ``function`` with each piece that comes, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what it means
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        pipe.send(None)
        while True:
            piece = pipe.recv()
            try:
                said = (False, function(*piece))
            except Exception as error:
                said = (True, error)
            pipe.send(said)


def _end_with_parent() -> None:
    """A parent that is killed cannot end its workers, and one that is stuck would never look at its pipe."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _context(modules: Sequence[str]) -> Any:
    """How processes are started: by a server that has imported ``modules`` (a restart takes 20 ms then, not a second),
    or anew where there is no such server. Never as a copy of this process, whose threads would be cut off in the
    middle."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*modules])
    from multiprocessing import forkserver

    with _no_ctrl_c():  # it reaches the whole group, and the server tells of it in the words of Python
        forkserver.ensure_running()
    return context


@contextlib.contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """What is started inside ignores SIGINT from its first moment on; only a main thread can see to that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _ending(status: int | None) -> str:
    return f"signal {-status}" if status is not None and status < 0 else f"status {status}"
