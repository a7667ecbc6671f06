"""The page of a file: one document that opens from disk and asks for nothing else.

``file.html`` is filled by Jinja2, which escapes whatever comes from a file; ``page.css`` and ``page.js`` go into it as
they are, and so does plotly.js from the installed wheel (docs/decisions/0007-charts.md).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TextIO

from ...words import severities
from ..rows import container_row, fact_rows, not_checked, predicted_rows, predicted_title
from ..units import UNITS
from .filling import filled, in_script, own
from .zone import said, zone_of, zone_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...config import Config
    from ...findings import Report
    from ...reading import Reading
    from ..digest import Digest
    from ..units import System

__all__ = ["LIBRARY", "Writer", "page", "piece", "scripts", "whole"]

#: Where the library stands in a piece, so that it need not travel with each one; no text from a file has a ``<``.
LIBRARY = "<!-- library -->"
_VERDICTS = {
    "ready": "Strava will take this file.",
    "risky": "Strava will take this file, but something in it will be wrong.",
    "refused": "Strava will refuse this file, or loses data of it.",
}
_SPEC = {
    "ready": "The file follows its specification.",
    "risky": "The file follows its specification in the main.",
    "refused": "The file does not follow its specification.",
}


def piece(report: Report, data: Callable[[], bytes | None], config: Config | None = None) -> str:
    """The page of a report's file but for the library. The file is read once more: a report does not carry its ride."""
    from ...config import given
    from ...reading import read_source
    from ...source import open_source

    config = given(config)
    return page(report, read_source(open_source(data() or b"", report.name), config), config)


class Writer:
    """The page of the one file of a run, with the library in it."""

    def __init__(self, opened: Callable[[int], TextIO]) -> None:
        self._opened = opened

    def add(self, digest: Digest, piece: str) -> None:
        """Write the page; what a run says of devices has no room on it."""
        if not digest.of_fleet:
            self._opened(1).write(whole(piece))

    def close(self) -> None:
        """The page is whole."""


def whole(piece: str) -> str:
    """A piece with the library in it, where there is something to draw."""
    before, library, after = piece.partition(LIBRARY)
    if not library:
        return piece
    from plotly.offline import get_plotlyjs

    return f"{before}<script>{get_plotlyjs()}</script>{after}"


def page(report: Report, reading: Reading, config: Config, units: System = "metric") -> str:
    """The page of a file that was read, but for the library."""
    from .figures import figures, ride_data
    from .notes import notes
    from .repairs import mendings

    zone = zone_of(reading) if reading.failed is None else None
    with reading.names():
        told = notes(report, reading, zone)
        drawn = figures(reading.activity, told, UNITS[units], zone) if reading.activity is not None else None
        mended = mendings(reading, report, config) if reading.document is not None else []
    title = predicted_title(report)
    return filled(
        "file.html",
        title=f"{report.name}: {report.verdict}",
        name=report.name,
        verdict=report.verdict,
        sentence=(_VERDICTS if report.purpose == "strava" else _SPEC)[report.verdict],
        found=severities(report.findings) or "nothing found",
        facts=[
            container_row(report),
            *(fact_rows(report.activity, UNITS[units], partial(said, zone=zone)) if report.activity else ()),
        ],
        zone=zone_text(zone),
        zone_known=zone is not None,
        notes=told,
        figures=drawn,
        prediction=None if title is None or report.prediction is None else (
            title, list(predicted_rows(report.prediction, UNITS[units]))
        ),
        mended=mended,
        skipped=not_checked(report.skipped),
        schema_valid=report.schema_valid,
        data=in_script(ride_data(drawn, told)),
        library=LIBRARY,
        style=own("page.css"),
        script=_script(),
    )  # fmt: skip


def scripts() -> tuple[str, str]:
    """The two scripts that run in a page, as they stand between their tags: the library and ours."""
    from plotly.offline import get_plotlyjs

    return get_plotlyjs(), f"\n{_script()}\n"


def _script() -> str:
    return own("drawing.js") + own("page.js")
