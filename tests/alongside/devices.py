"""One invented ride, and what several devices write of it: each with a clock, noise, gains, pauses and dropouts of its
own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tracklint.activity import COLUMNS, Activity, Floats

START = 1_714_557_600.0
#: Metres of a degree of latitude.
DEGREE_M = 111_195.08
CHANNELS = ("power", "heart_rate", "cadence", "speed", "altitude", "distance", "latitude", "longitude")


@dataclass(frozen=True, kw_only=True)
class Road:
    """A ride as it was, one row a second; another ``seed`` is another ride."""

    seconds: int = 3600
    seed: int = 1
    columns: Mapping[str, Floats] = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)

        def swings(width: int, size: float) -> Floats:
            kernel = np.hanning(2 * width + 1)
            noise = np.convolve(rng.normal(size=self.seconds + 4 * width), kernel, "same")[2 * width : -2 * width]
            made: Floats = size * noise / noise.std()
            return made

        speed = np.clip(8 + swings(15, 1.2) + swings(120, 1), 1, None)
        heading = np.cumsum(swings(30, 0.03))
        east, north = np.cumsum(speed * np.cos(heading)), np.cumsum(speed * np.sin(heading))
        columns = {
            "power": np.clip(190 + swings(8, 45) + swings(100, 30), 0, None).round(),
            "heart_rate": (140 + swings(40, 9)).round(),
            "cadence": np.clip(85 + swings(10, 6), 0, None).round(),
            "speed": speed,
            "altitude": 300 + swings(200, 30),
            "distance": np.cumsum(speed),
            "latitude": 47 + north / DEGREE_M,
            "longitude": 20 + east / (DEGREE_M * np.cos(np.radians(47))),
        }
        object.__setattr__(self, "columns", columns)

    def recorded(
        self,
        *,
        ahead: float = 0.0,
        gain: float = 1.0,
        zero: float = 0.0,
        noise_m: float = 0.0,
        late: int = 0,
        pause: tuple[int, int] | None = None,
        stands_still: bool = False,
        dropouts: Sequence[tuple[int, int]] = (),
        every: int = 1,
        channels: Sequence[str] = CHANNELS,
    ) -> Activity:
        """What a device writes whose clock is ``ahead`` by so many seconds, whose power is ``gain`` times as high and
        ``zero`` W off, whose positions scatter by ``noise_m`` in either direction, whose heart rate is ``late`` and
        missing in ``dropouts``. In the ``pause`` it writes nothing, and its clock may stand still there."""
        rng, n = np.random.default_rng(self.seed + 100), self.seconds
        own = {name: self.columns[name].copy() for name in channels}
        own["time"] = START + ahead + np.arange(float(n))
        if "power" in own:
            own["power"] = np.where(own["power"] > 0, (gain * own["power"] + zero).round(), 0)
        if "heart_rate" in own:
            own["heart_rate"] = np.r_[np.full(late, own["heart_rate"][0]), own["heart_rate"][: n - late]]
            for first, last in dropouts:
                own["heart_rate"][first:last] = np.nan
        for axis in {"latitude", "longitude"} & set(own):
            own[axis] += noise_m * rng.normal(size=n) / DEGREE_M / (np.cos(np.radians(47)) if axis[1] == "o" else 1)
        keep = np.arange(n) % every == 0
        if pause is not None:
            keep[slice(*pause)] = False
            own["time"][pause[1] :] -= (pause[1] - pause[0]) * stands_still
        nothing = np.full(n, np.nan)
        return Activity(format="fit", **{name: own.get(name, nothing)[keep] for name in COLUMNS})
