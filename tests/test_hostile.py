"""Names and contents that would steer a terminal: no command obeys them, and no file name makes a line of its own."""

from __future__ import annotations

import http.server
import json
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import ROOT
from tracklint.cli import COMMANDS, main
from tracklint.testing import FitBuilder, Ride

#: An escape that would colour, a window's title, a C1 control, marks that reorder, a second line, a bell, a backspace.
EVIL = "\x1b[31m\x1b]0;t\x07\x9b1m\u202e\u2066\u061c\nFORGED: ready\rFORGED\x08\x7f\u2028"
#: The same without what XML 1.0 cannot hold.
EVIL_XML = "\x9b1m\u202e\u2066\u061c&#10;FORGED: ready&#13;FORGED\x7f\u2028"
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
NOT_UTF8 = os.fsdecode(b"\xff\xfe")


class _Strava(http.server.BaseHTTPRequestHandler):
    """Answers all that it is asked with an athlete, and an error, of a terrible name."""

    def do_GET(self) -> None:
        body = json.dumps({"id": 7, "firstname": EVIL, "message": EVIL, "error": EVIL, "status": EVIL}).encode()
        self.send_response(200 if self.path.endswith("/athlete") else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def strava() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Strava) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A folder of a terrible name with rides of terrible names and contents; the working directory is around it."""
    folder = tmp_path / f"in{EVIL.replace('/', '')}{NOT_UTF8}"
    folder.mkdir()
    ride = Ride(seconds=20)
    texts = FitBuilder().define(0, 0, [(0, 1, 0), (1, 2, 0x84), (8, 60, 7)]).data(0, b"\4", 255, EVIL.encode() + b"\0")
    gpx = ride.gpx(creator="CREATOR").replace(b"CREATOR", EVIL_XML.encode())
    tcx = (
        ride.tcx()
        .replace(b"<Name>", b"<Name>" + EVIL_XML.encode(), 1)
        .replace(b'"Biking"', b'"' + EVIL_XML.encode() + b'"')
    )
    contents = {
        "a.gpx": gpx,
        "b.tcx": tcx,
        "c.fit": ride.fit(),
        "d.fit": texts.build(),
        "e.gpx": gpx[:-30],
        "f.gpx": b"<gpx>" + EVIL.encode(),
    }
    for name, data in contents.items():
        (folder / f"{EVIL.replace('/', '')}{name}").write_bytes(data)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKLINT_HOME", str(tmp_path / f"home{EVIL.replace('/', '')}"))
    return [str(path.relative_to(tmp_path)) for path in sorted(folder.iterdir())]


def run(*args: object, status: set[int] | None = None) -> Result:
    done = CliRunner().invoke(main, [str(a) for a in args])
    assert done.exit_code in (status or {0, 1, 2, 75}), done.output
    assert "itself failed" not in done.output
    found = UNSAFE.search(done.output)
    assert found is None, (args[0], done.output[max(found.start() - 60, 0) : found.end() + 60])
    assert not re.search("^FORGED", done.output, re.MULTILINE), args[0]
    assert done.output
    return done


@pytest.mark.socket
def test_no_command_obeys_a_name_or_a_content(files: list[str], strava: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(Path(files[0]).parent)
    ran = set()

    def each(command: str, *args: object) -> None:
        ran.add(command)
        run(command, *args)

    each("check", folder)
    each("check", "--all", *files)
    for form in ("json", "jsonl"):
        each("check", "-o", form, folder)
    for file in files:
        each("show", file)
        for how in ((), ("--raw", "--offsets"), ("--format", "jsonl", "--raw")):
            each("dump", file, *how)
    for form in ("text", "json", "markdown"):
        each("compare", "--same-ride", *files, "--output", form)
    each("fix", "--diff", "--unsafe", "--notes", folder)
    each("fix", "--unsafe", "--out", f"fixed{files[0][:20]}".replace("/", ""), folder)
    each("prepare", "--out", f"out{files[0][:20]}".replace("/", ""), folder)
    each("config", *files, EVIL)
    each(
        "watch", folder, "--once", "--settle", "0", "--prepare", f"watched{files[0][:20]}".replace("/", ""), "--sandbox"
    )
    each("watch", EVIL)
    each("anonymise", "--verbose", "--out", f"shown{files[0][:20]}".replace("/", ""), folder)
    each("explain", EVIL)
    each("explain", "TIM001")
    each("upload", "--sandbox", "--title", EVIL, *files)
    each("upload", "--sandbox", "--output", "json", files[0])
    each(
        "create", "--sandbox", "--name", EVIL, "--start", "2026-01-31T12:00:00", "--elapsed", "10:00", "--sport", "Ride"
    )
    each("status")
    each("logout")
    each("help", EVIL)
    each("version")
    each("check", "--fail-on", EVIL, folder)
    each(f"check{EVIL}")
    for name in ("check", "show", "dump", "fix", "prepare", "upload"):
        each(name, *(["--sandbox"] if name == "upload" else ["--out", "x"] if name == "prepare" else []), EVIL)
    monkeypatch.setenv("TRACKLINT_STRAVA_API", f"{strava}/api/v3")
    monkeypatch.setenv("TRACKLINT_STRAVA_TOKEN", "a" * 40)
    each("status", "--check")
    each("upload", files[0])
    each("create", "--name", EVIL, "--start", "2026-01-31T12:00:00", "--elapsed", "10:00", "--sport", "Ride")
    assert set(COMMANDS) - ran <= {"login", "sandbox", "serve"}  # they name neither a file nor what Strava says


def test_what_a_command_says_goes_through_one_function() -> None:
    """`cli.lines` is the only place from which a command writes a line, so that nobody forgets to make it safe."""
    cli = ROOT / "src" / "tracklint" / "cli"
    writers = {
        path.name for path in cli.glob("*.py") if re.search(r"click\.s?echo\(|\bprint\(", path.read_text("utf-8"))
    }
    assert writers == {"lines.py"}
