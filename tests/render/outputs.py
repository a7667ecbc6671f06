"""What the tests of the outputs for CI write, and names that nobody should give a file."""

from __future__ import annotations

import io
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from reports import ALL, finding, report

from tracklint.checking import unreadable
from tracklint.findings import Finding, Report, Severity, Where
from tracklint.render.digest import digest
from tracklint.source import Unreadable

OUTPUTS = ("azure", "github", "gitlab", "junit", "markdown", "sarif")

NAMES = (
    "a|b`c``d`<script>alert(1)</script>.fit", "x\ny\r::error::z.fit", r"x\x0ay\x0d::error::z.fit", "caf\udce9.fit", "%0A,:;]=.fit",
    "/abs/\xfc %.fit", "C:/win/a.fit", "all.zip/in ner/a#?.fit", "s3://bucket/k y.fit", "<stdin>", "\ud800\ufffe\x7f.gpx", "../up.fit",
    "##vso[task.complete result=Succeeded;].fit", "[x](javascript:1)*_@me_*.fit", "\u202etif.fit", "`", " ", "\\", "a\\|b.fit",
)  # fmt: skip
_TEXT = "see [x](http://evil) {0} ]]> <b> \x1b[31m \ud800 ##vso[task.complete] \r\n::error::x %0A |`@me"
HOSTILE = [
    report(
        name,
        finding(message=_TEXT, hint=_TEXT, where=Where(offset=3, size=2)),
        finding(message=_TEXT, where=Where(offset=9, field=_TEXT)),
        finding("FIT011", Severity.ERROR, name="truncated", message=_TEXT, where=Where(line=3, column=7)),
        full=False,
    )
    for name in NAMES
]
#: What an agent of Azure Pipelines says of itself.
AZURE = {
    "SYSTEM_COLLECTIONURI": "https://dev.azure.com/org/", "SYSTEM_TEAMPROJECTID": "00000000-0000-0000-0000-000000000001",
    "SYSTEM_DEFINITIONID": "12", "SYSTEM_PHASEID": "00000000-0000-0000-0000-000000000002",
    "BUILD_SOURCEBRANCH": "refs/heads/main", "BUILD_BUILDID": "34", "BUILD_DEFINITIONNAME": "night",
    "SYSTEM_PHASENAME": "check",
}  # fmt: skip
GONE = unreadable("gone.fit", Unreadable("gone.fit: there is no such file"))
EVERY = (*ALL, GONE)


def many(count: int, *findings: Finding) -> Iterable[Report]:
    """So many small reports, one after the other."""
    return (report(f"night/{number:05}.fit", *findings) for number in range(count))


def written(output: str, reports: Iterable[Report], **options: Any) -> list[str]:
    """The parts that an output writes."""
    module, parts = import_module(f"tracklint.render.{output}"), []

    def opened(number: int) -> io.StringIO:
        assert number == len(parts) + 1
        parts.append(io.StringIO())
        return parts[-1]

    writer = module.Writer(opened)
    for each in reports:
        writer.add(digest(each), module.piece(each, **options))
    writer.close()
    return [part.getvalue() for part in parts]
