"""What the schemas want in another form than the file has it: the same value, an Id of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from .datetimes import respelled
from .values import TAKEN, read_time

if TYPE_CHECKING:
    from .document import XmlDocument
    from .vocabulary import Path

__all__ = ["NOT_A_DATE_TIME", "own_ids", "right_form", "same_value"]

_LONGEST = 40
#: How a validation says that a value is not of xsd:dateTime.
NOT_A_DATE_TIME = "not a date and time"


def same_value(text: str, words: Iterable[str] = ()) -> str | None:
    """One of ``words`` for the same word in other letters or with spaces, a whole number for ``5.0``; ``None`` where
    there is no other form of the same value."""
    written, text = text, text.strip(" \t\r\n")
    for word in words:
        if word.casefold() == text.casefold():
            return None if word == written else word
    try:
        number = Decimal(text) if len(text) < _LONGEST else Decimal("NaN")
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= 10**15 or number != number.to_integral_value():
        return None
    return None if str(int(number)) == text else str(int(number))


def right_form(text: str, why: str, words: Iterable[str] = ()) -> str | None:
    """`same_value`, or the same date and time where ``why`` says that the schema wants one and ``text`` is none."""
    return respelled(text) if why == NOT_A_DATE_TIME else same_value(text, words)


def _is_activity(path: Path) -> bool:
    return path.local == "Activity" and "Folders" not in path.locals()


def own_ids(document: XmlDocument) -> dict[int, str]:
    """For each Id of a TCX activity that another activity has too: the start of its own first lap.

    Empty where these starts do not tell the activities apart, or where one of them has none that can be read.
    """
    elements = document.elements
    starts: dict[int, str] = {}
    texts: dict[int, str] = {}
    for activity in elements.of_kind(_is_activity).tolist():
        ids, laps = elements.children(activity, "Id"), elements.children(activity, "Lap")
        if len(ids):
            start = document.attribute_of(int(laps[0]), "StartTime") if len(laps) else None
            texts[int(ids[0])] = document.text_of(int(ids[0])).value
            starts[int(ids[0])] = start.value.strip() if start else ""
    known = list(texts.values())
    shared = {each: starts[each] for each, text in texts.items() if known.count(text) > 1}
    moments = [read_time(start) for start in shared.values()]
    others = {text for each, text in texts.items() if each not in shared}
    told_apart = len({moment for moment, _ in moments}) == len(shared) and not others & set(shared.values())
    return shared if told_apart and all(status == TAKEN for _, status in moments) else {}
