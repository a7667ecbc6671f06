"""Pictures of pages of built rides: ``python tests/pages/pictures.py docs/pictures``."""

from __future__ import annotations

import io
import sys
import tempfile
import time
from pathlib import Path

from browser import Driver, both, chromium, drawn, evening, fleet, looked_at, opened
from PIL import Image
from selenium.webdriver.support.ui import WebDriverWait

from tracklint.serve import running_page
from tracklint.testing import Ride

#: Which page, the name of its picture, width and height of the screen, dark or light.
SHOTS = (
    ("file", "page-desktop.png", 1440, 1180, False),
    ("file", "page-desktop-dark.png", 1440, 1180, True),
    ("file", "page-phone.png", 390, 844, False),
    ("fleet", "fleet-desktop.png", 1440, 1180, False),
    ("fleet", "fleet-phone.png", 390, 844, False),
    ("both", "same-ride-desktop.png", 1440, 1180, False),
    ("both", "same-ride-phone.png", 390, 844, False),
)
#: The page to drop files on: name, width and height of the screen, dark or light.
DROPPED = (("drop-desktop.png", 1180, 860, False), ("drop-phone.png", 390, 844, True))
_SETTLED = "return document.querySelectorAll('.file:not([data-kind=waiting])').length === 3"
_COLORS = 256


def main(folder: Path) -> None:
    """Write all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made, chromium() as driver:
        pages = {
            "file": drawn(evening(), "evening-round.fit", Path(made)),
            "fleet": fleet(Path(made, "night"), 60),
            "both": both(Path(made)),
        }
        for which, name, width, height, dark in SHOTS:
            looked_at(driver, width, height, dark=dark)
            opened(driver, pages[which])
            if which == "file":
                driver.execute_script("document.querySelectorAll('[data-finding]')[1].click()")
                time.sleep(3)  # the page scrolls and zooms
            kept(driver, folder / name)
        rides = Path(made) / "rides"
        rides.mkdir()
        whole = Ride(seconds=2400, name="Commute").fit()
        (rides / "commute.fit").write_bytes(whole)
        (rides / "cut-off.fit").write_bytes(whole[: len(whole) // 2])
        (rides / "evening-round.fit").write_bytes(evening())
        with running_page() as address:
            for name, width, height, dark in DROPPED:
                looked_at(driver, width, height, dark=dark)
                driver.get(address)
                driver.find_element("id", "files").send_keys("\n".join(map(str, sorted(rides.iterdir()))))
                WebDriverWait(driver, 60).until(lambda d: d.execute_script(_SETTLED))
                kept(driver, folder / name)


def kept(driver: Driver, file: Path) -> None:
    """Write what the screen shows."""
    picture = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
    picture.quantize(_COLORS).save(file, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
