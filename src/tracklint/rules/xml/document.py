"""Rules about the XML document itself: what stops a parser, and what the root says of the format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...findings import Severity
from ...xml import XmlDocument
from ..basis import GPX_1_1, PRACTICE, STRAVA_UPLOADS, XML_1_0, XML_NAMESPACES
from ..registry import Found, Hit, from_faults, rule

if TYPE_CHECKING:
    from ...config import Limits

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@rule(
    "DOC003",
    "bytes-before-declaration",
    ERROR,
    on=XmlDocument,
    basis=XML_1_0,
    says='{size} bytes ("{found}") stand before the XML declaration; it must be the first thing in the file',
    hint="delete everything before <?xml, or run `tracklint fix`",
    fix="safe",
)
def bytes_before_declaration(document: XmlDocument, _limits: Limits) -> Found:
    """White space or other bytes stand before ``<?xml``.

    Strava's own bulk export writes about ten spaces there, and every strict parser stops at them (GPSBabel#371,
    GoldenCheetah#3149, sweatpy#99). A byte-order mark is not meant: it may stand there.
    """
    yield from from_faults(document.faults, "bytes-before-declaration")


@rule(
    "DOC004",
    "byte-order-mark",
    INFO,
    on=XmlDocument,
    basis=XML_1_0,
    says="the file starts with the UTF-8 byte-order mark EF BB BF; UTF-8 needs none",
    hint="save the file as UTF-8 without byte-order mark",
    fix="safe",
)
def byte_order_mark(document: XmlDocument, _limits: Limits) -> Found:
    """The file starts with a UTF-8 byte-order mark.

    XML permits it. Programs that read the file as text and pass it on meet a character before the declaration
    (gpxpy#193, togeojson).
    """
    yield from from_faults(document.faults, "byte-order-mark")


@rule(
    "DOC005",
    "encoding",
    WARNING,
    on=XmlDocument,
    basis=XML_1_0,
    says="the bytes are {found}, the XML declaration says {declared}; activity files are UTF-8",
    hint='save the file as UTF-8 with encoding="UTF-8" in the declaration, or run `tracklint fix`',
    fix="safe",
)
def encoding(document: XmlDocument, _limits: Limits) -> Found:
    """The declared encoding is not the one of the bytes, is unknown, or the file is in UTF-16 or UTF-32.

    Parsers differ in which of the two they believe (dawarich#3161: UTF-8 declared as UTF-16), and many readers of
    activity files take nothing but UTF-8 (gpxpy).
    """
    for hit in from_faults(document.faults, "encoding"):
        yield Hit(hit.where, {**hit.evidence, "declared": hit.evidence["declared"] or "nothing"})


@rule(
    "DOC006",
    "bytes-not-in-encoding",
    ERROR,
    on=XmlDocument,
    basis=XML_1_0,
    says="line {line} column {column}: byte {bytes} is no character in {encoding}; the file has {count} such places",
    hint="save the file again as UTF-8, or run `tracklint fix --unsafe`, which takes such bytes for Windows-1252",
    fix="unsafe",
)
def bytes_not_in_encoding(document: XmlDocument, _limits: Limits) -> Found:
    """Some bytes are no characters in the file's encoding, so that a parser stops there.

    Mostly a program wrote a name in the encoding of its computer and declared UTF-8.
    """
    yield from from_faults(document.faults, "bytes-not-in-encoding")


@rule(
    "DOC007",
    "illegal-character",
    ERROR,
    on=XmlDocument,
    basis=XML_1_0,
    says="line {line} column {column}: {character}, which XML does not permit; {count} in the file{end}",
    hint="delete these characters, or run `tracklint fix`",
    fix="safe",
)
def illegal_character(document: XmlDocument, _limits: Limits) -> Found:
    """The file holds a character that XML forbids: a control character, NUL, U+FFFE or half a surrogate pair.

    A parser stops there. A row of NUL at the end is what a device leaves when its power fails while it writes (HPI
    PR#356); the rest of the file is then often cut too.
    """
    for hit in from_faults(document.faults, "illegal-character"):
        yield Hit(hit.where, {**hit.evidence, "end": ", all at its end" if hit.evidence["tail"] else ""})


@rule(
    "DOC008",
    "bare-ampersand",
    ERROR,
    on=XmlDocument,
    basis=XML_1_0,
    says='line {line} column {column}: "{found}" has a "{entity}" that is no reference of XML; {count} in the file',
    hint="write &amp; for an ampersand and other characters as they are, or run `tracklint fix`",
    fix="safe",
)
def bare_ampersand(document: XmlDocument, _limits: Limits) -> Found:
    """An ampersand stands as it is, or starts a name that XML does not know, such as ``&nbsp;``.

    XML knows five names: amp, lt, gt, quot and apos. A parser stops at anything else (OsmAnd#6809, gpxpy#283).
    """
    yield from from_faults(document.faults, "bare-ampersand")


@rule(
    "DOC009",
    "truncated",
    ERROR,
    on=XmlDocument,
    basis=XML_1_0,
    says="the file ends after {bytes} bytes inside {inside}; the end tags {missing} are missing{dropped_point}",
    hint="copy the file again from the device; if it is the same there, run `tracklint fix --unsafe` to close it",
    fix="unsafe",
)
def truncated(document: XmlDocument, _limits: Limits) -> Found:
    """The file ends before its elements are closed.

    The recording program was stopped before it wrote the end (GPSLogger#118), or the copy broke off. A point that is
    open at the end is not read, because its last number may be cut in two.
    """
    for hit in from_faults(document.faults, "truncated"):
        missing, dropped = hit.evidence["missing"] or ">", hit.evidence["dropped"]
        point = f"; the last {dropped} is not read" if dropped else ""
        yield Hit(hit.where, {**hit.evidence, "missing": missing, "dropped_point": point})


@rule(
    "DOC010",
    "undeclared-prefix",
    ERROR,
    on=XmlDocument,
    basis=XML_NAMESPACES,
    says="line {line}: the prefix {prefix} of {element} is not declared (uses of it: {count})",
    hint="declare the prefix: {action}",
    fix="safe",
)
def undeclared_prefix(document: XmlDocument, _limits: Limits) -> Found:
    """A prefix is used without an ``xmlns`` declaration, so that nobody knows what its elements mean.

    Most parsers stop; the others lose heart rate and power (jpx#121, apple-activity-tracker-type#55).
    """
    for hit in from_faults(document.faults, "undeclared-prefix"):
        prefix, usual = hit.evidence["prefix"], hit.evidence["usual"]
        action = (
            f'add xmlns:{prefix}="{usual}" to the root'
            if usual
            else f"add xmlns:{prefix} with its namespace to the root, or remove these elements"
        )
        yield Hit(hit.where, {**hit.evidence, "action": action}, fix=None if usual else "unsafe")


@rule(
    "DOC011",
    "content-after-root",
    ERROR,
    on=XmlDocument,
    basis=XML_1_0,
    says='line {line}: the root element is closed, and "{found}" follows; a document has one root',
    hint="split the file, as `tracklint fix --split` does: each recording needs a file of its own",
    fix="safe",
)
def content_after_root(document: XmlDocument, _limits: Limits) -> Found:
    """Something follows the end of the root: mostly a second file was appended to the first.

    A parser stops there, and readers that go on see the first part only.
    """
    for hit in from_faults(document.faults, "content-after-root"):
        yield Hit(hit.where, hit.evidence, fix="" if hit.evidence["element"] else None)


@rule(
    "DOC013",
    "document-type",
    ERROR,
    on=XmlDocument,
    basis=XML_1_0,
    says="line {line}: the file has a document type declaration with {entities} entities, which are not expanded",
    hint="delete the declaration from <!DOCTYPE to its >, or run `tracklint fix --unsafe`",
    fix="unsafe",
)
def document_type(document: XmlDocument, _limits: Limits) -> Found:
    """The file has a ``<!DOCTYPE``, which neither format knows.

    Entities can make a small file huge or read files of the server, so safe readers refuse them. A declaration
    without entities is a warning. It can be dropped where no entity that it declares is used.
    """
    for hit in from_faults(document.faults, "dtd"):
        severity = None if hit.evidence["entities"] else WARNING
        yield Hit(hit.where, hit.evidence, severity, fix="" if hit.evidence["used"] else None)


@rule(
    "DOC014",
    "parser-limit",
    WARNING,
    on=XmlDocument,
    basis=PRACTICE,
    says="line {line}: {found} {what}; common parsers stop at {limit}",
    hint="look at what the recording program writes there",
)
def parser_limit(document: XmlDocument, _limits: Limits) -> Found:
    """Elements are nested deeper, or one text or tag is longer, than libxml2 reads: 256 levels, 10 000 000 bytes.

    Readers that use it stop there. No report is known of Strava refusing a file for it, and nothing is lost here.
    """
    yield from from_faults(document.faults, "parser-limit")


@rule(
    "DOC016",
    "no-declaration",
    INFO,
    on=XmlDocument,
    basis=XML_1_0,
    says="the file does not start with an XML declaration",
    hint='put <?xml version="1.0" encoding="UTF-8"?> into the first line',
    fix="safe",
)
def no_declaration(document: XmlDocument, _limits: Limits) -> Found:
    """The XML declaration is missing.

    XML 1.0 permits that. One report says that Strava refused such a file (TcxDataProtocol#2), another that Garmin
    Connect did (wanderer#93).
    """
    yield from from_faults(document.faults, "no-declaration")


@rule(
    "DOC017",
    "not-well-formed",
    ERROR,
    on=XmlDocument,
    basis=XML_1_0,
    says='line {line} column {column}: {reason}; found "{found}"{wanted}',
    hint="compare the tags around this line; each start tag needs its end tag, each attribute its quotes",
)
def not_well_formed(document: XmlDocument, _limits: Limits) -> Found:
    """The file breaks another rule of XML: tags that do not match, an attribute without quotes or twice, a raw ``<``.

    A parser stops there, and so does Strava.
    """
    for hit in from_faults(document.faults, "not-well-formed"):
        expected = hit.evidence["expected"]
        yield Hit(hit.where, {**hit.evidence, "wanted": f", expected {expected}" if expected else ""})


@rule(
    "SCH001",
    "wrong-root",
    ERROR,
    on=XmlDocument,
    basis=STRAVA_UPLOADS,
    says="the root element is {element}; expected gpx or TrainingCenterDatabase, in these letters",
    hint="export the activity as GPX or TCX",
    schema=True,
)
def wrong_root(document: XmlDocument, _limits: Limits) -> Found:
    """The root element is neither ``gpx`` nor ``TrainingCenterDatabase``. XML tells upper case from lower case."""
    yield from from_faults(document.faults, "wrong-root")


@rule(
    "SCH002",
    "no-namespace",
    WARNING,
    on=XmlDocument,
    basis=GPX_1_1,
    says="the root element {element} is in no namespace; expected {expected}",
    hint='add xmlns="{expected}" to the root',
    fix="safe",
    schema=True,
)
def no_namespace(document: XmlDocument, _limits: Limits) -> Found:
    """The root declares no namespace.

    Garmin refuses such files (Gadgetbridge PR#1456), TCX readers find no points in them (tcxreader, tcxparser),
    others take them.
    """
    yield from from_faults(document.faults, "no-namespace")


@rule(
    "SCH003",
    "other-namespace",
    WARNING,
    on=XmlDocument,
    basis=GPX_1_1,
    says="the root element is in the namespace {found}; expected {expected}, letter by letter",
    hint="write the namespace as {expected}",
    fix="safe",
    schema=True,
)
def other_namespace(document: XmlDocument, _limits: Limits) -> Found:
    """The root's namespace is not that of the format.

    Often it is https for http, a slash at the end, another case, or the address of the schema file.
    A namespace is a name and not an address; readers that compare it find nothing in the file.
    """
    yield from from_faults(document.faults, "other-namespace")


@rule(
    "SCH004",
    "tcx-version-1",
    ERROR,
    on=XmlDocument,
    basis=STRAVA_UPLOADS,
    says="the file is TCX version 1 ({found}); Strava reads version 2",
    hint="export the activity as TCX version 2, or as FIT or GPX",
    formats=("tcx",),
    schema=True,
)
def tcx_version_1(document: XmlDocument, _limits: Limits) -> Found:
    """The root is in the namespace of Training Center Database version 1.

    Version 1 keeps activities in History/Running and so on. Strava's document names version 2 only.
    """
    yield from from_faults(document.faults, "tcx-v1")


@rule(
    "SCH005",
    "gpx-version",
    WARNING,
    on=XmlDocument,
    basis=GPX_1_1,
    says="gpx/@version is {shown}; expected {expected}",
    hint='write version="{expected}" into the root, and the version of the program into its creator',
    formats=("gpx",),
    fix="safe",
    schema=True,
)
def gpx_version(document: XmlDocument, _limits: Limits) -> Found:
    """The attribute ``version`` is missing or is not the version of the namespace; mostly it is that of the program.

    gpxpy takes such a file for GPX 1.0 and drops heart rate, cadence and power (gpxgo#20, jpx#179).
    """
    for hit in from_faults(document.faults, "gpx-version"):
        found = hit.evidence["found"]
        yield Hit(hit.where, {**hit.evidence, "shown": "missing" if found is None else f'"{found}"'})


@rule(
    "SCH006",
    "gpx-1.0",
    INFO,
    on=XmlDocument,
    basis=STRAVA_UPLOADS,
    says="the file is GPX 1.0; Strava follows version 1.1",
    hint="export as GPX 1.1 where the program can",
    formats=("gpx",),
    fix="unsafe",
)
def gpx_1_0(document: XmlDocument, _limits: Limits) -> Found:
    """The root is in the namespace of GPX 1.0.

    It has no place for sport and sensors; positions, times and elevations are the same.
    """
    yield from from_faults(document.faults, "gpx-1.0")
