"""Rules of our own: what the Acme team asks of the files that its devices write."""

from tracklint import Activity, Limits, Severity, Where
from tracklint.rules import Basis, Found, Hit, at_points, rule

HANDBOOK = Basis("Acme handbook, 4.2", "https://example.org/handbook#4.2", authority="practice")


@rule(
    "ACM001",
    "acme-no-serial",
    Severity.WARNING,
    on=Activity,
    basis=HANDBOOK,
    says="{product} wrote no serial number",
    hint="write the serial number of the device, so that its rides can be told from those of others",
)
def no_serial(activity: Activity, _limits: Limits) -> Found:
    """The file has no serial number, by which we find the device that wrote it."""
    if activity.device.serial is None:
        yield Hit(Where(), {"product": activity.device.product or activity.device.name or "the device"})


@rule(
    "ACM002",
    "acme-hot-device",
    Severity.INFO,
    on=Activity,
    basis=HANDBOOK,
    says="{count} of {points} points are warmer than 50 deg C, the first is {first}",
    hint="do not leave the device in the sun",
    formats=("fit", "gpx"),  # TCX has no temperatures
    needs=("temperature",),
)
def hot_device(activity: Activity, _limits: Limits) -> Found:
    """The temperature is above 50 deg C, where the battery suffers."""
    yield from at_points(activity, activity.temperature > 50)
