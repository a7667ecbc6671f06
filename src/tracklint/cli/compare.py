"""``tracklint compare``: two nights of reports, or recordings of one ride."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from .lines import line, lines
from .nights import NIGHTS_OPTIONS, compare_nights, nights_options
from .options import cannot_draw, fail, not_htm, one_line_errors, page_of, paths

if TYPE_CHECKING:
    from ..alongside.comparison import Comparison
    from ..alongside.thresholds import Beyond, Threshold

_FORMS = ("text", "json", "markdown", "html")


def _outputs(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> list[tuple[str, str]]:
    outputs = [(form, file) for form, _, file in (value.partition("=") for value in given or ("text",))]
    for form, file in outputs:
        if form not in _FORMS:
            raise click.BadParameter(f"{form} is no form of a comparison; known are {', '.join(_FORMS)}")
        if form == "html" and (why := cannot_draw()):
            raise click.BadParameter(why)
        if form == "html":
            not_htm(file)
    if sum(not file for _, file in outputs) > 1:
        raise click.BadParameter("only one output can go to standard output; name a file for the others: json=FILE")
    return outputs


@click.command()
@paths
@click.option(
    "--same-ride", is_flag=True,
    help="The files are recordings of one ride, in any formats: lay them over one another.",
)  # fmt: skip
@click.option(
    "--reference", metavar="PATH", help="With --same-ride: what the others are compared with; default: the first file."
)
@click.option(
    "--output", "-o", "outputs", multiple=True, callback=_outputs, metavar="FORMAT[=FILE]",
    help="text (default), json, markdown or html (a page; of a folder its index.html), to standard output or to FILE. "
    "Repeatable.",
)  # fmt: skip
@click.option(
    "--fail-on", multiple=True, metavar="WORD,...",
    help="What makes exit status 1. Of two nights: any (default) cause or changed value, a new rule, whatever is worse "
    "(new, more, larger), values that changed, never; or these rules and facts, by code and name. With --same-ride: "
    "MEASURE=LIMIT, such as power.bias=5%. Repeatable.",
)  # fmt: skip
@one_line_errors
@nights_options
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    *,
    paths: tuple[str, ...],
    same_ride: bool,
    reference: str | None,
    outputs: list[tuple[str, str]],
    fail_on: tuple[str, ...],
    **options: Any,
) -> None:
    """Compare two nights of reports, OLD and NEW; with --same-ride, recordings of one ride.

    A night is a file of `check --output jsonl` (gzipped or not) or json, a folder of --output parquet, or a folder of
    activity files, which is checked on the way. What is new, gone and changed is told by device and firmware, as causes
    with what follows from them below; chance alone makes no alarm.

    Recordings of one ride are compared second by second: clocks, power, heart rate, positions and so on. Clocks are
    laid over one another by what was recorded, whatever they say. MEASURE is offset, distance, ascent, separation.p50,
    separation.p95, power.slope, power.intercept, or a channel with .bias, .mae, .correlation, .lag or .dropout
    (heart_rate.lag=3s).

    Exit status: 0 nothing that --fail-on names, 1 something, 2 what cannot be compared, or is not the same ride.
    """
    words = tuple(word.strip() for value in fail_on for word in value.split(","))
    if same_ride:
        for name in NIGHTS_OPTIONS:
            if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                raise click.UsageError(f"--{NIGHTS_OPTIONS[name]} is for two nights, not for --same-ride")
        sys.exit(_same_ride(paths, reference, words, outputs))
    if reference is not None:
        raise click.UsageError("--reference is for --same-ride")
    if len(paths) != 2:
        raise click.UsageError("give two nights, OLD and NEW; --same-ride compares recordings of one ride")
    old, new = map(Path, paths)
    sys.exit(compare_nights(old, new, outputs=outputs, failing=words or ("any",), **options))


def _same_ride(paths: tuple[str, ...], reference: str | None, words: Sequence[str], outputs: Sequence[Any]) -> int:
    from ..alongside.thresholds import BadThreshold, beyond, threshold

    try:
        limits: list[Threshold] = [threshold(word) for word in words]
    except BadThreshold as error:
        raise click.UsageError(f"--fail-on: {error}") from None
    told = _told(paths, reference)
    found = beyond(told, limits)
    _write(told, found, outputs)
    return _status(told, found)


def _told(paths: tuple[str, ...], reference: str | None) -> Comparison:
    from ..alongside import NotComparable, same_ride
    from ..configuration import load_config

    first = 0 if reference is None else _index(paths, reference)
    try:
        return same_ride(paths, reference=first, config=load_config())
    except NotComparable as error:
        fail(str(error))


def _index(paths: tuple[str, ...], reference: str) -> int:
    """Which of the files is the reference, however both are spelt."""
    from ..source import without_links

    if reference in paths:
        return paths.index(reference)
    places = [without_links(path) for path in paths]
    if (place := without_links(reference)) not in places:
        fail(f"--reference {reference} is none of the files that are compared: {', '.join(paths)}")
    return places.index(place)


def _write(told: Comparison, found: list[Beyond], outputs: Sequence[tuple[str, str]]) -> None:
    from ..render import alongside
    from ..render.page import Page
    from ..words import json_text
    from ..writing import write_over
    from .output import Output

    for form, file in outputs:
        if form == "text" and not file:
            alongside.text(told, found, Output().page)
            continue
        out = io.StringIO()
        if form == "text":
            alongside.text(told, found, Page(out))
        elif form == "html":
            out.write(alongside.html(told, found))
        else:
            made = json_text(alongside.data(told, found), indent=2)
            out.write((made if form == "json" else "\n".join(alongside.markdown(told, found))) + "\n")
        if file:
            write_over(page_of(form, file), out.getvalue().encode("utf-8", "backslashreplace"))
        else:
            lines(out.getvalue().rstrip("\n"))


def _status(told: Comparison, found: list[Beyond]) -> int:
    """The exit status; what cannot be trusted is said on stderr as well."""
    unsure = [f"{pair.other.name}: not the same ride as {pair.reference.name}" for pair in told.pairs if not pair.same]
    unsure += [str(each) for each in found if not each.measured]
    for text in unsure:
        line(f"tracklint: {text}", err=True)
    return 2 if unsure else int(bool(found))
