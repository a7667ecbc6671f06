"""What XML Schema and the files in schemas/ make of 2,800 small documents: order, number, values, keys, extension points."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

GARMIN = "http://www.garmin.com/xmlschemas"
NAMESPACES = {
    "gpx-1.0.xsd": "http://www.topografix.com/GPX/1/0",
    "gpx-1.1.xsd": "http://www.topografix.com/GPX/1/1",
    "training-center-database-v2.xsd": f"{GARMIN}/TrainingCenterDatabase/v2",
    "track-point-extension-v1.xsd": f"{GARMIN}/TrackPointExtension/v1",
    "track-point-extension-v2.xsd": f"{GARMIN}/TrackPointExtension/v2",
    "activity-extension-v2.xsd": f"{GARMIN}/ActivityExtension/v2",
    "cluetrust-gpxdata-1.0.xsd": "http://www.cluetrust.com/XML/GPXDATA/1/0",
    "power-extension-v1.xsd": f"{GARMIN}/PowerExtension/v1",
    "gpx-extensions-v3.xsd": f"{GARMIN}/GpxExtensions/v3",
}


class Case(NamedTuple):
    """A document, and whether XML Schema and our nine files make it valid."""

    name: str
    document: str
    valid: bool


# Documents -------------------------------------------------------------------------------------------------------------

PREFIXES = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xmlns:t1="{GARMIN}/TrackPointExtension/v1" xmlns:t2="{GARMIN}/TrackPointExtension/v2" xmlns:ax="{GARMIN}/ActivityExtension/v2" '
    f'xmlns:px="{GARMIN}/PowerExtension/v1" xmlns:x3="{GARMIN}/GpxExtensions/v3" xmlns:gd="http://www.cluetrust.com/XML/GPXDATA/1/0" '
    'xmlns:my="urn:unknown"'
)
HERE = 'lat="48.1" lon="11.5"'
TIME = "2024-05-01T10:00:00Z"


def gpx(content: str = "@", attributes: str = 'version="1.1" creator="c"') -> str:
    return f'<gpx {attributes} xmlns="http://www.topografix.com/GPX/1/1" {PREFIXES}>{content}</gpx>'


def gpx0(content: str = "@", attributes: str = 'version="1.0" creator="c"') -> str:
    return f'<gpx {attributes} xmlns="http://www.topografix.com/GPX/1/0" {PREFIXES}>{content}</gpx>'


def tcx(content: str = "@") -> str:
    return f'<TrainingCenterDatabase xmlns="{GARMIN}/TrainingCenterDatabase/v2" {PREFIXES}>{content}</TrainingCenterDatabase>'


def segment(content: str = "@") -> str:
    return f"<trk><trkseg>{content}</trkseg></trk>"


def point(content: str = "@", attributes: str = HERE) -> str:
    return gpx(segment(f"<trkpt {attributes}>{content}</trkpt>"))


def extension(content: str = "@") -> str:
    return point(f"<extensions>{content}</extensions>")


REQUIRED = "<TotalTimeSeconds>60</TotalTimeSeconds><DistanceMeters>1000</DistanceMeters>"
SOME = f"{REQUIRED}<Calories>0</Calories><Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>"
LAP = f'<Lap StartTime="{TIME}">{SOME}</Lap>'
PLACE = "<Position><LatitudeDegrees>48.1</LatitudeDegrees><LongitudeDegrees>11.5</LongitudeDegrees></Position>"
BPM = "<Value>140</Value>"
NAMED = "<Version><VersionMajor>1</VersionMajor><VersionMinor>0</VersionMinor></Version>"
DEVICE = f"<Name>D</Name><UnitId>0</UnitId><ProductID>0</ProductID>{NAMED}"
STEP = (
    '<StepId>{}</StepId><Duration xsi:type="UserInitiated_t"/><Intensity>Active</Intensity><Target xsi:type="None_t"/>'
)


def activity(content: str = "@", sport: str = "Biking") -> str:
    return f'<Activity Sport="{sport}"><Id>{TIME}</Id>{content}</Activity>'


def activities(content: str = "@") -> str:
    return tcx(f"<Activities>{content}</Activities>")


def lap(content: str = "@") -> str:
    return activities(activity(f'<Lap StartTime="{TIME}">{SOME}{content}</Lap>'))


def trackpoint(content: str = "@") -> str:
    return lap(f"<Track><Trackpoint><Time>{TIME}</Time>{content}</Trackpoint></Track>")


def creator(content: str = "@", kind: str = ' xsi:type="Device_t"') -> str:
    return activities(activity(f"{LAP}<Creator{kind}>{content}</Creator>"))


def course(content: str = "@") -> str:
    return tcx(f"<Courses><Course><Name>C</Name>{content}</Course></Courses>")


def folders(content: str = "@") -> str:
    return tcx(f"<Folders>{content}</Folders>")


def workout(content: str = "@") -> str:
    return tcx(f'<Workouts><Workout Sport="Running"><Name>W</Name>{content}</Workout></Workouts>')


def step(content: str = "@", kind: str = "Step_t") -> str:
    return workout(f'<Step xsi:type="{kind}"><StepId>1</StepId>{content}</Step>')


def duration(content: str = "@") -> str:
    return step(f'{content}<Intensity>Active</Intensity><Target xsi:type="None_t"/>')


def target(content: str = "@") -> str:
    return step(f'<Duration xsi:type="UserInitiated_t"/><Intensity>Active</Intensity>{content}')


HISTORY = '<History><Running Name="r"/><Biking Name="b"/><Other Name="o"/><MultiSport Name="m"/></History>'
HEART = '<HeartRate xsi:type="HeartRateAsPercentOfMax_t">@</HeartRate>'

# Order and number of children --------------------------------------------------------------------------------------------

TEXTS = "name cmt desc src sym type keywords urlname text author Notes Builder"
NUMBERS = (
    "ele geoidheight hdop vdop pdop ageofdgpsdata speed atemp wtemp depth temp distance TotalTimeSeconds DistanceMeters AltitudeMeters "
    "MaximumSpeed BeginAltitudeMeters EndAltitudeMeters Speed AvgSpeed Temperature Depth Proximity elapsedTime"
)
COUNTS = (
    "number sat dgpsid hr cad cadence Cadence Calories Steps RunCadence Watts MaxBikeCadence AvgRunCadence MaxRunCadence AvgWatts MaxWatts "
    "calories index VersionMajor VersionMinor BuildMajor BuildMinor UnitId ProductID Value"
)
ANGLES = "magvar course bearing"
MOMENTS = "time Time Id startTime"
RATES = "HeartRateBpm AverageHeartRateBpm MaximumHeartRateBpm"
#: What stands in a child when nothing else is said.
CONTENT = (
    dict.fromkeys(TEXTS.split(), "text")
    | dict.fromkeys(NUMBERS.split(), "1.5")
    | dict.fromkeys(COUNTS.split(), "7")
    | dict.fromkeys(ANGLES.split(), "90")
    | dict.fromkeys(MOMENTS.split(), TIME)
    | dict.fromkeys(RATES.split(), BPM)
    | {
        "fix": "3d",
        "url": "https://example.org/",
        "year": "2024",
        "license": "https://example.org/",
        "Intensity": "Active",
    }
    | {
        "TriggerMethod": "Manual",
        "SensorState": "Present",
        "LangID": "en",
        "PartNumber": "006-D2449-00",
        "Type": "Release",
    }
    | {
        "PointType": "Summit",
        "ScheduledOn": "2024-05-01",
        "Name": "N",
        "sport": "bike",
        "programType": "x",
        "intensity": "rest",
    }
    | {"Repetitions": "2", "StepId": "1", "DisplayColor": "Red", "DisplayMode": "SymbolOnly", "IsAutoNamed": "true"}
    | {"Position": PLACE[10:-11], "BeginPosition": PLACE[10:-11], "EndPosition": PLACE[10:-11], "Version": NAMED[9:-10]}
    | {"LatitudeDegrees": "48.1", "LongitudeDegrees": "11.5", "Subclass": "0123456789abcdefABCDEF0123456789abcd"}
    | {
        "Build": NAMED,
        "FirstSport": activity(LAP),
        "NextSport": activity(LAP),
        "Track": f"<Trackpoint><Time>{TIME}</Time></Trackpoint>",
    }
    | {"Trackpoint": f"<Time>{TIME}</Time>", "QuickWorkoutResults": REQUIRED, "Categories": "<Category>c</Category>"}
    | {
        "CoursePoint": f"<Name>P</Name><Time>{TIME}</Time>{PLACE}<PointType>Food</PointType>",
        "Category": "c",
        "PhoneNumber": "110",
    }
    | {"ActivityRef": f"<Id>{TIME}</Id>", "MultisportActivityRef": f"<Id>{TIME}</Id>", "WorkoutNameRef": "<Id>W</Id>"}
    | {
        "CourseNameRef": "<Id>C</Id>",
        "StreetAddress": "s",
        "City": "c",
        "State": "s",
        "Country": "c",
        "PostalCode": "1",
    }
    | {
        "Low": "80",
        "High": "90",
        "ViewAs": "Pace",
        "LowInMetersPerSecond": "2.5",
        "HighInMetersPerSecond": "3.5",
        "Number": "3",
    }
    | {"Seconds": "60", "Meters": "1000"}
)
#: Children that need attributes, or that must differ from their neighbour of the same name: whole, once or twice.
WHOLE: dict[str, str | tuple[str, str]] = {
    "bounds": '<bounds minlat="1" minlon="2" maxlat="3" maxlon="4"/>',
    "link": '<link href="https://example.org/"/>',
    "copyright": '<copyright author="a"/>',
    "email": "<email>a&#64;example.org</email>",
    "email@": '<email id="a" domain="example.org"/>',
    "author@": "<author/>",
    "wpt": f"<wpt {HERE}/>",
    "rtept": f"<rtept {HERE}/>",
    "trkpt": f"<trkpt {HERE}/>",
    "*foreign": "<my:thing/>",
    "Activity": (activity(LAP), activity(LAP).replace(TIME, "2024-05-02T10:00:00Z", 1)),
    "MultiSportSession": (
        f"<MultiSportSession><Id>{TIME}</Id><FirstSport>{activity(LAP)}</FirstSport></MultiSportSession>",
        f"<MultiSportSession><Id>2024-05-02T10:00:00Z</Id><FirstSport>{activity(LAP)}</FirstSport></MultiSportSession>",
    ),
    "Workout": (
        f'<Workout Sport="Other"><Name>A</Name><Step xsi:type="Step_t">{STEP.format(1)}</Step></Workout>',
        f'<Workout Sport="Other"><Name>B</Name><Step xsi:type="Step_t">{STEP.format(1)}</Step></Workout>',
    ),
    "Course": ("<Course><Name>A</Name></Course>", "<Course><Name>B</Name></Course>"),
    "Lap": LAP,
    "Lap@": f"<Lap>{REQUIRED}<Intensity>Active</Intensity></Lap>",
    "Transition": LAP.replace("Lap", "Transition"),
    "Training": '<Training VirtualPartner="false"/>',
    "Plan": '<Plan Type="Workout" IntervalWorkout="0"/>',
    "Creator": f'<Creator xsi:type="Device_t">{DEVICE}</Creator>',
    "Author": f'<Author xsi:type="Application_t"><Name>A</Name><Build>{NAMED}</Build><LangID>en</LangID><PartNumber>006-D2449-00</PartNumber></Author>',
    "Step": (f'<Step xsi:type="Step_t">{STEP.format(1)}</Step>', f'<Step xsi:type="Step_t">{STEP.format(2)}</Step>'),
    "Child": (
        f'<Child xsi:type="Step_t">{STEP.format(2)}</Child>',
        f'<Child xsi:type="Step_t">{STEP.format(3)}</Child>',
    ),
    "Duration": '<Duration xsi:type="Time_t"><Seconds>60</Seconds></Duration>',
    "Target": '<Target xsi:type="None_t"/>',
    "History": HISTORY,
    "SpeedZone": '<SpeedZone xsi:type="PredefinedSpeedZone_t"><Number>1</Number></SpeedZone>',
    "HeartRateZone": '<HeartRateZone xsi:type="PredefinedHeartRateZone_t"><Number>1</Number></HeartRateZone>',
    "Low@": f'<Low xsi:type="HeartRateInBeatsPerMinute_t">{BPM}</Low>',
    "High@": f'<High xsi:type="HeartRateInBeatsPerMinute_t">{BPM}</High>',
    "HeartRate": HEART.replace("@", "<Value>80</Value>"),
    "Id@": "<Id>C</Id>",
    "Workouts@": '<Workouts><Running Name="r"/><Biking Name="b"/><Other Name="o"/></Workouts>',
    "Courses@": '<Courses><CourseFolder Name="c"/></Courses>',
    "Week": '<Week StartDay="2024-05-01"/>',
    "Folder": ('<Folder Name="a"/>', '<Folder Name="b"/>'),
    "CourseFolder": '<CourseFolder Name="a"/>',
    "Running": '<Running Name="r"/>',
    "Biking": '<Biking Name="b"/>',
    "Other": '<Other Name="o"/>',
    "MultiSport": '<MultiSport Name="m"/>',
    "sensor": '<gd:sensor kind="wheel"/>',
    "startPoint": f"<gd:startPoint {HERE}/>",
    "endPoint": f"<gd:endPoint {HERE}/>",
    "startPoint@": "<gd:startPoint>1</gd:startPoint>",
    "endPoint@": "<gd:endPoint>2</gd:endPoint>",
    "summary": '<gd:summary name="hr" kind="max">160</gd:summary>',
    "trigger": '<gd:trigger kind="hr">x</gd:trigger>',
    "rpt": f"<x3:rpt {HERE}/>",
}

#: Children whose text has a type of its own.
TYPED = {
    *f"{NUMBERS} {COUNTS} {ANGLES} {MOMENTS}".split(),
    *"fix year Intensity TriggerMethod SensorState LangID PartNumber PointType ScheduledOn Repetitions StepId IsAutoNamed".split(),
    *"LatitudeDegrees LongitudeDegrees DisplayColor DisplayMode Subclass Seconds Meters Number Low High ViewAs sport".split(),
    *"LowInMetersPerSecond HighInMetersPerSecond intensity summary startPoint@ endPoint@".split(),
}

#: Where the children stand (@), and which, in order: ? none or one, * any number, + at least one, else exactly one. A
#: name with @ is the other element of that name.
POINT = "magvar? geoidheight? name? cmt? desc? src? {} sym? type? fix? sat? hdop? vdop? pdop? ageofdgpsdata? dgpsid? {}"
POINT11 = "ele? time? " + POINT.format("link*", "extensions?")
POINT10 = POINT.format("url? urlname?", "*foreign*")
TRACK10 = "name? cmt? desc? src? url? urlname? number? *foreign* "
TRACK11 = "name? cmt? desc? src? link* number? type? extensions? "
TPX = "atemp? wtemp? depth? hr? cad? {}Extensions?"
SHAPES: dict[str, tuple[str, str]] = {
    "gpx": (gpx(), "metadata? wpt* rte* trk* extensions?"),
    "metadata": (
        gpx("<metadata>@</metadata>"),
        "name? desc? author@? copyright? link* time? keywords? bounds? extensions?",
    ),
    "author": (gpx("<metadata><author>@</author></metadata>"), "name? email@? link?"),
    "copyright": (gpx('<metadata><copyright author="a">@</copyright></metadata>'), "year? license?"),
    "link": (gpx('<metadata><link href="a">@</link></metadata>'), "text? type?"),
    "wpt": (gpx(f"<wpt {HERE}>@</wpt>"), POINT11),
    "rtept": (gpx(f"<rte><rtept {HERE}>@</rtept></rte>"), POINT11),
    "trkpt": (point(), POINT11),
    "trk": (gpx("<trk>@</trk>"), TRACK11 + "trkseg*"),
    "rte": (gpx("<rte>@</rte>"), TRACK11 + "rtept*"),
    "trkseg": (gpx(segment()), "trkpt* extensions?"),
    "gpx10 gpx": (
        gpx0(),
        "name? desc? author? email? url? urlname? time? keywords? bounds? wpt* rte* trk* *foreign*",
    ),
    "gpx10 wpt": (gpx0(f"<wpt {HERE}>@</wpt>"), "ele? time? " + POINT10),
    "gpx10 rtept": (gpx0(f"<rte><rtept {HERE}>@</rtept></rte>"), "ele? time? " + POINT10),
    "gpx10 trkpt": (gpx0(segment(f"<trkpt {HERE}>@</trkpt>")), "ele? time? course? speed? " + POINT10),
    "gpx10 trk": (gpx0("<trk>@</trk>"), TRACK10 + "trkseg*"),
    "gpx10 rte": (gpx0("<rte>@</rte>"), TRACK10 + "rtept*"),
    "gpx10 trkseg": (gpx0(segment()), "trkpt*"),
    "TrainingCenterDatabase": (tcx(), "Folders? Activities? Workouts? Courses? Author? Extensions?"),
    "Activities": (activities(), "Activity* MultiSportSession*"),
    "Activity": (
        activities('<Activity Sport="Running">@</Activity>'),
        "Id Lap+ Notes? Training? Creator? Extensions?",
    ),
    "MultiSportSession": (
        activities("<MultiSportSession>@</MultiSportSession>"),
        "Id FirstSport NextSport* Notes?",
    ),
    "FirstSport": (
        activities(f"<MultiSportSession><Id>{TIME}</Id><FirstSport>@</FirstSport></MultiSportSession>"),
        "Activity",
    ),
    "NextSport": (
        activities(
            f"<MultiSportSession><Id>{TIME}</Id><FirstSport>{activity(LAP)}</FirstSport><NextSport>@</NextSport></MultiSportSession>"
        ),
        "Transition? Activity",
    ),
    "Lap": (
        activities(activity(f'<Lap StartTime="{TIME}">@</Lap>')),
        (
            "TotalTimeSeconds DistanceMeters MaximumSpeed? Calories AverageHeartRateBpm? MaximumHeartRateBpm? Intensity Cadence? TriggerMethod "
            "Track* Notes? Extensions?"
        ),
    ),
    "Track": (lap("<Track>@</Track>"), "Trackpoint+"),
    "Trackpoint": (
        lap("<Track><Trackpoint>@</Trackpoint></Track>"),
        "Time Position? AltitudeMeters? DistanceMeters? HeartRateBpm? Cadence? SensorState? Extensions?",
    ),
    "Position": (trackpoint("<Position>@</Position>"), "LatitudeDegrees LongitudeDegrees"),
    "HeartRateBpm": (trackpoint("<HeartRateBpm>@</HeartRateBpm>"), "Value"),
    "Training": (
        activities(activity(LAP + '<Training VirtualPartner="1">@</Training>')),
        "QuickWorkoutResults? Plan?",
    ),
    "QuickWorkoutResults": (
        activities(
            activity(LAP + '<Training VirtualPartner="1"><QuickWorkoutResults>@</QuickWorkoutResults></Training>')
        ),
        "TotalTimeSeconds DistanceMeters",
    ),
    "Plan": (
        activities(
            activity(
                LAP + '<Training VirtualPartner="1"><Plan Type="Course" IntervalWorkout="true">@</Plan></Training>'
            )
        ),
        "Name? Extensions?",
    ),
    "Device_t": (creator(), "Name UnitId ProductID Version"),
    "Application_t": (creator(kind=' xsi:type="Application_t"'), "Name Build LangID PartNumber"),
    "Version": (
        creator("<Name>D</Name><UnitId>0</UnitId><ProductID>0</ProductID><Version>@</Version>"),
        "VersionMajor VersionMinor BuildMajor? BuildMinor?",
    ),
    "Build": (
        creator(
            "<Name>A</Name><Build>@</Build><LangID>en</LangID><PartNumber>006-D2449-00</PartNumber>",
            ' xsi:type="Application_t"',
        ),
        "Version Type? Time@? Builder?",
    ),
    "Courses": (tcx("<Courses>@</Courses>"), "Course*"),
    "Course": (
        tcx("<Courses><Course>@</Course></Courses>"),
        "Name Lap@* Track* Notes? CoursePoint* Creator? Extensions?",
    ),
    "Course Lap": (
        course("<Lap>@</Lap>"),
        (
            "TotalTimeSeconds DistanceMeters BeginPosition? BeginAltitudeMeters? EndPosition? EndAltitudeMeters? AverageHeartRateBpm? "
            "MaximumHeartRateBpm? Intensity Cadence? Extensions?"
        ),
    ),
    "CoursePoint": (
        course("<CoursePoint>@</CoursePoint>"),
        "Name Time Position AltitudeMeters? PointType Notes? Extensions?",
    ),
    "Workouts": (tcx("<Workouts>@</Workouts>"), "Workout*"),
    "Workout": (
        tcx('<Workouts><Workout Sport="Other">@</Workout></Workouts>'),
        "Name Step+ ScheduledOn* Notes? Creator? Extensions?",
    ),
    "Step_t": (
        workout('<Step xsi:type="Step_t">@</Step>'),
        "StepId Name? Duration Intensity Target",
    ),
    "Repeat_t": (workout('<Step xsi:type="Repeat_t">@</Step>'), "StepId Repetitions Child+"),
    "Time_t": (duration('<Duration xsi:type="Time_t">@</Duration>'), "Seconds"),
    "Distance_t": (duration('<Duration xsi:type="Distance_t">@</Duration>'), "Meters"),
    "CaloriesBurned_t": (duration('<Duration xsi:type="CaloriesBurned_t">@</Duration>'), "Calories"),
    "UserInitiated_t": (duration('<Duration xsi:type="UserInitiated_t">@</Duration>'), ""),
    "Cadence_t": (target('<Target xsi:type="Cadence_t">@</Target>'), "Low High"),
    "PredefinedSpeedZone_t": (
        target('<Target xsi:type="Speed_t"><SpeedZone xsi:type="PredefinedSpeedZone_t">@</SpeedZone></Target>'),
        "Number",
    ),
    "CustomSpeedZone_t": (
        target('<Target xsi:type="Speed_t"><SpeedZone xsi:type="CustomSpeedZone_t">@</SpeedZone></Target>'),
        "ViewAs LowInMetersPerSecond HighInMetersPerSecond",
    ),
    "PredefinedHeartRateZone_t": (
        target(
            '<Target xsi:type="HeartRate_t"><HeartRateZone xsi:type="PredefinedHeartRateZone_t">@</HeartRateZone></Target>'
        ),
        "Number",
    ),
    "Speed_t": (target('<Target xsi:type="Speed_t">@</Target>'), "SpeedZone"),
    "HeartRate_t": (target('<Target xsi:type="HeartRate_t">@</Target>'), "HeartRateZone"),
    "CustomHeartRateZone_t": (
        target(
            '<Target xsi:type="HeartRate_t"><HeartRateZone xsi:type="CustomHeartRateZone_t">@</HeartRateZone></Target>'
        ),
        "Low@ High@",
    ),
    "HeartRateAbove_t": (duration('<Duration xsi:type="HeartRateAbove_t">@</Duration>'), "HeartRate"),
    "HeartRateBelow_t": (duration('<Duration xsi:type="HeartRateBelow_t">@</Duration>'), "HeartRate"),
    "HeartRateAsPercentOfMax_t": (
        duration('<Duration xsi:type="HeartRateAbove_t">' + HEART + "</Duration>"),
        "Value",
    ),
    "Folder": (
        folders('<Courses><CourseFolder Name="c"><Folder Name="d">@</Folder></CourseFolder></Courses>'),
        "Folder* CourseNameRef* Notes? Extensions?",
    ),
    "Week": (
        folders(
            HISTORY.replace('<Running Name="r"/>', '<Running Name="r"><Week StartDay="2024-05-01">@</Week></Running>')
        ),
        "Notes?",
    ),
    "ActivityRef": (
        folders(HISTORY.replace('<Running Name="r"/>', '<Running Name="r"><ActivityRef>@</ActivityRef></Running>')),
        "Id",
    ),
    "CourseNameRef": (
        folders('<Courses><CourseFolder Name="c"><CourseNameRef>@</CourseNameRef></CourseFolder></Courses>'),
        "Id@",
    ),
    "Folders": (folders(), "History? Workouts@? Courses@?"),
    "History": (folders("<History>@</History>"), "Running Biking Other MultiSport Extensions?"),
    "History Running": (
        folders(
            '<History><Running Name="r">@</Running><Biking Name="b"/><Other Name="o"/><MultiSport Name="m"/></History>'
        ),
        "Folder* ActivityRef* Week* Notes? Extensions?",
    ),
    "History MultiSport": (
        folders(
            '<History><Running Name="r"/><Biking Name="b"/><Other Name="o"/><MultiSport Name="m">@</MultiSport></History>'
        ),
        "Folder* MultisportActivityRef* Week* Notes? Extensions?",
    ),
    "Folders Workouts": (folders("<Workouts>@</Workouts>"), "Running Biking Other Extensions?"),
    "Folders Workouts Running": (
        folders('<Workouts><Running Name="r">@</Running><Biking Name="b"/><Other Name="o"/></Workouts>'),
        "Folder* WorkoutNameRef* Extensions?",
    ),
    "Folders Courses": (folders("<Courses>@</Courses>"), "CourseFolder Extensions?"),
    "CourseFolder": (
        folders('<Courses><CourseFolder Name="c">@</CourseFolder></Courses>'),
        "Folder* CourseNameRef* Notes? Extensions?",
    ),
    "t1:": (extension("<t1:TrackPointExtension>@</t1:TrackPointExtension>"), TPX.format("")),
    "t2:": (
        extension("<t2:TrackPointExtension>@</t2:TrackPointExtension>"),
        TPX.format("speed? course? bearing? "),
    ),
    "ax: TPX": (
        trackpoint("<Extensions><ax:TPX>@</ax:TPX></Extensions>"),
        "Speed? RunCadence? Watts? Extensions?",
    ),
    "ax: LX": (
        lap("<Extensions><ax:LX>@</ax:LX></Extensions>"),
        "AvgSpeed? MaxBikeCadence? AvgRunCadence? MaxRunCadence? Steps? AvgWatts? MaxWatts? Extensions?",
    ),
    "gd: dataPt": (extension("<gd:dataPt>@</gd:dataPt>"), "time ele? hr? cadence? temp? distance? sensor?"),
    "gd: run": (extension("<gd:run>@</gd:run>"), "sport? programType? laps?"),
    "gd: course": (extension("<gd:course>@</gd:course>"), "index? laps?"),
    "gd: laps": (extension("<gd:course><gd:laps>@</gd:laps></gd:course>"), "lap*"),
    "gd: lap": (
        extension("<gd:lap>@</gd:lap>"),
        "index? startPoint? endPoint? startTime? elapsedTime? calories? distance? trackReference? summary* trigger? intensity?",
    ),
    "gd: trackReference": (
        extension("<gd:lap><gd:trackReference>@</gd:trackReference></gd:lap>"),
        "startPoint@? endPoint@?",
    ),
    "x3: TrackPointExtension": (
        extension("<x3:TrackPointExtension>@</x3:TrackPointExtension>"),
        "Temperature? Depth? Extensions?",
    ),
    "x3: TrackExtension": (extension("<x3:TrackExtension>@</x3:TrackExtension>"), "DisplayColor? Extensions?"),
    "x3: RouteExtension": (
        extension("<x3:RouteExtension>@</x3:RouteExtension>"),
        "IsAutoNamed DisplayColor? Extensions?",
    ),
    "x3: RoutePointExtension": (
        extension("<x3:RoutePointExtension>@</x3:RoutePointExtension>"),
        "Subclass? rpt* Extensions?",
    ),
    "x3: WaypointExtension": (
        extension("<x3:WaypointExtension>@</x3:WaypointExtension>"),
        "Proximity? Temperature? Depth? DisplayMode? Categories? Address? PhoneNumber* Extensions?",
    ),
    "x3: Address": (
        extension("<x3:WaypointExtension><x3:Address>@</x3:Address></x3:WaypointExtension>"),
        "City? State? Country? PostalCode? Extensions?",
    ),
    "x3: Categories": (
        extension("<x3:WaypointExtension><x3:Categories>@</x3:Categories></x3:WaypointExtension>"),
        "Category+",
    ),
}


def shape_cases() -> Iterator[Case]:
    """Of each shape: all children, the required ones, each left out, each twice, each pair of neighbours turned round."""
    for shape, (frame, order) in SHAPES.items():
        prefix = shape.partition(" ")[0] if ":" in shape else ""
        children = [re.fullmatch(r"(\*?\w+@?)([?*+]?)", child).groups() for child in order.split()]  # type: ignore[union-attr]

        def written(names: list[str], before: str = "", frame: str = frame, prefix: str = prefix) -> str:
            parts = [child_text(name, prefix, again=name in names[:i]) for i, name in enumerate(names)]
            return frame.replace("@", before + "".join(parts))

        names = [name for name, _ in children]
        yield Case(f"{shape}: all", written(names), True)
        yield Case(f"{shape}: least", written([name for name, often in children if often in ("", "+")]), True)
        yield Case(f"{shape}: text", written(names, before="text"), False)
        yield Case(f"{shape}: unknown child", frame.replace("@", f"<{prefix}stranger/>"), False)
        for i, (name, often) in enumerate(children):
            rest = names[:i] + names[i + 1 :]
            yield Case(f"{shape}: no {name}", written(rest), often in ("?", "*"))
            yield Case(f"{shape}: two {name}", written([*names[: i + 1], *names[i:]]), often in ("*", "+"))
        for i, name in enumerate(names):
            if name in TYPED:
                odd = frame.replace("@", written_odd(names, i, prefix))
                yield Case(f"{shape}: {name} is no such value", odd, False)
        for i, (first, second) in enumerate(pairwise(names)):
            turned = [*names[:i], second, first, *names[i + 2 :]]
            yield Case(f"{shape}: {second} before {first}", written(turned), False)


def written_odd(names: list[str], odd: int, prefix: str) -> str:
    """All children, one of them with a text that no type but xs:string takes."""
    parts = [child_text(name, prefix, again=name in names[:i]) for i, name in enumerate(names)]
    parts[odd] = re.sub(r">[^<]+<", ">?!?<", parts[odd])
    return "".join(parts)


def child_text(name: str, prefix: str, *, again: bool) -> str:
    """A child as it stands in a document; ``again`` where one of that name stands before it."""
    whole = WHOLE.get(name)
    if whole is not None:
        return whole if isinstance(whole, str) else whole[again]
    plain = name.rstrip("@")
    content = CONTENT.get(plain, "")
    if prefix:
        content = re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}", content)
    return f"<{prefix}{plain}>{content}</{prefix}{plain}>"


# Values --------------------------------------------------------------------------------------------------------------------

DECIMALS = (
    ("1", "-1.5", "+5.", ".5", " 7 ", "\n7\n", "007", "-0"),
    ("1e3", "1,5", "INF", "NaN", "", " ", ".", "1 2", "0x1", "--1", "1_000"),
)
DOUBLES = (
    ("1", "-1.5", "+5.", ".5", " 7 ", "1e3", "1E-3", "INF", "-INF", "NaN"),
    ("1,5", "", "inf", "nan", "Infinity", "1e", "e3", "1 2", "0x1", "1_0"),
)
WHOLE_NUMBERS = ("0", "7", "+7", " 7 ", "007", "-0"), ("-1", "5.0", "5.", "1e1", "", "x", "1_0", "\u0667")
MOMENT = "2024-05-01T"
#: What xsd:dateTime takes, and what not: xml.md, section 2.3.
TIMES = (
    (
        "10:00:00Z", "10:00:00.123Z", "10:00:00.123456789Z", "10:00:00.1Z", "10:00:00+02:00", "10:00:00-14:00", "10:00:00+14:00",
        "10:00:00", "24:00:00Z", "24:00:00.0Z", "23:59:59.999Z", "00:00:00Z", "10:00:00Z ", "10:00:00Z\n",
    ),
    (
        "10:00:60Z", "10:60:00Z", "25:00:00Z", "24:00:01Z", "24:00:00.1Z", "10:00:00+15:00", "10:00:00+14:01", "10:00:00+02:60", "10:00Z",
        "10:00:00z", "10:00:00+0200", "10:00:00+02", "100000Z", "10:00:00,5Z", "10:00:00.Z", "10:00:00Z[Europe/Paris]", "1:00:00Z", "10:0",
        "10:00:00 Z", "",
    ),
)  # fmt: skip
DATES = (
    ("2024-02-29", "-0001-05-01", "12024-05-01", "1970-01-01", "2000-02-29"),
    ("2024-13-01", "2024-02-30", "2023-02-29", "2100-02-29", "2024-00-01", "2024-05-00", "2024-05-32", "2024-5-1", "20240501", "24-05-01", "0000-05-01", "+2024-05-01"),
)  # fmt: skip
#: Forms of a time that are not a date, T and a time.
NO_TIMES = (
    "",
    " ",
    "2024-05-01",
    "2024-05-01 10:00:00Z",
    "2024-05-01t10:00:00Z",
    "20240501T100000Z",
    "1714557600",
    "May 1, 2024",
    "now",
)

#: Where a value stands (@), which are valid, which are not.
VALUES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "lat": (gpx('<wpt lat="@" lon="11"/>'), ("90", "-90", "90.000", "48.1", "+5.", ".5", " 48 "), ("90.0000001", "-91", "48,1", "1e1", "NaN", "", "48.1N")),
    "lon": (gpx('<wpt lat="48" lon="@"/>'), ("-180", "179.9999999", "0", "-180.0"), ("180", "180.0", "-180.0000001", "181", "11,5", "-4.8e-05", "INF", "")),
    "bounds": (gpx('<metadata><bounds minlat="1" minlon="2" maxlat="3" maxlon="@"/></metadata>'), ("179",), ("180", "")),
    "gpx10 lat": (gpx0('<wpt lat="@" lon="11"/>'), ("90", "-90"), ("90.0000001", "-91")),
    "gpx10 lon": (gpx0('<wpt lat="48" lon="@"/>'), ("180", "-180", "180.00"), ("180.0000001", "-181")),
    "ele": (point("<ele>@</ele>"), *DECIMALS),
    "hdop": (point("<hdop>@</hdop>"), *DECIMALS),
    "geoidheight": (point("<geoidheight>@</geoidheight>"), ("-32768", "47.1"), ("1e3",)),
    "magvar": (point("<magvar>@</magvar>"), ("0", "359.9", "-0"), ("360", "-0.1", "")),
    "gpx10 magvar": (gpx0(f"<wpt {HERE}><magvar>@</magvar></wpt>"), ("0", "360"), ("360.1", "-0.1")),
    "gpx10 course": (gpx0(segment(f"<trkpt {HERE}><course>@</course></trkpt>")), ("0", "360"), ("361", "-1", "")),
    "gpx10 speed": (gpx0(segment(f"<trkpt {HERE}><speed>@</speed></trkpt>")), *DECIMALS),
    "gpx10 email": (gpx0("<email>@</email>"), ("a@b", "a.b_c@\u00e4.\u0431", "A_@_.b"), ("", "a1@b.org", "a-b@c.org", "no address", "a@b@c", ".a@b", "a@b.", " a@b")),
    "sat": (point("<sat>@</sat>"), *WHOLE_NUMBERS),
    "number": (gpx("<trk><number>@</number></trk>"), *WHOLE_NUMBERS),
    "fix": (point("<fix>@</fix>"), ("none", "2d", "3d", "dgps", "pps"), ("4d", "3D", "", " 3d", "3d\n", "rtk")),
    "dgpsid": (point("<dgpsid>@</dgpsid>"), ("0", "1023", " 7 "), ("1024", "-1", "7.0", "")),
    "href": (gpx('<metadata><link href="@"/></metadata>'), ("https://example.org/?a=1", "a b", "\u00e4", "", "a%", "#a#b"), ()),
    "year": (gpx('<metadata><copyright author="a"><year>@</year></copyright></metadata>'), ("2024", "2024Z", "-0044", "12024", "2024+02:00"), ("24", "2024-05", "", "MMXXIV")),
    "name": (gpx("<trk><name>@</name></trk>"), ("", " ", "a &amp; b", "<![CDATA[<b>]]>", "<!-- x -->y"), ("<b/>", "a<b/>")),
    "time": (point(f"<time>{MOMENT}@</time>"), *TIMES),
    "time date": (point("<time>@T10:00:00Z</time>"), *DATES),
    "time form": (point("<time>@</time>"), (f"{TIME}<!-- x -->", f"<![CDATA[{TIME}]]>"), NO_TIMES),
    "metadata time": (gpx("<metadata><time>@</time></metadata>"), (TIME,), NO_TIMES),
    "Time": (lap(f"<Track><Trackpoint><Time>{MOMENT}@</Time></Trackpoint></Track>"), *TIMES),
    "Time date": (lap("<Track><Trackpoint><Time>@T10:00:00Z</Time></Trackpoint></Track>"), *DATES),
    "Time form": (lap("<Track><Trackpoint><Time>@</Time></Trackpoint></Track>"), (TIME,), NO_TIMES),
    "StartTime": (activities(activity(f'<Lap StartTime="@">{SOME}</Lap>')), (TIME, "2024-05-01T10:00:00"), NO_TIMES),
    "Id": (activities(f'<Activity Sport="Other"><Id>@</Id>{LAP}</Activity>'), (TIME,), (*NO_TIMES, "my ride")),
    "Sport": (activities(f'<Activity Sport="@">{LAP.join([f"<Id>{TIME}</Id>", ""])}</Activity>'), ("Running", "Biking", "Other", " Running ", "\n Biking"), ("running", "BIKING", "hiking", "walking", "swimming", "Cycling", "MultiSport", "", " ")),
    "TotalTimeSeconds": (course("<Lap><TotalTimeSeconds>@</TotalTimeSeconds><DistanceMeters>0</DistanceMeters><Intensity>Active</Intensity></Lap>"), *DOUBLES),
    "Calories": (activities(activity(f'<Lap StartTime="{TIME}">{SOME}</Lap>'.replace("<Calories>0", "<Calories>@"))), ("0", "65535", " 7 ", "+7"), ("65536", "-1", "7.0", "", "1e2")),
    "Intensity": (activities(activity(LAP.replace("Active", "@"))), ("Active", "Resting", " Active\n"), ("active", "Rest", "", "Warmup")),
    "TriggerMethod": (activities(activity(LAP.replace("Manual", "@"))), ("Manual", "Distance", "Location", "Time", "HeartRate", "\tTime "), ("manual", "Heart Rate", "Lap", "")),
    "SensorState": (trackpoint("<SensorState>@</SensorState>"), ("Present", "Absent", " Absent "), ("present", "")),
    "LatitudeDegrees": (trackpoint("<Position><LatitudeDegrees>@</LatitudeDegrees><LongitudeDegrees>1</LongitudeDegrees></Position>"), ("90", "-90", "4.8e1", "0"), ("90.1", "-91", "INF", "NaN", "48,1", "")),
    "LongitudeDegrees": (trackpoint("<Position><LatitudeDegrees>1</LatitudeDegrees><LongitudeDegrees>@</LongitudeDegrees></Position>"), ("-180", "179.99999", "-4.8e-05"), ("180", "180.0", "1.8e2", "-180.1", "INF", "-INF", "NaN", "")),
    "AltitudeMeters": (trackpoint("<AltitudeMeters>@</AltitudeMeters>"), *DOUBLES),
    "DistanceMeters": (trackpoint("<DistanceMeters>@</DistanceMeters>"), ("-5", "0", "1e5", "NaN"), ("", "1,5")),
    "HeartRateBpm": (trackpoint("<HeartRateBpm><Value>@</Value></HeartRateBpm>"), ("1", "255", " 140 ", "0140"), ("0", "256", "140.0", "", "-1", "None")),
    "HeartRateBpm text": (trackpoint("<HeartRateBpm>@</HeartRateBpm>"), ("<Value>135</Value>", " \n<Value>135</Value>"), ("135", "", "135<Value>135</Value>")),
    "HeartRateBpm type": (trackpoint(f'<HeartRateBpm xsi:type="@">{BPM}</HeartRateBpm>'), ("HeartRateInBeatsPerMinute_t", " HeartRateInBeatsPerMinute_t "), ("HeartRateAsPercentOfMax_t", "HeartRateValue_t", "Device_t", "NoSuch_t", "xsi:HeartRateInBeatsPerMinute_t")),
    "Cadence": (trackpoint("<Cadence>@</Cadence>"), ("0", "254", "+90"), ("255", "-1", "90.0", "")),
    "UnitId": (creator(DEVICE.replace("<UnitId>0", "<UnitId>@")), ("0", "4294967295"), ("4294967296", "-1", "", "A1")),
    "ProductID": (creator(DEVICE.replace("<ProductID>0", "<ProductID>@")), ("0", "65535"), ("65536", "-1", "")),
    "VersionMajor": (creator(DEVICE.replace("Major>1", "Major>@")), ("0", "65535"), ("65536", "1.0", "")),
    "Creator": (activities(activity(LAP + "@")), (f'<Creator xsi:type="Device_t">{DEVICE}</Creator>', f'<Creator xsi:type="Application_t"><Name>A</Name><Build>{NAMED}</Build><LangID>en</LangID><PartNumber>006-D2449-00</PartNumber></Creator>'), (f"<Creator>{DEVICE}</Creator>", "<Creator><Name>D</Name></Creator>", '<Creator xsi:type="AbstractSource_t"><Name>D</Name></Creator>', f'<Creator xsi:type="device_t">{DEVICE}</Creator>', f'<Creator xsi:type="Application_t">{DEVICE}</Creator>', f'<Creator type="Device_t">{DEVICE}</Creator>', f'<Creator xsi:type="">{DEVICE}</Creator>')),
    "LangID": (tcx(str(WHOLE["Author"]).replace("LangID>en", "LangID>@")), ("en", " de ", "EN"), ("eng", "e", "")),
    "PartNumber": (tcx(str(WHOLE["Author"]).replace("006-D2449-00", "@")), ("006-D2449-00", "XXX-XXXXX-XX", " 006-A0183-00 "), ("006-d2449-00", "06-D2449-00", "006D244900", "", "006-D2449-000")),
    "Build Type": (tcx(str(WHOLE["Author"]).replace("</Version></Build>", "</Version><Type>@</Type></Build>")), ("Internal", "Alpha", "Beta", "Release"), ("release", "Debug", "")),
    "Course Name": (tcx("<Courses><Course><Name>@</Name></Course></Courses>"), ("a", "fifteen letters", "  fifteen \n letters ", "\u00fcberf\u00fcnfzehn\u2026\U0001f6b4"), ("sixteen letters!", "", "   ")),
    "CoursePoint Name": (course(f"<CoursePoint><Name>@</Name><Time>{TIME}</Time>{PLACE}<PointType>Left</PointType></CoursePoint>"), ("ten chars!", "1"), ("eleven char", "")),
    "PointType": (course(f"<CoursePoint><Name>P</Name><Time>{TIME}</Time>{PLACE}<PointType>@</PointType></CoursePoint>"), ("Generic", "Summit", "Valley", "Water", "Food", "Danger", "Left", "Right", "Straight", "First Aid", "4th Category", "3rd Category", "2nd Category", "1st Category", "Hors Category", "Sprint", " First\n Aid "), ("generic", "FirstAid", "U Turn", "Slight Left", "")),
    "VirtualPartner": (activities(activity(LAP + '<Training VirtualPartner="@"/>')), ("true", "false", "0", "1", " true "), ("True", "yes", "", "2")),
    "Plan Type": (activities(activity(LAP + '<Training VirtualPartner="1"><Plan Type="@" IntervalWorkout="0"/></Training>')), ("Workout", "Course"), ("workout", "")),
    "StepId": (workout(f'<Step xsi:type="Step_t">{STEP.replace("{}", "@")}</Step>'), ("1", "20"), ("0", "21", "", "1.0")),
    "Repetitions": (step(f'<Repetitions>@</Repetitions><Child xsi:type="Step_t">{STEP.format(2)}</Child>', "Repeat_t"), ("2", "99"), ("1", "100", "0")),
    "Step type": (workout(f'<Step xsi:type="@">{STEP.format(1)}</Step>'), ("Step_t",), ("Repeat_t", "AbstractStep_t", "None_t", "")),
    "Seconds": (duration('<Duration xsi:type="Time_t"><Seconds>@</Seconds></Duration>'), ("0", "65535"), ("65536", "-1", "1.5")),
    "HeartRateAbove": (duration('<Duration xsi:type="HeartRateAbove_t">@</Duration>'), (HEART.replace("@", "<Value>100</Value>"), f'<HeartRate xsi:type="HeartRateInBeatsPerMinute_t">{BPM}</HeartRate>'), (HEART.replace("@", "<Value>101</Value>"), f"<HeartRate>{BPM}</HeartRate>", "")),
    "HeartRateBelow": (duration('<Duration xsi:type="HeartRateBelow_t">@</Duration>'), (HEART.replace("@", "<Value>0</Value>"),), (HEART.replace("@", "<Value>-1</Value>"), "")),
    "Target": (target("@"), ('<Target xsi:type="None_t"/>', '<Target xsi:type="Speed_t"><SpeedZone xsi:type="PredefinedSpeedZone_t"><Number>10</Number></SpeedZone></Target>', '<Target xsi:type="HeartRate_t"><HeartRateZone xsi:type="PredefinedHeartRateZone_t"><Number>5</Number></HeartRateZone></Target>'), ("<Target/>", '<Target xsi:type="Time_t"><Seconds>1</Seconds></Target>', '<Target xsi:type="Speed_t"><SpeedZone xsi:type="PredefinedSpeedZone_t"><Number>11</Number></SpeedZone></Target>', '<Target xsi:type="HeartRate_t"><HeartRateZone xsi:type="PredefinedHeartRateZone_t"><Number>6</Number></HeartRateZone></Target>', '<Target xsi:type="Speed_t"><SpeedZone><Number>1</Number></SpeedZone></Target>')),
    "CustomHeartRateZone": (target('<Target xsi:type="HeartRate_t"><HeartRateZone xsi:type="CustomHeartRateZone_t">@</HeartRateZone></Target>'), ("".join(f'<{end} xsi:type="HeartRateInBeatsPerMinute_t">{BPM}</{end}>' for end in ("Low", "High")),), (f'<Low xsi:type="HeartRateInBeatsPerMinute_t">{BPM}</Low>', "")),
    "CustomSpeedZone": (target('<Target xsi:type="Speed_t"><SpeedZone xsi:type="CustomSpeedZone_t"><ViewAs>Speed</ViewAs><LowInMetersPerSecond>@</LowInMetersPerSecond><HighInMetersPerSecond>9</HighInMetersPerSecond></SpeedZone></Target>'), ("0.1", "3", "INF"), ("0", "-1", "", "NaN")),
    "ScheduledOn": (workout(f'<Step xsi:type="Step_t">{STEP.format(1)}</Step><ScheduledOn>@</ScheduledOn>'), ("2024-05-01", "2024-02-29Z", "2024-05-01+02:00"), ("2023-02-29", TIME, "")),
    "StartDay": (folders(HISTORY.replace('<Running Name="r"/>', '<Running Name="r"><Week StartDay="@"/></Running>')), ("2024-05-01",), ("2024-5-1", "")),
    "t1 hr": (extension("<t1:TrackPointExtension><t1:hr>@</t1:hr></t1:TrackPointExtension>"), ("1", "255"), ("0", "256", "100.00", "", "None")),
    "t1 cad": (extension("<t1:TrackPointExtension><t1:cad>@</t1:cad></t1:TrackPointExtension>"), ("0", "254"), ("255", "0.0", "", "-1")),
    "t1 atemp": (extension("<t1:TrackPointExtension><t1:atemp>@</t1:atemp></t1:TrackPointExtension>"), *DOUBLES),
    "t1 speed": (extension("<t1:TrackPointExtension>@</t1:TrackPointExtension>"), ("<t1:Extensions><my:speed/></t1:Extensions>",), ("<t1:speed>5</t1:speed>", "<t2:speed>5</t2:speed>", "<my:power>5</my:power>", "<speed>5</speed>", "<t1:power>200</t1:power>")),
    "t1 Extensions": (extension("<t1:TrackPointExtension><t1:Extensions>@</t1:Extensions></t1:TrackPointExtension>"), ("<my:a/>", "<my:a/><px:PowerInWatts>9</px:PowerInWatts>"), ("<t1:hr>9</t1:hr>", "<px:PowerInWatts>x</px:PowerInWatts>", '<a xmlns=""/>')),
    "t2 hr": (extension("<t2:TrackPointExtension><t2:hr>@</t2:hr></t2:TrackPointExtension>"), ("1", "255"), ("0", "256", "100.00")),
    "t2 cad": (extension("<t2:TrackPointExtension><t2:cad>@</t2:cad></t2:TrackPointExtension>"), ("0", "254"), ("255",)),
    "t2 Extensions": (extension("<t2:TrackPointExtension><t2:Extensions>@</t2:Extensions></t2:TrackPointExtension>"), ("<my:a/><my:b/>", ""), ("<t2:hr>9</t2:hr>",)),
    "t2 course": (extension("<t2:TrackPointExtension><t2:course>@</t2:course></t2:TrackPointExtension>"), ("0", "360", "12.5"), ("360.1", "-1", "1e2", "NaN")),
    "t2 bearing": (extension("<t2:TrackPointExtension><t2:bearing>@</t2:bearing></t2:TrackPointExtension>"), ("0", "360"), ("361", "-0.1")),
    "t2 speed": (extension("<t2:TrackPointExtension><t2:speed>@</t2:speed></t2:TrackPointExtension>"), *DOUBLES),
    "ax Watts": (trackpoint("<Extensions><ax:TPX><ax:Watts>@</ax:Watts></ax:TPX></Extensions>"), ("0", "65535"), ("65536", "250.5", "-1", "")),
    "ax RunCadence": (trackpoint("<Extensions><ax:TPX><ax:RunCadence>@</ax:RunCadence></ax:TPX></Extensions>"), ("0", "254"), ("255", "84.5", "")),
    "ax CadenceSensor": (trackpoint('<Extensions><ax:TPX CadenceSensor="@"/></Extensions>'), ("Footpod", "Bike", " Bike "), ("bike", "")),
    "ax Steps": (lap("<Extensions><ax:LX><ax:Steps>@</ax:Steps></ax:LX></Extensions>"), ("0", "65535"), ("65536", "")),
    "ax AvgSpeed": (lap("<Extensions><ax:LX><ax:AvgSpeed>@</ax:AvgSpeed></ax:LX></Extensions>"), *DOUBLES),
    "gd hr": (extension("<gd:hr>@</gd:hr>"), ("0", "300", "140"), ("140.5", "-1", "")),
    "gd cadence": (extension("<gd:cadence>@</gd:cadence>"), ("0", "300"), ("90.0", "-1", "")),
    "gd temp": (extension("<gd:temp>@</gd:temp>"), *DECIMALS),
    "gd distance": (extension("<gd:distance>@</gd:distance>"), *DECIMALS),
    "gd distance sensor": (extension('<gd:distance sensor="@">5</gd:distance>'), ("wheel", "pedometer"), ("gps", "")),
    "gd sensor": (extension("@"), ('<gd:sensor kind="wheel"/>', '<gd:sensor kind="pedometer"/>'), ("<gd:sensor/>", '<gd:sensor kind="gps"/>', '<gd:sensor kind="wheel">x</gd:sensor>')),
    "gd summary": (extension("<gd:lap>@</gd:lap>"), ('<gd:summary name="hr" kind="avg">1.5</gd:summary>',), ("<gd:summary>1</gd:summary>", '<gd:summary name="hr" kind="mean">1</gd:summary>', '<gd:summary name="hr" kind="max"/>')),
    "gd trigger": (extension("<gd:lap>@</gd:lap>"), ('<gd:trigger kind="manual"/>', '<gd:trigger kind="hr">150</gd:trigger>'), ("<gd:trigger/>", '<gd:trigger kind="button"/>')),
    "gd startPoint": (extension('<gd:lap><gd:startPoint lat="1" lon="@"/></gd:lap>'), ("-180", "179.9"), ("180", "-180.1", "")),
    "gd startPoint lat": (extension('<gd:lap><gd:startPoint lat="@" lon="1"/></gd:lap>'), ("90", "-90"), ("90.1", "-90.1")),
    "gd trigger kind": (extension('<gd:lap><gd:trigger kind="@"/></gd:lap>'), ("manual", "time", "distance", "location", "hr"), ("lap",)),
    "gd intensity": (extension("<gd:lap><gd:intensity>@</gd:intensity></gd:lap>"), ("rest", "active"), ("Active",)),
    "gpx10 fix": (gpx0(f"<wpt {HERE}><fix>@</fix></wpt>"), ("none", "2d", "3d", "dgps", "pps"), ("4d",)),
    "gpx10 dgpsid": (gpx0(f"<wpt {HERE}><dgpsid>@</dgpsid></wpt>"), ("0", "1023"), ("1024", "-1")),
    "x3 DisplayMode": (extension("<x3:WaypointExtension><x3:DisplayMode>@</x3:DisplayMode></x3:WaypointExtension>"), ("SymbolOnly", "SymbolAndName", "SymbolAndDescription"), ("Symbol",)),
    "x3 Extensions": (extension("<x3:TrackExtension><x3:Extensions>@</x3:Extensions></x3:TrackExtension>"), ("<my:a/><my:b/>", ""), ("<x3:a/>",)),
    "ax Extensions": (trackpoint("<Extensions><ax:TPX><ax:Extensions>@</ax:Extensions></ax:TPX></Extensions>"), ("<my:a/><my:b/>", ""), ("<ax:Watts>9</ax:Watts>",)),
    "gd sport": (extension("<gd:run><gd:sport>@</gd:sport></gd:run>"), ("bike", "run", "other"), ("Biking", "")),
    "px PowerInWatts": (extension("<px:PowerInWatts>@</px:PowerInWatts>"), ("0", "65535"), ("65536", "250.5", "-1", "")),
    "x3 DisplayColor": (extension("<x3:TrackExtension><x3:DisplayColor>@</x3:DisplayColor></x3:TrackExtension>"), ("Black", "DarkRed", "DarkGreen", "DarkYellow", "DarkBlue", "DarkMagenta", "DarkCyan", "LightGray", "DarkGray", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "White", "Transparent", " Red "), ("red", "Orange", "#ff0000", "")),
    "x3 Address": (extension("<x3:WaypointExtension><x3:Address>@</x3:Address></x3:WaypointExtension>"), ("<x3:StreetAddress/>" * 2, "<x3:StreetAddress/><x3:City>c</x3:City><x3:Country>c</x3:Country><x3:PostalCode>p</x3:PostalCode>", ""), ("<x3:StreetAddress/>" * 3, "<x3:City/><x3:StreetAddress/>")),
    "x3 Subclass": (extension("<x3:RoutePointExtension><x3:Subclass>@</x3:Subclass></x3:RoutePointExtension>"), ("0" * 36, "aF" * 18), ("0" * 35, "0" * 38, "g" * 36, "")),
    "x3 rpt": (extension("<x3:RoutePointExtension>@</x3:RoutePointExtension>"), (f"<x3:rpt {HERE}/>", f'<x3:rpt {HERE}><x3:Subclass>{"0" * 36}</x3:Subclass></x3:rpt>'), ("<x3:rpt/>", f"<x3:rpt {HERE}>{'<x3:Subclass>' + '0' * 36 + '</x3:Subclass>'}{'<x3:Subclass>' + '0' * 36 + '</x3:Subclass>'}</x3:rpt>")),
    "x3 rpt lat": (extension('<x3:RoutePointExtension><x3:rpt lat="@" lon="0"/></x3:RoutePointExtension>'), ("90", "-90"), ("90.1", "-90.1", "")),
    "x3 rpt lon": (extension('<x3:RoutePointExtension><x3:rpt lat="0" lon="@"/></x3:RoutePointExtension>'), ("-180", "179.9"), ("180", "-180.1", "")),
}  # fmt: skip

#: White space around a time is collapsed away by XSD.
LEADING = (f" {TIME}", f"\n  {TIME}", f"\t{TIME}\n")


def value_cases() -> Iterator[Case]:
    """Of each place: the values that are valid there and those that are not."""
    for place, (frame, valid, refused) in VALUES.items():
        for value in valid:
            yield Case(f"{place}: {value!a}", frame.replace("@", value), True)
        for value in refused:
            yield Case(f"{place}: {value!a}", frame.replace("@", value), False)
    for place in ("time form", "Time form", "StartTime"):
        for value in LEADING:
            yield Case(f"{place}: {value!a}", VALUES[place][0].replace("@", value), True)


# Attributes, extension points, keys ----------------------------------------------------------------------------------------

OLD = f"{GARMIN}/TrainingCenterDatabase/v1"
TWO = activity(LAP) + activity(LAP)
APART = activity(LAP) + activity(LAP).replace(TIME, "2024-05-01T10:00:01Z", 1)
SESSION = f"<MultiSportSession><Id>{TIME}</Id><FirstSport>{activity(LAP)}</FirstSport></MultiSportSession>"


def steps(*numbers: int, inner: str = "") -> str:
    return workout("".join(f'<Step xsi:type="Step_t">{STEP.format(n)}</Step>' for n in numbers) + inner)


def repeat(number: int, *children: int) -> str:
    inside = "".join(f'<Child xsi:type="Step_t">{STEP.format(n)}</Child>' for n in children)
    return f'<Step xsi:type="Repeat_t"><StepId>{number}</StepId><Repetitions>2</Repetitions>{inside}</Step>'


VALID: dict[str, str] = {
    "gpx: nothing in it": gpx(""),
    "gpx: empty creator": gpx("", 'version="1.1" creator=""'),
    "gpx: comments and instructions": gpx("<!-- a --><?b c?><trk><!-- d --></trk>"),
    "gpx: prefixed": f'<p:gpx version="1.1" creator="c" xmlns:p="{NAMESPACES["gpx-1.1.xsd"]}"><p:trk/></p:gpx>',
    "gpx: schemaLocation": gpx("", 'version="1.1" creator="c" xsi:schemaLocation="http://www.topografix.com/GPX/1/1 gpx.xsd"'),
    "gpx: unknown extension": extension("<my:power>x<my:y/></my:power>"),
    "gpx: sensors of two kinds": extension("<gd:hr>140</gd:hr><t1:TrackPointExtension><t1:hr>140</t1:hr></t1:TrackPointExtension>"),
    "gpx: extension of an extension's child": extension("<t1:hr>x</t1:hr>"),
    "gpx: unknown around known": extension("<my:a><my:b>1</my:b></my:a>"),
    "gpx: extensions everywhere": gpx(
        f"<metadata><extensions><my:a/></extensions></metadata><wpt {HERE}><extensions><my:a/></extensions></wpt>"
        "<rte><extensions><my:a/></extensions></rte><trk><extensions><my:a/></extensions><trkseg><extensions><my:a/></extensions></trkseg></trk>"
        "<extensions><my:a/></extensions>"
    ),
    "gpx: point without time": point(""),
    "gpx10: foreign elements": gpx0(f"{segment(f'<trkpt {HERE}><my:a/><my:b/></trkpt>')}<my:c/>"),
    "gpx10: empty track": gpx0("<trk><trkseg/></trk>"),
    "tcx: nothing in it": tcx(""),
    "tcx: ids apart": activities(APART),
    "tcx: id of an activity and of a session": activities(activity(LAP) + SESSION),
    "tcx: one name of a course and a workout": tcx(
        f'<Workouts><Workout Sport="Other"><Name>A</Name><Step xsi:type="Step_t">{STEP.format(1)}</Step></Workout></Workouts>'
        "<Courses><Course><Name>A</Name></Course></Courses>"
    ),
    "tcx: points without values": trackpoint(""),
    "tcx: lap without track": lap(""),
    "tcx: several tracks": lap(f"<Track><Trackpoint><Time>{TIME}</Time></Trackpoint></Track>" * 2),
    "tcx: unknown extension": trackpoint("<Extensions><my:a><my:b/></my:a></Extensions>"),
    "tcx: two LX": lap("<Extensions><ax:LX><ax:MaxWatts>9</ax:MaxWatts></ax:LX><ax:LX><ax:AvgSpeed>1</ax:AvgSpeed></ax:LX></Extensions>"),
    "tcx: prefixed type": creator(DEVICE, f' xmlns:q="{GARMIN}/TrainingCenterDatabase/v2" xsi:type="q:Device_t"'),
    "tcx: steps apart": steps(1, 2, inner=repeat(3, 4, 5)),
    "tcx: folders of one name in two sports": folders(
        '<Workouts><Running Name="r"><Folder Name="a"/></Running><Biking Name="b"><Folder Name="a"/></Biking><Other Name="o"/></Workouts>'
    ),
    "tcx: reference to nothing": folders(
        HISTORY.replace('<Running Name="r"/>', f'<Running Name="r"><ActivityRef><Id>{TIME}</Id></ActivityRef></Running>')
    ),
}  # fmt: skip
INVALID: dict[str, str] = {
    "gpx10: no version": gpx0("", 'creator="c"'),
    "gpx: track number as a word": extension('<gd:lap><gd:trackReference trackNumber="one"/></gd:lap>'),
    "root: no namespace": '<gpx version="1.1" creator="c"/>',
    "root: https": '<gpx version="1.1" creator="c" xmlns="https://www.topografix.com/GPX/1/1"/>',
    "root: no namespace tcx": "<TrainingCenterDatabase/>",
    "root: tcx v1": f'<TrainingCenterDatabase xmlns="{OLD}"/>',
    "root: track": f'<trk xmlns="{NAMESPACES["gpx-1.1.xsd"]}"/>',
    "gpx: no version": gpx("", 'creator="c"'),
    "gpx: version of the program": gpx("", 'version="8.0.2-play" creator="c"'),
    "gpx: version 1.0": gpx("", 'version="1.0" creator="c"'),
    "gpx10: version 1.1": gpx0("", 'version="1.1" creator="c"'),
    "gpx: no creator": gpx("", 'version="1.1"'),
    "gpx10: no creator": gpx0("", 'version="1.0"'),
    "gpx: unknown attribute": gpx("", 'version="1.1" creator="c" author="a"'),
    "gpx: attribute of another namespace": gpx("", 'version="1.1" creator="c" my:a="b"'),
    "gpx: no lat": gpx('<wpt lon="1"/>'),
    "gpx: no lon": gpx('<wpt lat="1"/>'),
    "gpx: miscased attribute": gpx('<wpt Lat="1" lon="1"/>'),
    "gpx: empty bounds": gpx("<metadata><bounds/></metadata>"),
    "gpx: link without href": gpx("<metadata><link/></metadata>"),
    "gpx: copyright without author": gpx("<metadata><copyright/></metadata>"),
    "gpx: email without domain": gpx('<metadata><author><email id="a"/></author></metadata>'),
    "gpx: email as text": gpx("<metadata><author><email>a@example.org</email></author></metadata>".replace("@", "&#64;")),
    "gpx: speed of 1.0": point("<speed>5</speed>"),
    "gpx: time outside of metadata": gpx(f"<time>{TIME}</time>"),
    "gpx: trkpt outside of trkseg": gpx(f"<trk><trkpt {HERE}/></trk>"),
    "gpx: foreign child": point("<my:power>1</my:power>"),
    "gpx: sensor outside of extensions": point("<t1:TrackPointExtension><t1:hr>140</t1:hr></t1:TrackPointExtension>"),
    "gpx: namespace reset": gpx('<trk xmlns=""/>'),
    "gpx: miscased": gpx("<trk><trkseg><Trkpt/></trkseg></trk>"),
    "gpx: attribute of extensions": point('<extensions a="b"/>'),
    "gpx: text in extensions": extension("text"),
    "gpx10: metadata": gpx0("<metadata/>"),
    "gpx10: extensions": gpx0(segment(f"<trkpt {HERE}><extensions/></trkpt>")),
    "gpx10: type of a track": gpx0("<trk><type>run</type></trk>"),
    "gpx10: foreign element before a known one": gpx0(segment(f"<trkpt {HERE}><my:a/><sat>1</sat></trkpt>")),
    "gpx10: foreign element of a segment": gpx0(segment("<my:a/>")),
    "gpx10: known foreign element": gpx0(segment(f"<trkpt {HERE}><gd:hr>x</gd:hr></trkpt>")),
    "tcx: empty track": lap("<Track/>"),
    "tcx: no sport": activities(f"<Activity><Id>{TIME}</Id>{LAP}</Activity>"),
    "tcx: lap without start": activities(activity(f"<Lap>{SOME}</Lap>")),
    "tcx: start of a course's lap": course(f'<Lap StartTime="{TIME}">{REQUIRED}<Intensity>Active</Intensity></Lap>'),
    "tcx: track in a course's lap": course(f"<Lap>{REQUIRED}<Intensity>Active</Intensity><Track/></Lap>"),
    "tcx: split": lap(f'<Track><Trackpoint split="yes"><Time>{TIME}</Time></Trackpoint></Track>'),
    "tcx: namespace reset": lap(f'<Track xmlns=""><Trackpoint><Time>{TIME}</Time></Trackpoint></Track>'),
    "tcx: script": tcx("<script/>"),
    "tcx: miscased UnitID": creator(DEVICE.replace("UnitId", "UnitID")),
    "tcx: session before activity": activities(SESSION + activity(LAP)),
    "tcx: same id": activities(TWO),
    "tcx: same id, other form": activities(TWO.replace(TIME, f" {TIME}".strip() + " ", 1)),
    "tcx: same id of sessions": activities(SESSION * 2),
    "tcx: same course": tcx("<Courses>" + "<Course><Name>A</Name></Course>" * 2 + "</Courses>"),
    "tcx: same course but for white space": tcx("<Courses><Course><Name>A</Name></Course><Course><Name> A </Name></Course></Courses>"),
    "tcx: same workout": tcx(f'<Workouts>{str(WHOLE["Workout"][0]) * 2}</Workouts>'),
    "tcx: same step": steps(1, 2, 1),
    "tcx: same step in a repetition": steps(1, inner=repeat(2, 1)),
    "tcx: same folder": folders('<Workouts><Running Name="r"><Folder Name="a"/><Folder Name="a"/></Running><Biking Name="b"/><Other Name="o"/></Workouts>'),
    "tcx: folder without name": folders("<Courses><CourseFolder/></Courses>"),
    "tcx: training without partner": activities(activity(LAP + "<Training/>")),
    "tcx: plan without interval": activities(activity(LAP + '<Training VirtualPartner="1"><Plan Type="Course"/></Training>')),
    "tcx: plan with a word for interval": activities(activity(LAP + '<Training VirtualPartner="1"><Plan Type="Course" IntervalWorkout="no"/></Training>')),
    "tcx: workout without sport": tcx(f'<Workouts><Workout><Name>W</Name><Step xsi:type="Step_t">{STEP.format(1)}</Step></Workout></Workouts>'),
    "tcx: history folder without name": folders(HISTORY.replace(' Name="r"', "")),
    "tcx: multisport folder without name": folders(HISTORY.replace(' Name="m"', "")),
    "tcx: week without day": folders(HISTORY.replace('<Running Name="r"/>', '<Running Name="r"><Week/></Running>')),
    "tcx: workout folder without name": folders('<Workouts><Running/><Biking Name="b"/><Other Name="o"/></Workouts>'),
    "tcx: folder in a folder without name": folders('<Courses><CourseFolder Name="c"><Folder/></CourseFolder></Courses>'),
    "tcx: plan without type": activities(activity(LAP + '<Training VirtualPartner="1"><Plan IntervalWorkout="1"/></Training>')),
    "tcx: text in Extensions": trackpoint("<Extensions>text</Extensions>"),
    "tcx: own element in Extensions": trackpoint("<Extensions><Watts>9</Watts></Extensions>"),
    "tcx: own element in Extensions of a lap": lap("<Extensions><LX/></Extensions>"),
    "tcx: element of no namespace in Extensions": trackpoint('<Extensions><a xmlns=""/></Extensions>'),
    "tcx: own element in Extensions of the file": tcx("<Extensions><Activities/></Extensions>"),
    "tcx: known extension, unknown child": trackpoint("<Extensions><ax:TPX><ax:Power>9</ax:Power></ax:TPX></Extensions>"),
    "tcx: known extension deep in an unknown one": trackpoint("<Extensions><my:a><ax:TPX><ax:Watts>x</ax:Watts></ax:TPX></my:a></Extensions>"),
}  # fmt: skip
#: What our schemas let pass and the formats' own do not; a rule tells of it, and ``schema_valid`` counts it.
WIDER: dict[str, str] = {
    "gpx: general tag": extension("<power>250</power>"),
    "gpx: general tag in no namespace": extension('<power xmlns="">250</power>'),
}


#: Attributes of an element that stands at @, the optional ones with a question mark.
ATTRIBUTES: dict[str, tuple[str, str]] = {
    "gpx10 bounds": (gpx0(), '<bounds minlat="1" minlon="2" maxlat="3" maxlon="4"/>'),
    "bounds": (gpx("<metadata>@</metadata>"), '<bounds minlat="1" minlon="2" maxlat="3" maxlon="4"/>'),
    "gpx10 wpt": (gpx0(), '<wpt lat="1" lon="2"/>'),
    "gpx10 trkpt": (gpx0(segment()), '<trkpt lat="1" lon="2"/>'),
    "trkpt": (gpx(segment()), '<trkpt lat="1" lon="2"/>'),
    "email": (gpx("<metadata><author>@</author></metadata>"), '<email id="a" domain="b"/>'),
    "gd startPoint": (extension("<gd:lap>@</gd:lap>"), '<gd:startPoint lat="1" lon="2"/>'),
    "gd summary": (extension("<gd:lap>@</gd:lap>"), '<gd:summary name="n" kind="min">1</gd:summary>'),
    "gd trackReference": (
        extension("<gd:lap>@</gd:lap>"),
        '<gd:trackReference trackNumber?="1" trackName?="n"/>',
    ),
    "x3 rpt": (
        extension("<x3:RoutePointExtension>@</x3:RoutePointExtension>"),
        '<x3:rpt lat="1" lon="2"/>',
    ),
    "x3 PhoneNumber": (
        extension("<x3:WaypointExtension>@</x3:WaypointExtension>"),
        '<x3:PhoneNumber Category?="Home">110</x3:PhoneNumber>',
    ),
}


def attribute_cases() -> Iterator[Case]:
    """Of each element: all attributes, each left out, and one that is not known."""
    for name, (frame, element) in ATTRIBUTES.items():
        whole = element.replace("?=", "=")
        yield Case(f"{name}: all attributes", frame.replace("@", whole), True)
        unknown = re.sub(r"(/?>)", r' stranger="1"\1', whole, count=1)
        yield Case(f"{name}: unknown attribute", frame.replace("@", unknown), False)
        for attribute, optional in re.findall(r'(\w+)(\??)="', element):
            without = re.sub(rf' {attribute}="\w+"', "", whole)
            yield Case(f"{name}: no attribute {attribute}", frame.replace("@", without), bool(optional))


def other_cases() -> Iterator[Case]:
    """Of each format: what is valid, what is not, and what only we let pass."""
    for name, document in VALID.items():
        yield Case(name, document, True)
    for name, document in INVALID.items():
        yield Case(name, document, False)
    for name, document in WIDER.items():
        yield Case(name, document, True)


CASES = sorted(
    [*shape_cases(), *value_cases(), *attribute_cases(), *other_cases()], key=lambda case: case.name.partition(": ")[0]
)
