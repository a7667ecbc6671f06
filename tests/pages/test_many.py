"""Pages of a fleet, of recordings side by side, and of two nights in a browser (``tox -e pages``)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("selenium")

from browser import Driver, both, chromium, complaints, fleet, looked_at, opened, violations
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tracklint.findings import Severity
from tracklint.fleet.telling import Told, sheets
from tracklint.render import output_for
from tracklint.render.digest import Digest
from tracklint.spelling import json_text

pytestmark = [pytest.mark.pages, pytest.mark.socket]

_NAMES = "return [...document.querySelectorAll('.files .name')].map((each) => each.textContent)"
_SOON = "setTimeout(arguments[0], 400)"


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fleet(tmp_path_factory.mktemp("night"), 60)


@pytest.fixture(scope="module")
def ride(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return both(tmp_path_factory.mktemp("ride"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 768, 390])
@pytest.mark.parametrize("which", ["night", "ride"])
def test_a_page_is_sound_at_every_width(
    driver: Driver, request: pytest.FixtureRequest, which: str, width: int, dark: bool
) -> None:
    looked_at(driver, width, dark=dark)
    opened(driver, request.getfixturevalue(which))
    assert violations(driver) == []
    driver.execute_script("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    driver.execute_async_script(_SOON)
    assert violations(driver) == []
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    assert complaints(driver) == []


def test_files_are_searched_sorted_and_shown_in_parts(driver: Driver, night: Path) -> None:
    looked_at(driver, 1440)
    opened(driver, night)
    assert len(driver.execute_script(_NAMES)) == 50
    driver.find_element("css selector", '[data-step="1"]').click()
    assert len(driver.execute_script(_NAMES)) == 10
    name = driver.find_element("css selector", '[data-sort="name"]')
    name.send_keys(Keys.ENTER)
    assert driver.execute_script(_NAMES) == sorted(driver.execute_script(_NAMES))
    assert name.find_element("xpath", "..").get_attribute("aria-sort") == "ascending"
    name.send_keys(Keys.ENTER)
    assert driver.execute_script(_NAMES)[0] == "night/watch-0058.gpx"
    driver.find_element("name", "words").send_keys("WATCH 0004")
    driver.execute_async_script(_SOON)
    assert driver.execute_script(_NAMES) == ["night/watch-0004.gpx"]
    assert "1 of 60 files" in driver.find_element("id", "count").text
    driver.find_element("css selector", '[type="reset"]').click()
    driver.execute_async_script(_SOON)
    driver.find_element("css selector", '[data-rule="POS016"]').click()
    driver.execute_async_script(_SOON)
    found = driver.execute_script(
        "return [...document.querySelectorAll('.files .found')].map((each) => each.textContent)"
    )
    assert found
    assert all("POS016" in each or "more rule" in each for each in found)


def test_a_row_leads_to_its_page_and_back(driver: Driver, night: Path) -> None:
    looked_at(driver, 1440)
    opened(driver, night)
    link = driver.find_element("css selector", ".files .name a")
    name = link.text
    ActionChains(driver).send_keys_to_element(link, Keys.ENTER).perform()
    driver.execute_async_script("setTimeout(arguments[0], 5000)")
    assert driver.find_element("css selector", "h1").text == name
    assert driver.execute_script("return !!window.Plotly && !!document.documentElement.dataset.ready")
    assert complaints(driver) == []
    driver.find_element("link text", "All files").click()
    assert "60 files checked" in driver.find_element("css selector", "h1").text


def test_a_row_without_a_page_tells_its_findings(driver: Driver, night: Path) -> None:
    looked_at(driver, 390)
    opened(driver, night)
    row = "[...document.querySelectorAll('.files tr')].find((each) => each.querySelector('span') && !each.querySelector('a') && each.querySelector('details'))"
    driver.execute_script(f"({row}).querySelector('details').open = true")
    driver.execute_async_script(_SOON)
    assert "tracklint check -o html=page.html night/" in driver.execute_script(f"return ({row}).textContent")


def test_ten_thousand_files_open_at_once(driver: Driver, tmp_path: Path) -> None:
    """Nothing is timed for a verdict; the figures are for the note."""
    with sheets([(output_for("pages", sys.stdout, which="none"), str(tmp_path))]) as run:
        for k in range(10_000):
            counts = tuple((f"POS{j:03}", Severity.WARNING, 1 + k % 3) for j in range(k % 7))
            rules = [
                [code, "a-rule", severity, "what was found " * 6, None, None, count] for code, severity, count in counts
            ]
            name = f"night/a-device-with-a-long-name/{k:06}-activity.fit"
            told = Digest(
                name=name, format="fit", sha256="", verdict="risky", device=("maker", f"{k % 30}", "1"), counts=counts
            )
            run.add(Told(told, (f"{json_text(rules)}\n{{}}\n",)))
    looked_at(driver, 1440)
    driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    ready = []
    for _ in range(3):
        opened(driver, tmp_path / "index.html")
        ready.append(int(driver.execute_script("return document.documentElement.dataset.ready")))
    metrics = {each["name"]: each["value"] for each in driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]}
    size = (tmp_path / "index.html").stat().st_size
    with Path(os.environ.get("TRACKLINT_PAGES_NOTE", os.devnull)).open("a", encoding="utf-8") as note:
        note.write(
            f"10,000 files: {size} bytes, ready after {ready} ms, {metrics['TaskDuration']:.2f} s of the processor\n"
        )
    assert len(driver.execute_script(_NAMES)) == 50
    assert driver.execute_script("return document.querySelectorAll('*').length") < 2000
    assert complaints(driver) == []


def test_recordings_share_cursor_and_zoom(driver: Driver, ride: Path) -> None:
    looked_at(driver, 1440)
    opened(driver, ride)
    slider = driver.find_element("id", "cursor")
    slider.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert driver.execute_script("return document.getElementById('cursor').value") == "2"
    assert str(slider.get_attribute("aria-valuetext")).endswith("10:00:02")
    seen = "return [...document.querySelectorAll('.line, .dot')].filter((each) => !each.hidden).length"
    charts = len(driver.find_elements("css selector", ".chart .plot"))
    assert driver.execute_script(seen) == charts + 2
    ranges = "return [...document.querySelectorAll('.chart .plot')].map((each) => String(each._fullLayout.xaxis.range))"
    zoomed = "const done = arguments[0]; const plot = document.querySelector('[data-plot=\"0\"]'); Plotly.relayout(plot, {'xaxis.range[0]': plot.data[0].x[600], 'xaxis.range[1]': plot.data[0].x[900]}).then(() => setTimeout(done, 1500))"
    before = driver.execute_script(ranges)
    driver.execute_async_script(zoomed)
    after = driver.execute_script(ranges)
    assert len(set(before)) == len(set(after)) == 1
    assert before != after
    driver.find_element("id", "all").click()
    driver.execute_async_script("setTimeout(arguments[0], 1500)")
    assert driver.execute_script(ranges) == before
