"""A wire between an uploader and a server on this machine, which can be cut in every way that a network has."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

#: What can happen to a connection: nobody answers, it is closed while the request goes out, the request arrives and
#: its answer does not, the answer breaks off, nothing comes for a while.
HARMS = ("refused", "cut on the way", "answer lost", "answer cut", "stalled")


class Wire:
    """Passes connections on to ``target``. ``bad`` is the share of them that is harmed; ``harmed`` counts these."""

    def __init__(self, target: int, chance: random.Random) -> None:
        self.target = target
        self.bad = 0.0
        self.harmed: Counter[str] = Counter()
        self._chance = chance
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """Cut every connection there is, whatever it is at."""
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                ours, _ = self._listener.accept()
                harm = self._chance.choice(HARMS) if self._chance.random() < self.bad else ""
                at = self._chance.randint(0, 600)
                threading.Thread(target=self._pass_on, args=(ours, harm, at), daemon=True).start()

    def _pass_on(self, ours: socket.socket, harm: str, at: int) -> None:
        self.harmed.update([harm] if harm else [])
        self._open.add(ours)
        with ours, contextlib.suppress(OSError):
            self._copied(ours, harm, at)
        self._open.discard(ours)

    def _copied(self, ours: socket.socket, harm: str, at: int) -> None:
        ours.settimeout(30)
        if harm == "refused":
            return
        if harm == "stalled":
            time.sleep(1)
            return
        with socket.create_connection(("127.0.0.1", self.target), timeout=5) as theirs:
            theirs.settimeout(30)
            back = threading.Thread(target=_copy, args=(theirs, ours, _answer_allowed(harm, at)), daemon=True)
            back.start()
            _copy(ours, theirs, at if harm == "cut on the way" else None)
            back.join(30)


def _answer_allowed(harm: str, at: int) -> int | None:
    return {"answer lost": 0, "answer cut": at // 4}.get(harm)


def _copy(source: socket.socket, sink: socket.socket, most: int | None) -> None:
    """Bytes from one to the other until the end, or until ``most`` bytes; then both are closed."""
    passed = 0
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            if most is not None and passed + len(data) > most:
                sink.sendall(data[: most - passed])
                break
            passed += len(data)
            sink.sendall(data)
    for each in (source, sink):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire(target: int, chance: random.Random) -> Iterator[Wire]:
    made = Wire(target, chance)
    try:
        yield made
    finally:
        made.close()
