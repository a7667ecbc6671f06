"""Cases for the rules on XML documents: GPX and TCX with one defect in their markup."""

from __future__ import annotations

import re
from collections.abc import Callable

from cases import Case
from tracklint.testing import Ride

RIDE = Ride(seconds=30)
KINDS = ("tcx", "gpx")
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
_NOTE = {"gpx": (b"<type>", b"<desc>%s</desc><type>"), "tcx": (b"</Track>", b"</Track><Notes>%s</Notes>")}
_ROOT_END = {"gpx": b"</gpx>", "tcx": b"</TrainingCenterDatabase>"}
_SPACE = {
    "gpx": b"http://www.topografix.com/GPX/1/1",
    "tcx": b"http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2",
}

Change = Callable[[bytes, str], bytes]


def _ride(kind: str) -> bytes:
    data: bytes = getattr(RIDE, kind)()
    return data.rstrip()


def _replaced(old: bytes, new: bytes, count: int = 1) -> Change:
    def change(data: bytes, _kind: str) -> bytes:
        assert old in data
        return data.replace(old, new, count)

    return change


def _noted(text: bytes) -> Change:
    """The ride with a description of its own."""

    def change(data: bytes, kind: str) -> bytes:
        old, new = _NOTE[kind]
        assert old in data
        return data.replace(old, new % text, 1)

    return change


def _case(
    code: str,
    name: str,
    change: Change,
    *,
    breaks: bool = True,
    along: tuple[str, ...] = (),
    kinds: tuple[str, ...] = KINDS,
) -> list[Case]:
    return [
        Case(code, lambda kind=kind: change(_ride(kind), kind), breaks, frozenset(along), f"{name}-{kind}")
        for kind in kinds
    ]


def _spaced(old: str, new: str) -> Change:
    """The namespace of the root with ``old`` replaced; ``old`` may be empty."""

    def change(data: bytes, kind: str) -> bytes:
        space = _SPACE[kind]
        changed = space.replace(old.encode(), new.encode()) if old else new.encode()
        return data.replace(b'"' + space + b'"', b'"' + changed + b'"', 1)

    return change


def _doubled(data: bytes, _kind: str) -> bytes:
    assert b"2024-05-01T" in data
    return data + b"\n" + data.replace(b"2024-05-01T", b"2024-05-02T")


def _cut_tag(data: bytes, kind: str) -> bytes:
    return data[: data.rindex({"gpx": b"<time>", "tcx": b"<Time>"}[kind]) + 12]


def _without_root_end(data: bytes, kind: str) -> bytes:
    return data.removesuffix(_ROOT_END[kind])


def _lower_or_upper(data: bytes, kind: str) -> bytes:
    """The root with its name in other letters."""
    name = _ROOT_END[kind][2:-1]
    return (
        data.replace(b"<" + name, b"<" + name.swapcase(), 1).removesuffix(_ROOT_END[kind])
        + b"</"
        + name.swapcase()
        + b">"
    )


def _in_extensions(inner: bytes) -> Change:
    def change(data: bytes, kind: str) -> bytes:
        old, name = {"gpx": (b"<trkseg>", b"extensions"), "tcx": (b"</Activity>", b"Extensions")}[kind]
        return data.replace(old, b"<%s>%s</%s>" % (name, inner, name) + old, 1)

    return change


def _encoded(codec: str) -> Change:
    return lambda data, _: data.decode().encode(codec)


def _no_default_namespace(data: bytes, kind: str) -> bytes:
    return data.replace(b' xmlns="' + _SPACE[kind] + b'"', b"", 1)


def _prefixed_root(data: bytes, kind: str) -> bytes:
    """The same document with a prefix for the format's own namespace, which is as good."""
    data = re.sub(rb"<(/?)([A-Za-z])", rb"<\1p:\2", data.partition(b"?>")[2].replace(b"xmlns=", b"xmlns:p=", 1))
    data = re.sub(rb"<(/?)p:(\w+):", rb"<\1\2:", data).replace(b'xsi:type="', b'xsi:type="p:')
    return _DECLARATION + data


def _gpx_1_0(data: bytes, _kind: str) -> bytes:
    """The ride as GPX 1.0, which has no metadata, no type of a track and no extensions."""
    for name in (b"metadata", b"type", b"extensions"):
        data = re.sub(rb"\s*<%s>.*?</%s>" % (name, name), b"", data, flags=re.DOTALL)
    data = data.replace(b"GPX/1/1", b"GPX/1/0").replace(b'version="1.1"', b'version="1.0"')
    return data.replace(b"<trk>", b"<time>2024-05-01T10:00:00Z</time><trk>", 1)


CASES: list[Case] = [
    *_case("DOC003", "spaces", lambda data, _: b" " * 10 + data),
    *_case("DOC003", "line", lambda data, _: b"\r\n" + data),
    *_case("DOC003", "header", lambda data, _: b"HTTP/1.1 200 OK\r\n\r\n" + data),
    *_case("DOC003", "nothing", lambda data, _: data, breaks=False),
    *_case("DOC003", "mark", lambda data, _: b"\xef\xbb\xbf" + data, breaks=False, along=("DOC004",)),
    *_case("DOC004", "mark", lambda data, _: b"\xef\xbb\xbf" + data),
    *_case("DOC004", "inside", _noted(b"\xef\xbb\xbf"), breaks=False),
    *_case("DOC005", "utf-16", _encoded("utf-16")),
    *_case("DOC005", "declared-utf-16", _replaced(b"UTF-8", b"UTF-16")),
    *_case("DOC005", "utf-16-without-mark", lambda data, _: data.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16-le")),
    *_case("DOC005", "utf-32", _encoded("utf-32")),
    *_case("DOC005", "unknown", _replaced(b"UTF-8", b"X-NONE")),
    *_case("DOC005", "lower-case", _replaced(b"UTF-8", b"utf-8"), breaks=False),
    *_case("DOC005", "latin-1", lambda data, kind: _noted(b"\xe9")(_replaced(b"UTF-8", b"ISO-8859-1")(data, kind), kind), breaks=False),
    *_case("DOC006", "latin-1", _noted(b"caf\xe9 \xe0")),
    *_case("DOC006", "utf-8", _noted("café à".encode()), breaks=False),
    *_case("DOC007", "control", _noted(b"a\x0bb")),
    *_case("DOC007", "reference", _noted(b"a&#0;b")),
    *_case("DOC007", "surrogate", _noted(b"\xed\xa0\xbd")),
    *_case("DOC007", "nul-tail", lambda data, _: data + b"\0" * 100),
    *_case("DOC007", "tab", _noted(b"a\tb&#9;c&#x1F6B2;"), breaks=False),
    *_case("DOC008", "bare", _noted(b"Tom & Jerry & co")),
    *_case("DOC008", "html", _noted(b"a&nbsp;b")),
    *_case("DOC008", "escaped", _noted(b"a &amp; b &#38; <![CDATA[ c & d ]]><!-- & -->"), breaks=False),
    *_case("DOC009", "in-tag", _cut_tag, kinds=("gpx",)),
    *_case("DOC009", "in-tag", _cut_tag, along=("DEV001",), kinds=("tcx",)),  # the Creator comes after the laps
    *_case("DOC009", "no-root-end", _without_root_end),
    *_case("DOC009", "start-of-a-tag", lambda data, kind: _without_root_end(data, kind) + b"<\r\n"),
    *_case("DOC009", "cut-and-nul", lambda data, kind: _without_root_end(data, kind) + b"\0" * 50, along=("DOC007",)),
    *_case("DOC009", "space-at-end", lambda data, _: data + b"\n\n  \n<!-- end -->\n", breaks=False),
    *_case("DOC010", "element", _in_extensions(b"<ql:key>1</ql:key>")),
    *_case("DOC010", "usual-prefix", _replaced(b' xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"', b""), kinds=("gpx",)),
    *_case("DOC010", "usual-prefix", _replaced(b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', b""), kinds=("tcx",)),
    *_case("DOC010", "attribute", _in_extensions(b'<z xmlns="urn:z" ql:key="1"/>')),
    *_case("DOC010", "declared-there", _in_extensions(b'<ql:key xmlns:ql="urn:ql" ql:z="1">1</ql:key>'), breaks=False),
    *_case("DOC011", "two-files", _doubled, along=("STR004",), kinds=("gpx",)),
    *_case("DOC011", "two-files", _doubled, along=("STR005",), kinds=("tcx",)),
    *_case("DOC011", "text", lambda data, _: data + b"\nend of file"),
    *_case("DOC011", "comment", lambda data, _: data + b"\n<!-- end of file -->", breaks=False),
    *_case("DOC013", "entity", _replaced(_DECLARATION, _DECLARATION + b'<!DOCTYPE x [<!ENTITY a "b">]>')),
    *_case("DOC013", "entity-used", lambda data, kind: _noted(b"&a;")(_replaced(_DECLARATION, _DECLARATION + b'<!DOCTYPE x [<!ENTITY a "b">]>')(data, kind), kind)),
    *_case("DOC013", "plain", _replaced(_DECLARATION, _DECLARATION + b"<!DOCTYPE x>")),
    *_case("DOC013", "in-comment", _noted(b"<!-- <!DOCTYPE x> --><![CDATA[<!DOCTYPE x>]]>"), breaks=False),
    *_case("DOC014", "nested", _in_extensions(b"<z:a xmlns:z='urn:z'>" + b"<z:a>" * 300 + b"</z:a>" * 300 + b"</z:a>")),
    *_case("DOC014", "less-nested", _in_extensions(b"<z:a xmlns:z='urn:z'>" + b"<z:a>" * 200 + b"</z:a>" * 200 + b"</z:a>"), breaks=False),
    *_case("DOC016", "missing", lambda data, _: data.partition(b"?>")[2].lstrip()),
    *_case("DOC016", "single-quotes", _replaced(_DECLARATION, b"<?xml version='1.0'?>"), breaks=False),
    *_case("DOC017", "mismatch", _noted(b"<a></b></a>")),
    *_case("DOC017", "less-than", _noted(b"a < b")),
    *_case("DOC017", "no-quotes", _noted(b"<a b=1/>")),
    *_case("DOC017", "attribute-twice", _noted(b'<a b="1" b="1"/>')),
    *_case("DOC017", "greater-than", _noted(b"a > b"), breaks=False),
    *_case("SCH001", "case", _lower_or_upper),
    *_case("SCH001", "prefix", _prefixed_root, breaks=False),
    *_case("SCH002", "none", _no_default_namespace),
    *_case("SCH002", "prefix", _prefixed_root, breaks=False),
    *_case("SCH003", "https", _spaced("http:", "https:")),
    *_case("SCH003", "slash", _spaced("", "urn:other")),
    *_case("SCH003", "right", lambda data, _: data, breaks=False),
    *_case("SCH004", "v1", _spaced("/v2", "/v1"), kinds=("tcx",)),
    *_case("SCH004", "v2", lambda data, _: data, breaks=False, kinds=("tcx",)),
    *_case("SCH005", "app", _replaced(b'version="1.1"', b'version="8.0.2-play"'), kinds=("gpx",)),
    *_case("SCH005", "missing", _replaced(b' version="1.1"', b""), kinds=("gpx",)),
    *_case("SCH005", "spaces", _replaced(b'version="1.1"', b'version=" 1.1 "'), breaks=False, along=("SCH015",), kinds=("gpx",)),
    *_case("SCH006", "1.0", _gpx_1_0, along=("SPT001",), kinds=("gpx",)),
    *_case("SCH006", "1.1", lambda data, _: data, breaks=False, kinds=("gpx",)),
]  # fmt: skip
