"""The page of a fleet, without a browser: what stands in it, which files have a page, and how large it is."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from outputs import HOSTILE
from reports import finding, report

from tracklint.cli import main
from tracklint.findings import Report, Severity
from tracklint.fleet.telling import Told, sheets
from tracklint.measured import FACTS
from tracklint.render import output_for
from tracklint.render.digest import Digest, digest
from tracklint.render.drawing import MOST_PAGES, Drawing, rank
from tracklint.render.issues import piece as rules_of
from tracklint.render.pages.spread import Values
from tracklint.render.shelf import Shelf
from tracklint.testing import Ride

MESSAGE = "the elevation changes faster than 50 m/s at 2 of 341 points, most at point 100: 790 m in 1 s"


def data_of(folder: Path) -> dict[str, Any]:
    """What the table of an index is made of."""
    found = re.search(r'id="data">(.*?)</script>', (folder / "index.html").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def told(number: int, errors: int, warnings: int = 0, **facts: float) -> Told:
    """A file with so many findings, and a page where it is bad enough to have one."""
    made = Digest(
        name=f"night/{number:05}-of-a-device-with-a-long-name.fit", format="fit", sha256="", verdict="risky",
        device=("maker", f"product_{number % 40}", "4.11"),
        counts=tuple((code, severity, count) for code, severity, count in (
            ("POS016", Severity.ERROR, errors), ("SEN001", Severity.WARNING, warnings), ("TIM010", Severity.INFO, 3),
        ) if count),
    )  # fmt: skip
    rules = [[code, "a-rule", severity, MESSAGE, None, None, count] for code, severity, count in made.counts]
    page = f"<p>{made.name}</p>" if made.worst is not None and made.worst > Severity.INFO else ""
    return Told(made, (f"{json.dumps(rules)}\n{json.dumps(facts)}\n{page}",))


def written(folder: Path, files: Iterable[Told], **how: Any) -> str:
    with sheets([(output_for("pages", sys.stdout, **how), str(folder))]) as run:
        for each in files:
            run.add(each)
    return (folder / "index.html").read_text(encoding="utf-8")


def failing(files: Sequence[Told]) -> Iterator[Told]:
    yield from files
    raise ZeroDivisionError


def of(one: Report) -> Told:
    return Told(digest(one), (f"{rules_of(one)}\n{{}}\n",))


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_a_folder_of_rides_gets_an_index_and_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rides").mkdir()
    for k in range(10):
        change: dict[int, dict[str, Any]] = {20: {"altitude": 900.0}} if k % 2 else {}
        Path("rides", f"ride-{k}.fit").write_bytes(Ride(seconds=60 + k).fit(change=change))
    done = CliRunner().invoke(main, ["check", "--facts", "-o", "html=night", "rides"])
    assert (done.exit_code, done.stderr) == (0, "")
    data = data_of(Path("night"))
    assert [row[0] for row in data["rows"]] == [f"rides/ride-{k}.fit" for k in range(10)]
    assert sorted(data["pages"]) == ["1", "3", "5", "7", "9"]
    page = Path("night/pages", data["pages"]["3"]).read_text(encoding="utf-8")
    assert "<h1>rides/ride-3.fit</h1>" in page
    assert '<script src="../plotly.min.js"></script>' in page
    assert len(page) < 100_000
    assert Path("night/plotly.min.js").stat().st_size > 1_000_000
    index = Path("night/index.html").read_text(encoding="utf-8")
    assert "Elapsed" in index
    assert "Each file with a warning or worse has a page of its own." in index


def test_the_worst_have_pages_and_there_are_never_more(tmp_path: Path) -> None:
    files = [told(k, errors=k % 7, warnings=k % 3) for k in range(3 * MOST_PAGES)]
    lying: list[int] = []
    with sheets([(output_for("pages", sys.stdout), str(tmp_path / "night"))]) as run:
        for each in files:
            run.add(each)
            lying.append(len(list((tmp_path / "night" / "pages").glob("*.html"))))
    assert max(lying) == MOST_PAGES
    worst = sorted(range(len(files)), key=lambda k: (tuple(-each for each in rank(files[k].digest)), k))[:MOST_PAGES]
    pages = data_of(tmp_path / "night")["pages"]
    assert sorted(map(int, pages)) == sorted(worst)
    for number, name in pages.items():
        assert files[int(number)].digest.name in (tmp_path / "night" / "pages" / name).read_text(encoding="utf-8")
    wanted = sum(any(rank(each.digest)) for each in files)
    index = (tmp_path / "night" / "index.html").read_text(encoding="utf-8")
    assert f"The 200 worst files with a warning or worse have a page of their own, and {wanted - 200} more" in index


def test_a_process_draws_what_can_be_among_the_worst_and_no_more() -> None:
    digests = [told(k, errors=(k * 7919) % 1000, warnings=1).digest for k in range(3000)]
    drawn = {
        each.name for one in range(2) for drawing in [Drawing()] for each in digests[one::2] if drawing.wants(each)
    }
    worst = sorted(digests, key=lambda each: (tuple(-count for count in rank(each)), each.name))[:MOST_PAGES]
    assert {each.name for each in worst} <= drawn
    assert len(drawn) < len(digests) / 2


@pytest.mark.parametrize(("which", "wanted"), [("all", 3), ("findings", 2), ("none", 0)])
def test_pages_are_of_those_files_that_were_asked_for(which: Any, wanted: int) -> None:
    drawing = Drawing(which)
    assert sum(drawing.wants(each.digest) for each in (told(0, 1), told(1, 0, 1), told(2, 0))) == wanted


def test_a_file_whose_check_failed_has_a_row_and_no_page() -> None:
    gone = Digest(name="a", format="unknown", sha256="", verdict="refused", device=("", "", ""), counts=(("INT003", Severity.ERROR, 1),))  # fmt: skip
    assert not Drawing("all").wants(gone)


def test_an_index_of_ten_thousand_files_is_small(tmp_path: Path) -> None:
    facts = {name: 1.0 for name, fact in FACTS.items() if fact.kind in ("whole", "number")}
    written(tmp_path, [told(k, 1, 2, **{name: float(k) for name in facts}) for k in range(10_000)], which="none")
    assert len(data_of(tmp_path)["rows"]) == 10_000
    assert (tmp_path / "index.html").stat().st_size <= 8_000_000


def test_nothing_from_a_file_becomes_markup_or_a_name(tmp_path: Path) -> None:
    text = written(tmp_path, [of(each) for each in HOSTILE])
    tags = _Tags(text).tags
    assert [tag for tag, _ in tags].count("script") == 2
    assert not {"img", "b:bold"} & {tag for tag, _ in tags}
    assert not any(name.startswith("on") for _, attrs in tags for name in attrs)
    assert not set("\u2028\u202e\x1b") & set(text)
    assert len(data_of(tmp_path)["rows"]) == len(HOSTILE)
    assert {attrs["href"] for tag, attrs in tags if tag == "a"} == {"#files"}


def test_broken_expectations_stand_apart(tmp_path: Path) -> None:
    broken = report("a.fit", finding("FLT801", name="fact-out-of-range", message="laps is 3, at most 2 was expected"))
    assert "Expectations broken" not in written(tmp_path, [of(report("a.fit", finding()))])
    text = written(tmp_path, [of(broken)])
    assert re.search(r"Expectations broken.*a\.fit.*FLT801.*laps is 3, at most 2 was expected", text, re.DOTALL)


def test_the_same_run_gives_the_same_folder(tmp_path: Path) -> None:
    files = [told(k, k % 2, laps=float(k)) for k in range(20)]
    one, other = (written(tmp_path / name, files) for name in "ab")
    assert one == other
    assert [path.name for path in sorted((tmp_path / "a/pages").iterdir())] == [path.name for path in sorted((tmp_path / "b/pages").iterdir())]  # fmt: skip


def test_a_run_that_fails_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    before = written(tmp_path / "night", [told(1, 1), told(2, 1)])
    pages = sorted(path.name for path in (tmp_path / "night/pages").iterdir())
    with pytest.raises(ZeroDivisionError):
        written(tmp_path / "night", failing([told(1, 1), told(3, 1)]))
    assert (tmp_path / "night/index.html").read_text(encoding="utf-8") == before
    assert sorted(path.name for path in (tmp_path / "night/pages").iterdir()) == pages
    with pytest.raises(ZeroDivisionError):
        written(tmp_path / "new", failing([told(3, 1)]))
    assert not (tmp_path / "new").exists()


def test_pages_of_an_earlier_run_go_and_other_files_stay(tmp_path: Path) -> None:
    written(tmp_path, [told(1, 1), told(2, 1)])
    (tmp_path / "pages/mine.html").write_text("mine", encoding="utf-8")
    written(tmp_path, [told(2, 1)])
    names = {path.name for path in (tmp_path / "pages").iterdir()}
    assert names == {"mine.html", *data_of(tmp_path)["pages"].values()}
    assert len(names) == 2


def test_a_page_that_is_dropped_stays_where_an_earlier_index_leads_to_it(tmp_path: Path) -> None:
    with Shelf(tmp_path / "pages") as shelf:
        name = shelf.keep("one")
    with Shelf(tmp_path / "pages") as shelf:
        shelf.drop(shelf.keep("one"))
        assert (tmp_path / "pages" / name).is_file()
    assert not (tmp_path / "pages").exists()


def test_facts_are_told_as_distributions() -> None:
    values = Values()
    for k in range(100):
        values.add({"laps": k % 4, "elapsed_s": 3600.0 + k % 50 if k else 1e9, "sessions": 1})
    values.add({})
    spreads = {each.title: each for each in values.spreads()}
    laps, elapsed = spreads["Laps"], spreads["Elapsed"]
    assert [count for count in laps.bars if count] == [25, 25, 25, 25]
    assert dict(laps.numbers) == {"least": "0", "10 %": "0", "median": "2", "90 %": "3", "greatest": "3"}
    assert "Laps of 100 files: least 0" in laps.summary
    assert (elapsed.high, elapsed.numbers[-1]) == ("3649", ("greatest", "1000000000"))
    assert spreads["Sessions"].same
    assert "Serial number" not in spreads


@pytest.mark.parametrize(
    ("output", "why"),
    [
        (("html=ride.fit",), "ride.fit is a file, and no folder"),
        (("pages=night",), "pages is no output"),
        (("html=ride.html", "--pages", "all"), "--pages says which files have a page in the folder"),
    ],
)
def test_a_folder_that_cannot_be_made_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: tuple[str, ...], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ride.fit").write_bytes(Ride(seconds=60).fit())
    done = CliRunner().invoke(main, ["check", "ride.fit", "-o", *output])
    assert done.exit_code == 2
    assert why in " ".join(done.stderr.split())
