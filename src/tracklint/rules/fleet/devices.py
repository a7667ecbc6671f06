"""Rules about many files of one device: how they are written, what they call themselves, and what rules say of them."""

from __future__ import annotations

from ...config import Limits
from ...findings import Severity
from ..basis import FIT_FILE_TYPES
from ..registry import Basis, Found, Hit, rule
from .seen import MOST, Fleet

WARNING, INFO = Severity.WARNING, Severity.INFO
_PRACTICE = Basis("practice: what makers of devices look for in their nights", "docs/ci.md#fleets", "practice")


@rule(
    "FLT901",
    "schema-drift",
    WARNING,
    on=Fleet,
    basis=_PRACTICE,
    says="{subject} is not the same in all files of {device}: {forms}",
    hint="find out which build wrote the others; one firmware should write one schema, or have another version",
)
def schema_drift(fleet: Fleet, _limits: Limits) -> Found:
    """Files of one firmware write a field in different types, or other fields of file_id, file_creator or activity.

    Readers are written for what they have met. A type counts as different where no file has both; other sizes of texts
    and arrays are none, and which fields other messages have depends on sensors and sports. Files with damage, and
    files that do not name manufacturer, product and firmware, are left out. Runs with `check --fleet` only.
    """
    for drift in fleet.drifts:
        names = [name for form in reversed(drift.forms) for name in form.names]  # the rarest first
        yield Hit(
            evidence={
                **fleet.told,
                "subject": drift.subject,
                "forms": "; ".join(f"{form.says} in {form.files}" for form in drift.forms),
                "files_by_form": {form.says: form.files for form in drift.forms},
                "files": names[:MOST],
            }
        )


@rule(
    "FLT902",
    "duplicate-identity",
    WARNING,
    on=Fleet,
    basis=FIT_FILE_TYPES,
    says="files of different content have one identity, {count} in all; the first: {first}",
    hint="platforms take such files for one: write the time at which the file is made into file_id.time_created",
)
def duplicate_identity(fleet: Fleet, _limits: Limits) -> Found:
    """Files of different content have the same manufacturer, serial number and time of creation.

    These three tell files apart, and platforms drop the second one as a duplicate. An edited or repaired copy beside
    its original is such a pair too; the same bytes twice are none. Runs with `check --fleet` only.
    """
    if fleet.doubles:
        first = fleet.doubles[0]
        names = [name for double in fleet.doubles for name in double.names]
        yield Hit(
            evidence={
                **fleet.told,
                "count": len(fleet.doubles),
                "first": " and ".join(first.names[:2]),
                "contents": first.contents,
                "groups": [list(double.names) for double in fleet.doubles[:MOST]],
                "files": names[:MOST],
            }
        )


@rule(
    "FLT903",
    "serial-reuse",
    WARNING,
    on=Fleet,
    basis=FIT_FILE_TYPES,
    says="one serial number stands for more than one device, {count} in all; the first for {how}: {first}",
    hint="give each device, or each installation of an app, a serial number of its own",
)
def serial_reuse(fleet: Fleet, _limits: Limits) -> Found:
    """A serial number stands in files of different products, or in two recordings of the same time.

    One device is one product and records one ride at a time. Recordings that share no more than a second, and files of
    the same identity (FLT902), are none. Of each number the first pair is told. Runs with `check --fleet` only.
    """
    if fleet.reuses:
        names = [name for reuse in fleet.reuses for name in reuse.names]
        yield Hit(
            evidence={
                **fleet.told,
                "count": len(fleet.reuses),
                "how": fleet.reuses[0].how,
                "first": " and ".join(fleet.reuses[0].names[:2]),
                "groups": [list(reuse.names) for reuse in fleet.reuses[:MOST]],
                "files": names[:MOST],
            }
        )


@rule(
    "FLT904",
    "rate-differs-by-firmware",
    INFO,
    on=Fleet,
    basis=_PRACTICE,
    says="{code} in {having} of {asked} files of {device} ({share:g} %), and in {having_before} of {asked_before} of "
    "firmware {before} ({share_before:g} %)",
    hint="`tracklint explain {code}` says what it is; `tracklint compare` shows the files and what goes with it",
)
def rate_differs_by_firmware(fleet: Fleet, _limits: Limits) -> Found:
    """A rule speaks of another share of the files of a firmware than of the one before it, by more than chance.

    Firmwares of a product are put in order by their numbers, and each is compared with the one before: Fisher's exact
    test on the files that have the finding, with Holm's correction (and Tarone's) for all rules and firmwares of the
    run, so that a run without any difference gives a false alarm in at most 0.25 % of cases. It says that shares
    differ, and not why: other people may ride with the new firmware. Runs with `check --fleet` only.
    """
    for rate in fleet.rates:
        yield Hit(
            evidence={
                **fleet.told,
                "code": rate.code,
                "before": rate.before,
                "having": rate.having,
                "asked": rate.files,
                "share": round(100 * rate.having / rate.files, 2),
                "having_before": rate.having_before,
                "asked_before": rate.files_before,
                "share_before": round(100 * rate.having_before / rate.files_before, 2),
                "p": rate.p,
                "files": list(rate.names),
            }
        )
