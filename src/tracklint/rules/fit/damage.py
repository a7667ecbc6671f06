"""Rules about bytes among the messages of a FIT file that cannot be read as they stand."""

from __future__ import annotations

from ...config import Limits
from ...findings import Severity
from ...fit import FitDocument
from ..basis import FIT_PROTOCOL
from ..registry import Found, Hit, from_faults, rule

ERROR = Severity.ERROR

_CAUSES = {
    "undefined-local": "a message of a local type that is not defined",
    "definition": "a definition that cannot be one",
    "cut definition": "a definition that does not end",
    "overrun": "a message that does not end",
    "dead": "bytes that are all the same",
    "compressed": "message headers that are used nowhere else",
    "binding": "messages whose definition is lost",
    "page": "a message whose halves belong to different moments",
    "timeless": "messages without the time that others of their kind have",
    "time": "timestamps that do not follow one another",
    "reserved-bits": "a message header that cannot be one",
}


@rule(
    "FIT018",
    "unreadable-span",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{bytes} bytes cannot be read, about {messages} {plural} lost ({why}); {after}",
    hint="copy the file from the device again, or run `tracklint fix --unsafe` to drop these bytes",
    fix="unsafe",
    needs=("faults",),
)
def unreadable_span(document: FitDocument, _limits: Limits) -> Found:
    """Somewhere in the file the bytes stop making sense; tracklint goes on where messages follow one another again.

    Bytes were lost, added or changed: a flash page, a broken transfer, a conversion as text (Strava's Android app,
    version 201.10, lost bytes in 18 places of one ride), memory that was never written and holds one value throughout.
    Every other reader stops here and loses the rest, or reads messages that nobody measured. The message just before is
    read only where its values go on from those before it: bytes of the damage may have fallen into it.
    """
    for hit in from_faults(document.faults, "unreadable-span"):
        seen = hit.evidence
        after = "nothing readable follows" if seen["to_end"] else f"reading goes on at byte {seen['next']}"
        if seen["to_end"] and seen["cause"] == "binding":
            after = "no definition of the file fits the messages up to its end"
        why = _CAUSES[seen["cause"]] if seen["fill"] is None else f"most of them are {seen['fill']}"
        plural = "message is" if seen["messages"] == 1 else "messages are"
        yield Hit(hit.where, {**seen, "why": why, "after": after, "plural": plural})


@rule(
    "FIT020",
    "flipped-bit",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="byte {offset} ({part}{of}) is {found}; the messages after it only make sense when it is {read_as}",
    hint="copy the file from the device again, or run `tracklint fix --unsafe`",
    fix="unsafe",
    needs=("faults",),
)
def flipped_bit(document: FitDocument, _limits: Limits) -> Found:
    """A single bit in a message header or a definition is wrong, and everything after it would be lost.

    tracklint reads the byte as it must have been, so nothing is missing from its own report. Other readers stop here
    or read the rest as something else. Flash memory and transfers do this.
    """
    for hit in from_faults(document.faults, "flipped-bit"):
        yield Hit(hit.where, {**hit.evidence, "of": f" of {hit.where.message_name}" if hit.where.message_name else ""})
