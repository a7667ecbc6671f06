"""Over real files: nothing raises, the counts are those of independent readers, and an error is never a false alarm."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import CORPUS
from tracklint.checking import check
from tracklint.config import Config, Limits
from tracklint.findings import Report, Severity

Corpus = list[tuple[Path, dict[str, str]]]
CONFIG = Config(limits=Limits(now=1795305600))

#: file -> why our number differs from the manifest's. Every row was looked at by eye.
POINTS_DIFFER = {
    f"MaxGrgrv__chiptime/corpus__cases__{case}__input.fit": f"the manifest's scan stops at {what}"
    for case, what in (
        ("protocol__frame-shift-insert", "the byte that was put in after 4 records; 10 are there"),
        ("structural__garbage-block-midfile", "the garbage in the middle; 118 of 120 are there"),
    )
} | {
    "dtcooper__python-fitparse/tests__files__strava-android-app-201.10-b1218918.fit": (
        "bytes are missing at 18 places; the manifest's scan stops at the first, after 473 records"
    )
}
TIMES_DIFFER: dict[str, str] = {}
SPORT_DIFFERS: dict[str, str] = {
    "mapbox__togeojson/test__data__style.gpx": "21 tracks with a type each; the manifest names the first six",
}


@pytest.fixture(scope="module")
def reports(corpus: Corpus) -> dict[str, Report]:
    return {row["file"]: check(path, config=CONFIG) for path, row in corpus}


def test_nothing_crashes(reports: dict[str, Report]) -> None:
    crashed = {name: f.message for name, report in reports.items() for f in report.findings if f.code.startswith("INT")}
    assert crashed == {}


def test_format_and_container(corpus: Corpus, reports: dict[str, Report]) -> None:
    for _, row in corpus:
        container, _, kind = row["format"].rpartition("+")
        if kind != "other":
            assert (reports[row["file"]].format, reports[row["file"]].container) == (kind, container or "plain"), row[
                "file"
            ]


def _differences(corpus: Corpus, reports: dict[str, Report], column: str, field: str) -> dict[str, tuple[int, int]]:
    found = {}
    for _, row in corpus:
        activity = reports[row["file"]].activity
        if row[column] and activity is not None and getattr(activity, field) != int(row[column]):
            found[row["file"]] = (getattr(activity, field), int(row[column]))
    return found


def test_points(corpus: Corpus, reports: dict[str, Report]) -> None:
    assert sorted(_differences(corpus, reports, "points", "points")) == sorted(POINTS_DIFFER)


def test_points_without_time(corpus: Corpus, reports: dict[str, Report]) -> None:
    assert sorted(_differences(corpus, reports, "points_no_time", "points_without_time")) == sorted(TIMES_DIFFER)


def _sport(row: dict[str, str]) -> str:
    """The manifest's sport in our words: FIT sub_sports are numbers there, names here."""
    if not row["format"].endswith("fit"):
        return row["sport"]
    return ",".join(pair.partition("/")[0].replace("None", "") for pair in row["sport"].split(","))


def test_sport(corpus: Corpus, reports: dict[str, Report]) -> None:
    found = {}
    for _, row in corpus:
        activity = reports[row["file"]].activity
        if row["sport"] and activity is not None:
            ours, theirs = (activity.sport.file or "").split(","), _sport(row).split(",")
            # one word stands for all sessions where they agree
            if (ours if len(ours) > 1 else ours * len(theirs)) != [word.strip() for word in theirs]:
                found[row["file"]] = (activity.sport.file, row["sport"])
    assert found.keys() == SPORT_DIFFERS.keys(), found


def test_no_error_on_a_good_activity(corpus: Corpus, reports: dict[str, Report]) -> None:
    """Errors stand only on files that the specification refuses; the allowed codes are those whose basis says so."""
    by_the_specification = {
        "DOC001", "DOC002", "DOC006", "DOC007", "DOC008", "DOC009", "DOC010", "DOC011", "DOC012", "DOC013", "DOC017",
        "DOC003", "TIM001", "TIM002", "TIM003", "TIM006", "POS001", "POS002", "POS004", "STR001", "STR011",
        "UPL001", "UPL005",
    }  # fmt: skip
    surprising = {}
    for _, row in corpus:
        report = reports[row["file"]]
        errors = {f.code for f in report.findings if f.severity is Severity.ERROR}
        if report.format == "fit":
            continue
        if errors - by_the_specification:
            surprising[row["file"]] = sorted(errors - by_the_specification)
    assert surprising == {}


def test_the_same_bytes_give_the_same_report(corpus: Corpus, reports: dict[str, Report]) -> None:
    for path, row in corpus[::25]:
        assert check(path, config=CONFIG) == reports[row["file"]]


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus of real files at {CORPUS} (set TRACKLINT_CORPUS)")
def test_the_android_recording_that_stops_every_other_reader(reports: dict[str, Report]) -> None:
    name = next(n for n in reports if n.endswith("strava-android-app-201.10-b1218918.fit"))
    activity = reports[name].activity
    assert activity is not None
    assert activity.points >= 5300
