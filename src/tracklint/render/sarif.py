"""SARIF 2.1.0: one run, one result a file and rule, within what GitHub and Azure DevOps take.

GitHub rejects a whole file for one result without a location, for more than 25,000 results or more than 10 MB
gzipped, and asks for ``startLine`` also in binary files, where Microsoft's validator accepts it beside ``byteOffset``
(docs.github.com, "SARIF results exceed one or more limits"; codeql-action#1738, #754). Azure DevOps wants
``fullName``, and ``automationDetails`` that name its pipeline.
"""

from __future__ import annotations

import hashlib
import os
import re
import string
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from ..findings import Severity
from ..version import __version__
from ..words import clipped, counted, json_text, printable
from .digest import Digest, by_code, placed, raw
from .spool import Spool

if TYPE_CHECKING:
    from ..findings import Finding, Report, Where

__all__ = ["Writer", "piece", "uri"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MOST_RESULTS = 25_000
_MOST_GZIPPED = 9_500_000
_MOST_RELATED = 100
#: Characters of a description that GitHub takes, and of one text of ours.
_MOST_TEXT = 1024
#: Characters that stand for themselves in the path of a URI (RFC 3986), and what parts it.
_UNRESERVED = (string.ascii_letters + string.digits + "-._~/").encode()
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_BY_RANK = {str(severity.rank): severity for severity in Severity}


def piece(report: Report) -> str:
    """The results of one file, one a line, each behind the number of its severity."""
    groups = by_code(report.findings).values()
    return "\n".join(f"{group[0].severity.rank}{_json(_result(report, group))}" for group in groups)


def _result(report: Report, group: list[Finding]) -> dict[str, Any]:
    worst, related = group[0], group[1 : 1 + _MOST_RELATED]
    more = f"{counted(len(group) - 1, 'more place')} in this file" if len(group) > 1 else ""
    told = worst.code.encode() + b"\0" + (report.sha256.encode() or raw(report.name))
    result: dict[str, Any] = {
        "ruleId": worst.code,
        "level": _LEVELS[worst.severity],
        "message": {"text": _sentences(worst.message, more and f"And {more}", worst.hint and f"Hint: {worst.hint}")},
        "locations": [_location(report, worst)],
        "partialFingerprints": {"tracklint/v1": hashlib.sha256(told).hexdigest()},
    }
    if related:
        result["relatedLocations"] = [
            {"id": number, **_location(report, each), "message": {"text": _sentences(each.message)}}
            for number, each in enumerate(related, 1)
        ]
    return result


def _location(report: Report, finding: Finding) -> dict[str, Any]:
    place = {"uri": uri(placed(report, finding))}
    return {"physicalLocation": {"artifactLocation": place, "region": _region(finding.where)}}


def _region(where: Where) -> dict[str, int]:
    if where.line is not None:
        column = {} if where.column is None else {"startColumn": where.column}
        return {"startLine": where.line, **column}
    if where.offset is not None:
        return {"startLine": 1, "byteOffset": where.offset, "byteLength": where.size or 0}
    return {"startLine": 1}


def uri(name: str) -> str:
    """The name of a file as a URI reference: relative to where the run's names are, or with a scheme.

    Bytes that are no UTF-8 stand as they are in the file system, percent-encoded.
    """
    scheme, rest = "", name
    if found := re.match("[A-Za-z][A-Za-z0-9+.-]+://", name):  # an object of a store; one letter is a drive
        scheme, rest = found[0], name[found.end() :]
    elif re.match("[A-Za-z]:/", name):
        scheme, drive, rest = "file:///", name[:2], name[2:]
        return scheme + drive + _percent_encoded(raw(rest))
    elif name.startswith("/"):
        scheme = "file://"
    return scheme + _percent_encoded(raw(rest))


def _percent_encoded(path: bytes) -> str:
    """Our own, because only the room of Strava imports `urllib`."""
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in path)


def _sentences(*texts: str) -> str:
    """Texts as sentences that end; what a message of SARIF takes for a link is plain."""
    joined = " ".join(clipped(printable(text), _MOST_TEXT).rstrip(".") + "." for text in texts if text)
    return joined.replace("](", "] (")


def _json(value: Any) -> str:
    return json_text(value, compact=True)


class Writer:
    """Keeps the results on the disk by severity, and writes the worst first."""

    def __init__(self, opened: Callable[[int], TextIO]) -> None:
        self._out = opened(1)
        self._spools = {severity: Spool() for severity in sorted(Severity, reverse=True)}
        self._counts = dict.fromkeys(self._spools, 0)
        self._codes: set[str] = set()
        self._gzipped = 0
        self._gzip = zlib.compressobj(wbits=31)

    def add(self, digest: Digest, piece: str) -> None:
        """Keep the results of one file, while there may be room for them."""
        self._codes.update(code for code, _, _ in digest.counts)
        for line in piece.splitlines():
            severity = _BY_RANK[line[0]]
            self._counts[severity] += 1
            if self._counts[severity] <= _MOST_RESULTS:
                self._spools[severity].add(line[1:] + "\n")

    def close(self) -> None:
        """Write the run: the tool with the rules that were met, the results, and how many are left out."""
        driver = {
            "name": "tracklint",
            "fullName": f"tracklint {__version__}",
            "semanticVersion": __version__,
            "rules": [_rule(code) for code in sorted(self._codes)],
        }
        self._write(f'{{"$schema":{_json(_SCHEMA)},"version":"2.1.0","runs":[{{"tool":{_json({"driver": driver})},')
        self._write(f'"automationDetails":{_json(_automation())},"columnKind":"unicodeCodePoints","results":[')
        written = 0
        for line in self._lines():
            if written == _MOST_RESULTS or self._gzipped > _MOST_GZIPPED:
                break
            self._write((",\n" if written else "\n") + line.rstrip("\n"))
            written += 1
        self._write(f'\n],"invocations":[{_json(self._invocation(sum(self._counts.values()) - written))}]}}]}}\n')
        for spool in self._spools.values():
            spool.close()

    def _lines(self) -> Iterator[str]:
        for spool in self._spools.values():
            yield from spool.lines()

    def _invocation(self, left_out: int) -> dict[str, Any]:
        """How the run went. It did not go well where a check itself failed."""
        told: dict[str, Any] = {"executionSuccessful": not any(code.startswith("INT") for code in self._codes)}
        if left_out:
            text = (
                f"{counted(left_out, 'more result')} left out, because code scanning takes no more; the worst are here."
            )
            told["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
            told["properties"] = {"resultsLeftOut": left_out}
        return told

    def _write(self, text: str) -> None:
        self._gzipped += len(self._gzip.compress(text.encode()))
        self._out.write(text)


#: What an agent of Azure Pipelines says of itself.
_AZURE = (
    "SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECTID", "SYSTEM_DEFINITIONID", "SYSTEM_PHASEID", "BUILD_SOURCEBRANCH",
    "BUILD_BUILDID", "BUILD_DEFINITIONNAME", "SYSTEM_PHASENAME",
)  # fmt: skip


def _automation() -> dict[str, Any]:
    """Which series of runs this is one of. In a pipeline of Azure it is the pipeline, without which its service drops
    the run (GHAzDO1019 and GHAzDO1020 of Microsoft's validator)."""
    said = [os.environ.get(name, "") for name in _AZURE]
    organization = re.match(r"https://(?:(?:vsrm\.)?dev\.azure\.com/([^/]+)|([^./]+)\.)", said[0])
    if not all(said) or organization is None:
        return {"id": "tracklint/"}
    _, project, definition, phase, branch, build, definition_name, phase_name = said
    place = (organization[1] or organization[2], project, definition, phase, branch, build)
    named = {
        "buildDefinitionId": definition, "buildDefinitionName": definition_name, "phaseId": phase,
        "phaseName": phase_name,
    }  # fmt: skip
    prefix = "azuredevops/pipeline/build/"
    return {"id": prefix + "/".join(place), "properties": {prefix + key: value for key, value in named.items()}}


def _rule(code: str) -> dict[str, Any]:
    """A rule with its documentation; of one that is not known here only the code."""
    from ..rules import explain

    try:
        rule = explain(code)
    except KeyError:
        return {"id": code}
    basis = getattr(rule, "basis", None)
    told = rule.documentation if basis is None else f"{rule.documentation}\n\nBasis: {basis.title}, {basis.link}"
    text = {"text": clipped(rule.documentation, _MOST_TEXT)}
    described = {
        "id": code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": clipped(rule.title, _MOST_TEXT)},
        "fullDescription": text,
        "help": {"text": told, "markdown": told},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    if basis is not None and basis.link.startswith("http"):
        described["helpUri"] = basis.link
    return described
