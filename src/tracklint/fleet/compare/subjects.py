"""What a rule or a fact is about: the part of a ride or file that its words name."""

from __future__ import annotations

import re

__all__ = ["subjects"]

#: Words of a subject, in the names of rules, facts and fields and in messages.
_WORDS = {
    "heart rate": r"heart.?rates?|hr|hrv|rr",
    "altitude": r"altitudes?|elevations?|ascent|descent|climb\w*|baro\w*|loop",
    "power": r"powers?|work|watts?|balance",
    "cadence": r"cadences?",
    "temperature": r"temperatures?",
    "speed": r"speeds?",
    "distance": r"distances?",
    "position": r"positions?|gps|latitudes?|longitudes?|drift",
    "lap": r"laps?",
    "time": r"times?|timer|timestamp|clocks?|gaps?|interval|elapsed|sample|pauses?|duration",
    "device": r"devices?|battery|sensors?|creator",
    "developer": r"developer",
    "definition": r"definitions?|bytes?",
}
_SUBJECTS = {name: re.compile(rf"(?<![a-z])({words})(?![a-z])") for name, words in _WORDS.items()}


def subjects(*texts: str) -> frozenset[str]:
    """The subjects of the first text that names any; none where no text does."""
    for text in texts:
        if found := frozenset(name for name, words in _SUBJECTS.items() if words.search(text.lower())):
            return found
    return frozenset()
