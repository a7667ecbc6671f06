"""Repairs of the sport: the same sport as the word that readers know, or the one that a person names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...edits import Edit, Step
from ...rules.ride.sport import sport_absent, sport_case, sport_is_number, sport_not_mapped, sport_synonym
from ...sports import gpx_word, map_gpx, map_tcx, tcx_word
from ...xml.names import GPX_1_0
from ..repair import Repair
from .splice import after_last, named_like, retexted, with_attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...edits import Asked
    from ...xml.document import XmlDocument

__all__ = ["REPAIRS"]

#: Children of a trk before its type.
_BEFORE_TYPE = ("name", "cmt", "desc", "src", "link", "number")


def _activities(document: XmlDocument) -> list[tuple[int, str]]:
    """Each Activity of a TCX document with its Sport."""
    found = document.elements.where(lambda path: path.local == "Activity" and "Folders" not in path.locals())
    sports = [(each, document.attribute_of(each, "Sport")) for each in found.tolist()]
    return [(each, sport.value if sport is not None else "") for each, sport in sports]


def _right_case(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    yield _worded(
        document, asked, lambda word: word.strip().capitalize() if map_tcx(word).strava in ("Run", "Ride") else None
    )


def _synonyms(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    yield _worded(document, asked, lambda word: None if map_tcx(word).strava else tcx_word(word))


def _worded(document: XmlDocument, asked: Asked, better: Callable[[str], str | None], *, safe: bool = True) -> Step:
    edits, words = [], []
    for activity, sport in _activities(document):
        word = better(sport)
        if word is not None and word != sport:
            edits.append(with_attribute(document, activity, "Sport", word))
            words.append(f'"{sport}" becomes "{word}"')
    says = f"Activity/@Sport: {', '.join(dict.fromkeys(words))}"
    return Step(action="changed", says=says, edits=tuple(edits), where=asked.findings[0].where, safe=safe)


def _as_wished(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """The sport that a person names, for activities and tracks that name none which Strava maps."""
    sport = asked.wishes.sport
    if sport is None or document.root is None:
        return
    if document.root.name != "gpx":
        word = tcx_word(sport)
        if word is not None:
            yield _worded(document, asked, lambda old: None if map_tcx(old).strava else word, safe=False)
    elif (word := gpx_word(sport)) is not None:
        yield _typed(document, asked, lambda old: None if map_gpx(old).strava else word)


def _numbers(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """The word for a number that is known, else the one that a person names."""
    wished = gpx_word(asked.wishes.sport) if asked.wishes.sport else None
    yield _typed(document, asked, lambda old: (gpx_word(old) or wished) if old.isdigit() else None)


def _typed(document: XmlDocument, asked: Asked, better: Callable[[str], str | None]) -> Step:
    """Another type for the tracks of a GPX document; GPX 1.0 has no place for it."""
    edits: list[Edit] = []
    words = []
    tracks = document.elements.where(lambda path: path.locals() == ("gpx", "trk"))
    for track in tracks.tolist() if document.root and document.root.namespace != GPX_1_0 else ():
        there = document.elements.children(track, "type")
        old = document.text_of(int(there[0])).value if len(there) else ""
        word = better(old)
        if word is None:
            continue
        words.append(f'"{old}" becomes "{word}"')
        name = named_like(document, track, "type")
        if len(there):
            edits.append(retexted(document, int(there[0]), word))
        else:
            edits.append(after_last(document, track, _BEFORE_TYPE, f"<{name}>{word}</{name}>"))
    says = f"trk/type: {', '.join(dict.fromkeys(words))}"
    return Step(action="changed", says=says, edits=tuple(edits), where=asked.findings[0].where, safe=False)


REPAIRS: tuple[Repair, ...] = (
    Repair((sport_case,), _right_case, "TCX: the word that Strava and the schema have"),
    Repair((sport_synonym,), _synonyms, "TCX: the word that Strava and the schema have"),
    Repair(
        (sport_is_number,),
        _numbers,
        "numbers that are known become words, others the sport that `--sport` names",
        needs="--sport WORD",
    ),
    Repair((sport_absent, sport_not_mapped), _as_wished, "the sport that `--sport` names", needs="--sport WORD"),
)
