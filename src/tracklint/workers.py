"""Work for child processes, one piece at a time, and the answers in the order of the pieces.

A worker that dies or is too slow costs its own piece and nothing else. That is why workers share nothing, neither a
queue nor a lock: each has a pipe of its own, so that it may be killed at any moment. A death is seen at the pipe,
whatever the worker was at. (A process pool breaks as a whole when one worker dies, and has no limit of time.)
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing import connection
from typing import Any, Generic, TypeVar

__all__ = ["Died", "Slow", "answers"]

Answer = TypeVar("Answer")
#: The arguments of one call, which can be pickled.
Piece = tuple[Any, ...]

#: How long a process may take until it is ready for its first piece, in seconds: a loaded machine is slow to start one.
_START_SECONDS = 60.0
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


def answers(
    function: Callable[..., Answer],
    pieces: Iterable[Piece],
    *,
    jobs: int,
    seconds: float,
    ahead: int,
    modules: Sequence[str] = (),
) -> Generator[Answer | Died | Slow]:
    """``function(*piece)`` for each piece, in ``jobs`` processes, each answer as soon as its turn comes.

    ``function`` and its answers can be pickled; what it raises is raised here. It has ``seconds`` for one piece.
    Whatever piece was in work when its process died is done once more, alone: in a fresh process, while no other one
    works. ``pieces`` is read at most ``ahead`` pieces further than the answer whose turn it is. ``modules`` are what
    ``function`` will import: workers begin with them where they can. When the generator is closed, all processes are
    killed.
    """
    crew = _Crew(_context(modules), function, enumerate(pieces), jobs, seconds)
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
        self._again: deque[tuple[int, Piece]] = deque()
        self._workers: list[_Worker] = []

    @property
    def busy(self) -> list[_Worker]:
        """The workers that have a piece in work."""
        return [worker for worker in self._workers if worker.busy]

    def hand_out(self, until: int) -> None:
        """Give pieces with numbers below ``until`` to workers that have none; first what is to be done again."""
        busy = self.busy
        if self._again and not busy:
            self._hired(alone=True).give(*self._again.popleft())
        if self._again or any(worker.alone for worker in self.busy):
            return
        for number, piece in islice(self._numbered, max(min(self._jobs - len(busy), until - self._taken), 0)):
            self._taken = number + 1
            self._free().give(number, piece)

    def collected(self, *, wait: bool) -> Iterator[tuple[int, Answer | Died | Slow]]:
        """The answers that have come, each with the number of its piece; ``wait`` until something happens."""
        busy = self.busy
        if not busy:
            return
        patience = min(worker.deadline for worker in busy) - time.monotonic() if wait else 0.0
        heard = connection.wait([worker.pipe for worker in busy], max(patience, 0.0))
        for worker in busy:
            number, piece = worker.number, worker.piece
            said = worker.heard() if worker.pipe in heard else worker.late()
            if said is _NOTHING:
                continue
            worker.busy = False
            if worker.alone or isinstance(said, Died | Slow):
                self._dismiss(worker)
            if isinstance(said, Died) and not worker.alone:
                self._again.append((number, piece))
            else:
                yield number, said

    def end(self) -> None:
        """Kill all workers."""
        for worker in [*self._workers]:
            self._dismiss(worker)

    def _free(self) -> _Worker:
        for worker in [*self._workers]:
            if not worker.busy:
                if worker.process.is_alive():
                    return worker
                self._dismiss(worker)
        return self._hired()

    def _hired(self, *, alone: bool = False) -> _Worker:
        worker = _Worker(self._context, self._function, self._seconds, alone=alone)
        self._workers.append(worker)
        return worker

    def _dismiss(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.end()


class _Worker:
    """One process, its pipe, and the piece that it has in work, while it is ``busy``, or had last."""

    def __init__(self, context: Any, function: Callable[..., Any], seconds: float, *, alone: bool) -> None:
        self.alone = alone
        self.number = -1
        self.piece: Piece = ()
        self.busy = False
        self.deadline = 0.0
        self._seconds = seconds
        self._ready = False
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, function), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, number: int, piece: Piece) -> None:
        """Send a piece to a process that has none."""
        self.number, self.piece, self.busy = number, piece, True
        self.deadline = time.monotonic() + self._seconds + (0.0 if self._ready else _START_SECONDS)
        with contextlib.suppress(OSError):  # it died just now, which is seen when its answer is looked for
            self.pipe.send(piece)

    def heard(self) -> Any:
        """What a pipe says that has something to say: an answer, `Died`, or `_NOTHING` yet. Raises what the function
        raised."""
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            self.end()
            return Died(self.piece, _ending(self.process.exitcode))
        if said is None:
            self._ready = True
            self.deadline = time.monotonic() + self._seconds
            return _NOTHING
        raised, answer = said
        if raised:
            raise answer
        return answer

    def late(self) -> Any:
        """`Slow` where a silent pipe has been silent for too long, else `_NOTHING`."""
        return Slow(self.piece) if time.monotonic() >= self.deadline else _NOTHING

    def end(self) -> None:
        """Kill the process, whatever it does, and wait for its end."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


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
