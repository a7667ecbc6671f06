"""The command line: words and exit statuses only. What a command does stands in the library function of the same
name."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ..version import __version__
from .lines import line, safe
from .streams import NO_READER, calm_streams
from .troubles import own_failure

__all__ = ["main"]

#: Each command's module; it is imported when the command is run, so that --help and --version are instant.
COMMANDS = {
    "check": "check files and say what is wrong, and where",
    "show": "print what a file holds and what Strava will make of it",
    "compare": "compare two nights of reports, or recordings of one ride",
    "dump": "print the messages or points of a file, one a line",
    "fix": "mend files: say what would change, or write it",
    "prepare": "tag, compress and name files for an upload",
    "anonymise": "write files without who, where and when, to show them to others",
    "upload": "check, prepare and send files to Strava, or to the sandbox",
    "login": "sign in at Strava",
    "logout": "end the sign-in, at Strava and on this machine",
    "status": "say who is signed in, for how long, and where things are kept",
    "create": "create an activity without a file",
    "watch": "check, prepare or upload each file that comes into a folder",
    "serve": "show a page on this machine to drop files on",
    "sandbox": "run a local stand-in of Strava's upload API",
    "config": "print the configuration, and what holds for a file",
    "explain": "explain a rule by its code",
    "help": "print the help of a command",
    "version": "print the version",
}
#: Exit status of a command that the person stopped, as a shell gives it for Ctrl-C.
STOPPED = 130


def _complain(text: str) -> None:
    line(f"tracklint: {text}", err=True)


class _Commands(click.Group):
    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command from beginning to end."""
        with calm_streams():
            return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Exit status 1 is for findings: what is not foreseen anywhere in a command is one line and 2, and a stop by
        the person is 130. What a `KeyboardInterrupt` has to say stands in its text."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise click.UsageError(safe(error.format_message(), err=True), error.ctx) from None
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            raise click.exceptions.Exit(NO_READER) from None
        except KeyboardInterrupt as stop:
            _complain(str(stop) or "stopped")
        except click.Abort as stop:  # at a question
            if isinstance(stop.__context__, EOFError):
                _complain("standard input ended before the question was answered")
                raise click.exceptions.Exit(2) from None
            _complain("stopped")
        except Exception as error:
            _complain(own_failure(error))
            raise click.exceptions.Exit(2) from None
        raise click.exceptions.Exit(STOPPED)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; for another word, which one it may have been."""
        word = args[0]
        if word in COMMANDS:
            return super().resolve_command(ctx, args)
        import difflib

        near = difflib.get_close_matches(word.lower(), COMMANDS, 1)
        if Path(word).exists() or word.lower().endswith((".fit", ".tcx", ".gpx", ".gz", ".zip")):
            advice = f"did you mean `tracklint check {word}`?"
        elif near:
            advice = f"did you mean `tracklint {near[0]}`?"
        else:
            advice = "`tracklint help` lists them"
        raise click.UsageError(f"there is no command {word!r}; {advice}", ctx)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.commands or cmd_name not in COMMANDS:
            return self.commands.get(cmd_name)
        command: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", "-V", prog_name="tracklint", message="%(prog)s %(version)s")
def main() -> None:
    """Check FIT, TCX and GPX activity files before Strava does, prepare them, and hand them over.

    Exit status: 0 all is well, 1 there are findings or Strava refused a file, 2 the answer cannot be trusted (a path
    that cannot be read, a file that takes too long, a wrong option or configuration, a defect of tracklint itself, no
    network), 130 stopped by Ctrl-C.
    """


@main.command("help")
@click.argument("command", required=False)
@click.pass_context
def help_(ctx: click.Context, command: str | None) -> None:
    """Print the help of COMMAND; without one, of tracklint."""
    group = ctx.find_root()
    from .lines import lines

    if command is None:
        lines(main.get_help(group))
        return
    _, found, _ = main.resolve_command(group, [command])
    assert found is not None  # another word is told
    lines(found.get_help(click.Context(found, info_name=command, parent=group)))


@main.command()
def version() -> None:
    """Print the version."""
    from .lines import line

    line(f"tracklint {__version__}")
