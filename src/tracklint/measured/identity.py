"""Facts about what recorded the ride, and what it is."""

from __future__ import annotations

from ..activity import Activity
from ..sports import joined
from .fact import Fact, Measure

__all__ = ["MEASURES"]

NOT_TOLD = "not told"


def _device(activity: Activity) -> tuple[str | int | None, ...]:
    device = activity.device
    return device.manufacturer, device.product, device.software, device.hardware, device.serial


def _sport(activity: Activity) -> tuple[str | None, ...]:
    return joined(s.sport for s in activity.sessions), joined(s.sub_sport for s in activity.sessions)


MEASURES = (
    Measure(
        (
            Fact(
                "manufacturer",
                "text",
                "",
                "the maker that the file names: file_id.manufacturer by its name in FIT",
                NOT_TOLD,
            ),
            Fact("product", "text", "", "the product that the file names", NOT_TOLD),
            Fact("firmware", "text", "", "the version of the device's software", NOT_TOLD),
            Fact("hardware", "text", "", "the version of the device itself", NOT_TOLD),
            Fact("serial_number", "whole", "", "the device's own number (FIT; UnitId of TCX)", NOT_TOLD),
        ),
        _device,
    ),
    Measure(
        (
            Fact(
                "sport", "text", "", "the sport in the words of the file; with commas where sessions differ", NOT_TOLD
            ),
            Fact("sub_sport", "text", "", "session.sub_sport; with commas where sessions differ", NOT_TOLD),
        ),
        _sport,
        needs=("sessions",),
    ),
)
