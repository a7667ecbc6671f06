"""Rules about the container of a FIT file: headers, sizes and checksums."""

from __future__ import annotations

from dataclasses import replace

from ...config import Limits
from ...findings import Severity
from ...fit import FitDocument
from ..basis import FIT_PROTOCOL
from ..registry import Found, Hit, from_faults, rule

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

_CHECKSUMS = {
    "differs": "bytes have changed, or it was computed wrongly",
    "zero": "it was never written",
    "data-only": "it was computed without the header",
    "byte-swapped": "its two bytes are swapped",
    "declared-range": "it was computed up to the wrong data size",
}


def _cut(hit: Hit) -> str:
    """What is missing at the end, as a sentence."""
    seen, where = hit.evidence, hit.where
    declared = f"the header declares {seen['declared']} bytes of messages, {seen['found']} are whole"
    if where.message_name is None:
        return f"the file ends before a message is complete; {declared}"
    part = f", field {where.field}" if where.field else ""
    missing = seen["missing"]
    unit = "byte" if missing == 1 else "bytes"
    return f"the file ends {missing} {unit} before the end of its last message ({where.message_name}{part}); {declared}"


@rule(
    "FIT001",
    "not-fit",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the file does not start with a FIT header: bytes 8 to 11 are {found}, expected 2e 46 49 54 (.FIT)",
    hint="export or copy the file again from the device",
    fix="safe",
    needs=("faults",),
)
def not_fit(document: FitDocument, _limits: Limits) -> Found:
    """The twelve bytes at the start are no FIT header.

    Every reader looks for ``.FIT`` at byte 8 first and refuses the file without it. The bytes after it may be whole.
    """
    for hit in from_faults(document.faults, "not-fit"):
        yield replace(hit, fix=None if hit.evidence["looks"] == "damaged" else "")


@rule(
    "FIT002",
    "header-size",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the header says it is {found} bytes long; 12 and 14 are the sizes that exist, and the messages "
    "start after {used}",
    hint="write a header of 14 bytes, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def header_size(document: FitDocument, _limits: Limits) -> Found:
    """The first byte of the header, its own size, is neither 12 nor 14.

    The protocol keeps larger sizes for the future. Of six readers that were tried, three stop at such a header and
    three skip it.
    """
    yield from from_faults(document.faults, "header-size")


@rule(
    "FIT004",
    "header-crc",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the checksum of the header is {found}, its bytes give {expected}",
    hint="write the checksum of header bytes 0 to 11, or 0, into bytes 12 and 13, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def header_crc(document: FitDocument, _limits: Limits) -> Found:
    """The header's own checksum is set but does not match.

    Strict readers refuse the whole file for it (fitparse, fitdecode in its strict mode, GPSBabel); a checksum of 0
    would be read everywhere. fit4ruby#5 wrote the checksum of the data there.
    """
    yield from from_faults(document.faults, "header-crc")


@rule(
    "FIT005",
    "header-crc-zero",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the header carries no checksum (0); the protocol permits that",
    hint="write the checksum of header bytes 0 to 11 into bytes 12 and 13",
    needs=("faults",),
)
def header_crc_zero(document: FitDocument, _limits: Limits) -> Found:
    """The header's checksum is 0, which the protocol permits and some readers take for damage.

    Devices write it so while the file grows and forget to fill it in (Forerunner 610, fit4ruby PR 19).
    """
    yield from from_faults(document.faults, "header-crc-zero")


@rule(
    "FIT006",
    "file-crc",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the checksum at the end is {found}, the bytes give {expected} ({how})",
    hint="copy the file from the device again, or run `tracklint fix`; if it is the same there, its writer is at fault",
    fix="safe",
    needs=("faults",),
)
def file_crc(document: FitDocument, _limits: Limits) -> Found:
    """The checksum after the messages does not match them.

    Either bytes changed after the file was written, or the program that wrote it computes the checksum wrongly: over
    the messages without the header, with its two bytes swapped, or not at all (0). Strict readers refuse the file,
    among them GPSBabel.
    """
    gaps = {f.evidence.get("segment", 0) for f in document.faults if f.kind in ("unreadable-span", "truncated")}
    for hit in from_faults(document.faults, "file-crc"):
        waits = (hit.where.segment or 0) in gaps  # a right checksum over unreadable bytes would say that they are whole
        how = _CHECKSUMS[hit.evidence["reason"]]
        yield Hit(hit.where, {**hit.evidence, "how": how}, fix="unsafe" if waits else None)


@rule(
    "FIT007",
    "file-crc-missing",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the file ends with its last message: the two bytes of checksum are missing, expected {expected}",
    hint="close the file properly on the device, or copy it again, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def file_crc_missing(document: FitDocument, _limits: Limits) -> Found:
    """The messages are whole but no checksum follows them.

    A device that loses power before it closes the file leaves it so (fitdecode#27). Readers that reach the end of the
    messages ask for two bytes more and give up.
    """
    yield from from_faults(document.faults, "file-crc-missing")


@rule(
    "FIT008",
    "size-zero",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the header declares 0 bytes of messages, {found} bytes follow",
    hint="write {found} into bytes 4 to 7 of the header, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def size_zero(document: FitDocument, _limits: Limits) -> Found:
    """The data size in the header is 0 although messages follow: the recording was never closed.

    Devices write a header with zeros first and fill it in when the ride is saved (Edge 1000, fitdecode#27). Readers
    see an empty file.
    """
    yield from from_faults(document.faults, "size-zero")


@rule(
    "FIT009",
    "size-too-big",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the header declares {declared} bytes of messages, {found} are there",
    hint="write {found} into bytes 4 to 7 of the header, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def size_too_big(document: FitDocument, _limits: Limits) -> Found:
    """The data size in the header is larger than the messages.

    An excess of 14 or 16 means that the header, or header and checksum, were counted too; RideWithGPS has been 11 too
    big (FitDataProtocol#14). Most readers stop with an error at the end of the file; GPSBabel reads nothing.
    """
    yield from from_faults(document.faults, "size-too-big")


@rule(
    "FIT010",
    "size-cuts-message",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the header declares {declared} bytes of messages, which ends inside a message; {found} are there",
    hint="write {found} into bytes 4 to 7 of the header, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def size_cuts_message(document: FitDocument, _limits: Limits) -> Found:
    """The data size in the header ends inside a message, so readers take the message's rest for the checksum.

    fitdecode stops with an assertion, fitparse drops the message without a word.
    """
    yield from from_faults(document.faults, "size-cuts-message")


@rule(
    "FIT011",
    "truncated",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{what}",
    hint="copy the file from the device again, or run `tracklint fix --unsafe` to keep the whole messages",
    fix="unsafe",
    needs=("faults",),
)
def truncated(document: FitDocument, _limits: Limits) -> Found:
    """The file ends inside a message, or before its first one.

    The copy was broken off or the device lost power. All whole messages before the cut are readable, but the
    summaries at the end are lost.
    """
    for hit in from_faults(document.faults, "truncated"):
        yield Hit(hit.where, {**hit.evidence, "what": _cut(hit)})


@rule(
    "FIT012",
    "trailing-bytes",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{bytes} bytes ({looks}) stand after the end of the messages and their checksum",
    hint="delete everything from byte {offset} on, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def trailing_bytes(document: FitDocument, _limits: Limits) -> Found:
    """Bytes that belong to no segment follow the checksum, or stand between two segments.

    Some devices pad their files (Forerunner 255, ActivityLog2#96). Readers that expect another header there refuse
    the file.
    """
    yield from from_faults(document.faults, "trailing-bytes")


@rule(
    "FIT014",
    "later-segment-bad",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="a further segment of {bytes} bytes starts here with {found} in place of 2e 46 49 54 (.FIT): it "
    "cannot be read",
    hint="copy the file from the device again, or run `tracklint fix --unsafe`",
    fix="unsafe",
    needs=("faults",),
)
def later_segment_bad(document: FitDocument, _limits: Limits) -> Found:
    """After the first segment comes another whose header is damaged, so its messages are lost."""
    yield from from_faults(document.faults, "later-segment-bad")


@rule(
    "FIT015",
    "protocol-version",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the header states protocol version {found}; 1.0 and 2.0 are the versions that exist",
    hint="write 0x10 or 0x20 into byte 1 of the header, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def protocol_version(document: FitDocument, _limits: Limits) -> Found:
    """The protocol version is one that does not exist.

    A major version above 2 promises content that no reader knows, and strict ones refuse it (tormoder/fit, GPSBabel).
    Version 0 is read everywhere and is only worth knowing.
    """
    for hit in from_faults(document.faults, "protocol-version"):
        yield Hit(hit.where, hit.evidence, INFO if hit.evidence["major"] == 0 else None)


@rule(
    "FIT016",
    "preamble",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{bytes} bytes stand before the header, the first are {starts}",
    hint="delete the first {bytes} bytes, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def preamble(document: FitDocument, _limits: Limits) -> Found:
    """The FIT header does not stand at the start of the file.

    Every reader looks for it at byte 0 and refuses the file. A transfer has put bytes of its own in front.
    """
    yield from from_faults(document.faults, "preamble")


@rule(
    "FIT019",
    "empty-segment",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the segment has a header and no messages",
    hint="export the activity again, or run `tracklint fix --unsafe`",
    fix="unsafe",
    for_spec=ERROR,
    needs=("faults",),
)
def empty_segment(document: FitDocument, _limits: Limits) -> Found:
    """A header with data size 0 is followed by nothing but a checksum, or by nothing at all.

    Nothing is lost, and no report is known of Strava refusing a file for it. A file that is nothing else has no points,
    which a rule of its own tells.
    """
    yield from from_faults(document.faults, "empty-segment")


@rule(
    "FIT021",
    "size-too-small",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the header declares {declared} bytes of messages, {found} follow",
    hint="write {found} into bytes 4 to 7 of the header, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def size_too_small(document: FitDocument, _limits: Limits) -> Found:
    """The data size in the header ends between two messages, and more messages follow.

    Readers stop at the declared end, take what follows for a checksum, and lose the rest of the ride without a word.
    """
    yield from from_faults(document.faults, "size-too-small")
