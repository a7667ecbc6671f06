"""``tracklint compare``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .lines import line, lines
from .options import fail, one_line_errors, paths

if TYPE_CHECKING:
    from ..alongside.comparison import Comparison
    from ..alongside.thresholds import Beyond, Threshold


def _thresholds(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> list[Threshold]:
    """``power.bias=5%,offset=2s`` as two thresholds."""
    if not values:
        return []
    from ..alongside.thresholds import BadThreshold, threshold

    try:
        return [threshold(each) for value in values for each in value.split(",")]
    except BadThreshold as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@paths
@click.option(
    "--same-ride", is_flag=True, required=True,
    help="The files are recordings of one ride, in any formats: lay them over one another.",
)  # fmt: skip
@click.option("--reference", metavar="PATH", help="What the others are compared with; default: the first file.")
@click.option(
    "--fail-on", multiple=True, callback=_thresholds, metavar="MEASURE=LIMIT,...",
    help="Exit status 1 where a recording differs by more, such as power.bias=5%. Repeatable.",
)  # fmt: skip
@click.option(
    "--output", "-o", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True,
    help="Lines for people, one JSON object, or a page of Markdown.",
)  # fmt: skip
@one_line_errors
def compare(
    *, paths: tuple[str, ...], same_ride: bool, reference: str | None, fail_on: list[Threshold], output: str
) -> None:
    """Compare recordings of one ride: their clocks, power, heart rate, positions and so on, second by second.

    Clocks are laid over one another by what was recorded, whatever they say. MEASURE is offset, distance, ascent,
    separation.p50, separation.p95, power.slope, power.intercept, or a channel with .bias, .mae, .correlation, .lag or
    .dropout (heart_rate.lag=3s).

    Exit status: 0 within all limits, 1 beyond one, 2 not the same ride, or a file that cannot be compared.
    """
    del same_ride  # the one form that there is
    told = _told(paths, reference)
    from ..alongside.thresholds import beyond

    found = beyond(told, fail_on)
    _written(told, found, output)
    sys.exit(_status(told, found))


def _told(paths: tuple[str, ...], reference: str | None) -> Comparison:
    from ..alongside import NotComparable, same_ride
    from ..configuration import load_config

    if reference is not None and reference not in paths:
        fail(f"--reference {reference} is none of the files that are compared: {', '.join(paths)}")
    try:
        return same_ride(paths, reference=0 if reference is None else paths.index(reference), config=load_config())
    except NotComparable as error:
        fail(str(error))


def _written(told: Comparison, found: list[Beyond], output: str) -> None:
    from ..render import alongside
    from ..words import json_text

    if output == "json":
        lines(json_text(alongside.data(told, found), indent=2))
    elif output == "markdown":
        lines("\n".join(alongside.markdown(told, found)))
    else:
        from .output import Output

        alongside.text(told, found, Output().page)


def _status(told: Comparison, found: list[Beyond]) -> int:
    """The exit status; what cannot be trusted is said on stderr as well."""
    unsure = [f"{pair.other.name}: not the same ride as {pair.reference.name}" for pair in told.pairs if not pair.same]
    unsure += [str(each) for each in found if not each.measured]
    for text in unsure:
        line(f"tracklint: {text}", err=True)
    return 2 if unsure else int(bool(found))
