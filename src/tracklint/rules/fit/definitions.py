"""Rules about the definitions in a FIT file: how they say that messages are to be read."""

from __future__ import annotations

from ...config import Limits
from ...findings import Severity
from ...fit import FitDocument
from ..basis import FIT_PROTOCOL
from ..registry import Found, from_faults, rule

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@rule(
    "FIT101",
    "undefined-local",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="a message has local type {local}, which no definition has bound before it; {bytes} bytes are lost",
    hint="write the definition before the first message of its local type, or run `tracklint fix --unsafe`",
    fix="unsafe",
    needs=("faults",),
)
def undefined_local(document: FitDocument, _limits: Limits) -> Found:
    """A data message comes before the definition that says how to read it.

    Its length is unknown, so other readers stop at this place; tracklint goes on at the next place where messages
    follow one another. The checksum matches, so the file was written this way.
    """
    yield from from_faults(document.faults, "undefined-local")


@rule(
    "FIT102",
    "architecture",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the definition of {message_name} has architecture byte {found}; 0 (little-endian) and 1 (big-endian) "
    "exist, it is read as {read_as}",
    hint="write 0 or 1 as the architecture byte, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def architecture(document: FitDocument, _limits: Limits) -> Found:
    """The byte order of a definition is neither 0 nor 1.

    Lezyne's Super GPS writes such a byte in about every tenth ride (GPSBabel PR 401). Some readers then drop all
    messages of that definition without a word, others swap the bytes of every number.
    """
    yield from from_faults(document.faults, "architecture")


@rule(
    "FIT104",
    "reserved-bits",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{part} of {message_name} is {found}; its reserved bits are not 0",
    hint="write reserved bits as 0, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def reserved_bits(document: FitDocument, _limits: Limits) -> Found:
    """Bits that the protocol reserves are set.

    Readers ignore them today; a later version of the protocol may give them a meaning.
    """
    yield from from_faults(document.faults, "reserved-bits")


@rule(
    "FIT105",
    "base-type",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="field {field} of {message_name} has base type {found}; the numbers 0 to 16 exist",
    hint="write the base type of the profile, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def base_type(document: FitDocument, _limits: Limits) -> Found:
    """A field has a base type that does not exist, so its value cannot be read.

    fitdecode and fitparse end with an exception, others refuse the file. A definition whose bytes are shifted looks
    like this, too.
    """
    yield from from_faults(document.faults, "base-type")


@rule(
    "FIT106",
    "endian-bit",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="field {field} of {message_name} has base type byte {found}; for {type} it is {expected}",
    hint="write {expected}, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def endian_bit(document: FitDocument, _limits: Limits) -> Found:
    """A base type byte has the right number, but its highest bit does not tell the truth about the type's size.

    fitdecode and fitparse compare the whole byte and end with an exception; others mask the bit.
    """
    yield from from_faults(document.faults, "endian-bit")


@rule(
    "FIT107",
    "size-not-multiple",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="field {field} of {message_name} has size {bytes}; {type} takes {type_bytes} bytes or a multiple of that",
    hint="declare the type that has this size, or the size of the type, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def size_not_multiple(document: FitDocument, _limits: Limits) -> Found:
    """A field's size is no multiple of its type's size.

    COROS watches declare event.data as uint32 with one byte (fitdecode#13). Readers fall back to raw bytes, fitparse
    refuses the file; tracklint extends a short number with zeros, which gives what was meant.
    """
    yield from from_faults(document.faults, "size-not-multiple")


@rule(
    "FIT108",
    "zero-size-field",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="field {field} of {message_name} has size 0",
    hint="leave the field out of the definition, or run `tracklint fix`",
    fix="safe",
    needs=("faults",),
)
def zero_size_field(document: FitDocument, _limits: Limits) -> Found:
    """A field takes no bytes, so it can have no value. fitdecode and fitparse end with an exception (fitdecode#40)."""
    yield from from_faults(document.faults, "zero-size-field")


@rule(
    "FIT109",
    "duplicate-field",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="field {field} stands more than once in the definition of {message_name}",
    hint="write each field once",
    needs=("faults",),
)
def duplicate_field(document: FitDocument, _limits: Limits) -> Found:
    """A definition lists the same field number twice. Which of the two values counts depends on the reader: mostly
    the last one."""
    yield from from_faults(document.faults, "duplicate-field")


@rule(
    "FIT110",
    "zero-fields",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the definition of {message_name} has no fields",
    hint="leave out messages without fields",
    needs=("faults",),
)
def zero_fields(document: FitDocument, _limits: Limits) -> Found:
    """A definition lists no fields at all: its messages are one byte each and say nothing. It is legal, and some
    readers stumble over it."""
    yield from from_faults(document.faults, "zero-fields")


@rule(
    "FIT114",
    "timestamp-type",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="timestamp of {message_name} is declared as {found} of size {bytes}; it must be uint32 of size 4",
    hint="declare field 253 as uint32 with 4 bytes",
    needs=("faults",),
)
def timestamp_type(document: FitDocument, _limits: Limits) -> Found:
    """Field 253, the timestamp, is not declared as uint32.

    A shorter number cannot hold the time: readers date the activity to 1989 without a word.
    """
    yield from from_faults(document.faults, "timestamp-type")


@rule(
    "FIT117",
    "oversize-message",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="messages of {message_name} are {bytes} bytes long; older readers take 255 at most",
    hint="split the message, or shorten its arrays and strings",
    needs=("faults",),
)
def oversize_message(document: FitDocument, _limits: Limits) -> Found:
    """A message is longer than 255 bytes, the most that the first version of the protocol allows and that small
    readers provide for."""
    yield from from_faults(document.faults, "oversize-message")


@rule(
    "FIT211",
    "compressed-no-reference",
    ERROR,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{count} messages have a compressed timestamp before any full one: their time is not known",
    hint="write a full timestamp (field 253) before the first compressed one",
    needs=("faults",),
)
def compressed_no_reference(document: FitDocument, _limits: Limits) -> Found:
    """A compressed timestamp only says how many seconds passed since the last full timestamp, and there is none yet.

    Readers date such records to 1989 or leave the time out, and Strava needs a time on every record.
    """
    yield from from_faults(document.faults, "compressed-no-reference")
