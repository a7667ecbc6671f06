"""Pictures of pages of built rides: ``python tests/pages/pictures.py docs/pictures``."""

from __future__ import annotations

import io
import sys
import tempfile
import time
from pathlib import Path

from browser import chromium, drawn, evening, looked_at, opened
from PIL import Image

#: Name, width and height of the screen, dark or light, and whether a finding was chosen.
SHOTS = (
    ("page-desktop.png", 1440, 1180, False, True),
    ("page-desktop-dark.png", 1440, 1180, True, True),
    ("page-phone.png", 390, 844, False, True),
)
_COLORS = 256


def main(folder: Path) -> None:
    """Write all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made, chromium() as driver:
        page = drawn(evening(), "evening-round.fit", Path(made))
        for name, width, height, dark, chosen in SHOTS:
            looked_at(driver, width, height, dark=dark)
            opened(driver, page)
            if chosen:
                driver.execute_script("document.querySelectorAll('[data-finding]')[1].click()")
                time.sleep(3)  # the page scrolls and zooms
            picture = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
            picture.quantize(_COLORS).save(folder / name, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
