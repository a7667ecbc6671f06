"""Work for a Dask cluster: how one is reached, and what has become of the work that was given to it.

Nothing here knows of files. Work goes through Dask's own executor with ``pure=False``: by default Dask calls a task by
its arguments and remembers the answer, so that a changed file under the same path would get its old report.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import TracklintError
from .extras import how_to_install

if TYPE_CHECKING:
    from concurrent.futures import Future

    from distributed import Client
else:
    Client = Any  # hints are asked for where the extra is missing too

__all__ = ["Client", "Cluster", "Gone", "connected", "may_have_children"]

Answer = TypeVar("Answer")

#: How long a cluster may take to answer first, in seconds.
CONNECT_SECONDS = 10.0
#: How long a cluster may be without any worker before it counts as gone, and how often that is looked at, in seconds.
PATIENCE_SECONDS, LOOK_SECONDS = 30.0, 1.0


class Gone(TracklintError):
    """A cluster that cannot be reached, went away, or cannot do this work. The text is one clear sentence."""


class Cluster:
    """The workers behind a client of Dask. ``threads`` is how many pieces of work they do at a time."""

    def __init__(self, client: Client) -> None:
        if not hasattr(client, "get_executor"):
            raise TypeError(f"a concurrent.futures.Executor or a dask.distributed.Client is wanted, not {client!r}")
        self._client = client
        self._executor = client.get_executor(pure=False)
        self.threads = sum(client.nthreads().values())

    def submit(self, function: Callable[..., Answer], *arguments: Any) -> Future[Answer]:
        """Have ``function(*arguments)`` done somewhere. Raises `Gone`."""
        try:
            future: Future[Answer] = self._executor.submit(function, *arguments)
        except Exception as error:
            raise self._gone("the cluster takes no work", error) from None
        return future

    def result(self, future: Future[Answer]) -> Answer:
        """What came of it. Raises BrokenExecutor where the workers died over this piece of work, `Gone` where the
        cluster is, and the `TracklintError` that the work itself raised."""
        from concurrent.futures import BrokenExecutor, CancelledError

        from distributed import KilledWorker

        well = time.monotonic()
        while True:
            try:
                return future.result(LOOK_SECONDS)
            except TracklintError:
                raise
            except KilledWorker as error:
                raise BrokenExecutor(str(error)) from None
            except CancelledError:  # Dask calls everything off when it loses its scheduler
                raise self._gone("the cluster went away") from None
            except Exception as error:
                if future.done():
                    raise self._gone("the cluster cannot do this", error) from None
            if self._has_workers():
                well = time.monotonic()
            elif time.monotonic() - well > PATIENCE_SECONDS:
                raise self._gone(f"the cluster has had no worker for {PATIENCE_SECONDS:g} s")

    def _has_workers(self) -> bool:
        try:
            return self._client.status == "running" and bool(self._client.nthreads())
        except (OSError, TimeoutError):
            return False

    def _gone(self, what: str, error: Exception | None = None) -> Gone:
        scheduler = self._client.scheduler  # a client that has closed itself has none
        where = f"{scheduler.address}: " if scheduler is not None else ""
        return Gone(where + what + (f" ({_short(error)})" if error is not None else ""))


@contextlib.contextmanager
def connected(address: str) -> Iterator[Client]:
    """A client of the scheduler at ``address`` (``tcp://host:8786``), and no log of Dask's. Raises `Gone`, also where
    the extra is missing and where there is no worker."""
    with _without_log(), contextlib.ExitStack() as stack:
        try:
            from distributed import Client

            client = stack.enter_context(Client(address, timeout=CONNECT_SECONDS, set_as_default=False))
        except ImportError:
            raise Gone(f"a cluster needs the extra `cluster`; {how_to_install('cluster')}") from None
        except Exception as error:  # an address can be wrong in many ways
            raise Gone(f"{address}: no cluster answers here ({_short(error)})") from None
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            raise Gone(f"{address}: this cluster has no worker") from None
        yield client


def may_have_children() -> None:
    """Let this process, a worker of a cluster, start processes: Dask's workers are daemons, which may have none.

    That is so that no child outlives its daemon; ours end with their parent by themselves (`workers`).
    """
    import multiprocessing

    multiprocessing.current_process().daemon = False


@contextlib.contextmanager
def _without_log() -> Iterator[None]:
    """What goes wrong is said once, and by us."""
    import logging

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")
