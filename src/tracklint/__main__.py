"""``python -m tracklint`` is the command ``tracklint``."""

from .cli import main

main(prog_name="tracklint")
