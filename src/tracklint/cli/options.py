"""Options and endings that several commands share."""

from __future__ import annotations

import datetime
import errno
import functools
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from .lines import line
from .troubles import own_failure

if TYPE_CHECKING:
    from ..config import Config
    from ..configuration import Loaded
    from ..findings import Purpose, Report

__all__ = [
    "cannot_draw", "config_options", "exit_status", "fail", "files_options", "loaded_options", "loudness",
    "not_htm", "one_line_errors", "page_of", "paths",
    "profile_option", "rules_option",
]  # fmt: skip

Command = TypeVar("Command", bound=Callable[..., Any])

paths = click.argument("paths", metavar="PATH...", nargs=-1, required=True)
profile_option = click.option(
    "--profile", type=click.Path(path_type=Path), metavar="FILE",
    help="Name a manufacturer's private FIT messages from this JSON file.",
)  # fmt: skip

rules_option = click.option(
    "--rules", multiple=True, metavar="MODULE",
    help="Run the rules of this module too: its name, or a file that ends in .py. Repeatable.",
)  # fmt: skip


def fail(message: str) -> NoReturn:
    """End with one clear line on stderr and exit status 2."""
    line(f"tracklint: {message}", err=True)
    sys.exit(2)


def cannot_draw() -> str:
    """Why no page can be made here, ``""`` where it can."""
    from importlib.util import find_spec

    from ..extras import how_to_install

    there = all(find_spec(name) is not None for name in ("jinja2", "plotly"))
    return "" if there else f"a page needs the extra `report`; {how_to_install('report')}"


def not_htm(file: str) -> None:
    """Refuse the name of a page that would become a folder."""
    if file.lower().endswith(".htm"):
        raise click.BadParameter(f"{file}: name it .html, or a folder")


def page_of(form: str, file: str) -> Path:
    """Where an output goes: a page whose place does not end in .html is the index of a folder, which is made."""
    if form != "html" or file.lower().endswith(".html"):
        return Path(file)
    Path(file).mkdir(parents=True, exist_ok=True)
    return Path(file, "index.html")


def one_line_errors(command: Command) -> Command:
    """Turn what a person can do something about, and a defect of ours, into one line and exit status 2."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from ..cluster import Gone
        from ..config import BadConfig
        from ..source import Unreadable

        try:
            return command(*args, **kwargs)
        except (BadConfig, Gone, Unreadable) as error:
            fail(str(error))
        except BrokenPipeError:
            raise
        except OSError as error:
            if error.errno == errno.ENOSPC and not error.filename:  # files have names
                fail(f"standard output: {error.strerror}")
            if error.errno == errno.EADDRINUSE and kwargs.get("port"):
                fail(f"port {kwargs['port']} is in use; name another one with --port, 0 takes any")
            fail(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            fail(own_failure(error, kwargs.get("file") or ""))

    return run  # type: ignore[return-value]  # functools.wraps keeps the signature, which mypy cannot see


def _time(_ctx: click.Context, _param: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value} is no time; write it as 2026-01-31T12:00:00Z") from None
    return moment.replace(tzinfo=moment.tzinfo or datetime.UTC).timestamp()


def _codes(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """``TIM,sen007 POS`` as three codes."""
    return tuple(code.strip().upper() for value in values for code in value.split(","))


def loudness(command: Command) -> Command:
    """-q and -v, as ``quiet`` and ``verbose``."""
    quiet = click.option("--quiet", "-q", is_flag=True, help="Say the totals only, and what goes wrong.")
    verbose = click.option("--verbose", "-v", is_flag=True, help="Say all that is known of each file, notes as well.")
    return quiet(verbose(command))


def files_options(command: Command) -> Command:
    """--exclude and --allow-empty, which become part of the ``config`` of `config_options`."""

    @click.option(
        "--exclude", multiple=True, metavar="GLOB",
        help="Leave out files, or all files of folders, whose name or path is like this. Repeatable.",
    )  # fmt: skip
    @click.option("--allow-empty", is_flag=True, help="A folder or pattern without activity files is no mistake.")
    @functools.wraps(command)
    def run(*args: Any, config: Config, exclude: tuple[str, ...], allow_empty: bool, **kwargs: Any) -> Any:
        return command(*args, config=replace(config, exclude=exclude, allow_empty=allow_empty), **kwargs)

    return run  # type: ignore[return-value]  # functools.wraps keeps the signature, which mypy cannot see


def config_options(command: Command) -> Command:
    """`loaded_options` without what only ``tracklint config`` tells."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        del kwargs["loaded"]
        return command(*args, **kwargs)

    return loaded_options(run)  # type: ignore[return-value]  # functools.wraps keeps the signature


def loaded_options(command: Command) -> Command:
    """--config, --for, --select, --ignore, --fail-on, --now, --relative-to, --profile and --rules; the command gets one
    ``config``, and as ``loaded`` the same with where its values come from."""

    @click.option(
        "--config", "config_file", type=click.Path(path_type=Path), metavar="FILE", help="Read this tracklint.toml."
    )
    @click.option(
        "--for", "purpose", type=click.Choice(["strava", "spec"]),
        help="The question: what Strava makes of a file (default), or whether it follows the specification of its "
        "format.",
    )  # fmt: skip
    @click.option(
        "--select", multiple=True, callback=_codes, metavar="CODE,...",
        help="Run only these rules or families (TIM,SEN007). Repeatable.",
    )  # fmt: skip
    @click.option(
        "--ignore", multiple=True, callback=_codes, metavar="CODE,...",
        help="Do not run these rules or families. Repeatable.",
    )  # fmt: skip
    @click.option(
        "--fail-on", type=click.Choice(["error", "warning", "info"]), help="Least severity for exit status 1."
    )
    @click.option("--now", callback=_time, metavar="TIME", help="The time that rules about dates compare with.")
    @click.option(
        "--relative-to", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
        help="Name the files below DIR relative to it, instead of those below the working directory.",
    )  # fmt: skip
    @profile_option
    @rules_option
    @functools.wraps(command)
    def run(*args: Any, config_file: Path | None, rules: tuple[str, ...], **kwargs: Any) -> Any:
        from ..configuration import load

        names = ("purpose", "select", "ignore", "fail_on", "now", "relative_to", "profile")
        picked = {name: kwargs.pop(name) for name in names}
        loaded = _merged(load(config_file, rules=rules), **picked)
        if loaded.not_loaded:
            line(f"{loaded.config.file}: {_not_loaded(loaded)}", err=True)
        return command(*args, config=loaded.config, loaded=loaded, **kwargs)

    return run  # type: ignore[return-value]  # the decorated function takes the same positional arguments


def _not_loaded(loaded: Loaded) -> str:
    """Rules are programs, and a configuration that was found may be anybody's."""
    names = ", ".join(loaded.not_loaded)
    return f"its rules ({names}) are not loaded, because it was found and not named; name it with --config"


def _merged(
    loaded: Loaded,
    *,
    purpose: Purpose | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str | None,
    now: float | None,
    relative_to: Path | None,
    profile: Path | None,
) -> Loaded:
    from ..config import severity
    from ..configuration.names import Named, check_codes

    config, origins = loaded.config, dict(loaded.origins)
    options = {"for": purpose, "select": select, "fail-on": fail_on, "limits.now": now, "profile": profile}
    origins |= {key: "option" for key, value in options.items() if value not in (None, ())}
    if ignore:
        origins["ignore"] = ", ".join(filter(None, (origins.get("ignore"), "option")))
    if (profile := profile or config.profile) is not None:
        from ..fit.private import load_private

        load_private(profile)  # a file that cannot be used is said once, before any file is checked
    check_codes([*(Named("--select", code) for code in select), *(Named("--ignore", code) for code in ignore)])
    sections = tuple(replace(each, select=()) for each in config.sections) if select else config.sections
    config = replace(
        config,
        purpose=purpose or config.purpose,
        select=select or config.select,
        ignore=(*config.ignore, *ignore),
        fail_on=severity(fail_on) if fail_on else config.fail_on,
        limits=replace(config.limits, now=now) if now is not None else config.limits,
        relative_to=relative_to or config.relative_to,
        profile=profile,
        sections=sections,
    )
    return replace(loaded, config=config, origins=origins)


def exit_status(reports: Iterable[Report], config: Config) -> int:
    """2 where a report cannot be trusted (INT), 1 where a finding is at or above ``fail_on``, else 0."""
    status = 0
    for report in reports:
        for finding in report.findings:
            if finding.code.startswith("INT"):
                return 2
            if finding.severity >= config.fail_on:
                status = 1
    return status
