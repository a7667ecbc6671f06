"""Draws what commands show on a terminal, of built rides only: ``python docs/terminal.py [FOLDER]`` writes one SVG for
each into docs/pictures (``tox -e pages`` does so beside its own)."""

from __future__ import annotations

import io
import math
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from tracklint.testing import Ride

PICTURES = Path(__file__).parent / "pictures"
#: Each picture and its command.
SHOWN = {
    "terminal-check.svg": "check --all evening-round.fit",
    "terminal-show.svg": "show evening-round.fit",
    "terminal-upload.svg": "upload --dry-run --barometer planned.gpx morning-ride.tcx",
}
_COLUMNS = 80


def main(folder: Path = PICTURES) -> None:
    """Write all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        for name, data in rides().items():
            Path(made, name).write_bytes(data)
        for name, command in SHOWN.items():
            (folder / name).write_text(picture(command, shown(command, Path(made))), encoding="utf-8")


def rides() -> dict[str, bytes]:
    """Built files by name: a ride in which several things went wrong, a plan without times, and a ride to tag."""
    ride = Ride(seconds=5400, laps=3, device="tracklint ride builder", speed=6.4)
    change: dict[int, dict[str, Any]] = {
        i: dict(zip(("latitude", "longitude"), _way(i / 5400), strict=True)) for i in range(5401)
    }
    for i in range(1200, 1900):
        change[i]["heart_rate"] = None
    change[2400]["altitude"] = 260.0
    change[4000]["power"] = 3000
    plain = Ride(seconds=600, device="tracklint ride builder")
    return {
        "evening-round.fit": ride.fit(change=change),
        "planned.gpx": plain.gpx(change={i: {"time": None} for i in range(plain.points)}),
        "morning-ride.tcx": plain.tcx(),
    }


def _way(share: float) -> tuple[float, float]:
    """A point of a closed way with three bays, in degrees."""
    turn = 2 * math.pi * share
    far = 1 + 0.28 * math.cos(3 * turn) + 0.12 * math.sin(5 * turn)
    return 47 + 0.025 * far * math.sin(turn), 20 + 0.06 * far * math.cos(turn)


def shown(command: str, folder: Path) -> str:
    """What a command shows on a terminal of 80 columns, with colours as a terminal gets them."""
    surroundings = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "LC_ALL")} | {
        "TTY_COMPATIBLE": "1", "TERM": "xterm-256color", "COLUMNS": str(_COLUMNS), "LINES": "24",
        "PYTHONIOENCODING": "utf-8", "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder),
    }  # fmt: skip
    line = [sys.executable, "-m", "tracklint", *command.split()]
    done = subprocess.run(line, capture_output=True, cwd=folder, env=surroundings, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{command}: {done.stderr.decode()}")
    return done.stdout.decode()


def picture(command: str, text: str) -> str:
    """The SVG of a screen; it asks for no font from the network."""
    console = Console(
        file=io.StringIO(), record=True, width=_COLUMNS, force_terminal=True, color_system="standard",
        legacy_windows=False, highlight=False,
    )  # fmt: skip
    console.print(Text(f"$ tracklint {command}", style="bold"))
    console.print(Text.from_ansi(text.rstrip("\n")), soft_wrap=True)
    fonts = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
    form = fonts.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code", "Fira Code, DejaVu Sans Mono, Menlo, Consolas")
    return console.export_svg(title="tracklint", code_format=form, unique_id="terminal") + "\n"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
