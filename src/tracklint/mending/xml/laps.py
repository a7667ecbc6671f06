"""Repairs of the numbers that TCX laps state, where they are none or cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...edits import Edit, Step
from ...rules.track import lap_metres, lap_seconds
from ...rules.xml.laps import lap_number_implausible
from ...xml.tcx import tcx_activity
from ..repair import Repair
from .extensions import gone
from .schema import flagged
from .splice import retexted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...edits import Asked
    from ...findings import Finding
    from ...xml.document import XmlDocument

__all__ = ["REPAIRS", "written"]


def written(value: float) -> str:
    """A number of seconds or metres to the thousandth, without zeros at its end."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _numbers(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """What the points say, 0 for Calories, and nothing in place of a number that the schema does not demand."""
    for finding in asked.findings:
        name, safe = str(finding.evidence["element"]), finding.fix == "safe"
        if not finding.fix or (finding.fix == "unsafe" and not asked.unsafe):
            continue
        if name in ("TotalTimeSeconds", "DistanceMeters"):
            edits, says = _computed(document, finding, name), "{} of {} laps becomes what their points say"
        elif name == "Calories":
            edits = [retexted(document, each, "0") for each in flagged(document, finding).tolist()]
            says = "{} of {} laps becomes 0"
        else:
            edits, says = gone(document, flagged(document, finding)), "{} of {} laps is dropped"
        action = "dropped" if says.endswith("dropped") else "changed"
        says = says.format(name, len(edits))
        if edits:
            yield Step(action=action, says=says, edits=tuple(edits), safe=safe, where=finding.where)


def _computed(document: XmlDocument, finding: Finding, name: str) -> list[Edit]:
    activity = tcx_activity(document)
    total = lap_seconds if name == "TotalTimeSeconds" else lap_metres
    edits = []
    for element, lap in zip(flagged(document, finding).tolist(), finding.evidence["wrong_laps"], strict=True):
        value = total(activity, activity.laps[int(lap) - 1])
        if value is not None:
            edits.append(retexted(document, element, written(value)))
    return edits


REPAIRS: tuple[Repair, ...] = (
    Repair(
        (lap_number_implausible,),
        _numbers,
        "TCX: a number that the schema does not demand is dropped",
        unsafely="TCX: the lap says what its points say, Calories 0",
    ),
)
