"""How many faults `tracklint compare` finds, how many it invents, and what it costs; writes docs/comparing-nights.md.

Not collected with the tests; `tox -e nights`. Rides are built and checked once (`fleet/nights.py`: real facts, real
rules) and each comparison draws its two nights from them without replacement, so the comparisons are not independent of
each other, but every one is fair: its nights are two random samples of one population. ``TRACKLINT_NIGHTS_POOL`` is a
folder that keeps the checked rides.
"""

from __future__ import annotations

import datetime
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent / "fleet"))
from nights import FAULTS, NEW, OLD, lines

from tracklint.fleet.compare.comparing import ALPHA, Comparison, compare
from tracklint.fleet.compare.night import Night, NightMaker
from tracklint.fleet.compare.outputs import write
from tracklint.render import FOLDERS
from tracklint.render.parquet import columns

FILES, NULLS, EACH, BIG = 1000, 200, 100, 10_000
SHARES = (0.01, 0.012, 0.013, 0.014, 0.015, 0.02, 0.03)
THREE = ("lap index", "altitude sentinel", "dropouts")
#: kind -> rides, firmware, faults
POOL: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "clean": (2 * FILES, OLD, ()),
    "clock": (60, OLD, ("clock step",)),
    "all": (30, NEW, (*THREE, "clock step")),
    "three": (FILES - 30, NEW, THREE),
}
Reports = list[dict[str, Any]]
ROWS: dict[str, list[str]] = {"faults": [], "power": [], "cost": []}


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reports]:
    folder = Path(os.environ.get("TRACKLINT_NIGHTS_POOL") or tmp_path_factory.mktemp("pool"))
    found = {}
    for kind, (count, firmware, faults) in POOL.items():
        path = folder / f"{kind}.jsonl"
        if not path.exists():
            begun = path.with_suffix(".tmp")
            with begun.open("w") as file:
                file.writelines(f"{line}\n" for line in lines(count, kind, firmware, faults, jobs=2))
            begun.rename(path)
        found[kind] = [json.loads(line) for line in path.read_text().splitlines()]
    return found


def kept(reports: Reports) -> Night:
    """All reports as one night, from which others are drawn."""
    maker = NightMaker("all")
    for report in reports:
        maker.add(report)
    return maker.night()


def drawn(night: Night, rows: Sequence[int], label: str) -> Night:
    """The night of these rows."""
    chosen = np.array(rows)
    place = np.full(len(night), -1)
    place[chosen] = np.arange(len(chosen))
    rules = {code: (place[at], points) for code, (at, points) in night.rules.items()}
    lists = {
        name: [getattr(night, name)[row] for row in rows] for name in ("names", "sha256", "devices", "sports", "starts")
    }
    return replace(
        night,
        label=label,
        verdicts={},  # of all rides, not of these
        **lists,
        values={name: column[chosen] for name, column in night.values.items()},
        facts={name: column[chosen] for name, column in night.facts.items()},
        rules={code: (at[at >= 0], points[at >= 0]) for code, (at, points) in rules.items() if (at >= 0).any()},
    )


def compared(night: Night, old: Sequence[int], new: Sequence[int]) -> Comparison:
    return compare(drawn(night, old, "old"), drawn(night, new, "new"))


def causes(comparison: Comparison) -> dict[str, list[str]]:
    return {cause.alarm.measure.key: [each.alarm.measure.key for each in cause.below] for _, cause in comparison.causes}


def test_four_planted_faults(pool: dict[str, Reports]) -> None:
    night = kept([*pool["clean"], *pool["three"], *pool["all"]])
    old = random.Random(1).sample(range(2 * FILES), FILES)
    comparison = compared(night, old, range(2 * FILES, 3 * FILES))
    out = StringIO()
    write(comparison, "text", out)
    ROWS["faults"].extend(f"    {line}".rstrip() for line in out.getvalue().splitlines())
    assert sorted(causes(comparison)) == sorted(FAULTS.values())


def test_equal_nights(pool: dict[str, Reports]) -> None:
    chance, night, alarms = random.Random(2), kept(pool["clean"]), []
    for _ in range(NULLS):
        rides = chance.sample(range(2 * FILES), 2 * FILES)
        alarms.append(bool(causes(compared(night, rides[:FILES], rides[FILES:]))))
    ROWS["power"].append(f"| none | {NULLS} | {sum(alarms)} raise an alarm; of the first 20: {sum(alarms[:20])} |")
    assert not any(alarms[:20])


@pytest.mark.parametrize("share", SHARES)
def test_power(pool: dict[str, Reports], share: float) -> None:
    """A clock step in a share of the new rides, and nothing else."""
    chance, found, others = random.Random(3), [], Counter[str]()
    night, hit = kept([*pool["clean"], *pool["clock"]]), round(share * FILES)
    for _ in range(EACH):
        rides = chance.sample(range(2 * FILES), 2 * FILES - hit)
        steps = chance.sample(range(2 * FILES, len(night)), hit)
        told = causes(compared(night, rides[:FILES], [*rides[FILES:], *steps]))
        found.append("TIM020" in told)
        others.update(key for key in told if key != "TIM020")
    more = f"; other causes: {dict(others)}" if others else ""
    row = f"| a clock step in {share:.1%} | {EACH} | {sum(found)} find it, {sum(found[:20])} of the first 20{more} |"
    ROWS["power"].append(row)
    assert share < 0.03 or sum(found[:20]) >= 18


def test_cost(pool: dict[str, Reports], tmp_path: Path) -> None:
    """Ten thousand files a side, from JSON Lines and from Parquet."""
    for name, kinds in (("old", ("clean",)), ("new", ("three", "all"))):
        rides = [report for kind in kinds for report in pool[kind]]
        many = [_own(rides[k % len(rides)], name, k) for k in range(BIG)]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in many))
        _tables(many, tmp_path / name)
    for form in ("{}.jsonl", "{}"):
        sides = [tmp_path / form.format(name) for name in ("old", "new")]
        size = sum(_size(side) for side in sides) / 1e6
        seconds, megabytes = _run(*sides)
        title = "JSON Lines" if form.endswith("l") else "Parquet"
        ROWS["cost"].append(f"| {title}, {size:.0f} MB | {seconds:.1f} s | {megabytes:.0f} MB |")
        assert megabytes < 300


def _own(report: dict[str, Any], name: str, k: int) -> dict[str, Any]:
    return report | {"name": f"{name}/{k}.fit", "sha256": f"{name}{k:060}"}


def _tables(reports: Reports, folder: Path) -> None:
    """The tables of `check --output parquet` from the reports of JSON Lines."""
    import duckdb

    folder.mkdir()
    rows: dict[str, list[dict[str, Any]]] = {"files": [], "findings": []}
    for report in reports:
        activity, file = report["activity"], {"file": report["name"], "sha256": report["sha256"]}
        known = {key: report.get(key) for key in columns("files")}
        rows["files"].append(
            known | activity | activity["device"] | report["facts"] | file
            | {"device": None, "sport": "cycling", "version": "0.1.0", "config": "0"}
        )  # fmt: skip
        rows["findings"] += [file | each | {"points": each["where"].get("count")} for each in report["findings"]]
    for table in FOLDERS["parquet"]:
        kind = table.removesuffix(".parquet")
        types = columns(kind)
        lines = folder / f"{kind}.jsonl"
        lines.write_text("".join(json.dumps({key: row.get(key) for key in types}) + "\n" for row in rows[kind]))
        named = ", ".join(f"\"{name}\": '{each}'" for name, each in types.items())
        duckdb.execute(
            f"COPY (FROM read_json('{lines}', format = 'newline_delimited', columns = {{{named}}})) TO '{folder / table}'"
        )
        lines.unlink()


def _size(side: Path) -> int:
    return sum(path.stat().st_size for path in ([side] if side.is_file() else side.iterdir()))


#: The command, and last on standard error its CPU seconds and the most memory of its process, in kB.
_COMMAND = (
    "import resource, sys\n"
    "sys.argv = ['tracklint', *sys.argv[1:]]\n"
    "from tracklint.cli import main\n"
    "try: main()\n"
    "except SystemExit as end: assert end.code == 1, end.code\n"
    "own = resource.getrusage(resource.RUSAGE_SELF)\n"
    "[peak] = [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')]\n"
    "print(own.ru_utime + own.ru_stime, peak, file=sys.__stderr__)\n"
)


def _run(old: Path, new: Path) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, "compare", old, new], capture_output=True, text=True, check=True
    )
    seconds, kilobytes = done.stderr.split()[-2:]
    return float(seconds), int(kilobytes) / 1024


PAGE = Path(__file__).parent.parent / "docs" / "comparing-nights.md"
_BEGIN, _END = "<!-- figures: written by `tox -e nights` -->", "<!-- end of figures -->"


def figures() -> Iterator[str]:
    """What stands between the two marks of the page."""
    yield f"Measured on {datetime.datetime.now(datetime.UTC):%Y-%m-%d} by `tests/bench_nights.py` (`tox -e nights`)."
    yield f"{sum(count for count, _, _ in POOL.values()):,} rides of 10 to 60 minutes were built with noise and checked once, with facts;"
    yield "each comparison draws its nights from them without replacement."
    yield ""
    yield f"Four faults planted in {FILES:,} rides of firmware 4.12, beside {FILES:,} of 4.11: message_index 0 in all laps, FIT's raw 0"
    yield "among the altitudes, a clock step in exactly 3 % of the rides, and heart rate dropouts twice as long."
    yield ""
    yield from ROWS["faults"]
    yield ""
    yield f"Two nights of {FILES:,} rides of one firmware each, at the family-wise error of {ALPHA:.2%}:"
    yield ""
    yield "| fault in the new night | comparisons | result |"
    yield "|---|---:|---|"
    yield from ROWS["power"]
    yield ""
    yield f"Two nights of {BIG:,} files each (these rides over and over), CPU time and memory of the whole command:"
    yield ""
    yield "| from | CPU | memory |"
    yield "|---|---:|---:|"
    yield from ROWS["cost"]


@pytest.fixture(scope="module", autouse=True)
def _written() -> Iterator[None]:
    yield
    text = "\n".join(figures()) + "\n"
    print("\n" + text)  # noqa: T201 - the figures of the run
    if os.environ.get("TRACKLINT_NIGHTS_PAGE"):
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
        PAGE.write_text(f"{head}{_BEGIN}\n{text}{_END}{rest.partition(_END)[2]}", encoding="utf-8")
