"""The page to drop files on, in a browser (``tox -e pages``)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

pytest.importorskip("selenium")

from browser import Driver, chromium, complaints, evening, looked_at, violations
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tracklint.serve import Bounds, Shelf, running_page
from tracklint.testing import Ride

pytestmark = [pytest.mark.pages, pytest.mark.socket]

_ROWS = """
return [...document.querySelectorAll(".file")].map((each) => ({
  name: each.querySelector("h3").textContent, kind: each.dataset.kind, found: each.querySelector(".found").textContent,
  links: [...each.querySelectorAll("a")].map((link) => link.href),
}));
"""
#: A drop as a browser tells it: files, and a folder as what ``webkitGetAsEntry`` gives.
_DROP = """
const dropped = new DataTransfer();
for (const [name, text] of arguments[0]) dropped.items.add(new File([text], name));
document.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, cancelable: true, bubbles: true }));
"""


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(Bounds(body=2**20))


@pytest.fixture(scope="module")
def address(shelf: Shelf) -> Iterator[str]:
    with running_page(shelf) as made:
        yield made


@pytest.fixture
def rides(tmp_path: Path) -> Path:
    folder = tmp_path / "rides"
    folder.mkdir()
    (folder / "evening.fit").write_bytes(evening())
    (folder / "<b>commute.gpx").write_bytes(Ride(seconds=300).gpx())
    (folder / "notes.txt").write_text("none of ours")
    return folder


def chosen(driver: Driver, *files: Path, folder: bool = False) -> list[dict[str, Any]]:
    """The rows of files after each has its verdict."""
    driver.find_element("id", "folder" if folder else "files").send_keys("\n".join(map(str, files)))
    return rows(driver)


def rows(driver: Driver) -> list[dict[str, Any]]:
    def settled(each: Driver) -> list[dict[str, Any]] | None:
        there: list[dict[str, Any]] = each.execute_script(_ROWS)
        return there if there and all(row["kind"] != "waiting" for row in there) else None

    settled_rows: list[dict[str, Any]] = WebDriverWait(driver, 60).until(settled)
    return settled_rows


def strangers(driver: Driver, address: str) -> list[str]:
    """What the console said, and what was asked of anybody else."""
    return [each for each in complaints(driver) if not each.startswith(address)]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_is_sound_before_and_after_files_come(
    driver: Driver, address: str, rides: Path, width: int, dark: bool
) -> None:
    looked_at(driver, width, dark=dark)
    driver.get(address)
    assert violations(driver) == []
    found = chosen(driver, *sorted(rides.iterdir()))
    assert [(row["name"], row["kind"]) for row in found] == [
        ("<b>commute.gpx", "ready"), ("evening.fit", "risky"), ("notes.txt", "refused"),
    ]  # fmt: skip
    assert violations(driver) == []
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    assert strangers(driver, address) == []


def test_the_page_of_a_file_draws_under_its_policy(driver: Driver, address: str, rides: Path) -> None:
    driver.get(address)
    row = chosen(driver, rides / "evening.fit")[0]
    driver.switch_to.new_window("tab")
    driver.get(row["links"][0])
    WebDriverWait(driver, 60).until(lambda d: d.execute_script("return document.documentElement.dataset.ready"))
    assert driver.execute_script("return document.querySelectorAll('.plot svg').length") > 2
    assert strangers(driver, address) == []
    driver.close()
    driver.switch_to.window(driver.window_handles[0])


def test_a_folder_gives_its_activities_and_leaves_out_the_rest(driver: Driver, address: str, rides: Path) -> None:
    driver.get(address)
    found = chosen(driver, rides, folder=True)
    assert sorted(row["name"] for row in found) == ["rides/<b>commute.gpx", "rides/evening.fit"]


def test_what_is_dropped_anywhere_on_the_page_is_taken(driver: Driver, address: str) -> None:
    driver.get(address)
    driver.execute_script(_DROP, [["a.gpx", Ride(seconds=60).gpx().decode()], ["b.txt", "hello"]])
    assert [(row["name"], row["kind"]) for row in rows(driver)] == [("a.gpx", "ready"), ("b.txt", "refused")]


def test_what_is_too_large_is_told_in_words(driver: Driver, address: str, tmp_path: Path) -> None:
    large = tmp_path / "large.fit"
    large.write_bytes(bytes(2 * 2**20))
    driver.get(address)
    (row,) = chosen(driver, large)
    assert (row["kind"], row["found"]) == ("failed", "This is larger than 1 MiB, the most that is taken of one file.")


def test_the_keyboard_reaches_inputs_and_links(driver: Driver, address: str, rides: Path) -> None:
    driver.get(address)
    chosen(driver, rides / "evening.fit")
    reached = []
    for _ in range(5):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        reached.append(driver.execute_script("return document.activeElement.id || document.activeElement.textContent"))
    assert reached == [
        "files", "folder", "Open its page", "Mended, and points dropped or sorted", "Prepared for an upload (.gz)",
    ]  # fmt: skip


def test_files_are_forgotten_when_the_page_is_closed(driver: Driver, address: str, shelf: Shelf, rides: Path) -> None:
    driver.get("about:blank")
    WebDriverWait(driver, 20).until(lambda _: len(shelf) == 0)
    driver.get(address)
    chosen(driver, rides / "evening.fit")
    assert len(shelf) == 1
    driver.get("about:blank")
    WebDriverWait(driver, 20).until(lambda _: len(shelf) == 0)


def test_two_hundred_uploads_at_once(address: str, shelf: Shelf) -> None:
    ride = Ride(seconds=60).fit()

    def one(number: int) -> str:
        with httpx.Client(base_url=address, timeout=300) as client:
            token = client.post("/files", params={"name": f"{number}.fit"}, content=ride).json()[0]["token"]
            verdict: str = client.get(f"/files/{token}/verdict").json()["verdict"]
            return verdict

    with ThreadPoolExecutor(200) as crew:
        assert list(crew.map(one, range(200))) == ["ready"] * 200
    assert len(shelf) == 200
