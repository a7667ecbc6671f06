"""What is said of an activity: patterns over the file's own data, and tables that name their mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracklint.checking import check
from tracklint.strava.fields import BadFields, Fields, filled, read_table, row_for, words_of
from tracklint.testing import Ride

RIDE = Ride(seconds=3700, start="2024-05-01T10:00:00Z")


def words() -> dict[str, object]:
    return words_of(check(RIDE.fit(), name="morning.fit"), "Round the lake", "morning")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("{sport} on {date}", "Ride on 2024-05-01"),
        ("{name} ({file})", "Round the lake (morning)"),
        ("{start:%d.%m.%Y} {time}", "01.05.2024 10:00"),
        ("{duration}", "1:01"),
        ("{{braces}}", "{braces}"),
        ("no pattern", "no pattern"),
        ("", ""),
    ],
)
def test_a_pattern_is_filled_from_the_file(pattern: str, text: str) -> None:
    assert filled(pattern, words()) == text


def test_a_distance_has_one_decimal_unless_told_otherwise() -> None:
    kilometres = float(words()["km"])  # type: ignore[arg-type]
    assert filled("{km} {km:.0f}", words()) == f"{kilometres:.1f} {kilometres:.0f}"


def test_what_the_file_does_not_say_is_left_out() -> None:
    report = check(b'<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"/>')
    assert filled("{sport} {date} done {km}", words_of(report, None, "x")) == "done"


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        ("{speed}", "speed"),
        ("{0}", "0"),
        ("{name!r}", "name"),
        ("{name", "expected"),
        ("{km:q}", "Unknown format"),
        ("{report.sha256}", "report"),
    ],
)
def test_a_wrong_pattern_is_named(pattern: str, word: str) -> None:
    with pytest.raises(BadFields, match=word):
        filled(pattern, words())


def table(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "fields.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_gives_the_fields_of_each_file(tmp_path: Path, separator: str) -> None:
    lines = ["file,name,sport,trainer,commute", "a.fit,Früh,Run,1,no", "b.gpx,,GravelRide,,yes"]
    path = table(tmp_path, "\r\n".join(lines).replace(",", separator), "utf-8-sig")
    rows = read_table(path)
    assert rows == {
        "a.fit": Fields(title="Früh", sport_type="Run", trainer=True, commute=False),
        "b.gpx": Fields(sport_type="GravelRide", commute=True),
    }
    assert row_for(rows, "rides/2024/a.fit") == rows["a.fit"]
    assert row_for(rows, "c.fit") is None


def test_a_row_wins_over_an_option_where_it_says_something() -> None:
    row, option = Fields(title="Row", trainer=False), Fields(title="Option", description="All", trainer=True)
    assert row.over(option) == Fields(title="Row", description="All", trainer=False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\nx", "names no column file"),
        ("", "names nothing"),
        ("file,private\na.fit,1", "private is gone from Strava's API"),
        ("file,colour\na.fit,red", "unknown column 'colour'"),
        ("file,name\n,x", "line 2: the column file is empty"),
        ("file,name\na.fit,x\na.fit,y", "line 3: a.fit stands in the table twice"),
        ("file,trainer\na.fit,perhaps", "line 2: trainer is 'perhaps'; 1 or 0 is wanted"),
        ("file,name,title\na.fit,x,y", "two columns give the title"),
        ("file,name\na.fit,x,y", "more cells than the first line has columns"),
        ('file,name\na.fit,"x', "unexpected end of data"),
    ],
)
def test_a_table_with_a_mistake_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadFields, match=words):
        read_table(table(tmp_path, text))


def test_a_table_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFields, match="there is no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(BadFields, match="not in UTF-8"):
        read_table(table(tmp_path, "file,name\na.fit,Früh", "latin-1"))
