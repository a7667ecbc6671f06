"""Debian's Chromium without a screen, as the tests of pages and the script of the pictures use it."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from tracklint.alongside import same_ride
from tracklint.checking import check_reading, make_one
from tracklint.config import Config
from tracklint.fleet.telling import Telling, sheets
from tracklint.reading import read_thing
from tracklint.render import output_for
from tracklint.render.alongside import html
from tracklint.render.html import page, whole
from tracklint.testing import Ride

AXE = Path(os.environ.get("TRACKLINT_AXE", "axe.min.js"))
Driver = Any


@contextmanager
def chromium() -> Iterator[Driver]:
    """A browser that notes what its console and its network say."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for each in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.set_script_timeout(120)
    driver.set_page_load_timeout(120)
    try:
        yield driver
    finally:
        driver.quit()


def looked_at(driver: Driver, width: int, height: int = 900, *, dark: bool = False) -> None:
    """Give the screen a size and a colour scheme."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


def opened(driver: Driver, file: Path) -> None:
    """Open a page from disk and wait until it is drawn."""
    driver.get(file.as_uri())
    WebDriverWait(driver, 120).until(lambda d: d.execute_script("return document.documentElement.dataset.ready"))


def complaints(driver: Driver) -> list[str]:
    """What the console and the network said since they were last asked."""
    said = [entry["message"] for entry in driver.get_log("browser")]
    for entry in driver.get_log("performance"):
        event = json.loads(entry["message"])["message"]
        if event["method"] == "Network.requestWillBeSent":
            url = event["params"]["request"]["url"]
            said += [] if url.startswith(("file:", "data:", "blob:")) else [url]
    return said


def violations(driver: Driver) -> list[str]:
    """What axe-core finds wrong with the page as it is now."""
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    found = driver.execute_async_script(
        "const done = arguments[0]; axe.run().then((r) => done(r.violations.map("
        "(v) => v.id + ' ' + v.nodes.map((n) => n.html.slice(0, 160)).join(' | '))));"
    )
    return list(found)


def drawn(data: bytes | Path, name: str, folder: Path) -> Path:
    """The page of a file, in a folder."""
    reading = read_thing(str(data) if isinstance(data, Path) else data, Config(), name=name)
    made = folder / "page.html"
    made.write_text(whole(page(check_reading(reading, Config()), reading, Config())), encoding="utf-8")
    return made


def fleet(folder: Path, files: int) -> Path:
    """The index of a built night with facts: `evening` with and without its faults, as several devices wrote it."""
    rides = []
    for k in range(files):
        ride = Ride(seconds=240 + 30 * (k % 9), device=("head unit", "wrist watch", "phone")[k % 3], speed=6 + k % 5)
        change: dict[int, dict[str, Any]] = {}
        if k % 4 == 1:
            change = {100: {"altitude": 900.0}}
        if k % 6 == 2:
            change = {i: {"heart_rate": None} for i in range(60, 200)}
        if k % 9 == 3:
            change |= {120: {"time": None}}
        form = ("fit", "gpx", "tcx")[k % 3]
        rides.append((f"night/{('edge', 'watch', 'phone')[k % 3]}-{k:04}.{form}", getattr(ride, form)(change=change)))
    config = Config(facts=True)
    output = output_for("pages", sys.stdout, config=config)
    telling = Telling((output,), config.limits.max_inflated_bytes)
    with sheets([(output, str(folder))]) as run:
        for name, data in rides:
            run.add(make_one(name, data, make=telling, config=config))
    return folder / "index.html"


def both(folder: Path) -> Path:
    """The page of one ride as two devices wrote it: one a little high, and for a while with another heart."""
    ride = Ride(seconds=2400, laps=2, device="head unit", speed=7.4)
    other = Ride(seconds=2400, laps=2, device="wrist watch", speed=7.4)
    change: dict[int, dict[str, Any]] = {}
    for i in range(2401):
        point = other.point(i)
        apart = ((i * 7919) % 13 - 6) * 4e-6
        change[i] = {
            "latitude": point["latitude"] + apart, "longitude": point["longitude"] - apart, "altitude": point["altitude"] + 3,
            "heart_rate": None if 900 < i < 1000 else point["heart_rate"] + 8 * (1500 < i < 1700),
        }  # fmt: skip
    things = folder / "head-unit.fit", folder / "wrist-watch.gpx"
    things[0].write_bytes(ride.fit())
    things[1].write_bytes(other.gpx(change=change))
    made = folder / "both.html"
    with contextlib.chdir(folder):
        made.write_text(html(same_ride([each.name for each in things]), []), encoding="utf-8")
    return made


def evening() -> bytes:
    """A built ride in which several things went wrong."""
    ride = Ride(seconds=5400, laps=3, name="Evening round", device="tracklint ride builder", speed=7.4)
    change: dict[int, dict[str, Any]] = {i: {"heart_rate": None} for i in range(1200, 1300)}
    change[2400] = {"time": ride.time(2390)}
    change |= {i: {"latitude": ride.point(i)["latitude"] + 0.01} for i in range(3000, 3004)}
    change |= {4000: {"power": 1999}, 4500: {"altitude": 900.0}}
    return ride.fit(change=change, skip=range(3600, 3700))
