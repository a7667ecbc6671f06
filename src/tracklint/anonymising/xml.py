"""TCX and GPX: what measures and what says which program wrote it is kept, all other texts are filled.

One pass over the tokens, which needs no well-formed document: what stands in no place that is known is filled.
"""

from __future__ import annotations

import contextlib
import datetime
import math
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator

import numpy as np

from ..edits import Edit
from ..sports import synonym
from .moves import Move
from .names import Names

__all__ = ["days_in", "edits_of"]

_TOKEN = re.compile(
    rb"(?P<comment><!--.*?-->)|(?P<cdata><!\[CDATA\[.*?\]\]>)|(?P<declared><\?.*?\?>|<![A-Z][^<>\[]*[>\[])"
    rb"|(?P<tag></?[^\s<>!?/\d=\"'][^<>]*>)|(?P<text>[^<]+)|<",
    re.DOTALL,
)
_NAME = re.compile(rb"</?\s*(?:[^\s/>:]+:)?([^\s/>:]+)")
_HEAD = re.compile(rb"</?(?P<name>[^\s/>]+)")
_ATTRIBUTE = re.compile(rb"(?P<name>[^\s=<>\"'/]+)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')")
_DATE = re.compile(rb"(\d{4})(?P<mark>[-/.]?)(\d\d)(?P=mark)(\d\d)")
#: What may follow the day in a time.
_CLOCK = re.compile(rb"[Tt\s]*(\d\d?(:?\d\d){0,2}([.,]\d{0,9})?)?\s*([Zz]|[+-]\d\d:?(\d\d)?)?\s*")
_REFERENCE = re.compile(rb"&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);")
_HEX = re.compile(rb"[0-9A-Fa-f]{16,}")
_NAMED = re.compile(rb"<name>\s*([^<]{4,}?)\s*</name>")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_NUMBER = re.compile(rb"\s*[+-]?\d*[.,]?\d*(?:[eE][+-]?\d+)?\s*")
#: In the name of a program or device: what may be the number of one unit, or an address.
_UNIT = re.compile(rb"\S*@\S*|\b(?=[0-9A-F]*\d)(?=[0-9A-F]*[A-F])[0-9A-Fa-f]{4,}\b|\d{5,}")
#: Elements whose numbers measure the ride, or say which device it was by kind; names in lower case. ``course`` and
#: ``geoidheight`` are none of them: a compass would tell how the way was turned, and the other one where it was.
_KEPT = frozenset(
    b"ele altitudemeters distancemeters distance hr heartrate heart_rate bpm heartratebpm averageheartratebpm value "
    b"maximumheartratebpm cad cadence runcadence power watts powerinwatts atemp wtemp temp temperature depth speed "
    b"sat hdop vdop pdop fix ageofdgpsdata number totaltimeseconds maximumspeed calories intensity "
    b"triggermethod avgspeed maxbikecadence avgruncadence maxruncadence steps avgwatts maxwatts sensorstate productid "
    b"versionmajor versionminor buildmajor buildminor version displaymode displaycolor isautonamed "
    b"pointtype type".split()
)
_WORDS = frozenset(
    b"Active Resting Manual Distance Location Time HeartRate Present Absent none 2d 3d dgps pps NaN nan INF -INF inf "
    b"null None true false SymbolOnly SymbolAndName SymbolAndDescription Black DarkRed DarkGreen DarkYellow DarkBlue "
    b"DarkMagenta DarkCyan LightGray DarkGray Red Green Yellow Blue Magenta Cyan White Transparent "
    b"Internal Alpha Beta Release Generic Summit Valley Water Food Danger Left Right Straight Sprint "
    b"max min avg manual time distance location hr rest active".split()
)
_PHRASES = frozenset(
    (b"First Aid", b"4th Category", b"3rd Category", b"2nd Category", b"1st Category", b"Hors Category")
)
_PART = re.compile(rb"\s*[A-Z\d]{3}-[A-Z\d]{5}-[A-Z\d]{2}\s*")
_TIMES = frozenset((b"time", b"id", b"starttime", b"scheduledon"))
#: Attributes that name formats and types.
_PLAIN = frozenset((b"version", b"encoding", b"standalone", b"cadencesensor", b"xml:space", b"xml:lang", b"xsi:nil"))
_LATITUDES, _LONGITUDES = (b"lat", b"latitudedegrees"), (b"lon", b"longitudedegrees")
_FIRST_DAY = datetime.date(1970, 1, 1).toordinal()
_NAMES = "namespaces that are not known, and the names in them"
#: Text, or the value of an attribute, and its offset.
_Place = tuple[int, bytes]


def edits_of(data: bytes, move: Move) -> tuple[list[Edit], Counter[str]]:
    """The edits that take out who, where and when, of a text whose mark-up is ASCII; and how much of what is gone."""
    scrub = _Scrub(data, move)
    scrub.go()
    return sorted(scrub.edits), scrub.gone


def days_in(data: bytes) -> list[int]:
    """The days, since 1970, that stand anywhere in a text as a year, a month and a day with marks between."""
    found = []
    for year, _, month, day in re.findall(rb"(?<!\d)(\d{4})([-/.])(\d\d)\2(\d\d)(?!\d)", data):
        with contextlib.suppress(ValueError):
            found.append(datetime.date(int(year), int(month), int(day)).toordinal() - _FIRST_DAY)
    return found


class _Scrub:
    """The edits so far, the element that a text stands in, and a latitude that waits for its longitude."""

    def __init__(self, data: bytes, move: Move) -> None:
        self.data, self.move = data, move
        self.spelt = Names(data)
        self.names = sorted(set(_NAMED.findall(data)), key=len, reverse=True)
        self.edits: list[Edit] = []
        self.gone: Counter[str] = Counter()
        self.within = b""
        self.creator = False
        self.latitude: _Place | None = None
        self.places: list[tuple[_Place, _Place]] = []
        self.degrees: list[tuple[float, float]] = []

    def change(self, offset: int, old: bytes, new: bytes, what: str = "") -> None:
        if new != old:
            self.edits.append(Edit(offset, len(old), new))
            if what:
                self.gone[what] += 1

    def go(self) -> None:
        for token in _TOKEN.finditer(self.data):
            kind, offset, text = token.lastgroup, token.start(), token[0]
            if kind == "tag":
                self.tag(offset, text)
            elif kind == "comment":
                self.change(offset, text, b"<!--" + _filled(text[4:-3]) + b"-->", "comments")
            elif kind == "cdata":
                self.text(offset + 9, text[9:-3])
            elif kind == "text":
                self.text(offset, text)
            elif kind == "declared" and text.startswith(b"<!"):
                self.change(offset, text, _QUOTED.sub(lambda found: _filled(found[0]), text), "document types")
            elif kind == "declared" and not text.startswith(b"<?xml "):
                self.change(offset, text, b"<?" + _filled(text[2:-2]) + b"?>", "processing instructions")
        self.lonely()
        self.turned()

    def tag(self, offset: int, tag: bytes) -> None:
        name = found[1].lower() if (found := _NAME.match(tag)) else b""
        self.within = b"" if tag.startswith(b"</") or tag.endswith(b"/>") else name
        if name == b"creator":
            self.creator = bool(self.within)
        if name in (b"position", b"beginposition", b"endposition"):
            self.lonely()
        here: dict[bytes, _Place] = {}
        at = 0
        if head := _HEAD.match(tag):
            self.name(offset, head)
            at = head.end()
        for each in _ATTRIBUTE.finditer(tag, at):
            self.change(offset + at, tag[at : each.start()], _filled(tag[at : each.start()]))
            self.name(offset, each)
            group = "double" if each["double"] is not None else "single"
            key, place = each["name"].lower(), (offset + each.start(group), each[group])
            if key in here:  # written twice, which is a fault: no number of it stays
                self.change(*place, _filled(place[1]))
            else:
                here[key] = place
            at = each.end()
        self.change(offset + at, tag[at:], _filled(tag[at:]))
        if b"lat" in here and b"lon" in here:
            self.place(here.pop(b"lat"), here.pop(b"lon"))
        for key, (start, value) in here.items():
            self.attribute(key, start, value)

    def name(self, offset: int, found: re.Match[bytes]) -> None:
        """The name of an element or attribute in a tag."""
        self.change(offset + found.start("name"), found["name"], self.spelt.name(found["name"]), _NAMES)

    def attribute(self, key: bytes, at: int, value: bytes) -> None:
        if key in _PLAIN or (key == b"sport" and _is_sport(value)) or (key == b"kind" and value in _WORDS):
            return
        if key == b"xmlns" or key.startswith(b"xmlns:"):
            self.change(at, value, self.spelt.uri(value), _NAMES)
        elif key.endswith(b"schemalocation"):
            self.change(at, value, self.spelt.uris(value), _NAMES)
        elif key.endswith(b":type"):
            self.change(at, value, self.spelt.name(value), _NAMES)
        elif key == b"creator":
            known = _UNIT.sub(lambda found: _filled(found[0]), value)
            for name in self.names:  # some programs write the ride's name there
                known = known.replace(name, _filled(name))
            self.change(at, value, known, "texts")
        elif key in _TIMES:
            self.change(at, value, self.dated(value))
        else:
            self.change(at, value, _filled(value), "texts")

    def text(self, offset: int, text: bytes) -> None:
        """The text of an element, or what stands between elements."""
        name = self.within
        if not offset and text.startswith(BOM_UTF8):
            offset, text = len(BOM_UTF8), text.removeprefix(BOM_UTF8)
        if not text.strip():
            return
        if name in _LATITUDES:
            self.lonely()
            self.latitude = offset, text
        elif name in _LONGITUDES and self.latitude is not None:
            self.place(self.latitude, (offset, text))
            self.latitude = None
        elif name in _TIMES:
            self.change(offset, text, self.dated(text))
        elif name == b"year":
            self.change(offset, text, re.sub(rb"\d{4}", b"2024", text) if text.strip().isdigit() else _filled(text))
        elif name == b"name" and self.creator:
            self.change(offset, text, _UNIT.sub(lambda found: _filled(found[0]), text), "texts")
        elif not (
            (name in _KEPT and (_NUMBER.fullmatch(text) or text.strip() in _WORDS | _PHRASES))
            or (name in (b"type", b"sport") and _is_sport(text))
            or (name == b"partnumber" and _PART.fullmatch(text))
        ):
            self.change(offset, text, _filled(text), "" if name in _KEPT else "texts")

    def lonely(self) -> None:
        """A latitude without a longitude."""
        if self.latitude is not None:
            self.change(*self.latitude, _filled(self.latitude[1]))
            self.latitude = None

    def place(self, lat: _Place, lon: _Place) -> None:
        """Note a position; what is none is filled."""
        try:
            degrees = float(lat[1]), float(lon[1])
        except ValueError:
            degrees = math.nan, math.nan
        if math.isfinite(degrees[0]) and math.isfinite(degrees[1]):
            self.places.append((lat, lon))
            self.degrees.append(degrees)
        else:
            for at, value in (lat, lon):
                self.change(at, value, value if value.strip() in _WORDS else _filled(value))

    def turned(self) -> None:
        """Turn all positions at once."""
        if self.places:
            for places, *new in zip(self.places, *self.move.position(*np.array(self.degrees).T), strict=True):
                for (at, value), degrees in zip(places, new, strict=True):
                    self.change(at, value, _spelt_like(value, float(degrees)))

    def dated(self, text: bytes) -> bytes:
        """A date as many days later as all others; what is none has its digits filled."""
        found = _DATE.search(text)
        if found is None:
            return text if text.strip() in _WORDS else _filled(text)
        before, after = _filled(text[: found.start()]), text[found.end() :]
        if not _CLOCK.fullmatch(after):
            after = _filled(after)
        mark = found["mark"].decode()
        try:
            day = datetime.date(int(found[1]), int(found[3]), int(found[4])) + datetime.timedelta(self.move.days)
        except (ValueError, OverflowError):
            return before + f"9999{mark}99{mark}99".encode() + after
        return before + f"{day.year:04}{mark}{day.month:02}{mark}{day.day:02}".encode() + after


def _is_sport(value: bytes) -> bool:
    word = value.strip().decode("utf-8", "replace")
    return word in ("Other", "Biking", "Running") or synonym(word) is not None


def _spelt_like(old: bytes, degrees: float) -> bytes:
    """A number with as many decimals as the old one, or so many that a turn moves no point by a metre; as an exponent
    where it had one."""
    bare = old.strip()
    decimals = len(re.split(rb"[eE]", bare)[0].partition(b".")[2])
    decimals = decimals if decimals >= 5 else 6
    text = f"{degrees:.{max(decimals, 1)}e}" if b"e" in bare.lower() else f"{degrees:.{decimals}f}"
    at = old.index(bare)
    return old[:at] + (b"+" if bare.startswith(b"+") and degrees >= 0 else b"") + text.encode() + old[at + len(bare) :]


def _filled(text: bytes) -> bytes:
    """Letters as x and digits as 0, those of a long hexadecimal number too; marks, white space, what may not stand
    there and references that nobody knows are what they were."""
    return b"0" * len(text) if _HEX.fullmatch(text) else b"".join(_pieces(text))


def _pieces(text: bytes) -> Iterator[bytes]:
    at = 0
    for found in _REFERENCE.finditer(text):
        yield _plain(text[at : found.start()])
        yield b"x"
        at = found.end()
    yield _plain(text[at:])


def _plain(text: bytes) -> bytes:
    text = re.sub(rb"\d", b"0", re.sub(rb"[A-Za-z]", b"x", text))
    try:
        return re.sub("[^\x00-\x7f]", "x", text.decode("utf-8")).encode()
    except UnicodeDecodeError:
        return re.sub(rb"[\x80-\xff]", b"\xff", text)
