"""Pages in a browser: Debian's Chromium, selenium, and axe-core from npm (``tox -e pages``)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("selenium")

from browser import Driver, chromium, complaints, drawn, evening, looked_at, opened, violations
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from conftest import CORPUS, corpus_rows
from tracklint import check
from tracklint.testing import Ride

pytestmark = [pytest.mark.pages, pytest.mark.socket]

WIDTHS = (1440, 768, 390)
#: Where the cursor is: the point of the slider, whether the line of each chart and the dot of the map are seen, the
#: middle of the map's dot and of its view as shares of the map, and how many lines there are.
_WHERE = """
const seen = (each) => !each.hidden && getComputedStyle(each).display !== "none";
const dot = document.querySelector(".dot"), map = document.querySelector('[data-plot="map"]');
const box = map && map.getBoundingClientRect(), at = dot && dot.getBoundingClientRect();
return {
  row: Number(document.getElementById("cursor").value),
  lines: [...document.querySelectorAll(".line")].map(seen),
  inside: !!dot && seen(dot) && at.left > box.left && at.right < box.right && at.top > box.top && at.bottom < box.bottom,
  said: document.getElementById("said").textContent,
};
"""


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn(evening(), "evening-<round>.fit", tmp_path_factory.mktemp("page"))


def data_of(driver: Driver) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(
        driver.execute_script("return document.getElementById('data').textContent")
    )
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_is_sound_at_every_width(driver: Driver, page: Path, width: int, dark: bool) -> None:
    looked_at(driver, width, dark=dark)
    opened(driver, page)
    assert violations(driver) == []
    driver.execute_script("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    driver.execute_script("document.querySelectorAll('[data-finding]')[1].click()")
    assert violations(driver) == []
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    assert complaints(driver) == []


def _chosen() -> list[str]:
    """Ten files of the corpus with findings at points, of all formats, the first ones of each."""
    room, chosen = {"fit": 4, "gpx": 3, "tcx": 3}, []
    for row in corpus_rows():
        if room.get(row["format"]) and 200 < int(row["points"] or 0) < 20_000:
            report = check(CORPUS / row["file"])
            if sum(finding.where.record is not None for finding in report.findings) > 1:
                room[row["format"]] -= 1
                chosen.append(row["file"])
    return chosen


@pytest.mark.parametrize("number", range(10))
def test_each_finding_moves_cursor_and_map(driver: Driver, tmp_path: Path, number: int, chosen: list[str]) -> None:
    looked_at(driver, 1440)
    file = CORPUS / chosen[number]
    opened(driver, drawn(file, file.name, tmp_path))
    findings, buttons = data_of(driver)["findings"], driver.find_elements("css selector", "[data-finding]")
    assert len(findings) == len(buttons)
    moved = 0
    for finding, button in zip(findings, buttons, strict=True):
        driver.execute_script("arguments[0].click()", button)
        driver.execute_async_script("setTimeout(arguments[0], 400)")
        where = driver.execute_script(_WHERE)
        assert button.get_attribute("aria-pressed") == "true"
        assert str(finding["name"]) in where["said"]
        if finding["row"] is None:
            assert "whole file" in where["said"]
            continue
        assert where["row"] == finding["row"]
        there = driver.execute_script(_HAS, finding["row"])
        assert where["inside"] == there["position"]
        assert all(where["lines"]) or not there["time"]
        moved += 1
    assert moved
    assert complaints(driver) == []


#: Whether the point of a row has a position and a place on the axis of the charts.
_HAS = """
const row = arguments[0], map = document.querySelector('[data-plot="map"]'), chart = document.querySelector('[data-plot="0"]');
return {
  position: !!map && Number.isFinite(map.data[0].x[row]) && Number.isFinite(map.data[0].y[row]),
  time: !chart || Number.isFinite(chart.data[0].x[chart.data[0].customdata.indexOf(row)]),
};
"""


@pytest.fixture(scope="module")
def chosen() -> list[str]:
    files = _chosen()
    if not files:
        pytest.skip(f"no corpus of real files at {CORPUS} (set TRACKLINT_CORPUS)")
    return files


def test_the_keyboard_alone_reaches_every_finding(driver: Driver, page: Path) -> None:
    looked_at(driver, 1440)
    opened(driver, page)
    findings = data_of(driver)["findings"]
    for number, finding in enumerate(findings):
        for _ in range(400):
            ActionChains(driver).send_keys(Keys.TAB).perform()
            if driver.switch_to.active_element.get_attribute("data-finding") == str(number):
                break
        else:
            pytest.fail(f"finding {number} is not reached by Tab")
        ActionChains(driver).send_keys(Keys.ENTER).perform()
        driver.execute_async_script("setTimeout(arguments[0], 300)")
        if finding["row"] is not None:
            assert driver.execute_script(_WHERE)["row"] == finding["row"]


def test_the_slider_and_the_axis_are_for_the_keyboard_too(driver: Driver, page: Path) -> None:
    looked_at(driver, 1440)
    opened(driver, page)
    slider = driver.find_element("id", "cursor")
    before = driver.execute_script(_WHERE)["row"]
    slider.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert driver.execute_script(_WHERE)["row"] == before + 2
    assert f"point {before + 2}" in str(slider.get_attribute("aria-valuetext"))
    driver.find_element("css selector", '[name="axis"][value="time"]').send_keys(Keys.ARROW_RIGHT)
    driver.execute_async_script("setTimeout(arguments[0], 1500)")
    ticks = driver.execute_script("return document.querySelector('[data-plot=\"0\"] .xtick').textContent")
    assert ticks.endswith("km")
    assert all(driver.execute_script(_WHERE)["lines"])


def test_zoom_goes_from_the_charts_to_the_map_and_back(driver: Driver, page: Path) -> None:
    looked_at(driver, 1440)
    opened(driver, page)
    ranges = """
      const of = (name) => document.querySelector(`[data-plot="${name}"]`)._fullLayout.xaxis.range.map((at) => (typeof at === "string" ? Date.parse(at.replace(" ", "T") + "Z") : at));
      return [of(0), of(1), of("map")];
    """
    first, _, whole_map = driver.execute_script(ranges)
    low = first[0] + (first[1] - first[0]) * 0.4
    high = first[0] + (first[1] - first[0]) * 0.41
    zoomed = "const done = arguments[2]; Plotly.relayout(document.querySelector('[data-plot=\"0\"]'), {'xaxis.range[0]': arguments[0], 'xaxis.range[1]': arguments[1]}).then(() => setTimeout(done, 1500))"
    driver.execute_async_script(zoomed, low, high)
    one, other, near = driver.execute_script(ranges)
    assert one == pytest.approx(other)
    assert other == pytest.approx([low, high], abs=2)
    assert near[1] - near[0] < whole_map[1] - whole_map[0]
    driver.find_element("id", "all").click()
    driver.execute_async_script("setTimeout(arguments[0], 1500)")
    assert driver.execute_script(ranges)[2] == pytest.approx(whole_map)


@pytest.mark.parametrize("hours", [6, 24])
def test_how_soon_a_long_ride_can_be_used(driver: Driver, tmp_path: Path, hours: int) -> None:
    """Nothing is timed for a verdict; the figures are for the note."""
    looked_at(driver, 1440)
    made = drawn(Ride(seconds=hours * 3600, laps=hours).fit(), "long.fit", tmp_path)
    driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    ready = []
    for _ in range(3):
        opened(driver, made)
        ready.append(int(driver.execute_script("return document.documentElement.dataset.ready")))
    metrics = {each["name"]: each["value"] for each in driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]}
    seconds = f"{metrics['TaskDuration']:.2f}"
    told = f"{hours} h: {made.stat().st_size} bytes, ready after {ready} ms, {seconds} s of the processor\n"
    with Path(os.environ.get("TRACKLINT_PAGES_NOTE", os.devnull)).open("a", encoding="utf-8") as note:
        note.write(told)
    assert complaints(driver) == []
    assert all(ready)


def test_all_charts_have_the_same_ends_and_lines_end_at_pauses(driver: Driver, tmp_path: Path) -> None:
    looked_at(driver, 1440)
    change = {i: {"heart_rate": None} for i in range(100)} | {150: {"power": None}}
    opened(driver, drawn(Ride(seconds=900).gpx(change=change, skip=range(400, 700)), "gap.gpx", tmp_path))
    ranges, rows = driver.execute_script(
        "const plots = [...document.querySelectorAll('.chart .plot')];"
        "const drawn = plots[0].data[0], gap = drawn.customdata.indexOf(-1);"
        "return [plots.map((each) => each._fullLayout.xaxis.range), [drawn.customdata[gap - 1], drawn.customdata[gap + 1]]];"
    )
    assert all(each == ranges[0] for each in ranges)
    assert len(ranges) > 3
    assert rows == [399, 400]


def test_a_value_far_out_is_seen_where_its_finding_leads(driver: Driver, page: Path) -> None:
    looked_at(driver, 1440)
    opened(driver, page)
    top = "return document.querySelector('[data-plot=\"0\"]')._fullLayout.yaxis.range[1]"
    assert driver.execute_script(top) < 200
    names = [str(finding["name"]) for finding in data_of(driver)["findings"]]
    driver.find_elements("css selector", "[data-finding]")[names.index("POS016 elevation-jump")].click()
    driver.execute_async_script("setTimeout(arguments[0], 1500)")
    assert driver.execute_script(top) > 900


def test_paper_is_light(driver: Driver, page: Path) -> None:
    looked_at(driver, 1440, dark=True)
    opened(driver, page)
    color = "return getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()"
    dark = driver.execute_script(color)
    driver.execute_script("dispatchEvent(new Event('beforeprint'))")
    light = driver.execute_script(color)
    driver.execute_script("dispatchEvent(new Event('afterprint'))")
    assert (driver.execute_script(color), light) == (dark, "#16202c")


def test_a_file_without_a_position_or_a_point_has_a_page(driver: Driver, tmp_path: Path) -> None:
    looked_at(driver, 390)
    opened(driver, drawn(Ride(seconds=60, channels=("heart_rate", "power")).fit(), "indoor.fit", tmp_path))
    assert violations(driver) == []
    assert not driver.find_elements("css selector", ".dot")
    made = drawn(b"no activity", "notes.txt", tmp_path)
    driver.get(made.as_uri())
    assert violations(driver) == []
    assert complaints(driver) == []
