"""For other people's test suites: build rides with or without defects, and assert that a file is fit to upload.

    from tracklint.testing import Ride, assert_valid

    def test_our_exporter():
        assert_valid(our_exporter.export(activity), allow=("DEV",))

    def test_our_importer_survives_a_point_without_time():
        our_importer.read(Ride(seconds=60).gpx(change={30: {"time": None}}))

A `Ride` is deterministic: the same arguments give the same bytes. `FitBuilder` writes FIT message by message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .builder import BASE_TYPES, FIT_EPOCH, FitBuilder, fit_time
from .invented import OMIT, Raw
from .ride import Ride

if TYPE_CHECKING:
    from ..config import Config
    from ..findings import Severity
    from ..source import Thing

__all__ = ["BASE_TYPES", "FIT_EPOCH", "OMIT", "FitBuilder", "Raw", "Ride", "assert_valid", "fit_time"]


def assert_valid(
    thing: Thing,
    *,
    allow: tuple[str, ...] = (),
    severity: Severity | None = None,
    config: Config | None = None,
    name: str | None = None,
) -> None:
    """Raise AssertionError with the findings, as text, if ``thing`` (a path, bytes or a binary file object) has any.

    ``allow`` holds codes or families (``"SEN007"``, ``"DEV"``) whose findings are accepted. Findings below ``severity``
    (default: `Severity.WARNING`) are accepted too. Raises `source.Unreadable` where the thing cannot be read at all.
    """
    from dataclasses import replace
    from io import StringIO

    from ..checking import check_reading
    from ..config import Config
    from ..findings import Severity
    from ..reading import read_thing
    from ..render import write

    config = config or Config()
    reading = read_thing(thing, config, name=name)
    report = check_reading(reading, config)
    least = Severity.WARNING if severity is None else severity
    left = tuple(f for f in report.findings if f.severity >= least and not (allow and f.code.startswith(tuple(allow))))
    if left:
        out = StringIO()
        write("text", [replace(report, findings=left)], out, data=lambda _: reading.source.data, least=least)
        raise AssertionError("\n" + out.getvalue())
