"""Opening things: what comes in, under which name, in which format, and what a damaged container still gives."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracklint.inputs import expand
from tracklint.source import Unreadable, open_source, sniff
from tracklint.testing import Ride

GPX = Ride(seconds=20).gpx()
FIT = Ride(seconds=20).fit()
TCX = Ride(seconds=20).tcx()


def test_path_bytes_and_file_object_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "ride.gpx"
    path.write_bytes(GPX)
    sources = [
        open_source(path),
        open_source(str(path)),
        open_source(GPX),
        open_source(io.BytesIO(GPX)),
        open_source(bytearray(GPX)),
    ]
    assert {s.data for s in sources} == {GPX}
    assert {s.format for s in sources} == {"gpx"}
    assert sources[0].name == str(path)
    assert sources[2].name == "<bytes>"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(FIT)))
    source = open_source("-")
    assert (source.name, source.format) == ("<stdin>", "fit")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (GPX, "gpx"),
        (TCX, "tcx"),
        (FIT, "fit"),
        (b"\xef\xbb\xbf" + GPX, "gpx"),
        (b"          " + TCX, "tcx"),
        (b"\xff\xfe" + GPX.decode().encode("utf-16-le"), "gpx"),
        (GPX.decode().encode("utf-16-be"), "gpx"),
        (b"<!-- <html> --><?pi <gpx?>\n<x:gpx xmlns:x='http://www.topografix.com/GPX/1/1'/>", "gpx"),
        (b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx/>', "gpx"),
        (b"\x01\x02garbage" + FIT, "fit"),
        (b"garbage <gpx version='1.1'>", "gpx"),
    ],
    ids=range(11),
)
def test_format_is_told_by_content(data: bytes, kind: str) -> None:
    assert sniff(data) == (kind, kind)


@pytest.mark.parametrize(
    ("data", "looks_like"),
    [
        (b"", "empty"),
        (b" \0\n", "empty"),
        (b"<html>", "html"),
        (b"<!DOCTYPE html>\n<!-- x -->", "html"),
        (b"<kml/>", "xml:kml"),
        (b"{}", "json"),
        (b"a,b\n1,2\n", "text"),
        (bytes(range(1, 256)), "binary"),
    ],
)
def test_other_content_is_named(data: bytes, looks_like: str) -> None:
    assert sniff(data) == ("unknown", looks_like)


def test_gzip_in_any_number_of_members() -> None:
    packed = gzip.compress(GPX[:500]) + gzip.compress(GPX[500:])
    source = open_source(packed)
    assert (source.data, source.container, source.format) == (GPX, "gzip", "gpx")


@given(st.integers(0, len(gzip.compress(GPX)) - 1))
def test_a_cut_gzip_gives_what_it_holds(cut: int) -> None:
    source = open_source(gzip.compress(GPX, mtime=0)[:cut])
    assert GPX.startswith(source.data) or cut < 2
    if cut >= 2:
        assert [f.kind for f in source.faults] in (["gzip-truncated"], ["gzip-damaged"])


@given(st.binary(max_size=200))
def test_any_bytes_behind_a_gzip_magic_are_answered(rest: bytes) -> None:
    open_source(b"\x1f\x8b" + rest)
    open_source(b"PK\x03\x04" + rest)


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    source = open_source(bomb, max_inflated=1_000_000)
    assert len(source.data) == 1_000_000
    assert [f.kind for f in source.faults] == ["inflates-too-far"]


def _zip(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return path


def test_zip_with_one_activity(tmp_path: Path) -> None:
    source = open_source(_zip(tmp_path / "a.zip", ride_gpx_gz=gzip.compress(GPX), readme_txt=b"hello"))
    assert (source.data, source.container, source.claims, source.claims_gzip) == (GPX, "zip", "gpx", True)


def test_directories_globs_and_archives_are_expanded(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name, data in {"b/2.FIT": FIT, "1.gpx": GPX, "notes.txt": b"", "b/3.tcx.gz": gzip.compress(TCX)}.items():
        (tmp_path / name).write_bytes(data)
    _zip(tmp_path / "z.zip", x_gpx=GPX, y_fit=FIT)
    named = list(expand([tmp_path]))
    shown = [name.removeprefix(f"{tmp_path}/") for name, _ in named]
    assert shown == ["1.gpx", "b/2.FIT", "b/3.tcx.gz", "z.zip/x.gpx", "z.zip/y.fit"]
    assert [open_source(thing).format for _, thing in named] == ["gpx", "fit", "tcx", "gpx", "fit"]
    assert [name for name, _ in expand([str(tmp_path / "*.gpx")])] == [str(tmp_path / "1.gpx")]


@pytest.mark.parametrize("path", ["nothing.gpx", "*.nothing", "."])
def test_what_cannot_be_read_is_one_sentence(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unreadable, match=r"^[^\n]+: (there is no such file|this is a directory)$"):
        open_source(path)


def test_text_mode_is_refused_with_a_reason() -> None:
    with pytest.raises(TypeError, match="binary mode"):
        open_source(io.StringIO("<gpx/>"))


def test_a_damaged_gzip_gives_what_stands_before_the_damage() -> None:
    packed = bytearray(gzip.compress(GPX, mtime=0))
    assert open_source(bytes(packed[:-8]) + bytes(8)).data == GPX
    packed[len(packed) // 2] ^= 0xFF
    source = open_source(bytes(packed))
    assert [f.kind for f in source.faults] == ["gzip-damaged"]
    assert len(source.data) > 300
    assert source.data[:300] == GPX[:300]


def test_a_damaged_zip_is_a_fault(tmp_path: Path) -> None:
    packed = _zip(tmp_path / "a.zip", ride_gpx=GPX).read_bytes()
    for start in range(0, 200, 7):
        source = open_source(packed[:start] + packed[start + 7 :])  # the places that its directory names are gone
        assert [f.kind for f in source.faults] == ["zip-damaged"] or source.format == "unknown" or source.data == GPX
    cut = open_source(packed[:30] + packed[-200:])
    assert [f.kind for f in cut.faults] == ["zip-damaged"]
