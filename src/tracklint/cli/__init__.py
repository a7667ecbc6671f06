"""The command line: words and exit statuses only. What a command does stands in the library function of the same
name."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from ..version import __version__

__all__ = ["main"]

#: Each command's module; it is imported when the command is run, so that --help and --version are instant.
COMMANDS = {
    "check": "check files and say what is wrong, and where",
    "show": "print what a file holds and what Strava will make of it",
    "dump": "print the messages or points of a file, one a line",
    "fix": "mend files: say what would change, or write it",
    "prepare": "tag, compress and name files for an upload",
    "upload": "check, prepare and send files to Strava, or to the sandbox",
    "login": "sign in at Strava",
    "logout": "end the sign-in, at Strava and on this machine",
    "status": "say who is signed in, for how long, and where things are kept",
    "create": "create an activity without a file",
    "sandbox": "run a local stand-in of Strava's upload API",
    "explain": "explain a rule by its code",
}


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        """Exit status 1 is for findings: what is not foreseen anywhere in a command is one line and 2."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            from .lines import safe

            raise click.UsageError(safe(error.format_message(), err=True), error.ctx) from None
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
            told = "stopped"
        except Exception as error:
            from .troubles import own_failure

            told = own_failure(error)
        from .lines import line

        line(f"tracklint: {told}", err=True)
        raise click.exceptions.Exit(2)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
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
    network).
    """
