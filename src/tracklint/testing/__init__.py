"""For other people's test suites: build rides with or without defects, and assert that a file is fit to upload.

    from tracklint.testing import Ride, assert_valid

    def test_our_exporter():
        assert_valid(our_exporter.export(activity), allow=("DEV",))

    def test_our_importer_survives_a_point_without_time():
        our_importer.read(Ride(seconds=60).gpx(change={30: {"time": None}}))

A `Ride` is deterministic: the same arguments give the same bytes. `FitBuilder` writes FIT message by message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .builder import BASE_TYPES, FIT_EPOCH, FitBuilder, fit_time
from .invented import OMIT, Raw
from .ride import Ride

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..config import Config
    from ..findings import Severity
    from ..source import Thing

__all__ = ["BASE_TYPES", "FIT_EPOCH", "OMIT", "FitBuilder", "Raw", "Ride", "assert_rule", "assert_valid", "fit_time"]


def assert_valid(
    thing: Thing,
    *,
    allow: tuple[str, ...] = (),
    severity: Severity | None = None,
    config: Config | None = None,
    name: str | None = None,
) -> None:
    """Raise AssertionError with the findings, as text, if ``thing`` (a path, bytes or a binary file object) has any.

    ``allow`` holds codes or families (``"SEN007"``, ``"DEV"``) whose findings are accepted. Findings below ``severity``
    (default: `Severity.WARNING`) are accepted too. Raises `source.Unreadable` where the thing cannot be read at all.
    """
    from dataclasses import replace
    from io import StringIO

    from ..checking import check_reading
    from ..config import Config
    from ..findings import Severity
    from ..reading import read_thing
    from ..render import write

    config = config or Config()
    reading = read_thing(thing, config, name=name)
    report = check_reading(reading, config)
    least = Severity.WARNING if severity is None else severity
    left = tuple(f for f in report.findings if f.severity >= least and not (allow and f.code.startswith(tuple(allow))))
    if left:
        out = StringIO()
        write("text", [replace(report, findings=left)], out, data=lambda _: reading.source.data, least=least)
        raise AssertionError("\n" + out.getvalue())


def assert_rule(code: str, *, breaks: Iterable[Thing], spares: Iterable[Thing], config: Config | None = None) -> None:
    """Raise AssertionError unless the rule with this code is fit for use, by the tests that tracklint's own rules pass.

    It tells each of ``breaks``, of which there is one in every format that it holds for, and none of ``spares``; its
    evidence is JSON, and its texts are one sentence without a full stop. ``config`` names the module of an own rule
    (``Config(rules=("our_rules.py",))``). Raises `source.Unreadable` where a thing cannot be read at all.
    """
    import json

    from ..checking import check
    from ..rules import explain

    formats: set[str] = set()
    for thing, wanted in [*((each, True) for each in breaks), *((each, False) for each in spares)]:
        report = check(thing, config=config)
        failed = [f.message for f in report.findings if f.code.startswith("INT")]
        assert not failed, f"{report.name}: {failed[0]}"
        found = [f for f in report.findings if f.code == code]
        assert bool(found) is wanted, (
            f"{report.name}: {code} {'does not tell' if wanted else 'tells'} this {report.format}"
        )
        for finding in found:
            json.dumps(dict(finding.evidence), allow_nan=False)
            for text in (finding.message, finding.hint):
                assert text, f"{code}: one of its texts is empty"
                assert not text.endswith("."), f"{code}: a text ends in a full stop: {text}"
        formats |= {report.format} if wanted else set()
    rule = explain(code)
    lacking = sorted(set(getattr(rule, "formats", ())) - formats)
    assert not lacking, f"{code} holds for {', '.join(lacking)}, and nothing that breaks it is of this format"
    assert len(rule.title) < 130, f"{code}: the first sentence of its docstring is long: {rule.title}"
