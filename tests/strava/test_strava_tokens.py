"""The token file: for its owner alone, whole or not at all, locked while it changes."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path

import pytest

from tracklint.strava.errors import (
    NotSignedIn,
)
from tracklint.strava.settings import OAUTH_BASE, Settings
from tracklint.strava.tokens import TokenFile, Tokens

from .signing import (
    ACCESS,
    PLANTED,
    REFRESH,
    SECRET,
    assert_hidden,
)


def test_the_file_is_for_its_owner_alone_and_whole(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "new" / "strava.json")
    assert file.read() is None
    old = os.umask(0)
    try:
        file.write(PLANTED)
    finally:
        os.umask(old)
    assert file.read() == PLANTED
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert not file.readable_by_others()
    assert [p.name for p in file.path.parent.iterdir()] == ["strava.json"]
    file.path.chmod(0o644)
    assert file.readable_by_others()
    assert file.delete()
    assert not file.delete()


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "strava.json").symlink_to(tmp_path / "real" / "tokens.json")
    TokenFile(tmp_path / "strava.json").write(PLANTED)
    assert (tmp_path / "strava.json").is_symlink()
    assert TokenFile(tmp_path / "real" / "tokens.json").read() == PLANTED


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    file = TokenFile(tmp_path / "strava.json")
    file.write(PLANTED)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"tracklint.strava.tokens.os.{call}", full)
    with pytest.raises(OSError, match="No space"):
        file.write(Tokens.from_json({**json.loads(file.path.read_text()), "access_token": "new"}) or PLANTED)
    monkeypatch.undo()
    assert file.read() == PLANTED
    assert [p.name for p in tmp_path.iterdir()] == ["strava.json"]


GOOD = {
    "access_token": ACCESS,
    "refresh_token": REFRESH,
    "expires_at": 5,
    "scopes": ["read"],
    "athlete_id": None,
    "client_id": "9",
    "client_secret": SECRET,
}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        json.dumps(GOOD).encode()[:-9],
        b"[" * 100_000,
        json.dumps([GOOD]).encode(),
        json.dumps({**GOOD, "access_token": f"{ACCESS}\n"}).encode(),
        json.dumps({**GOOD, "expires_at": "tomorrow"}).encode(),
        json.dumps({**GOOD, "expires_at": True}).encode(),
        json.dumps({**GOOD, "scopes": f"{ACCESS}"}).encode(),
        json.dumps({**GOOD, "athlete_id": REFRESH}).encode(),
        json.dumps({k: v for k, v in GOOD.items() if k != "client_secret"}).encode(),
    ],
)
def test_a_damaged_file_is_told_without_what_it_holds(tmp_path: Path, content: bytes) -> None:
    file = TokenFile(tmp_path / "strava.json")
    file.path.write_text(json.dumps(GOOD))
    assert file.read() is not None
    file.path.write_bytes(content)
    with pytest.raises(NotSignedIn, match="damaged") as caught:
        file.read()
    assert str(file.path) in str(caught.value)
    assert_hidden(caught.value)


def test_the_place_has_a_file_of_its_own(tmp_path: Path) -> None:
    """A trial on a stand-in does not replace the sign-in at Strava."""
    names = {
        base: TokenFile.of(Settings(home=tmp_path, oauth_base=base)).path.name
        for base in (OAUTH_BASE, f"{OAUTH_BASE}/", "http://127.0.0.1:8099/oauth", "http://[::1]:81/oauth")
    }
    assert list(names.values()) == ["strava.json", "strava.json", "strava-127.0.0.1-8099.json", "strava-1-81.json"]


def test_a_lock_that_is_kept_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracklint.strava.tokens.PATIENCE", 0.2)
    file = TokenFile(tmp_path / "t.json")
    with file.lock(), pytest.raises(NotSignedIn, match=r"kept .* locked"), TokenFile(file.path).lock():
        pass


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = TokenFile(tmp_path / "file" / "t.json")
    with pytest.raises(NotSignedIn, match="cannot be locked"), file.lock():
        pass
    with pytest.raises(NotSignedIn, match="cannot be read"):
        file.read()
