"""How far recordings of one ride may differ: ``power.bias=5%`` and the like."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..errors import TracklintError
from ..spelling import number
from .comparison import Comparison
from .pairs import Pair
from .recording import CHANNELS
from .telling import UNITS

__all__ = ["MEASURES", "BadThreshold", "Beyond", "Threshold", "beyond", "threshold"]


class BadThreshold(TracklintError):
    """A threshold that says nothing that can be measured. The text is one clear sentence."""


@dataclass(frozen=True, slots=True)
class _Measure:
    """A number of a pair, its unit, and whether it must be at least the limit rather than at most. ``of`` gives NaN
    where it cannot be had."""

    of: Callable[[Pair], float]
    unit: str
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Threshold:
    """``text`` as it was given, the name of its measure, and its limit in the unit of that."""

    text: str
    measure: str
    limit: float


@dataclass(frozen=True, slots=True)
class Beyond:
    """A threshold that a recording exceeds, and the value that it has; NaN where it could not be measured."""

    recording: str
    threshold: Threshold
    value: float

    @property
    def measured(self) -> bool:
        """Whether there is a value at all."""
        return not math.isnan(self.value)

    def __str__(self) -> str:
        """One clear sentence."""
        measure = MEASURES[self.threshold.measure]
        if not self.measured:
            return f"{self.recording}: {self.threshold.text} could not be measured"
        side = "least" if measure.at_least else "most"
        value, limit = (
            f"{number(round(each, 3))} {measure.unit}".rstrip() for each in (self.value, self.threshold.limit)
        )
        return f"{self.recording}: {self.threshold.measure.removesuffix('%')} is {value}, allowed is {limit} at {side}"


def _of(channel: str, name: str) -> Callable[[Pair], float]:
    def value(pair: Pair) -> float:
        found = pair.agreement(channel)
        told = float(getattr(found, name)) if found is not None else math.nan
        return told if name == "correlation" else abs(told)

    return value


def _percent(name: str) -> Callable[[Pair], float]:
    def value(pair: Pair) -> float:
        total = getattr(pair, name)
        return abs(total.percent) if total is not None else math.nan

    return value


def _separation(name: str) -> Callable[[Pair], float]:
    return lambda pair: float(getattr(pair.separation, name)) if pair.separation is not None else math.nan


def _offset(pair: Pair) -> float:
    return max(abs(each.offset_s) for each in pair.clock.anchors if not math.isnan(each.offset_s))


def _measures() -> Iterator[tuple[str, _Measure]]:
    yield "offset", _Measure(_offset, "s")
    yield "distance", _Measure(_percent("distance"), "%")
    yield "ascent", _Measure(_percent("ascent"), "%")
    yield "separation.p50", _Measure(_separation("p50_m"), "m")
    yield "separation.p95", _Measure(_separation("p95_m"), "m")
    for channel in CHANNELS:
        unit = UNITS[channel]
        yield f"{channel}.bias", _Measure(_of(channel, "bias"), unit)
        if channel not in ("altitude", "temperature"):
            yield f"{channel}.bias%", _Measure(_of(channel, "bias_percent"), "%")
        yield f"{channel}.mae", _Measure(_of(channel, "mae"), unit)
        yield f"{channel}.correlation", _Measure(_of(channel, "correlation"), "", at_least=True)
        yield f"{channel}.lag", _Measure(_of(channel, "lag_s"), "s")
        yield f"{channel}.dropout", _Measure(_of(channel, "dropout_s"), "s")
    yield "power.slope", _Measure(lambda pair: 100 * abs(_of("power", "slope")(pair) - 1), "%")
    yield "power.intercept", _Measure(_of("power", "intercept"), "W")


#: What can be measured, by the name that a threshold gives it; a bias is told in its unit or, with ``%``, as a share.
MEASURES = dict(_measures())
_FORM = re.compile(r"\s*([a-z_]+(?:\.[a-z0-9]+)?)\s*=\s*(\d+(?:\.\d+)?)\s*(\S*(?: C)?)\s*")


def threshold(text: str) -> Threshold:
    """A threshold from its text: a measure, ``=``, a number and, if wanted, its unit. Raises `BadThreshold`."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise BadThreshold(f"{text!r} is no threshold; write it as power.bias=5% or separation.p95=20m")
    name, limit, unit = found.groups()
    if unit == "%" and f"{name}%" in MEASURES:
        name += "%"
    measure = MEASURES.get(name)
    if measure is None:
        known = ", ".join(each for each in MEASURES if not each.endswith("%"))
        raise BadThreshold(f"{text!r}: {name} is not measured; known are {known}")
    if unit not in ("", measure.unit):
        raise BadThreshold(f"{text!r}: {name} is measured in {measure.unit or 'no unit'}, not in {unit}")
    return Threshold(text.strip(), name, float(limit))


def beyond(comparison: Comparison, thresholds: Iterable[Threshold]) -> list[Beyond]:
    """What is beyond the thresholds, or could not be measured, recording by recording; those of another ride are left
    out."""
    asked = list(thresholds)
    found = []
    for pair in (pair for pair in comparison.pairs if pair.same):
        for each in asked:
            measure = MEASURES[each.measure]
            value = measure.of(pair)
            within = value >= each.limit if measure.at_least else value <= each.limit
            if not within:
                found.append(Beyond(pair.other.name, each, value))
    return found
