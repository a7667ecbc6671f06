"""Documents for the tests of validation: small ones of every kind, and seeded changes of them that break schemas."""

from __future__ import annotations

import copy
import random
from functools import cache

from lxml import etree

from tracklint.testing import OMIT, Ride

GARMIN = "http://www.garmin.com/xmlschemas"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TPX = f"{GARMIN}/TrackPointExtension/v1"

COURSE = f"""<TrainingCenterDatabase xmlns="{GARMIN}/TrainingCenterDatabase/v2" xmlns:xsi="{XSI}">
 <Folders><Courses><CourseFolder Name="All"><Folder Name="North"><CourseNameRef><Id>Loop</Id></CourseNameRef></Folder>
  <Folder Name="South"/></CourseFolder></Courses></Folders>
 <Courses>
  <Course><Name>Loop</Name>
   <Lap><TotalTimeSeconds>60</TotalTimeSeconds><DistanceMeters>500.5</DistanceMeters>
    <BeginPosition><LatitudeDegrees>47.1</LatitudeDegrees><LongitudeDegrees>8.2</LongitudeDegrees></BeginPosition>
    <EndPosition><LatitudeDegrees>47.2</LatitudeDegrees><LongitudeDegrees>8.3</LongitudeDegrees></EndPosition>
    <AverageHeartRateBpm xsi:type="HeartRateInBeatsPerMinute_t"><Value>130</Value></AverageHeartRateBpm>
    <Intensity>Active</Intensity><Cadence>85</Cadence></Lap>
   <Track><Trackpoint><Time>2024-05-01T10:00:00Z</Time><AltitudeMeters>1e2</AltitudeMeters></Trackpoint>
    <Trackpoint><Time>2024-05-01T10:00:01.5+02:00</Time><SensorState>Absent</SensorState></Trackpoint></Track>
   <Notes>a &amp; b</Notes>
   <CoursePoint><Name>Summit</Name><Time>2024-05-01T10:00:00Z</Time>
    <Position><LatitudeDegrees>47.2</LatitudeDegrees><LongitudeDegrees>8.3</LongitudeDegrees></Position>
    <PointType>Summit</PointType></CoursePoint>
  </Course>
  <Course><Name>Other</Name></Course>
 </Courses>
 <Author xsi:type="Application_t"><Name>A</Name><Build><Version><VersionMajor>1</VersionMajor><VersionMinor>2</VersionMinor>
  </Version><Type>Release</Type></Build><LangID>en</LangID><PartNumber>006-D2449-00</PartNumber></Author>
</TrainingCenterDatabase>"""

_LAP = (
    '<{0} StartTime="2024-05-01T10:00:00Z"><TotalTimeSeconds>60</TotalTimeSeconds><DistanceMeters>500</DistanceMeters>'
    "<Calories>9</Calories><Intensity>Resting</Intensity><TriggerMethod>Distance</TriggerMethod></{0}>"
)
_LEG = "<Activity Sport='{}'><Id>2024-05-01T1{}:00:00Z</Id>" + _LAP.format("Lap") + "</Activity>"

MULTISPORT = f"""<TrainingCenterDatabase xmlns="{GARMIN}/TrainingCenterDatabase/v2" xmlns:xsi="{XSI}"><Activities>
 {_LEG.format("Other", 0)}{_LEG.format("Running", 1)}
 <MultiSportSession><Id>2024-05-01T10:00:00Z</Id><FirstSport>{_LEG.format("Other", 2)}</FirstSport>
  <NextSport>{_LAP.format("Transition")}{_LEG.format("Biking", 3)}</NextSport>
  <NextSport>{_LEG.format("Running", 4)}</NextSport><Notes>three</Notes></MultiSportSession>
 </Activities></TrainingCenterDatabase>"""

_STEP = (
    '<{0} xsi:type="Step_t"><StepId>{1}</StepId><Name>go</Name><Duration xsi:type="Distance_t"><Meters>400</Meters></Duration>'
    '<Intensity>Active</Intensity><Target xsi:type="{2}</Target></{0}>'
)
_SPEED = 'Speed_t"><SpeedZone xsi:type="PredefinedSpeedZone_t"><Number>4</Number></SpeedZone>'
_RATE = (
    'HeartRate_t"><HeartRateZone xsi:type="CustomHeartRateZone_t"><Low xsi:type="HeartRateInBeatsPerMinute_t"><Value>120'
    '</Value></Low><High xsi:type="HeartRateAsPercentOfMax_t"><Value>80</Value></High></HeartRateZone>'
)
WORKOUT = f"""<TrainingCenterDatabase xmlns="{GARMIN}/TrainingCenterDatabase/v2" xmlns:xsi="{XSI}"><Workouts>
 <Workout Sport="Running"><Name>Laps</Name>{_STEP.format("Step", 1, _SPEED)}
  <Step xsi:type="Repeat_t"><StepId>2</StepId><Repetitions>5</Repetitions>{_STEP.format("Child", 3, 'None_t">')}
   {_STEP.format("Child", 4, _RATE)}</Step><ScheduledOn>2024-05-01</ScheduledOn>
  <Creator xsi:type="Device_t"><Name>D</Name><UnitId>1</UnitId><ProductID>2</ProductID><Version><VersionMajor>1</VersionMajor>
   <VersionMinor>2</VersionMinor></Version></Creator></Workout></Workouts></TrainingCenterDatabase>"""

_POINT = """<{0} lat="47.1" lon="8.2"><ele>400</ele><time>2024-05-01T10:00:00Z</time><magvar>3.5</magvar><geoidheight>48</geoidheight>
 <name>a</name><cmt>b</cmt><desc>c</desc><src>d</src><link href="https://example.org/"><text>t</text><type>text/html</type></link>
 <sym>Flag</sym><type>e</type><fix>3d</fix><sat>9</sat><hdop>1.0</hdop><vdop>1</vdop><pdop>1</pdop>
 <ageofdgpsdata>2</ageofdgpsdata><dgpsid>1023</dgpsid><extensions><a xmlns="urn:a"><b>1</b></a>
 <t:TrackPointExtension xmlns:t="{1}"><t:atemp>20</t:atemp><t:hr>120</t:hr><t:Extensions><x xmlns="urn:x"/></t:Extensions>
 </t:TrackPointExtension></extensions></{0}>"""
GPX = """<g:gpx xmlns:g="http://www.topografix.com/GPX/1/1" version="1.1" creator="x"><g:metadata><g:name>n</g:name><g:desc>d</g:desc>
 <g:author><g:name>A</g:name><g:email id="a" domain="example.org"/></g:author><g:copyright author="B"><g:year>2024</g:year>
 <g:license>https://example.org/</g:license></g:copyright><g:link href="a"/><g:link href="b"><g:text>t</g:text></g:link>
 <g:time>2024-05-01T24:00:00</g:time><g:keywords>k</g:keywords><g:bounds minlat="1" minlon="2" maxlat="3" maxlon="4"/></g:metadata>
 </g:gpx>"""
POINTS = f"""<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x">{_POINT.format("wpt", TPX)}
 <rte><name>r</name><number>1</number>{_POINT.format("rtept", TPX)}</rte><trk><type>run</type><trkseg>{_POINT.format("trkpt", TPX)}
 <extensions><power>100</power></extensions></trkseg><trkseg/></trk><extensions/></gpx>"""
GPX_1_0 = """<gpx xmlns="http://www.topografix.com/GPX/1/0" version="1.0" creator="x"><name>n</name><author>A</author><email>a@b.org</email>
 <url>https://example.org/</url><time>2024-05-01T10:00:00Z</time><bounds minlat="1" minlon="2" maxlat="3" maxlon="4"/>
 <wpt lat="1" lon="180"><ele>1</ele><fix>2d</fix></wpt><trk><name>t</name><number>1</number><trkseg>
 <trkpt lat="1" lon="2"><ele>3</ele><time>2024-05-01T10:00:00Z</time><course>10</course><speed>2.5</speed><x xmlns="urn:x">1</x></trkpt>
 </trkseg></trk></gpx>"""


@cache
def documents() -> tuple[bytes, ...]:
    """Well-formed documents of every kind; most of them are valid."""
    ride, run = Ride(seconds=4), Ride(seconds=6, laps=2, sport="running")
    built = [ride.gpx(extension=e, segments=s) for e in ("v1", "v2", "cluetrust", "general", None) for s in (1, 2)]
    built += [
        ride.tcx(),
        run.tcx(),
        run.tcx(prefix=None),
        ride.tcx(course=True),
        run.tcx(creator=OMIT),
        ride.gpx(indent=False),
    ]
    texts = (COURSE, MULTISPORT, WORKOUT, GPX, POINTS, GPX_1_0)
    return (*built, *(text.encode() for text in texts))


NAMES = (
    "time Time ele extensions Extensions name Name Id Lap trkpt Trkpt trkseg Value UnitID speed course url hr atemp cad Watts "
    "TPX Notes Creator Cadence HeartRateBpm Position Track Calories Step power Folder wpt link type"
).split()
TEXTS = (
    "", " ", "0", "1", "-1", "+5.", ".5", "255", "256", "-0", "00012", "65535", "65536", "1e3", "1E-2", "NaN", "INF", "-INF", "inf", "nan", "1,5",
    " 12 ", "\n7\t", "12.50", "140.0", "abc", "None", "none", "3d", " 3d ", "2D", "180", "-180", "179.9999999", "90", "90.0000001", "-90",
    "123456789012345678901234567890", "0.00000000000000000001", "1" * 16, "x" * 15, "x" * 16, "x" * 10, "x" * 11, "Running", " Biking ", "running",
    "Active", "2024-05-01T10:00:00Z", "2024-05-01T10:00:00", "2024-05-01T24:00:00Z", "2024-05-01T24:00:01Z", "2024-02-30T10:00:00Z",
    "2024-13-01T10:00:00Z", "2024-05-01T10:00:60Z", "2024-05-01T10:00:00+14:00", "2024-05-01T10:00:00-15:00", "2024-05-01 10:00:00",
    "2024-05-01", "2024-05-01T10:00Z", "2024-05-01T10:00:00.123456789Z", "12024-05-01T10:00:00Z", "-0001-05-01T10:00:00Z", "0000-05-01T10:00:00Z",
    "02024-05-01T10:00:00Z", "2024-05-01T10:00:00z", "2024-05-01T10:00:00,5Z", "  2024-05-01T10:00:00Z\n", "2024", "true", "TRUE", "006-D2449-00",
    "006-d2449-00", "en", "eng", "Summit", "Release", "\u0661", "1 2", "--1", "+", ".", "5e",
)  # fmt: skip
ATTRIBUTES = (
    "lat", "lon", "Sport", "StartTime", "version", "creator", "href", "Name", "id", "x", f"{{{XSI}}}type", "{urn:a}b", f"{{{XSI}}}schemaLocation",
)  # fmt: skip
TYPES = (
    "Device_t",
    "Application_t",
    "HeartRateInBeatsPerMinute_t",
    "AbstractSource_t",
    "Step_t",
    "Repeat_t",
    "None_t",
    "Nothing_t",
)
URIS = (
    "",
    "urn:a",
    "http://www.topografix.com/GPX/1/1",
    f"{GARMIN}/TrainingCenterDatabase/v2",
    TPX,
    f"{GARMIN}/ActivityExtension/v2",
)


def mutant(seed: int) -> bytes:
    """One of the documents with one to three changes."""
    rng = random.Random(seed)
    root = etree.fromstring(rng.choice(documents()))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        rng.choice(CHANGES)(rng, root)
    data = etree.tostring(root, encoding="utf-8")
    return _spiced(rng, data) if rng.random() < 0.2 else data


def _any(rng: random.Random, root: etree._Element) -> etree._Element:
    return rng.choice(list(root.iter(etree.Element)))


def _inner(rng: random.Random, root: etree._Element) -> etree._Element:
    return rng.choice(list(root.iter(etree.Element))[1:] or [root])


def _order(rng: random.Random, root: etree._Element) -> None:
    """A child is put at another place among its siblings."""
    parent = _inner(rng, root).getparent()
    if parent is not None and len(parent) > 1:
        child = rng.choice(parent)
        child.tail = None
        parent.remove(child)
        parent.insert(rng.randrange(len(parent) + 1), child)


def _missing(rng: random.Random, root: etree._Element) -> None:
    child = _inner(rng, root)
    if (parent := child.getparent()) is not None:
        parent.remove(child)


def _extra(rng: random.Random, root: etree._Element) -> None:
    """A copy of an element, or a new one, is put into any element."""
    if rng.random() < 0.6:
        made = copy.deepcopy(_inner(rng, root))
    else:
        made = etree.Element(etree.QName(etree.QName(_any(rng, root)).namespace, rng.choice(NAMES)))
        made.text = rng.choice(TEXTS)
    made.tail = None
    into = _any(rng, root)
    if len(list(root.iter())) < 2000:
        into.insert(rng.randrange(len(into) + 1), made)


def _twice(rng: random.Random, root: etree._Element) -> None:
    child = _inner(rng, root)
    if (parent := child.getparent()) is not None:
        made = copy.deepcopy(child)
        made.tail = None
        parent.insert(parent.index(child) + 1, made)


def _renamed(rng: random.Random, root: etree._Element) -> None:
    child = _inner(rng, root)
    name = etree.QName(child)
    local = rng.choice(
        (name.localname.swapcase(), name.localname.lower(), name.localname[1:] + "x", *rng.sample(NAMES, 2))
    )
    child.tag = etree.QName(name.namespace, local)


def _retyped(rng: random.Random, root: etree._Element) -> None:
    leaves = [each for each in root.iter(etree.Element) if not len(each)]
    if leaves:
        rng.choice(leaves).text = rng.choice(TEXTS)


def _renamespaced(rng: random.Random, root: etree._Element) -> None:
    child, uri = _inner(rng, root), rng.choice(URIS)
    for each in child.iter(etree.Element) if rng.random() < 0.5 else (child,):
        each.tag = etree.QName(uri or None, etree.QName(each).localname)


def _attribute(rng: random.Random, root: etree._Element) -> None:
    """An attribute goes, comes or gets another value."""
    having = [each for each in root.iter(etree.Element) if each.attrib]
    if having and rng.random() < 0.8:
        each = rng.choice(having)
        name = rng.choice(list(each.attrib))
        if rng.random() < 0.3:
            del each.attrib[name]
        else:
            each.set(name, rng.choice(TYPES if name.endswith("}type") else TEXTS))
    else:
        name = rng.choice(ATTRIBUTES)
        _any(rng, root).set(name, rng.choice(TYPES if name.endswith("}type") else TEXTS))


def _text(rng: random.Random, root: etree._Element) -> None:
    """Text between elements."""
    each = _inner(rng, root)
    if rng.random() < 0.5 and len(each):
        each.text = rng.choice(("x", " 1 ", "\n"))
    else:
        each.tail = rng.choice(("x", " 1 ", "\n"))


CHANGES = (_order, _missing, _extra, _twice, _renamed, _retyped, _retyped, _renamespaced, _attribute, _attribute, _text)


def _spiced(rng: random.Random, data: bytes) -> bytes:
    """Comments, instructions, CDATA sections and references at places where they change nothing."""
    text = data.decode()
    pieces = text.split(">")
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(pieces))
        inner, sign, rest = pieces[at].partition("<")
        if at and inner and sign and not inner.isspace() and "&" not in inner:
            pieces[at] = (
                rng.choice(
                    (f"<![CDATA[{inner}]]>", f"<!-- c -->{inner}", f"{inner}<?p i?>", f"&#{ord(inner[0])};{inner[1:]}")
                )
                + sign
                + rest
            )
    return ">".join(pieces).encode()
