"""Cases for the rules on the schemas of GPX and TCX: files that a parser reads and a schema refuses."""

from __future__ import annotations

import re

from cases import Case
from cases.xml_rules import Change, _case, _in_extensions, _replaced
from tracklint.testing import Ride

_TRACK = b"<Track>"
_POINT = {"gpx": (rb"(\s*<ele>[^<]*</ele>)(\s*<time>[^<]*</time>)"), "tcx": (rb"(\s*<Cadence>[^<]*</Cadence>)(\s*<Extensions>.*?</Extensions>)")}  # fmt: skip


def _substituted(pattern: bytes, new: bytes, count: int = 0) -> Change:
    def change(data: bytes, _kind: str) -> bytes:
        changed, times = re.subn(pattern, new, data, count=count, flags=re.DOTALL)
        assert times
        return changed

    return change


def _swapped(data: bytes, kind: str) -> bytes:
    """Two children of every point in the wrong order."""
    changed, times = re.subn(_POINT[kind], rb"\2\1", data, flags=re.DOTALL)
    assert times
    return changed


def _without(name: bytes, count: int = 0) -> Change:
    """The file without the elements of this name, which have no attributes."""
    return _substituted(rb"\s*<%s>[^<]*</%s>" % (name, name), b"", count)


def _both(first: Change, second: Change) -> Change:
    return lambda data, kind: second(first(data, kind), kind)


def _course(name: str, point: str) -> bytes:
    """A planned course whose own name and whose turn have these names."""
    ride = Ride(seconds=30)
    turn = (
        f"<CoursePoint><Name>{point}</Name><Time>2024-05-01T10:00:05Z</Time><Position><LatitudeDegrees>47.0044"
        "</LatitudeDegrees><LongitudeDegrees>20.0005</LongitudeDegrees></Position><PointType>Left</PointType></CoursePoint>"
    )
    data = ride.tcx(course=True)
    data = re.sub(rb"(<Course>\s*<Name>)[^<]*", rb"\g<1>" + name.encode(), data)
    return data.replace(b"<Creator", turn.encode() + b"<Creator", 1)


def _two_activities(first: bytes, second: bytes) -> Change:
    """The activity twice, the second a day later, with these Ids."""

    def change(data: bytes, _kind: str) -> bytes:
        start, end = data.index(b"    <Activity "), data.index(b"</Activity>") + len(b"</Activity>\n")
        activity = data[start:end]
        later = activity.replace(b"2024-05-01T", b"2024-05-02T")
        named = [re.sub(rb"<Id>[^<]*", b"<Id>" + each, one) for each, one in ((first, activity), (second, later))]
        return data[:start] + b"".join(named) + data[end:]

    return change


_LINK = b'<link href="https://example.org/"><text>a page</text></link>'
_ORDER_TCX = _substituted(rb"(\s*<Intensity>Active</Intensity>)(\s*<TriggerMethod>Manual</TriggerMethod>)", rb"\2\1")
_GPX, _TCX = ("gpx",), ("tcx",)

CASES: list[Case] = [
    *_case("SCH007", "points", _swapped),
    *_case("SCH007", "lap", _ORDER_TCX, kinds=_TCX),
    *_case("SCH007", "track", _replaced(b"<trkseg>", b"<trkseg/><desc>late</desc><trkseg>"), along=("SCH014",), kinds=_GPX),
    *_case("SCH007", "whole-point", _replaced(b"</time>\n        <ext", b"</time><magvar>3</magvar><name>a</name><sym>Flag</sym><sat>7</sat>\n        <ext"), breaks=False, kinds=_GPX),
    *_case("SCH007", "notes", _replaced(b"</Track>\n      </Lap>", b"</Track><Notes>a</Notes></Lap>"), breaks=False, kinds=_TCX),
    *_case("SCH008", "speed", _substituted(rb"(</time>)(\s*<extensions>)", rb"\1<course>90.5</course><speed>3.5</speed>\2"), kinds=_GPX),
    *_case("SCH008", "url", _replaced(b"<type>", b"<url>https://example.org/</url><urlname>a page</urlname><type>"), kinds=_GPX),
    *_case("SCH008", "root", _replaced(b"<metadata>", b"<author>A. Rider</author><email>a@example.org</email><metadata>"), kinds=_GPX),
    *_case("SCH008", "link", _replaced(b"<type>", _LINK + b"<type>"), breaks=False, kinds=_GPX),
    *_case("SCH009", "calories", _without(b"Calories"), kinds=_TCX),
    *_case("SCH009", "three", _both(_without(b"Calories"), _both(_without(b"Intensity"), _without(b"TriggerMethod"))), kinds=_TCX),
    *_case("SCH009", "optional", _both(_without(b"MaximumSpeed"), _without(b"Cadence")), breaks=False, kinds=_TCX),
    *_case("SCH010", "time", _without(b"TotalTimeSeconds"), kinds=_TCX),
    *_case("SCH010", "both", _both(_without(b"TotalTimeSeconds"), _substituted(rb"(<Lap [^>]*>\s*)<DistanceMeters>[^<]*</DistanceMeters>", rb"\1")), kinds=_TCX),
    *_case("SCH010", "zero", _substituted(rb"(<TotalTimeSeconds>)[^<]*", rb"\g<1>0"), breaks=False, along=("TIM012",), kinds=_TCX),
    *_case("SCH011", "missing", _substituted(rb' StartTime="[^"]*"', b""), kinds=_TCX),
    *_case("SCH011", "text", _substituted(rb'StartTime="[^"]*"', b'StartTime="today"', 1), kinds=_TCX),
    *_case("SCH011", "offset", _substituted(rb'StartTime="2024-05-01T10:00:00Z"', b'StartTime="2024-05-01T12:00:00+02:00"', 1), breaks=False, along=("TIM010",), kinds=_TCX),
    *_case("SCH012", "case", _replaced(b"<type>", b"<Desc>a</Desc><type>"), kinds=_GPX),
    *_case("SCH012", "case", _substituted(rb"<(/?)MaximumSpeed>", rb"<\1maximumSpeed>"), kinds=_TCX),
    *_case("SCH012", "of-a-required-one", _substituted(rb"<(/?)Calories>", rb"<\1calories>"), kinds=_TCX),
    *_case("SCH012", "letter", _replaced(b"<type>cycling</type>", b"<types>cycling</types>"), along=("SPT001",), kinds=_GPX),
    *_case("SCH012", "own", _in_extensions(b'<z:Ele xmlns:z="urn:z">1</z:Ele>'), breaks=False),
    *_case("SCH013", "reset", _replaced(b"<trkseg>", b'<trkseg xmlns="">'), kinds=_GPX),
    *_case("SCH013", "reset", _substituted(_TRACK, b'<Track xmlns="">'), kinds=_TCX),
    *_case("SCH013", "foreign", _substituted(_TRACK, b'<Track xmlns="urn:other">'), kinds=_TCX),
    *_case("SCH013", "again", _substituted(_TRACK, b'<Track xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">'), breaks=False, kinds=_TCX),
    *_case("SCH014", "segment", _replaced(b"</trkseg>", b"</trkseg><trkseg/>"), kinds=_GPX),
    *_case("SCH014", "track", _replaced(b"</Track>", b"</Track><Track>\n</Track>"), kinds=_TCX),
    *_case("SCH014", "one-point", lambda _data, kind: getattr(Ride(seconds=1, laps=1), kind)(), breaks=False),
    *_case("SCH015", "whole", _substituted(rb"(</time>)(\s*<extensions>)", rb"\1<sat>5.0</sat>\2"), kinds=_GPX),
    *_case("SCH015", "negative", _substituted(rb"(</time>)(\s*<extensions>)", rb"\1<hdop>good</hdop>\2", 1), kinds=_GPX),
    *_case("SCH015", "word", _substituted(rb"<Intensity>Active", b"<Intensity>active"), kinds=_TCX),
    *_case("SCH015", "float", _substituted(rb"<Calories>\d+", b"<Calories>100.0"), kinds=_TCX),
    *_case("SCH015", "spaces", _substituted(rb"<Intensity>Active", b"<Intensity> Active\n"), breaks=False, kinds=_TCX),
    *_case("SCH015", "plus", _substituted(rb"(</time>)(\s*<extensions>)", rb"\1<sat> +5 </sat><hdop>.5</hdop>\2"), breaks=False, kinds=_GPX),
    *_case("SCH016", "same", _two_activities(b"2024-05-01T10:00:00Z", b"2024-05-01T10:00:00Z"), along=("STR005",), kinds=_TCX),
    *_case("SCH016", "different", _two_activities(b"2024-05-01T10:00:00Z", b"2024-05-02T10:00:00Z"), breaks=False, along=("STR005",), kinds=_TCX),
    Case("SCH017", lambda: _course("A name of sixteen", "Left"), True, frozenset({"STR007"}), "course"),
    Case("SCH017", lambda: _course("Short", "Eleven char"), True, frozenset({"STR007"}), "point"),
    Case("SCH017", lambda: _course("Fifteen letters", "Ten letter"), False, frozenset({"STR007"}), "longest"),
    *_case("SCH018", "unknown", _replaced(b"<metadata>", b"<metadata><maker>me</maker>"), kinds=_GPX),
    *_case("SCH018", "attribute", _replaced(b"<trkseg>", b'<trkseg id="1">'), kinds=_GPX),
    *_case("SCH018", "element", _replaced(b"</TriggerMethod>", b"</TriggerMethod><AverageCadence>80</AverageCadence>"), kinds=_TCX),
    *_case("SCH018", "attribute", _substituted(_TRACK, b'<Track split="1">', 1), kinds=_TCX),
    *_case("SCH018", "schema-instance", _replaced(b"<trk>", b'<trk xsi:schemaLocation="urn:a a.xsd">'), breaks=False, kinds=_GPX),
]  # fmt: skip
