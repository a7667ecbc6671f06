"""Rules about the container and the kind of content: what is there at all, before any format is read."""

from __future__ import annotations

from ...config import Limits
from ...findings import Severity, Where
from ...source import Source
from ..basis import GZIP, PRACTICE, STRAVA_UPLOADS
from ..registry import Found, Hit, from_faults, rule

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@rule(
    "DOC001",
    "empty-file",
    ERROR,
    on=Source,
    basis=STRAVA_UPLOADS,
    says="the file holds no data: {content}",
    hint="record or export the activity again; the data was lost before it reached this file",
    formats=("unknown",),
)
def empty_file(source: Source, _limits: Limits) -> Found:
    """The file has no bytes, or only white space and NUL bytes.

    Files of this kind come from a device that lost power before it wrote, or from a failed download. Strava answers
    "The file is empty".
    """
    if source.looks_like == "empty" and not any(f.kind.startswith(("gzip", "zip")) for f in source.faults):
        size = len(source.data)
        content = "0 bytes" if not size else f"{size} bytes of white space and NUL"
        yield Hit(Where(offset=0, size=size), {"bytes": size, "content": content})


@rule(
    "DOC002",
    "not-an-activity-file",
    ERROR,
    on=Source,
    basis=STRAVA_UPLOADS,
    says="the content is {found}; FIT, TCX or GPX is expected",
    hint="export the activity as FIT, TCX or GPX from the program that made it",
    formats=("unknown",),
)
def not_an_activity_file(source: Source, _limits: Limits) -> Found:
    """The content is neither FIT nor an XML document whose root is gpx or TrainingCenterDatabase.

    The format is told from the content alone. Strava answers "Unrecognized file type" to a KML, CSV or JSON file,
    whatever its name is.
    """
    if source.format == "unknown" and source.looks_like not in ("empty", "html"):
        kind, _, root = source.looks_like.partition(":")
        found = {
            "xml": f"XML with the root element {root}",
            "text": "plain text",
            "binary": "binary data of no known kind",
        }
        start = source.data[:16]
        yield Hit(
            Where(offset=0, size=len(source.data)),
            {"found": found.get(kind, kind.upper()), "looks_like": source.looks_like, "first_bytes": start.hex(" ")},
        )


@rule(
    "DOC012",
    "html-page",
    ERROR,
    on=Source,
    basis=STRAVA_UPLOADS,
    says="the content is a web page (HTML), not an activity",
    hint="download the file again while signed in; the site sent its login or error page instead",
    formats=("unknown",),
)
def html_page(source: Source, _limits: Limits) -> Found:
    """A web page was saved under the name of an activity file.

    This happens when a download link is opened without being signed in: the site answers with its login page.
    """
    if source.looks_like == "html":
        yield Hit(Where(offset=0, size=len(source.data)), {"bytes": len(source.data)})


@rule(
    "UPL001",
    "name-differs-from-content",
    ERROR,
    on=Source,
    basis=STRAVA_UPLOADS,
    says="the name promises {promised}, the content is {found}",
    hint='rename the file so that it ends in ".{found}", or let "tracklint prepare" do it',
)
def name_differs_from_content(source: Source, _limits: Limits) -> Found:
    """The suffix of the name names another format, or another compression, than the content has.

    Strava wants a data_type that matches the bytes, with .gz exactly when they are gzipped, and programs take the
    data_type from the name. A mismatch is answered with "Unrecognized file type" (tapiriik#252) or with gzip "invalid
    encoding".
    """
    if source.claims is None or source.format == "unknown" or source.container == "zip":
        return
    promised = source.claims + (".gz" if source.claims_gzip else "")
    found = source.format + (".gz" if source.container == "gzip" else "")
    if promised != found:
        yield Hit(Where(), {"promised": promised, "found": found})


@rule(
    "UPL002",
    "gzip-damaged",
    ERROR,
    on=Source,
    basis=GZIP,
    says="the gzip data {problem}; {kept} bytes could be unpacked",
    hint="copy or download the file again; the compressed data is not whole",
    formats=("fit", "tcx", "gpx", "unknown"),
)
def gzip_damaged(source: Source, _limits: Limits) -> Found:
    """The compressed stream ends early, or its bytes or checksum are wrong.

    Strava refuses it with gzip "invalid encoding". A common cause is a program that sends the stream before it closed
    it (stravacli#6). What could be unpacked is still checked. A stream may consist of several members, one behind the
    other; no activity has more than 10,000 of them, and no more are read.
    """
    for hit in from_faults(source.faults, "gzip-damaged", "gzip-truncated", "gzip-members-many"):
        if "members" in hit.evidence:
            problem = f"has more than {hit.evidence['members']} members, and reading stops there"
        elif "packed" in hit.evidence:
            problem = f"ends early, after {hit.evidence['packed']} bytes"
        else:
            problem = f"has a fault: {hit.evidence['reason']}"
        yield Hit(Where(), {**hit.evidence, "problem": problem})


@rule(
    "UPL003",
    "gzip-trailing-bytes",
    WARNING,
    on=Source,
    basis=GZIP,
    says="{bytes} bytes that are no gzip data follow the gzip data, at byte {at} of the compressed file",
    hint='compress the file again, or let "tracklint prepare" do it',
)
def gzip_trailing_bytes(source: Source, _limits: Limits) -> Found:
    """Bytes follow the end of the compressed stream. Some readers ignore them, others refuse the file."""
    for fault in source.faults:
        if fault.kind == "gzip-trailing":
            yield Hit(Where(), {"bytes": fault.size, "at": fault.offset})


@rule(
    "UPL004",
    "inflates-too-far",
    ERROR,
    on=Source,
    basis=PRACTICE,
    says="{packed} compressed bytes inflate to more than {limit} bytes; reading stops there",
    hint="no activity is that large; look at where this file comes from",
    formats=("fit", "tcx", "gpx", "unknown"),
)
def inflates_too_far(source: Source, _limits: Limits) -> Found:
    """The compressed file inflates beyond the limit, as a decompression bomb does.

    The limit (``max-inflated-bytes``) is far above a week of recording at one point a second.
    """
    for hit in from_faults(source.faults, "inflates-too-far"):
        yield Hit(Where(), hit.evidence)


@rule(
    "UPL005",
    "zip-archive",
    ERROR,
    on=Source,
    basis=STRAVA_UPLOADS,
    says="the file is a zip archive{holds}; Strava takes the files inside, not the archive",
    hint='unpack the archive, or let "tracklint prepare" take the activity out of it',
    formats=("fit", "tcx", "gpx", "unknown"),
)
def zip_archive(source: Source, _limits: Limits) -> Found:
    """The activity is packed in a zip archive, as bulk exports are.

    Strava accepts gzip but no zip. An archive with one activity is read through; one with several is read file by file
    when it is given by path.
    """
    if source.container == "zip":
        fault = next((f for f in source.faults if f.kind in ("zip-many", "zip-damaged")), None)
        evidence = dict(fault.evidence) if fault else {"files": 1}
        if fault and fault.kind == "zip-damaged":
            holds = f" that cannot be unpacked ({evidence['reason']})"
        else:
            holds = "" if evidence["files"] == 1 else f" of {evidence['files']} files"
        yield Hit(Where(), {**evidence, "holds": holds})


@rule(
    "UPL006",
    "too-large",
    WARNING,
    on=Source,
    basis=PRACTICE,
    says="the file is {packed} bytes; uploads above {limit} bytes are reported to fail",
    hint="compress it with gzip, or split the activity",
)
def too_large(source: Source, limits: Limits) -> Found:
    """The file, as it is, is larger than the size that Strava's web upload is reported to take (25 MB).

    Strava's documents name no limit; the figure comes from users. Gzip makes TCX and GPX about ten times smaller.
    """
    if source.packed > limits.max_upload_bytes and source.format != "unknown":
        yield Hit(Where(), {"packed": source.packed, "limit": int(limits.max_upload_bytes)})
