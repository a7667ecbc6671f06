"""Built reports, small and with everything in them, for the golden files."""

from __future__ import annotations

import hashlib

from tracklint.findings import (
    DeviceFacts,
    ElevationFacts,
    Finding,
    Ignored,
    Prediction,
    Report,
    Severity,
    Skipped,
    SportFacts,
    Summary,
    Where,
)  # fmt: skip

START = 1_714_557_600.0  # 2024-05-01T10:00:00Z

GPX = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="x">\n<trk><trkseg>\n'
    b'\t<trkpt lat="47.0" lon="20.0"><ele>1</ele><gpxtpx:hr>12</gpxtpx:hr>'
    b"<name>[bold]caf\xc3\xa9[/bold] \x1b[31m</name></trkpt>\n"
    b"</trkseg></trk></gpx>\n"
)
FIT = bytes(range(40)) * 2

SUMMARY = Summary(
    points=121,
    points_without_time=1,
    start_time=START,
    end_time=START + 120.5,
    elapsed_s=120.5,
    distance_m=968.0000001,
    laps=2,
    sessions=1,
    sport=SportFacts(file="cycling", sub="gravel_cycling", strava="GravelRide", sure="likely"),
    device=DeviceFacts(name="Edge", manufacturer="garmin", product="edge_530", barometer=True),
    channels={
        "position": 121, "altitude": 121, "heart_rate": 120, "cadence": 0, "power": 121, "temperature": 0,
        "distance": 121,
        "speed": 121,
    },
)  # fmt: skip
PREDICTION = Prediction(
    sport="GravelRide",
    sport_sure="likely",
    sport_why="cycling with sub_sport gravel_cycling",
    device="Edge",
    elevation=ElevationFacts(source="file", why="the device has a barometer"),
    channels_read=("position", "altitude", "heart_rate"),
    channels_ignored=(
        Ignored(channel="power", place="PowerExtension/v1", points=121, why="Strava reads power elsewhere"),
    ),
    stationary=False,
    start_time=START,
    elapsed_s=120.5,
    moving_s=118.25,
    distance_m=968.0,
    ascent_m=12.0,
    ascent_from="header",
)


def finding(code: str = "TIM008", severity: Severity = Severity.WARNING, **other: object) -> Finding:
    values: dict[str, object] = {
        "name": "time-goes-back", "message": "record 5 is 3 s earlier than the record before it",
        "hint": "set the clock of the device before the ride", "where": Where(), "evidence": {}, **other,
    }  # fmt: skip
    return Finding(code=code, severity=severity, **values)


def report(
    name: str,
    *findings: Finding,
    fmt: str = "fit",
    full: bool = True,
    skipped: tuple[Skipped, ...] = (),
    valid: bool | None = None,
) -> Report:
    return Report(
        name=name,
        format=fmt,
        container="plain",
        bytes=80,
        sha256=hashlib.sha256(name.encode(errors="replace")).hexdigest(),
        activity=SUMMARY if full else None,
        prediction=PREDICTION if full else None,
        findings=findings,
        skipped=skipped,
        schema_valid=valid,
    )


GOOD = report("good.fit")
NOTED = report("noted.fit", finding("FIT003", Severity.INFO, name="legacy-header", message="the header has 12 bytes"))
RISKY = report(
    "risky.fit",
    finding(
        where=Where(offset=33, size=4, segment=1, message=7, local=0, message_name="record", field="timestamp",
                    record=5, count=3,
                    time=START + 2.25),
        evidence={"gap": 3.00000000001, "runs": [[5, 5], [9, 10]], "share": float("nan")},
        fix="unsafe",
    ),
    finding("SEN001", Severity.INFO, name="note", message="power is 0 in 3 of 121 records", hint=""),
)  # fmt: skip
REFUSED = report(
    "tracks/refused.gpx",
    finding(
        "DOC010", Severity.ERROR, name="undeclared-prefix", message="the prefix gpxtpx is used but not declared",
        hint="declare it: xmlns:gpxtpx=\"http://www.garmin.com/xmlschemas/TrackPointExtension/v1\"",
        where=Where(offset=GPX.index(b"<gpxtpx:hr"), size=10, line=4, column=43),
        evidence={"prefix": "gpxtpx", "bytes": b"\x01\x02"},
    ),
    finding(
        "UPL001", Severity.WARNING, name="markup", message="[red]not markup[/red] \x1b[31mnor colour",
        hint="remove [x]",
        where=Where(line=4, column=1),
    ),
    fmt="gpx", full=False, valid=False,
    skipped=(Skipped("POS*", "the file has no part that could be read as an activity"),
             Skipped("TIM*", "the file has no part that could be read as an activity")),
)  # fmt: skip
END = report(
    "end.fit",
    finding("FIT011", Severity.ERROR, name="truncated", message="the file ends 3 bytes inside a message",
            where=Where(offset=80, message=32, message_name="activity")),
)  # fmt: skip
ALL = (GOOD, NOTED, RISKY, REFUSED, END)
CONTENT = {"risky.fit": FIT, "end.fit": FIT, "tracks/refused.gpx": GPX}
