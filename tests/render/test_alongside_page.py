"""The page of recordings of one ride, without a browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tracklint.alongside import same_ride
from tracklint.alongside.thresholds import beyond, threshold
from tracklint.cli import main
from tracklint.render.html import LIBRARY
from tracklint.render.html.alongside import alongside
from tracklint.render.html.packing import unpacked
from tracklint.render.html.track import MOST_POINTS
from tracklint.testing import Ride

RIDE = Ride(seconds=600)
LOUDER: dict[int, dict[str, Any]] = {i: {"heart_rate": RIDE.point(i)["heart_rate"] + 7} for i in range(200, 260)}


def data_of(text: str) -> dict[str, Any]:
    found = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_channels_and_tracks_are_those_of_the_comparison() -> None:
    told = same_ride([RIDE.fit(), RIDE.gpx(change=LOUDER)])
    text = alongside(told, [], LIBRARY)
    data = data_of(text)
    assert (LIBRARY in text, text.count("<h1>One ride, 2 recordings</h1>")) == (True, 1)
    labels = re.findall(r'<figcaption><b>([^<]+)</b> <span class="soft">', text)
    heart = [unpacked(each) for each in data["channels"][labels.index("Heart rate")]["values"]]
    np.testing.assert_allclose(heart[1] - heart[0], told.difference("heart_rate"), atol=1.0)
    assert (heart[1] - heart[0])[230] == 7
    np.testing.assert_allclose(unpacked(data["time"]), told.time, atol=1e-3)
    steps = [
        np.hypot(np.diff(unpacked(each["east"])), np.diff(unpacked(each["north"]))).sum() for each in data["tracks"]
    ]
    np.testing.assert_allclose(steps, np.ptp(told.columns[0]["distance"]), rtol=0.02)
    assert data["channels"][labels.index("Power")]["values"][1] is None
    assert len(re.findall("data-difference=", text)) == sum(None not in each["values"] for each in data["channels"])


def test_figures_and_thresholds_are_told() -> None:
    told = same_ride([RIDE.fit(), RIDE.gpx(change=LOUDER)])
    text = alongside(told, beyond(told, [threshold("heart_rate.bias=0.1bpm")]), LIBRARY)
    assert "<strong>Beyond:</strong>" in text
    assert re.search(r'<th scope="row">Heart rate</th><td>601</td><td>\+0\.7 bpm</td>', text)


def test_what_is_no_recording_of_the_ride_has_no_charts() -> None:
    other = Ride(seconds=600, latitude=-30.0, longitude=10.0)
    text = alongside(same_ride([RIDE.fit(), other.gpx()]), [], LIBRARY)
    assert "not the same ride" in text
    assert all(each["values"][1] is None for each in data_of(text)["channels"])
    assert data_of(text)["tracks"][1] is None


def test_a_ride_without_positions_has_no_map() -> None:
    change: dict[int, dict[str, Any]] = {i: {"latitude": None, "longitude": None} for i in range(601)}
    text = alongside(same_ride([RIDE.fit(change=change), RIDE.tcx(change=change)]), [], LIBRARY)
    assert data_of(text)["tracks"] == [None, None]
    assert 'data-plot="map"' not in text


def test_nothing_from_a_file_becomes_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["<script>alert(1)<b>.fit", "'\"&\u202e.gpx"]
    Path(names[0]).write_bytes(Ride(seconds=600, device="<script>x").fit())
    Path(names[1]).write_bytes(Ride(seconds=600, device="<img src=x>").gpx())
    text = alongside(same_ride(names), [], "")
    assert len(re.findall("<script", text)) == 2
    assert "<img" not in text
    assert "\u202e" not in text


def test_recordings_of_days_are_thinned() -> None:
    size = 2 * MOST_POINTS
    power = np.full(size, 200.0)
    power[123_456] = 1999.0
    told = same_ride([RIDE.fit(), RIDE.gpx()])
    days = replace(told, time=np.arange(size) + 1.7e9, columns=({"power": power}, {"power": power}))
    drawn = unpacked(data_of(alongside(days, [], LIBRARY))["channels"][0]["values"][0])
    assert len(drawn) <= MOST_POINTS
    assert drawn.max() == 1999.0


def test_compare_writes_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.fit").write_bytes(RIDE.fit())
    Path("two.tcx").write_bytes(RIDE.tcx())
    done = CliRunner().invoke(main, ["compare", "--same-ride", "--output", "html=both.html", "one.fit", "two.tcx"])
    assert (done.exit_code, done.output) == (0, "")
    text = Path("both.html").read_text(encoding="utf-8")
    assert LIBRARY not in text
    assert "Plotly" in text
