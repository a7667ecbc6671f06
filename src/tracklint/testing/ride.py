"""An invented ride and its three files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .fit import write_fit
from .gpx import write_gpx
from .invented import Invented
from .tcx import write_tcx

__all__ = ["Ride"]


@dataclass(frozen=True, kw_only=True)
class Ride(Invented):
    """A deterministic, physically plausible ride: round an invented circle in open country, one point a second.

    ``seconds`` is the elapsed time; the ride has ``seconds + 1`` points, the first at ``start`` and the last at the
    end. ``sport`` and ``sub_sport`` are FIT profile names (``cycling``, ``running``, ``hiking``, ``walking``,
    ``swimming``; other FIT sports ride like cycling). ``channels`` is what the device records; each format writes
    those that it can hold. ``device`` is the creator of TCX and GPX, and without its barometer suffix the FIT product
    name. ``speed`` is the mean speed in m/s, ``latitude`` and ``longitude`` the centre of the circle, ``utc_offset``
    the wall clock of FIT in seconds.

    Without options the files have no finding at all, not even an info; a TCX hike, walk or swim has SPT003, because the
    schema does not have the words that Strava reads. ``change`` makes defects at single points, with
    the column names of `activity.Activity` and physical units, the same in the three formats::

        ride.gpx(change={5: {"time": None}})                  # no time
        ride.tcx(change={5: {"time": ride.time(4)}})          # a repeated time
        ride.fit(change={5: {"position": None}})              # latitude and longitude together
        ride.gpx(change={5: {"latitude": "48,1"}})            # text is written as it is (GPX and TCX)
        ride.fit(change={5: {"power": Raw(65534)}})           # a raw number is written as it is (FIT)
        ride.fit(change={5: {"time": OMIT}})                  # a record without the field (FIT)

    ``shape`` writes GPX and TCX as an exporter does: ``ride.gpx(shape="garmin")``, and ``strava``, ``suunto``,
    ``polar``, ``zwift``. ``skip`` leaves points out. Summaries (laps, sessions) always tell the ride without ``change``
    and ``skip``. Raises ValueError for names and numbers that no ride can have.
    """

    def fit(self, **options: Any) -> bytes:
        """The ride as FIT; see `fit.write_fit` for the options."""
        return write_fit(self, **options)

    def gpx(self, **options: Any) -> bytes:
        """The ride as GPX; see `gpx.write_gpx` for the options."""
        return write_gpx(self, **options)

    def tcx(self, **options: Any) -> bytes:
        """The ride as TCX; see `tcx.write_tcx` for the options."""
        return write_tcx(self, **options)
