"""Waypoints and route points with times: a recording becomes a track, what somebody set on a map does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tracklint.config import Config, Limits
from tracklint.mending.fixing import Fixed, fix

CONFIG = Config(limits=Limits(now=1795305600))
_GPX = '<?xml version="1.0" encoding="UTF-8"?>\n<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x">{}</gpx>'


def _points(name: str, count: int, step_s: float, metres: Callable[[int], float], pause_s: int = 0) -> str:
    """So many points, so many seconds and metres apart, with a pause in the middle."""
    points, north = "", 47.0
    for i in range(count):
        north += metres(i) / 111_195
        seconds = round(i * step_s) + (pause_s if i > count // 2 else 0)
        time = f"2024-05-01T{10 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"
        points += f'<{name} lat="{north:.7f}" lon="11.0"><time>{time}</time></{name}>'
    return points


def _fixed(inside: str) -> Fixed:
    fixed = fix(_GPX.format(inside).encode(), config=CONFIG, unsafe=True)
    (told,) = (f for f in fixed.before.findings if f.code == "STR011")
    assert (told.fix == "unsafe") == fixed.changed
    return fixed


@pytest.mark.parametrize("name", ["wpt", "rtept"])
@pytest.mark.parametrize(
    ("count", "step_s", "metres"),
    [(20, 1, 3), (60, 60, 70), (600, 5, 40)],
    ids=["walk", "a-point-a-minute", "ride"],
)
def test_a_recording_becomes_a_track(name: str, count: int, step_s: float, metres: float) -> None:
    points = _points(name, count, step_s, lambda _: metres)
    fixed = _fixed(points if name == "wpt" else f"<rte>{points}</rte>")
    assert fixed.after.verdict == "ready"
    assert fixed.after.activity is not None
    assert fixed.after.activity.points == count


@pytest.mark.parametrize("name", ["wpt", "rtept"])
@pytest.mark.parametrize(
    ("count", "step_s", "metres"),
    [
        (5, 10, lambda _: 30.0),
        (19, 1, lambda _: 3.0),
        (40, 400, lambda _: 100.0),
        (40, 20, lambda _: 5000.0),
        (40, 5, lambda _: 0.0),
    ],
    ids=["five", "nineteen", "minutes-apart", "kilometres-apart", "one-place"],
)
def test_points_of_a_map_stay_what_they_are(
    name: str, count: int, step_s: float, metres: Callable[[int], float]
) -> None:
    points = _points(name, count, step_s, metres)
    fixed = _fixed(points if name == "wpt" else f"<rte>{points}</rte>")
    assert fixed.after.verdict == "refused"


def test_a_pause_does_not_undo_a_recording() -> None:
    fixed = _fixed(_points("wpt", 100, 1, lambda _: 3.0, pause_s=600))
    assert fixed.after.activity is not None
    assert fixed.after.activity.points == 100
