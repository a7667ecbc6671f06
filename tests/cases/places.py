"""Cases for rules about where things stand: sensors in places that Strava does not list, strength sets without totals."""

from __future__ import annotations

import re
from dataclasses import replace

from cases import Case
from tracklint.testing import OMIT, FitBuilder, Ride, fit_time

RIDE = Ride(seconds=60)
WITHOUT_SENSORS = replace(RIDE, channels=("position", "altitude", "distance", "speed"))
#: The numbers of the native fields in the FIT profile: record.heart_rate is 3, record.power is 7.
HEART_RATE, POWER = 3, 7


def _stands_in(native: int) -> bytes:
    """A ride whose only power or heart rate is a developer field that stands in for the native one."""
    description = {"native_mesg_num": 20, "native_field_num": native}
    return WITHOUT_SENSORS.fit(developer=True, messages={"field_description": description})


def _sets(totals: bool) -> bytes:
    """A strength activity of sets without records, with or without the totals that Strava asks for."""
    enum, u8, u16, u32, u32z = 0x00, 0x02, 0x84, 0x86, 0x8C
    now = fit_time(RIDE.start_time)
    fit = FitBuilder()
    fit.define(0, 0, [(0, 1, enum), (1, 2, u16), (2, 2, u16), (3, 4, u32z), (4, 4, u32)])
    fit.data(0, 4, 265, 1, RIDE.serial, now)
    fit.define(1, 225, [(254, 4, u32), (0, 4, u32), (3, 2, u16), (5, 1, u8)])
    fit.data(1, now, 30_000, 10, 1)
    fit.define(2, 18, [(253, 4, u32), (2, 4, u32), (5, 1, enum), (6, 1, enum)] + [(7, 4, u32)] * totals)
    fit.data(2, now + 60, now, 10, 20, *[60_000] * totals)
    fit.define(3, 19, [(253, 4, u32), (0, 1, enum), (1, 1, enum)])
    fit.data(3, now + 60, 9, 1)
    fit.define(4, 34, [(253, 4, u32), (1, 2, u16), (2, 1, enum), (3, 1, enum), (4, 1, enum)])
    fit.data(4, now + 60, 1, 0, 26, 1)
    return fit.build()


def _heart_rate_in_extensions() -> bytes:
    """The heart rates as a vendor's element beside TPX."""
    data = re.sub(
        rb"\s*<HeartRateBpm>\s*<Value>(\d+)</Value>\s*</HeartRateBpm>(.*?)</Extensions>",
        rb'\2<v:hr xmlns:v="urn:vendor">\1</v:hr></Extensions>', RIDE.tcx(), flags=re.DOTALL,
    )  # fmt: skip
    assert b"v:hr" in data
    return data


def _tcx(old: bytes, new: bytes) -> bytes:
    data = RIDE.tcx()
    assert old in data
    return data.replace(b"<" + old + b">", b"<" + new + b">").replace(b"</" + old + b">", b"</" + new + b">")


ONLY_TIME = {
    30: dict.fromkeys(
        ("position", "altitude", "heart_rate", "cadence", "power", "temperature", "distance", "speed"), OMIT
    )
}

CASES = [
    Case("FIT022", lambda: RIDE.fit(developer=True, build={"protocol": 0x10}), True, name="developer"),
    Case("FIT022", lambda: RIDE.fit(build={"protocol": 0x10}), False, name="plain-v1"),
    Case("FIT202", lambda: RIDE.fit(change=ONLY_TIME), True, name="bare"),
    Case("FIT202", lambda: RIDE.fit(change={30: {"position": OMIT}}), False, name="no-position"),
    Case("SEN005", lambda: _stands_in(POWER), True, name="developer-fit"),
    Case("SEN005", lambda: _stands_in(200), False, name="other-developer-fit"),
    Case("SEN005", lambda: _tcx(b"ns3:Watts", b"ns3:Power"), True, name="other-name-tcx"),
    Case("SEN006", lambda: _stands_in(HEART_RATE), True, name="developer-fit"),
    Case(
        "SPT004",
        lambda: Ride(seconds=60).fit(messages={"session": {"sport": 20}, "lap": {"sport": 20}}),
        True,
        name="flying-fit",
    ),
    Case("SEN006", _heart_rate_in_extensions, True, name="extension-tcx"),
    Case("STR012", lambda: _sets(totals=False), True, frozenset({"FIT412", "FIT413", "FIT428"}), "no-totals"),
    Case("STR012", lambda: _sets(totals=True), False, frozenset({"FIT412", "FIT413", "FIT428"}), "totals"),
]
