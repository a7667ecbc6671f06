"""Changes of XML that a programme or a damaged disk would make, beside those of single bytes: whole elements swapped,
doubled, dropped, renamed, other encodings, marks, control characters, namespaces, document types."""

from __future__ import annotations

import codecs
import random
import re
from collections.abc import Callable

__all__ = ["mutated"]

_TOKEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[^<>]*>|[^<]+|<", re.DOTALL)
_NAME = re.compile(rb"</?([^\s/>]+)")
_NAMES = (
    b"trkpt", b"trkseg", b"trk", b"ele", b"time", b"extensions", b"gpxtpx:hr", b"hr", b"power", b"speed", b"gpx", b"wpt",
    b"metadata", b"name", b"type", b"Trackpoint", b"Track", b"Lap", b"Activity", b"Activities", b"Course", b"Position",
    b"Time", b"HeartRateBpm", b"Value", b"Extensions", b"ns3:TPX", b"ns3:Watts", b"Creator", b"Notes", b"x", b"p:x",
    b"Trkpt", b"UnitID", b"MultiSportSession", b"FirstSport", b"LatitudeDegrees", b"Calories", b"TotalTimeSeconds",
    b"xml:x", b"\xc3\xa9", b"Cadence", b"RunCadence",
)  # fmt: skip
_NUMBERS = (
    b"NaN", b"INF", b"-INF", b"48,1", b"-4.8e-05", b"", b" ", b"0", b"-1", b"180", b"181", b"90", b"-90.0", b"1e300",
    b"1e999", b"254", b"255", b"300", b"100.00", b"250.5", b"None", b"9" * 40, b".5", b"+5.", b"0x10", b"-19999",
    b"&#53;5", b"<![CDATA[5]]>", b"\xd9\xa1", b"65535", b"65536",
)  # fmt: skip
_TIMES = (
    b"2024-05-01T10:00:00", b"2024-05-01T24:00:00Z", b"2024-05-01T10:00:60Z", b"2024-13-45T00:00:00Z", b"10:00",
    b"2024-05-01 10:00:00Z", b"2024-05-01T10:00Z", b"2024-05-01T10:00:00+0200", b"2024-05-01T10:00:00+02:00",
    b"2024-05-01T10:00:00,5Z", b"2024-05-01T10:00:00.123456789Z", b"20240501T100000Z", b"2004-09-15T10:00:00Z",
    b"1970-01-01T00:00:00Z", b"2043-01-01T00:00:00Z", b"-0001-01-01T00:00:00Z", b"12024-01-01T00:00:00Z",
    b"2024-05-01T10:00:00+02:00[Europe/Paris]", b"\n2024-05-01T10:00:00z ", b"0000-00-00T00:00:00Z",
    b"99999999-01-01T00:00:00Z", b"2024-05-01T10:00:00+15:00",
)  # fmt: skip
_PIECES = (
    b"\0", b"\x01", b"\x1f", b"\xef\xbf\xbe", b"\xed\xa0\x80", b"\xe9", b"&", b"&nbsp;", b"&amp", b"&#0;", b"&#xD800;",
    b"&lt;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"--", b"<?x ", b"?>", b"\r", b"\r\n", b"<", b">", b"\"", b"'", b"/>",
    b"<script/>", b"<bounds/>", b"\xc2\x85", b"\xe2\x80\xa8", b"\0" * 40, b" " * 10,
)  # fmt: skip
_ATTRIBUTES = (
    b' xmlns=""', b" xmlns:x='u'", b' xmlns="http://www.topografix.com/GPX/1/0"', b' xmlns:gpxtpx="u"', b' x="1"',
    b' xmlns="http://www.garmin.com/xmlschemas/TrackPointExtension/v2"', b' xsi:type="Device_t"', b' p:q="1"',
    b' lat="1" lat="2"', b' xml:lang="de"', b' Sport="Other"', b' xmlns:xml="x"', b' version="8.0.2-play"', b' a=1',
    b' xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v1"', b' a="<"', b" a='>'", b' a="&amp;&#10;"',
)  # fmt: skip
_TYPES = (
    b"<!DOCTYPE gpx>", b'<!DOCTYPE gpx [<!ENTITY a "b">]>', b"<!DOCTYPE gpx SYSTEM 'file:///x'>", b"<!DOCTYPE html>",
    b'<!DOCTYPE a [<!ENTITY a "b"><!ENTITY b "&a;&a;&a;">]>', b"<!DOCTYPE a [<!ELEMENT a ANY> ", b"<!ENTITY a 'b'>",
)  # fmt: skip
_DECLARATIONS = (
    b"", b"<?xml version='1.0'?>", b'<?xml version="1.1" encoding="UTF-8"?>', b'<?xml encoding="latin-1"?>',
    b'<?xml version="1.0" encoding="UTF-16"?>', b'<?xml version="1.0" encoding="windows-1252" standalone="no"?>',
    b'<?xml version="1.0" encoding="x"?>', b'<?xml version="1.0" encoding="cp037"?>', b"<?xml?>",
    b'<?xml version="1.0" encoding="shift_jis"?>', b'<?xml version="1.0" encoding="utf-7"?>',
)  # fmt: skip
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, b"\n", b"          ")
_CODECS = ("utf-16", "utf-16-be", "utf-32", "cp1252", "shift_jis")

Tokens = list[bytes]


def _elements(tokens: Tokens) -> list[tuple[int, int]]:
    """First token and the one behind the last of each element, as a reader would pair the tags."""
    found, stack = [], []
    for i, token in enumerate(tokens):
        if token[:1] != b"<" or token[:2] in (b"<!", b"<?") or not _NAME.match(token):
            continue
        if token.startswith(b"</"):
            if stack:
                found.append((stack.pop(), i + 1))
        elif token.endswith(b"/>"):
            found.append((i, i + 1))
        else:
            stack.append(i)
    return found


def _drop(tokens: Tokens, chance: random.Random) -> Tokens:
    start, end = chance.choice(_elements(tokens))
    return tokens[:start] + tokens[end:]


def _double(tokens: Tokens, chance: random.Random) -> Tokens:
    start, end = chance.choice(_elements(tokens))
    return tokens[:end] + tokens[start:end] * chance.choice((1, 1, 2, 5)) + tokens[end:]


def _move(tokens: Tokens, chance: random.Random) -> Tokens:
    start, end = chance.choice(_elements(tokens))
    piece, rest = tokens[start:end], tokens[:start] + tokens[end:]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + piece + rest[at:]


def _swap(tokens: Tokens, chance: random.Random) -> Tokens:
    (a, b), (c, d) = sorted(chance.choice(_elements(tokens)) for _ in range(2))
    return tokens if c < b else tokens[:a] + tokens[c:d] + tokens[b:c] + tokens[a:b] + tokens[d:]


def _rename(tokens: Tokens, chance: random.Random) -> Tokens:
    start, end = chance.choice(_elements(tokens))
    name = chance.choice(_NAMES)
    ends = {0: (start,), 1: (end - 1,)}.get(chance.randrange(6), (start, end - 1))
    return [
        token if i not in ends else _NAME.sub(lambda m: m[0][: -len(m[1])] + name, token, count=1)
        for i, token in enumerate(tokens)
    ]


def _retext(tokens: Tokens, chance: random.Random) -> Tokens:
    texts = [i for i, token in enumerate(tokens) if token[:1] != b"<" and token.strip()]
    i = chance.choice(texts or [0])
    new = chance.choice(_TIMES if b":" in tokens[i] and chance.randrange(5) else _NUMBERS)
    return [*tokens[:i], new, *tokens[i + 1 :]]


def _attribute(tokens: Tokens, chance: random.Random) -> Tokens:
    i = chance.choice(_elements(tokens))[0]
    values = list(re.finditer(rb"\s([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tokens[i]))
    if values and chance.randrange(2):
        hit = chance.choice(values)
        span = hit.span() if chance.randrange(3) == 0 else hit.span(2 if hit[2] is not None else 3)
        new = b"" if span == hit.span() else chance.choice(_NUMBERS)
        return [*tokens[:i], tokens[i][: span[0]] + new + tokens[i][span[1] :], *tokens[i + 1 :]]
    end = len(tokens[i]) - (2 if tokens[i].endswith(b"/>") else 1)
    return [*tokens[:i], tokens[i][:end] + chance.choice(_ATTRIBUTES) + tokens[i][end:], *tokens[i + 1 :]]


def _break(tokens: Tokens, chance: random.Random) -> Tokens:
    i = chance.randrange(len(tokens))
    at = chance.randrange(len(tokens[i]) + 1)
    piece = chance.choice((b"", chance.choice(_PIECES)))
    return [*tokens[:i], tokens[i][:at] + piece + tokens[i][at + (not piece) :], *tokens[i + 1 :]]


def _wrap(tokens: Tokens, chance: random.Random) -> Tokens:
    start, end = chance.choice(_elements(tokens))
    name = chance.choice(_NAMES)
    if chance.randrange(4) == 0:  # the content without its element
        return tokens[:start] + tokens[start + 1 : max(end - 1, start + 1)] + tokens[end:]
    return [*tokens[:start], b"<" + name + b">", *tokens[start:end], b"</" + name + b">", *tokens[end:]]


def _head(tokens: Tokens, chance: random.Random) -> Tokens:
    if tokens[0].startswith(b"<?xml") and chance.randrange(2):
        tokens = tokens[1:]
    way = chance.randrange(4)
    return [chance.choice((_DECLARATIONS, _MARKS, _TYPES, _PIECES)[way]), *tokens]


def _type(tokens: Tokens, chance: random.Random) -> Tokens:
    at = 1 if tokens[0].startswith(b"<?xml") else 0
    return [*tokens[:at], chance.choice(_TYPES), *tokens[at:]]


def _cut(tokens: Tokens, chance: random.Random) -> Tokens:
    i = chance.randrange(len(tokens))
    rest = tokens[i][: chance.randrange(len(tokens[i]) + 1)]
    return [*tokens[:i], rest, b"\0" * chance.choice((0, 0, 30))]


def _recode(tokens: Tokens, chance: random.Random) -> Tokens:
    text = b"".join(tokens).decode("utf-8", "replace")
    return [text.encode(chance.choice(_CODECS), "replace")]


_WAYS: tuple[Callable[[Tokens, random.Random], Tokens], ...] = (
    _drop, _double, _move, _move, _swap, _rename, _rename, _retext, _retext, _retext, _attribute, _attribute, _break,
    _break, _wrap, _head, _type, _cut,
)  # fmt: skip


def mutated(data: bytes, seed: int) -> bytes:
    """``data`` after one to four such changes; the same seed makes the same. Wide encodings are opened first, and
    written again."""
    chance = random.Random(seed)
    wide = next(
        (c for mark, c in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")) if data[:2] == mark), ""
    )
    if wide:
        data = data.decode(wide, "replace").encode("utf-8", "replace")
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        tokens = _TOKEN.findall(data) or [b""]
        way = chance.choice(_WAYS)
        if way in (_drop, _double, _move, _swap, _rename, _attribute, _wrap) and not _elements(tokens):
            way = _break
        data = b"".join(way(tokens, chance))
    if chance.randrange(40) == 0:
        data = b"".join(_recode([data], chance))
    return data.decode("utf-8", "replace").encode(wide) if wide else data
