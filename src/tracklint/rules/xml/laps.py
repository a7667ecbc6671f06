"""Rules about the numbers that TCX laps state: whether they are numbers, and of something that can be."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from ...config import Limits
from ...findings import Severity
from ...steps import Floats
from ...xml import XmlDocument
from ...xml.columns import element_place, read_together
from ...xml.laps import lap_elements, lap_numbers
from ...xml.standings import column_of
from ...xml.tags import Int32s
from ...xml.tcx import tcx_activity
from ...xml.values import NOT_FINITE, NOT_VALUE
from ..basis import STRAVA_UPLOADS
from ..registry import Found, Hit, rule
from ..track import lap_metres, lap_seconds, most_calories
from .violations import offsets_of

WARNING = Severity.WARNING
#: Elements that the schema demands, so that they can only get another number: from the points, where these tell it.
_COMPUTED = {"TotalTimeSeconds": lap_seconds, "DistanceMeters": lap_metres}
_DEMANDED = (*_COMPUTED, "Calories")


@rule(
    "STR014",
    "lap-number-implausible",
    WARNING,
    on=XmlDocument,
    basis=STRAVA_UPLOADS,
    says="{element} is {what} in {count} of {laps} laps; the first is lap {lap}",
    hint="write what was measured, or leave {element} out where the schema permits it",
    formats=("tcx",),
    fix="unsafe",
)
def lap_number_implausible(document: XmlDocument, limits: Limits) -> Found:
    """A number that a lap states is no number, below 0, or beyond what anybody does.

    Programs write NaN, INF, Infinity or undefined where they divided by zero, negative totals where a counter ran over,
    and speeds of kilometres a second. xsd:double allows NaN and INF, so that the schema does not find them. Strava
    takes time and distance of a lap from here. A speed above that of every sport (100 m/s) and more than 50 kcal a
    minute are told as beyond; the first 300 kcal are free.
    """
    laps = lap_elements(document)
    numbers = lap_numbers(document)
    columns = read_together(document, [document.elements.text_spans(found) for _, found in numbers])
    for (name, found), column in zip(numbers, columns, strict=True):
        values, status = column.values, column.status
        owner = np.searchsorted(laps, found, "right") - 1
        beyond = values > _most(document, name, laps[owner], limits)
        for what, wrong in (
            ('no number ("{text}")', (status == NOT_VALUE) | (status == NOT_FINITE)),
            ("below 0 ({text})", values < 0),
            ("beyond what anybody does ({text})", beyond),
        ):
            if wrong.any():
                yield _hit(document, name, what, found[wrong], owner[wrong])


def _most(document: XmlDocument, name: str, laps: Int32s, limits: Limits) -> Floats | float:
    """What a number of these laps can be at most; infinite where nobody knows."""
    if name in ("MaximumSpeed", "AvgSpeed"):
        return limits.max_speed_other_m_s
    if name != "Calories":
        return np.inf
    times = document.elements.first_children(laps, "TotalTimeSeconds")
    seconds = np.full(len(laps), np.nan)
    seconds[times >= 0] = column_of(document, times[times >= 0]).values
    return most_calories(seconds)


def _hit(document: XmlDocument, name: str, what: str, found: Int32s, owner: np.ndarray) -> Hit:
    laps = len(lap_elements(document))
    where = replace(element_place(document, int(found[0])), count=len(found))
    text = document.text_of(int(found[0])).value[:40]
    fix: Literal["safe", "unsafe", ""]
    if name in _COMPUTED:
        activity = tcx_activity(document)
        known = any(_COMPUTED[name](activity, activity.laps[i]) is not None for i in owner.tolist())
        fix = "unsafe" if known else ""
    else:
        fix = "unsafe" if name in _DEMANDED or what.startswith("beyond") else "safe"
    evidence = {
        "element": name,
        "what": what.format(text=text),
        "text": text,
        "count": len(found),
        "laps": laps,
        "lap": int(owner[0]) + 1,
        "wrong_laps": (owner + 1).tolist(),
        "offsets": offsets_of(document, found),
    }
    return Hit(where, evidence, fix=fix)
