"""Rules about the headers and the segments of a FIT file that are legal and worth knowing."""

from __future__ import annotations

import numpy as np

from ...config import Limits
from ...findings import Severity, Where
from ...fit import FitDocument
from ...fit.columns import message_columns
from ...fit.profile import file_type_name
from ..basis import FIT_FILE_TYPES, FIT_PROTOCOL
from ..registry import Found, Hit, rule

WARNING, INFO = Severity.WARNING, Severity.INFO
#: Base type bytes of 64 bits, which protocol 2 brought, in whatever way they are written.
_WIDE = frozenset(base for base in range(256) if base & 0x1F in (14, 15, 16))
#: The rule that tells the cause of all that is wrong with counts and totals of a joined file.
JOINED = ("FIT023",)


@rule(
    "FIT003",
    "legacy-header",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the header has 12 bytes, so it carries no checksum of its own",
    hint="write a header of 14 bytes; nothing needs to be done for Strava",
)
def legacy_header(document: FitDocument, _limits: Limits) -> Found:
    """The header is of the old kind of 12 bytes. It is legal and common; a change in it is only found by the checksum
    of the whole file."""
    for segment in document.segments:
        if segment.header_size == 12:
            yield Hit(Where(offset=segment.offset, size=12, segment=segment.index))
            return


@rule(
    "FIT013",
    "chained",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the file is a chain of {segments} FIT files{types}",
    hint="nothing needs to be done; split the file where a reader shows the first part only",
)
def chained(document: FitDocument, _limits: Limits) -> Found:
    """Several FIT files follow one another in one file.

    The protocol permits it, and heart rate belts append their beats that way (ActivityLog2#4); some readers stop after
    the first. Parts of different types in one file are a warning: which of them is read depends on the reader.
    """
    filled = [segment for segment in document.segments if segment.data_end > segment.data_start]
    if len(filled) < 2:
        return
    columns = message_columns(document, 0)
    kinds, typed = columns.integers(0)
    names = list(dict.fromkeys(file_type_name(int(k)) for k, ok in zip(kinds, typed, strict=True) if ok))
    second = filled[1]
    where = Where(offset=second.offset, size=second.end - second.offset, segment=second.index)
    types = f" of the types {', '.join(names)}" if len(names) > 1 else ""
    evidence = {"segments": len(filled), "types": types, "kinds": names}
    yield Hit(where, evidence, WARNING if len(names) > 1 else None)


@rule(
    "FIT023",
    "joined",
    WARNING,
    on=FitDocument,
    basis=FIT_FILE_TYPES,
    says="{count} file_id messages stand under one header: the messages of several files were joined",
    hint="take them apart with `tracklint fix --split`; files in a row need a header and a checksum each",
)
def joined(document: FitDocument, _limits: Limits) -> Found:
    """A segment holds a second file_id, which starts a file.

    The messages of two files were written behind one header. Readers merge the two activities, show the totals of one,
    or stop. What counts and totals say against each other is no fault of its own then, and is told when the files are
    apart.
    """
    columns = message_columns(document, 0)
    if len(columns) < 2:
        return
    (kinds, typed), segments = columns.integers(0), columns.segments()
    for segment in document.segments:
        mine = np.flatnonzero((segments == segment.index) & typed)
        mine = mine[kinds[mine] == kinds[mine[:1]]]  # bytes of 0, taken for a file_id, have another type
        if len(mine) > 1:
            yield Hit(columns.where(int(mine[1])), {"count": len(mine)})


@rule(
    "FIT017",
    "profile-version",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the header names profile version {found}, which does not exist",
    hint="write the version of the profile in use, such as 21158 for 21.158; nothing needs to be done for Strava",
)
def profile_version(document: FitDocument, _limits: Limits) -> Found:
    """The profile version in the header is 0 or above 30.

    No reader depends on it; it only tells which version of the profile the writer knew.
    """
    for segment in document.segments:
        if not 0 < segment.profile <= 30_000:
            yield Hit(Where(offset=segment.offset + 2, size=2, segment=segment.index), {"found": segment.profile})
            return


@rule(
    "FIT022",
    "v1-with-v2-features",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the header states protocol version {version}; {feature} in the definition of {message_name} need version 2.0",
    hint="write 0x20 into byte 1 of the header and its checksum anew",
)
def v1_with_v2_features(document: FitDocument, _limits: Limits) -> Found:
    """The header states protocol 1, and a definition holds what came with protocol 2: developer fields or 64-bit types.

    A reader of protocol 1 that trusts the header does not look for developer fields and loses its place in the file.
    """
    old = {s.index: s for s in document.segments if s.protocol >> 4 == 1}
    for definition in document.definitions if old else ():
        layout = definition.layout
        if definition.segment in old and (layout.developer or not _WIDE.isdisjoint(layout.bases)):
            segment = old[definition.segment]
            feature = "developer fields" if layout.developer else "64-bit fields"
            version = f"{segment.protocol >> 4}.{segment.protocol & 15}"
            yield Hit(definition.where(), {"version": version, "feature": feature})
            return
