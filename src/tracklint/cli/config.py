"""``tracklint config``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from .lines import line
from .options import files_options, loaded_options, one_line_errors
from .troubles import Troubles

if TYPE_CHECKING:
    from ..config import Config
    from ..configuration import Loaded
    from ..configuration.telling import Held, Value

#: How wide a value is at most for the others to stand in line with it.
_WIDEST = 60


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option(
    "--output", "-o", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="Text for people, or one JSON object.",
)  # fmt: skip
@one_line_errors
@loaded_options
@files_options
def config(*, files: tuple[str, ...], form: str, config: Config, loaded: Loaded) -> None:
    """Print the configuration and where each value comes from; with FILEs, what holds for each of them, which sections
    hold, what keeps the others from it, and which sections hold for none of them."""
    from ..configuration.telling import values

    troubles = Troubles()
    held = list(_held(files, config, loaded, troubles))
    general = values(loaded)
    if form == "json":
        line(json.dumps(_as_json(config, general, held, asked=bool(files)), indent=2, ensure_ascii=False), keep="\n")
    else:
        _print(config, general, held, asked=bool(files))
    sys.exit(troubles.told(0))


def _held(files: tuple[str, ...], config: Config, loaded: Loaded, troubles: Troubles) -> Iterator[Held]:
    from ..configuration.telling import held_by
    from ..inputs import expand
    from ..reading import read_thing

    for name, thing in expand(files, config):
        with troubles.of(name):
            activity = read_thing(thing, config, name=name).activity
            yield held_by(name, activity.device if activity is not None else None, loaded)


def _print(config: Config, general: Iterable[Value], held: list[Held], *, asked: bool) -> None:
    line(str(config.file) if config.file is not None else "no configuration file; these are the defaults")
    _print_values(general)
    for section in config.sections:
        line(f"  {section.name}: {section.where}")
    for each in held:
        line()
        line(f"{each.name}: {_made_by(each)}")
        for section, why_not in each.sections:
            line(f"  {section.name} " + (f"does not hold: {why_not}" if why_not else f"holds: {section.where}"))
        _print_values(each.values)
    if asked:
        for name in _of_no_file(config, held):
            line(f"{name} holds for none of these files", err=True)


def _print_values(values: Iterable[Value]) -> None:
    told = [(str(each), each.origin) for each in values]
    width = max(len(text) for text, _ in told if len(text) <= _WIDEST)
    for text, origin in told:
        line(f"  {text:<{width}}  {origin}")


def _made_by(held: Held) -> str:
    device = held.device
    names = filter(None, (device.manufacturer, device.product or device.name))
    return " ".join(names) + (f", firmware {device.software}" if device.software else "") or "no device"


def _of_no_file(config: Config, held: list[Held]) -> list[str]:
    holding = {section.name for each in held for section, why_not in each.sections if not why_not}
    return [each.name for each in config.sections if each.name not in holding]


def _as_json(config: Config, general: Iterable[Value], held: list[Held], *, asked: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "file": str(config.file) if config.file is not None else None,
        "values": _values_as_json(general),
        "sections": [{"name": each.name, "where": str(each.where)} for each in config.sections],
    }
    if asked:
        told["files"] = [
            {
                "file": each.name,
                "manufacturer": each.device.manufacturer,
                "product": each.device.product or each.device.name,
                "firmware": each.device.software,
                "sections": [{"name": section.name, "why_not": why_not or None} for section, why_not in each.sections],
                "values": _values_as_json(each.values),
            }
            for each in held
        ]
        told["holding_for_no_file"] = _of_no_file(config, held)
    return told


def _values_as_json(values: Iterable[Value]) -> dict[str, Any]:
    return {each.key: {"value": each.value, "from": each.origin} for each in values}
