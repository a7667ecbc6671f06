"""Work on a file in a child process of its own: whatever a file does to it, the server goes on."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ..rules.discovery import rule_modules
from ..workers import Died, Slow, answers, begin, cores

__all__ = ["Died", "Slow", "Work"]

Answer = TypeVar("Answer")
_MOST_JOBS = 4


class Work:
    """At most as many processes at a time as there are cores, and no more than four. Each has ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._turn = asyncio.Semaphore(min(cores(), _MOST_JOBS))
        self._modules = [
            *(
                f"{__package__}.views",
                "tracklint.mending.fit",
                "tracklint.mending.xml",
                "tracklint.render.html.figures",
            ),
            *(module for folder in ("fit", "xml", "ride") for module in rule_modules(folder)),
        ]

    def begin(self) -> None:
        """Be ready to start processes; to be called in the main thread, before the first file comes."""
        begin(self._modules)

    async def done(
        self, before: Callable[[], Awaitable[None]], function: Callable[..., Answer], *arguments: Any
    ) -> Answer | Died | Slow:
        """``function(*arguments)``, made elsewhere; both can be pickled. ``before`` is called when its turn has come.
        Raises what one of them raises."""
        async with self._turn:
            await before()
            return await _in_a_thread(lambda: self._alone(function, arguments))

    def _alone(self, function: Callable[..., Answer], arguments: tuple[Any, ...]) -> Answer | Died | Slow:
        made = answers(function, [arguments], jobs=1, seconds=self.seconds, ahead=1, modules=self._modules)
        with contextlib.closing(made):
            return next(made)


async def _in_a_thread(function: Callable[[], Answer]) -> Answer:
    """``function()`` in a thread that ends with the program: Ctrl-C does not wait for a slow file."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer] = loop.create_future()

    def tell(answer: Answer | None, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(answer)  # type: ignore[arg-type]  # an answer may be None itself

    def run() -> None:
        answer, failed = None, None
        try:
            answer = function()
        except BaseException as error:
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server has ended
            loop.call_soon_threadsafe(tell, answer, failed)

    threading.Thread(target=run, name="tracklint-work", daemon=True).start()
    return await future
