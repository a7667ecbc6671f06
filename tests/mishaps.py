"""What happens to checks in child processes: each function stands for `tracklint.batch.check_named` there, but
`in_this_process`.

A module of its own, because every fresh process imports it.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tracklint.checking import check_named, make_one
from tracklint.config import BadConfig, Config
from tracklint.findings import Report
from tracklint.source import Thing


def in_this_process(
    named: Iterable[tuple[str, Thing]],
    make: Callable[[Report, Thing], Any],
    *,
    config: Config,
    jobs: int,
    watch: object,
) -> Iterator[Any]:
    """Stands for `tracklint.batch.made_in_processes` where something is patched, which no child would see."""
    return (make_one(name, thing, make=make, config=config) for name, thing in named)


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def exit_self() -> None:
    os._exit(3)


def is_first_time(thing: Thing) -> bool:
    mark = Path(f"{thing}.mark")
    first = not mark.exists()
    mark.touch()
    return first


def killed_once(name: str, thing: Thing, config: Config) -> Report:
    if name == "b.gpx" and is_first_time(thing):
        kill_self()
    return check_named(name, thing, config)


def exits_once(name: str, thing: Thing, config: Config) -> Report:
    if name == "b.gpx" and is_first_time(thing):
        exit_self()
    return check_named(name, thing, config)


def slow_for_a_moment(name: str, thing: Thing, config: Config) -> Report:
    if name == "b.gpx":
        time.sleep(0.5)
    return check_named(name, thing, config)


def name_of(report: Report, _thing: Thing) -> str:
    return report.name


def always_killed(name: str, thing: Thing, config: Config) -> Report:
    if name == "b.gpx":
        kill_self()
    return check_named(name, thing, config)


def always_exits(name: str, thing: Thing, config: Config) -> Report:
    if name == "b.gpx":
        exit_self()
    return check_named(name, thing, config)


def hangs(name: str, thing: Thing, config: Config) -> Report:
    if name == "b.gpx":
        is_first_time(thing)
        time.sleep(600)
    return check_named(name, thing, config)


def refuses(name: str, thing: Thing, config: Config) -> Report:
    raise BadConfig(f"private.json: not for {name}")


def told(name: str, thing: Thing, config: Config) -> Report:
    """Dies once on b.gpx; writes down where and when each check begins and ends."""
    log = Path(str(thing)).with_name("log")
    with log.open("a") as file:
        file.write(f"begin {name} {os.getpid()}\n")
    if name == "b.gpx" and is_first_time(thing):
        kill_self()
    time.sleep(0.05)
    with log.open("a") as file:
        file.write(f"end {name} {os.getpid()}\n")
    return check_named(name, thing, config)


def first_waits(name: str, thing: Thing, config: Config) -> Report:
    while name == "0" and not Path(str(thing)).exists():
        time.sleep(0.01)
    return check_named(name, b"", config)
