"""Sports: what the documents say is certain, what people report is likely, and nothing is mapped by accident."""

from __future__ import annotations

import pytest

from tracklint.sports import SPORT_TYPES, map_fit, map_gpx, map_sessions, map_tcx, spell_sport_type, tcx_word


@pytest.mark.parametrize(
    ("word", "strava"),
    [
        ("Biking", "Ride"),
        ("biking", "Ride"),
        ("RUNNING", "Run"),
        (" Hiking ", "Hike"),
        ("walking", "Walk"),
        ("Swimming", "Swim"),
    ],
)
def test_the_five_words_of_tcx_are_certain(word: str, strava: str) -> None:
    assert (map_tcx(word).strava, map_tcx(word).sure) == (strava, "certain")


@pytest.mark.parametrize("word", ["Other", "Cycling", "Rowing", "", None, "MultiSport"])
def test_no_other_word_of_tcx_is_mapped(word: str | None) -> None:
    assert (map_tcx(word).strava, map_tcx(word).sure) == (None, "unknown")


@pytest.mark.parametrize(
    ("sport", "sub", "strava"),
    [
        ("cycling", None, "Ride"),
        ("cycling", "generic", "Ride"),
        ("cycling", "gravel_cycling", "GravelRide"),
        ("cycling", "virtual_activity", "VirtualRide"),
        ("cycling", "252", "Ride"),
        ("running", "trail", "TrailRun"),
        ("e_biking", None, "EBikeRide"),
        ("training", "strength_training", "WeightTraining"),
        ("generic", "generic", None),
        (None, None, None),
        ("sailing", None, "Sail"),
    ],
)
def test_fit_pairs(sport: str | None, sub: str | None, strava: str | None) -> None:
    mapped = map_fit(sport, sub)
    assert mapped.strava == strava
    assert mapped.sure in ("likely", "guess", "unknown")
    assert (mapped.sure == "unknown") == (strava is None)


def test_gpx_types_are_guesses() -> None:
    assert [map_gpx(t).strava for t in ("running", "Cycling", "9", "trail_running", "GravelRide", "NC", "23")] == [
        "Run", "Ride", "Run", "TrailRun", "GravelRide", None, None,
    ]  # fmt: skip
    assert map_gpx("running").sure == "guess"


def test_a_triathlon_is_a_guess_and_says_so() -> None:
    legs = [
        ("swimming", "open_water"),
        ("transition", None),
        ("cycling", None),
        ("transition", None),
        ("running", None),
    ]
    mapped = map_sessions("fit", legs)
    assert (mapped.strava, mapped.sure) == ("Swim", "guess")
    assert "Swim, Ride, Run" in mapped.why


def test_every_prediction_is_a_sport_type() -> None:
    from tracklint import sports

    named = {strava for table in sports._FIT.values() for strava, _ in table.values()}
    named |= set(sports._TCX.values()) | set(sports._WORDS.values())
    assert named <= set(SPORT_TYPES)


def test_spelling() -> None:
    assert spell_sport_type("ride") == "Ride"
    assert spell_sport_type("e-bike ride") == "EBikeRide"
    assert spell_sport_type("quidditch") is None


@pytest.mark.parametrize(
    ("number", "strava"), [("1", "Ride"), ("4", "Hike"), ("9", "Run"), ("10", "Walk"), ("77", None)]
)
def test_numbers_of_strava_exports_are_guesses_in_gpx_only(number: str, strava: str | None) -> None:
    mapped = map_gpx(number)
    assert (mapped.strava, mapped.sure) == (strava, "guess" if strava else "unknown")
    assert number in mapped.why
    assert (map_tcx(number).strava, tcx_word(number)) == (None, None)
