"""From what a file says to Strava's SportType, and how sure that is.

Strava documents that FIT sport and sub_sport count, and which five TCX words it maps; how a FIT pair becomes one of its
types is not documented, so most FIT rows are ``likely`` (independent reports) or ``guess``. GPX ``trk/type`` is not
documented at all. Source: https://developers.strava.com/docs/uploads/ and reports cited in docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .findings import Sure

__all__ = [
    "SPORT_TYPES",
    "Mapped",
    "gpx_word",
    "joined",
    "map_fit",
    "map_gpx",
    "map_sessions",
    "map_tcx",
    "near_sport_types",
    "normalise",
    "spell_sport_type",
    "tcx_word",
]

#: Every SportType of Strava's API as of April 2026; the list grows, so an unknown name is a warning and no error.
SPORT_TYPES = tuple(
    "AlpineSki BackcountrySki Badminton Basketball Canoeing Cricket Crossfit Dance EBikeRide Elliptical "
    "EMountainBikeRide Golf GravelRide Handcycle HighIntensityIntervalTraining Hike IceSkate InlineSkate "
    "Kayaking Kitesurf MountainBikeRide NordicSki Padel PhysicalTherapy Pickleball Pilates Racquetball Ride "
    "RockClimbing RollerSki Rowing Run Sail Skateboard Snowboard Snowshoe Soccer Squash StairStepper "
    "StandUpPaddling Surfing Swim TableTennis Tennis TrailRun Velomobile VirtualRide VirtualRow VirtualRun "
    "Volleyball Walk WeightTraining Wheelchair Windsurf Workout Yoga".split()
)
_BY_FOLDED = {name.casefold(): name for name in SPORT_TYPES}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A prediction: ``strava`` is a SportType or ``None`` (the athlete's default sport), ``sure`` as in
    `findings.SportFacts`."""

    strava: str | None
    sure: Sure
    why: str


def spell_sport_type(text: str) -> str | None:
    """``text`` as Strava spells it (the API is case-sensitive), ``None`` where it is no SportType we know."""
    return _BY_FOLDED.get(text.strip().replace(" ", "").replace("_", "").replace("-", "").casefold())


def near_sport_types(text: str) -> list[str]:
    """SportTypes that may be meant by a word that is none, the nearest first: by their spelling, or a word for them."""
    from difflib import get_close_matches

    words = _WORDS | {normalise(name): name for name in SPORT_TYPES}
    return list(dict.fromkeys(words[word] for word in get_close_matches(normalise(text), words)))


def normalise(text: str) -> str:
    """Lower case, trimmed, with ``_`` and ``-`` as spaces and single spaces."""
    return " ".join(text.replace("_", " ").replace("-", " ").split()).casefold()


#: FIT sport -> sub_sport -> (SportType, sure). ``""`` is any other sub_sport, generic and none included.
_FIT: dict[str, dict[str, tuple[str, Sure]]] = {
    "running": {
        "": ("Run", "likely"),
        "trail": ("TrailRun", "likely"),
        "treadmill": ("Run", "likely"),
        "indoor running": ("Run", "likely"),
        "virtual activity": ("VirtualRun", "likely"),
        "ultra": ("Run", "guess"),
    },
    "cycling": {
        "": ("Ride", "likely"),
        "mountain": ("MountainBikeRide", "likely"),
        "downhill": ("MountainBikeRide", "guess"),
        "gravel cycling": ("GravelRide", "likely"),
        "mixed surface": ("GravelRide", "guess"),
        "cyclocross": ("Ride", "guess"),
        "virtual activity": ("VirtualRide", "likely"),
        "e bike fitness": ("EBikeRide", "likely"),
        "e bike mountain": ("EMountainBikeRide", "likely"),
        "hand cycling": ("Handcycle", "guess"),
    },
    "e biking": {"": ("EBikeRide", "likely"), "e bike mountain": ("EMountainBikeRide", "likely")},
    "swimming": {"": ("Swim", "likely")},
    "walking": {"": ("Walk", "likely")},
    "hiking": {"": ("Hike", "likely")},
    "mountaineering": {"": ("Hike", "guess")},
    "rowing": {"": ("Rowing", "likely"), "virtual activity": ("VirtualRow", "guess")},
    "fitness equipment": {
        "": ("Workout", "guess"),
        "elliptical": ("Elliptical", "likely"),
        "stair climbing": ("StairStepper", "likely"),
        "indoor rowing": ("Rowing", "likely"),
        "indoor cycling": ("Ride", "guess"),
        "treadmill": ("Run", "guess"),
    },
    "training": {
        "": ("Workout", "guess"),
        "strength training": ("WeightTraining", "likely"),
        "cardio training": ("Workout", "likely"),
        "yoga": ("Yoga", "likely"),
        "pilates": ("Pilates", "likely"),
        "hiit": ("HighIntensityIntervalTraining", "likely"),
    },
    "cross country skiing": {"": ("NordicSki", "likely"), "skate skiing": ("NordicSki", "likely")},
    "alpine skiing": {"": ("AlpineSki", "likely"), "backcountry": ("BackcountrySki", "likely")},
    "snowboarding": {"": ("Snowboard", "likely")},
    "snowshoeing": {"": ("Snowshoe", "likely")},
    "ice skating": {"": ("IceSkate", "likely")},
    "inline skating": {"": ("InlineSkate", "likely")},
    "paddling": {"": ("Canoeing", "likely")},
    "kayaking": {"": ("Kayaking", "likely")},
    "stand up paddleboarding": {"": ("StandUpPaddling", "likely")},
    "surfing": {"": ("Surfing", "likely")},
    "windsurfing": {"": ("Windsurf", "likely")},
    "kitesurfing": {"": ("Kitesurf", "likely")},
    "sailing": {"": ("Sail", "likely")},
    "rock climbing": {"": ("RockClimbing", "likely")},
    "golf": {"": ("Golf", "likely")},
    "soccer": {"": ("Soccer", "likely")},
    "tennis": {"": ("Tennis", "likely")},
    "basketball": {"": ("Basketball", "likely")},
    "racket": {
        "": ("Workout", "guess"),
        "pickleball": ("Pickleball", "likely"),
        "padel": ("Padel", "likely"),
        "badminton": ("Badminton", "likely"),
        "squash": ("Squash", "likely"),
        "table tennis": ("TableTennis", "likely"),
        "racquetball": ("Racquetball", "likely"),
    },
    "hiit": {"": ("HighIntensityIntervalTraining", "likely")},
    "wheelchair push walk": {"": ("Wheelchair", "guess")},
    "wheelchair push run": {"": ("Wheelchair", "guess")},
}

#: TCX Activity/@Sport in lower case: the five that Strava's document names.
_TCX = {"biking": "Ride", "running": "Run", "hiking": "Hike", "walking": "Walk", "swimming": "Swim"}

#: Words in GPX trk/type, and synonyms that TCX writers use.
_WORDS = {
    "ride": "Ride", "cycling": "Ride", "biking": "Ride", "bike": "Ride", "bicycle": "Ride", "road biking": "Ride",
    "road cycling": "Ride", "cyclisme": "Ride", "mountain biking": "MountainBikeRide", "mtb": "MountainBikeRide",
    "gravel cycling": "GravelRide", "gravel biking": "GravelRide", "virtual ride": "VirtualRide", "e bike": "EBikeRide",
    "run": "Run", "running": "Run", "jogging": "Run", "jog": "Run", "street running": "Run", "track running": "Run",
    "trail running": "TrailRun", "trail run": "TrailRun", "treadmill running": "Run", "virtual run": "VirtualRun",
    "hike": "Hike", "hiking": "Hike", "trekking": "Hike", "walk": "Walk", "walking": "Walk",
    "swim": "Swim", "swimming": "Swim", "lap swimming": "Swim", "open water swimming": "Swim",
    "rowing": "Rowing", "kayaking": "Kayaking", "canoeing": "Canoeing", "paddling": "Canoeing", "sailing": "Sail",
    "stand up paddling": "StandUpPaddling", "sup": "StandUpPaddling", "surfing": "Surfing", "windsurfing": "Windsurf",
    "kitesurfing": "Kitesurf", "cross country skiing": "NordicSki", "nordic skiing": "NordicSki",
    "alpine skiing": "AlpineSki", "resort skiing snowboarding": "AlpineSki", "backcountry skiing": "BackcountrySki",
    "snowboarding": "Snowboard", "snowshoeing": "Snowshoe", "ice skating": "IceSkate", "inline skating": "InlineSkate",
    "skating": "InlineSkate", "roller skiing": "RollerSki", "rock climbing": "RockClimbing", "golf": "Golf",
}  # fmt: skip

#: Numbers that StravaGPX, the exporter of Strava, wrote into trk/type. Nobody documents them: 1, 4 and 9 stand in files
#: of known sports (derive#65, GPXKit#23), 10 in one report.
_NUMBERS = {"1": "Ride", "4": "Hike", "9": "Run", "10": "Walk"}

#: FIT sub_sports that mean: stands still, whatever the positions say.
STATIONARY_SUB_SPORTS = frozenset(
    {
        "treadmill",
        "indoor cycling",
        "spin",
        "indoor rowing",
        "indoor running",
        "indoor walking",
        "elliptical",
        "stair climbing",
    }
)


def map_fit(sport: str | None, sub_sport: str | None) -> Mapped:
    """A FIT session's sport and sub_sport, as profile names."""
    name, sub = normalise(sport or ""), normalise(sub_sport or "")
    row = _FIT.get(name)
    if row is None:
        if name in ("", "generic", "transition", "all", "multisport"):
            return Mapped(
                None, "unknown", f"session.sport is {name or 'absent'}: Strava uses the athlete's default sport"
            )
        return Mapped(None, "unknown", f"no Strava type is known for session.sport {sport}")
    strava, sure = row.get(sub) or row[""]
    with_sub = f" with sub_sport {sub_sport}" if sub and sub != "generic" else ""
    return Mapped(strava, sure, f"session.sport is {sport}{with_sub}")


def map_tcx(sport: str | None) -> Mapped:
    """A TCX Activity/@Sport, in any case."""
    name = normalise(sport or "")
    if name in _TCX:
        return Mapped(_TCX[name], "certain", f"Activity/@Sport is {sport}, one of the five words that Strava maps")
    if not name:
        return Mapped(None, "unknown", "there is no Activity/@Sport: Strava uses the athlete's default sport")
    return Mapped(
        None, "unknown", f"Activity/@Sport is {sport}, which Strava does not map: the athlete's default sport is used"
    )


def map_gpx(sport: str | None) -> Mapped:
    """A GPX trk/type. Strava writes it into its exports but does not document that it reads it."""
    if not (name := normalise(sport or "")):
        return Mapped(None, "unknown", "the track has no type: Strava uses the athlete's default sport")
    if name in _NUMBERS:
        return Mapped(_NUMBERS[name], "guess", f"trk/type is {sport}, which exports of Strava had for this sport")
    strava = _WORDS.get(name) or spell_sport_type(name)
    if strava is None:
        return Mapped(None, "unknown", f"trk/type is {sport}, which names no sport of Strava")
    return Mapped(strava, "guess", f"trk/type is {sport}; Strava does not document that it reads it")


#: The word that Strava maps in TCX for a SportType, as the schema has it where it has it.
_TCX_WORDS = {
    "Ride": "Biking", "MountainBikeRide": "Biking", "GravelRide": "Biking", "Run": "Running", "TrailRun": "Running",
    "Hike": "hiking", "Walk": "walking", "Swim": "swimming",
}  # fmt: skip
#: The word that Strava writes into trk/type for a SportType, where that is another than the type's own.
_GPX_WORDS = {"Ride": "cycling", "Run": "running", "Hike": "hiking", "Walk": "walking", "Swim": "swimming"}


def tcx_word(sport: str) -> str | None:
    """The Activity/@Sport that Strava maps, for a sport in any known word; ``None`` where it maps none for it."""
    return _TCX_WORDS.get(synonym(sport) or "")


def gpx_word(sport: str) -> str | None:
    """The trk/type for a sport in any known word; ``None`` where the word is not known."""
    meant = _NUMBERS.get(sport.strip()) or synonym(sport)
    return _GPX_WORDS.get(meant, meant) if meant else None


def fit_words(sport: str) -> tuple[str, str] | None:
    """The sport and sub_sport of FIT, as profile names, that Strava maps to a sport in any known word; ``None`` where
    there are none."""
    meant = synonym(sport)
    pairs = [(name, sub) for name, row in _FIT.items() for sub, (strava, _) in row.items() if strava == meant]
    if not pairs:
        return None
    name, sub = min(pairs, key=lambda pair: pair[1] != "")
    return name.replace(" ", "_"), sub.replace(" ", "_") or "generic"


def synonym(sport: str) -> str | None:
    """The SportType that a TCX word means though Strava does not map it (``cycling``), ``None`` where none is known."""
    return _WORDS.get(normalise(sport)) or spell_sport_type(normalise(sport))


def map_sessions(kind: str, pairs: Sequence[tuple[str | None, str | None]]) -> Mapped:
    """The sport of a whole file of format ``kind`` from its sessions' (sport, sub_sport). Transitions are passed
    over."""
    legs = [pair for pair in pairs if normalise(pair[0] or "") != "transition"] or list(pairs)
    if not legs:
        return {"fit": map_fit(None, None), "tcx": map_tcx(None), "gpx": map_gpx(None)}[kind]
    mapped = [map_fit(*leg) if kind == "fit" else map_tcx(leg[0]) if kind == "tcx" else map_gpx(leg[0]) for leg in legs]
    first = next((m for m in mapped if m.strava), mapped[0])
    if len({m.strava for m in mapped if m.strava}) > 1:
        names = ", ".join(dict.fromkeys(m.strava or "?" for m in mapped))
        return Mapped(
            first.strava,
            "guess",
            f"the file holds several sports ({names}); what Strava makes of one file is not documented",
        )
    return first


def joined(words: Iterable[str | None]) -> str | None:
    """The one word that all sessions share, or all of them in order with commas; ``None`` where none has one."""
    known = [word for word in words if word]
    if len(set(known)) <= 1:
        return known[0] if known else None
    return ",".join(known)
