"""The half of ``tracklint compare`` that lays one night of reports beside another."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..extras import how_to_install
from .lines import lines
from .options import fail, page_of

if TYPE_CHECKING:
    from ..config import Config
    from ..fleet.compare.comparing import Comparison
    from ..fleet.compare.designs import Tolerances
    from ..fleet.compare.night import Night

__all__ = ["NIGHTS_OPTIONS", "compare_nights", "nights_options"]

Command = TypeVar("Command", bound=Callable[..., Any])

#: The options of a comparison of two nights, by the name of their value.
NIGHTS_OPTIONS = {
    "by": "pair", "tolerances": "tolerance", "family_error": "family-error", "anyway": "anyway", "show_all": "all",
    "jobs": "jobs", "config_file": "config",
}  # fmt: skip
#: Words of --fail-on; others are codes of rules and names of facts.
_WORDS = ("any", "new", "worse", "values", "never")
_WORSE = ("new", "more", "larger")


def _tolerances(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> Mapping[str, float]:
    found = {}
    for value in given:
        name, _, number = value.partition("=")
        try:
            found[name] = float(number)
        except ValueError:
            raise click.BadParameter(f"{value!r}: write it as share=0.01") from None
        if not 0 <= found[name] <= 1:
            raise click.BadParameter(f"{value!r}: a part from 0 to 1 is wanted")
    return found


def nights_options(command: Command) -> Command:
    """The options of a comparison of two nights, as keywords of `compare_nights`."""
    options = [
        click.option(
            "--pair", "by", type=click.Choice(["auto", "content", "name", "none"]), default="auto", show_default=True,
            help="Which files of OLD and NEW are the same: those of one content, of one name, or none. auto takes "
            "content or names where half of the files have a pair.",
        ),
        click.option(
            "--tolerance", "tolerances", multiple=True, callback=_tolerances, metavar="NAME=PART",
            help="What may differ: share (0.005) of files, shift (0.1) and value (0.01) of a distribution; distance "
            "(0.005), time (0.001) and points (0) of one file. Repeatable.",
        ),
        click.option(
            "--family-error", type=click.FloatRange(0, 0.5, min_open=True), default=0.0025, show_default=True,
            help="The chance of one false alarm or more in the whole comparison.",
        ),
        click.option("--anyway", is_flag=True, help="Compare reports of different versions or configurations too."),
        click.option("--all", "show_all", is_flag=True, help="Tell in text and Markdown what is no alarm as well."),
        click.option(
            "--jobs", "-j", type=click.IntRange(1), metavar="N",
            help="Processes to check a folder with; default: one a core.",
        ),
        click.option(
            "--config", "config_file", type=click.Path(path_type=Path), metavar="FILE",
            help="Check a folder with this tracklint.toml.",
        ),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def compare_nights(
    old: Path,
    new: Path,
    *,
    by: str,
    outputs: Sequence[tuple[str, str]],
    failing: Sequence[str],
    tolerances: Mapping[str, float],
    family_error: float,
    anyway: bool,
    show_all: bool,
    jobs: int | None,
    config_file: Path | None,
) -> int:
    """Compare, write the outputs, and give the exit status. Ends with one line and 2 where that cannot be."""
    from importlib.util import find_spec

    from ..configuration import load_config
    from ..fleet.compare.night import BadNight
    from ..workers import cores

    if find_spec("scipy") is None:
        fail(f"compare needs the extra `compare`; {how_to_install('compare')}")
    from ..fleet.compare.comparing import compare

    picked = _picked(tolerances)
    config = load_config(config_file)
    try:
        before, now = (_night(path, config, jobs or cores()) for path in (old, new))
        comparison = compare(before, now, by=by, tolerances=picked, alpha=family_error, anyway=anyway)
    except BadNight as error:
        fail(str(error))
    _known(failing, comparison)
    _write(comparison, outputs, show_all=show_all)
    return int(_fails(comparison, failing))


def _night(path: Path, config: Config, jobs: int) -> Night:
    """One side, with a bar where it is a folder that is checked."""
    from ..fleet.compare.reading import read_night
    from ..inputs import expand
    from .output import Output
    from .progress import Counted

    files = Counted(iter(()), lambda: expand([path], config)) if path.is_dir() else 0
    with Output().progress(files, "checking") as step:
        return read_night(path, config, jobs=jobs, step=step)


def _picked(given: Mapping[str, float]) -> Tolerances:
    from ..fleet.compare.designs import Tolerances

    known = [each.name for each in fields(Tolerances)]
    for name in given:
        if name not in known:
            raise click.UsageError(f"--tolerance knows {', '.join(known)}, not {name}")
    return replace(Tolerances(), **given)


def _known(failing: Sequence[str], comparison: Comparison) -> None:
    """End where a word is neither one of ours nor a rule or a fact."""
    from ..rules import RULES

    facts = {measure.key for device in comparison.devices for measure in device.facts}
    for word in failing:
        if word not in _WORDS and word.upper() not in RULES and word not in facts:
            fail(f"--fail-on {word}: this is neither {', '.join(_WORDS)} nor a rule or a fact of these nights")


def _fails(comparison: Comparison, failing: Sequence[str]) -> bool:
    if "never" in failing:
        return False
    found = [cause.alarm for _, cause in comparison.causes]
    below = [follower.alarm for _, cause in comparison.causes for follower in cause.below]
    named = {alarm.measure.key for alarm in (*found, *below)}
    return (
        ("any" in failing and bool(found or comparison.changed))
        or ("values" in failing and bool(comparison.changed))
        or ("new" in failing and any(alarm.change == "new" for alarm in (*found, *below)))
        or ("worse" in failing and any(alarm.change in _WORSE for alarm in found))
        or any(word in named or word.upper() in named for word in failing)
    )


def _write(comparison: Comparison, outputs: Sequence[tuple[str, str]], *, show_all: bool) -> None:
    from ..fleet.compare.outputs import text, write
    from ..writing import write_over
    from .output import Output

    for form, file in outputs:
        if form == "text" and not file:
            text(comparison, Output().page, show_all=show_all)
            continue
        out = io.StringIO()
        write(comparison, form, out, show_all=show_all)
        if file:
            write_over(page_of(form, file), out.getvalue().encode("utf-8", "backslashreplace"))
        else:
            lines(out.getvalue().rstrip("\n"))
    sys.stdout.flush()
