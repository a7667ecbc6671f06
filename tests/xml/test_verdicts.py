"""libxml2's verdict beside ours: told where they differ, streamed, harmless whatever the file or the schemas hold."""

from __future__ import annotations

import io
import json
import re
import runpy
import socket
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

import mutants
import pytest
from click.testing import CliRunner
from schema_cases import CASES, NAMESPACES
from test_schemas import SCHEMAS, deviates

from tracklint.checking import check
from tracklint.cli import main
from tracklint.config import BadConfig, Config, Limits
from tracklint.findings import Finding
from tracklint.second import SecondReading, differs, dissents, reading
from tracklint.second.child import Tally
from tracklint.source import open_source
from tracklint.testing import Ride
from tracklint.xml import scan_xml
from tracklint.xml.index import MAX_DEPTH

RIDE = Ride(seconds=20)
GPX, TCX = RIDE.gpx(), RIDE.tcx()
ASKED = Config(second_readers=True, select=("RDR", "SCH", "DOC"))
STRICTER = Path(__file__).parent.parent / "data" / "stricter"
XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
CHILD = runpy.run_path(str(Path(reading.__file__).with_name("validating.py")))
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process within its memory limit")


@pytest.fixture(autouse=True)
def _libxml2_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other readers take most of the time."""
    monkeypatch.setattr(reading, "READERS", {"gpx": ("libxml2",), "tcx": ("libxml2",)})


def asked(data: bytes, limits: Limits | None = None, *folders: Path) -> SecondReading:
    """What libxml2 says, from its process."""
    return reading.read_with("libxml2", data, (), limits or Limits(), *map(str, (reading.SCHEMAS, *folders)))


def findings(data: bytes, schema_dir: Path | None = None) -> list[Finding]:
    config = Config(second_readers=True, select=("RDR006", "RDR007"), schema_dir=schema_dir)
    return list(check(data, config=config).findings)


def stricter(folder: Path, name: str, old: str, new: str) -> Path:
    """A folder with one of our schemas, changed."""
    text = (SCHEMAS / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return folder


@cache
def here() -> Any:
    """`validate` in this process, with the schemas compiled once."""
    run = runpy.run_path(str(Path(reading.__file__).with_name("validating.py")))["validate"]
    schema = run.__globals__["_schema"]((str(reading.SCHEMAS),))
    run.__globals__["_schema"] = lambda _folders: schema
    return run


def judged(documents: dict[str, bytes]) -> dict[str, SecondReading]:
    """What libxml2 says of many documents, without a process for each. In a thread, whose error log ends with it."""
    found: dict[str, SecondReading] = {}

    def judge() -> None:
        for name, data in documents.items():
            tally = Tally(io.StringIO())
            end = "whole"
            try:
                here()(io.BytesIO(data), tally)
            except Exception as error:
                end = getattr(error, "end", "") or type(error).__name__
            tally.flush()
            lines = [json.loads(line) for line in tally.out.getvalue().splitlines()]
            faults = [
                reading.SchemaFault(element=element, kind=kind, text=text)
                for line in lines
                for element, kind, text in line.get("faults", ())
            ]
            found[name] = SecondReading(reader="libxml2", end=end, counts=tally.counts, faults=tuple(faults))

    thread = threading.Thread(target=judge)
    thread.start()
    thread.join()
    assert set(found) == set(documents)
    return found


# Both agree -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [GPX, TCX, RIDE.gpx(extension="cluetrust"), RIDE.tcx(course=True)])
def test_a_valid_file_is_valid_to_both(data: bytes) -> None:
    seen = asked(data)
    assert (seen.end, seen.faults) == ("whole", ())
    assert seen.counts == {"record": 21, "element": len(scan_xml(data).elements)}
    assert re.fullmatch(r"2\.\d+\.\d+", seen.version)
    assert findings(data) == []


FAULTY = {
    "value": GPX.replace(b"T10:00:05Z", b"T10:61:05Z"),
    "attribute": GPX.replace(b'lat="', b'la="'),
    "order": re.sub(rb"(<ele>.*?</ele>\s*)(<time>.*?</time>)", rb"\2\1", GPX),
    "missing": re.sub(rb"<Calories>\d+</Calories>", b"", TCX),
    "unknown child": GPX.replace(b"<trkseg>", b"<speed>1</speed><trkseg>"),
    "same id": TCX.replace(
        b"</Activity>", b"</Activity>" + TCX[TCX.index(b"<Activity ") : TCX.index(b"</Activities>")]
    ),
    "namespace": RIDE.gpx(namespace="https://www.topografix.com/GPX/1/1"),
    "text": GPX.replace(b"<trkseg>", b"<trkseg>x"),
    "general tags": RIDE.gpx(extension="general"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_by_the_schema_is_told_once(name: str) -> None:
    report = check(FAULTY[name], config=ASKED)
    assert report.schema_valid is False
    assert bool(asked(FAULTY[name]).faults) == (name != "general tags")  # which our own schemas permit
    assert not [finding for finding in report.findings if finding.code in ("RDR006", "RDR007")]


@pytest.mark.parametrize(
    "data", [GPX[:-30], TCX.replace(b"</Track>", b"</Trac>"), GPX.replace(b"xmlns:gpxtpx", b"xmlns:g")]
)
def test_what_is_ill_formed_to_both_is_told_once(data: bytes) -> None:
    seen = asked(data)
    assert (seen.end, bool(seen.text), seen.line is None) == ("ill-formed", True, False)
    report = check(data, config=ASKED)
    assert [f for f in report.findings if f.code.startswith("DOC") and f.severity.label == "error"]
    assert not [f for f in report.findings if f.code.startswith("RDR") and f.evidence["reader"] == "libxml2"]


def test_parsers_differ_about_encodings() -> None:
    """DOC005 says so already."""
    data = GPX.replace(b'encoding="UTF-8"', b'encoding="U-8"')
    assert asked(data).end == "ill-formed"
    assert findings(data) == []


# They differ ----------------------------------------------------------------------------------------------------------


def test_a_stricter_schema(tmp_path: Path) -> None:
    folder = stricter(
        tmp_path, "gpx-1.1.xsd", 'name="ele" type="xs:decimal" minOccurs="0"', 'name="ele" type="xs:decimal"'
    )
    data = RIDE.gpx(change={i: {"altitude": None} for i in (3, 7)})
    (finding,) = findings(data, folder)
    assert (finding.code, finding.severity.label) == ("RDR007", "warning")
    assert {key: finding.evidence[key] for key in ("theirs", "ours", "count")} == {
        "theirs": "not valid",
        "ours": "valid",
        "count": 2,
    }
    line = data[: data.index(b"<time>2024-05-01T10:00:03Z")].count(b"\n") + 1
    assert (finding.where.line, finding.where.count) == (line, 2)
    assert data[finding.where.offset :].startswith(b"<time>2024-05-01T10:00:03Z")
    assert "Element 'time': This element is not expected. Expected is ( ele )" in finding.message
    assert str(folder) in finding.message
    assert findings(RIDE.gpx(), folder) == []


def test_a_schema_that_permits_more(tmp_path: Path) -> None:
    folder = stricter(tmp_path, "gpx-1.1.xsd", 'name="time" type="xs:dateTime"', 'name="time" type="xs:string"')
    (finding,) = findings(GPX.replace(b"T10:00:05Z", b"T10:61:05Z"), folder)
    assert (finding.code, finding.evidence["theirs"], finding.evidence["ours"]) == ("RDR007", "valid", "not valid")
    assert finding.where.line == GPX[: GPX.index(b"T10:00:05Z")].count(b"\n") + 1
    assert "permits what tracklint refuses: value: time in trkpt (not a date and time)" in finding.message


def test_schemas_of_a_folder_hold_for_their_namespaces_only(tmp_path: Path) -> None:
    folder = stricter(
        tmp_path, "gpx-1.1.xsd", 'name="ele" type="xs:decimal" minOccurs="0"', 'name="ele" type="xs:decimal"'
    )
    wrong = GPX.replace(b"<gpxtpx:hr>", b"<gpxtpx:hr>x", 1)
    assert [each.kind for each in asked(wrong, None, folder).faults] == ["cvc_datatype_valid_1_2_1"]  # our extension's
    assert findings(wrong, folder) == []
    assert findings(TCX, folder) == []


def test_libxml2s_words_obey_nothing() -> None:
    (finding,) = findings(RIDE.gpx(creator="a\u202eb"), STRICTER)
    assert "attribute 'creator': [facet 'pattern'] The value 'a\\u202eb' is not accepted" in finding.message
    assert "\u202e" not in json.dumps(dict(finding.evidence), ensure_ascii=False)


def test_a_document_that_only_we_take() -> None:
    data = GPX.replace(b"<gpx ", b'<gpx xmlns:q="http://[" ')
    (finding,) = findings(data)
    assert (finding.code, finding.evidence["theirs"], finding.evidence["ours"]) == (
        "RDR006",
        "not well-formed",
        "well-formed",
    )
    assert finding.where.line == 2
    assert finding.where.column is not None
    assert "xmlns:q: 'http://[' is not a valid URI" in finding.message


def test_a_document_that_only_libxml2_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No such document is known, so libxml2's answer about another one stands in."""
    whole = asked(GPX)
    monkeypatch.setattr(reading, "read_with", lambda *_given: whole)
    (finding,) = findings(GPX.replace(b"</trkseg>", b"</trkse>"))
    assert (finding.code, finding.evidence["theirs"], finding.evidence["ours"]) == (
        "RDR006",
        "well-formed",
        "not well-formed",
    )
    assert (finding.evidence["reason"], finding.where.line) == (
        "not well formed",
        GPX[: GPX.index(b"</trkseg>")].count(b"\n") + 1,
    )


# Habits ---------------------------------------------------------------------------------------------------------------

HABITS = {case.name: case for case in CASES if deviates(case, "libxml2")}


def test_no_habit_of_libxml2_is_told() -> None:
    """The cases of test_schemas.py in which libxml2 leaves XML Schema: it does so here, and nothing is told."""
    seen = judged({name: case.document.encode() for name, case in HABITS.items()})
    assert len(seen) > 15
    assert [name for name, case in HABITS.items() if bool(seen[name].faults) != case.valid] == []
    assert [name for name, case in HABITS.items() if dissents(scan_xml(case.document.encode()), seen[name])] == []


#: Documents in which libxml2 tells something for something else, looks no further, or knows no type for a vendor's name.
MORE_HABITS = {
    "only the first child": GPX.replace(b"<trkseg>", b"<a/><b/><trkseg>"),
    "nothing behind it": GPX.replace(b"<trk>", b"<a/><trk>", 1).replace(b"T10:00:05Z", b"T10:61:05Z"),
    "a key without its value": TCX.replace(b"<Id>2024", b"<Id>x2024"),
    "the same wrong value twice": FAULTY["same id"].replace(b"<Id>2024", b"<Id>x2024"),
    "a value with a child in it": GPX.replace(b"T10:00:05Z", b"T10:<a/>00:05Z"),
    "text behind a wrong child": GPX.replace(b"<trkseg>", b"<trkseg><a/>x", 1),
    "a type that is a vendor's": GPX.replace(
        b"</trkseg>", b'<extensions><v:a xmlns:v="urn:v" xsi:type="v:b"/></extensions></trkseg>'
    ),
}


def test_what_follows_from_another_fault_is_not_told() -> None:
    seen = judged(MORE_HABITS)
    assert [name for name, data in MORE_HABITS.items() if dissents(scan_xml(data), seen[name])] == []


def test_nothing_differs_in_mutants() -> None:
    made = {str(seed): mutants.mutant(seed) for seed in range(200)}
    seen = judged(made)
    assert sum(bool(each.faults) for each in seen.values()) > 60
    assert [seed for seed, data in made.items() if dissents(scan_xml(data), seen[seed])] == []


@pytest.mark.corpus
def test_nothing_differs_in_real_files(corpus: list[tuple[Path, dict[str, str]]]) -> None:
    sources = {row["file"]: open_source(path) for path, row in corpus if row["format"] in ("gpx", "tcx")}
    seen = judged({name: source.data for name, source in sources.items()})
    documents = {name: scan_xml(source.data) for name, source in sources.items()}
    assert sum(each.end == "whole" for each in seen.values()) > 100
    assert [name for name, document in documents.items() if differs(document, seen[name])] == []
    read = {
        name: document for name, document in documents.items() if document.well_formed and seen[name].end == "whole"
    }
    assert [name for name, document in read.items() if len(document.elements) != seen[name].counts["element"]] == []
    assert [name for name, document in read.items() if dissents(document, seen[name])] == []


def test_elements_are_numbered_as_in_our_index() -> None:
    assert CHILD["DEEPEST"] == MAX_DEPTH
    deep = b"<a xmlns='urn:a'>" * 100 + b"</a>" * 100
    data = GPX.replace(b"</trkpt>", b"<extensions>" + deep + b"</extensions></trkpt>", 1).replace(
        b"T10:00:05Z", b"T10:61:05Z"
    )
    seen = asked(data)
    assert seen.counts["element"] == len(scan_xml(data).elements)
    assert findings(data) == []


# Streamed -------------------------------------------------------------------------------------------------------------


@linux
def test_memory_does_not_grow_with_the_document() -> None:
    """The process may have 64 MiB; the document alone has more."""
    point = b'<trkpt lat="47" lon="8"><cmt>' + b"x" * 4000 + b"</cmt></trkpt>\n"
    head, tail = GPX[: GPX.index(b"<trkpt")], b"</trkseg></trk></gpx>"
    data = head + point * 17_000 + tail
    assert len(data) > 64 << 20
    seen = asked(data, Limits(second_reader_mebibytes=64))
    assert (seen.end, seen.counts["record"]) == ("whole", 17_000)


def test_after_many_faults_it_is_asked_no_further() -> None:
    point = b'<trkpt lat="47" lon="8"><time>x</time></trkpt>'
    head, tail = GPX[: GPX.index(b"<trkpt")], b"</trkseg></trk></gpx>"
    report = check(head + point * 10_100 + tail, config=ASKED)
    assert [f.code for f in report.findings if f.evidence.get("reader") == "libxml2"] == []
    assert [s.why for s in report.skipped if s.code == "RDR*"] == [
        "the second reader libxml2 was not asked to the end: it has told 10000 faults"
    ]


# Schemas that cannot be used ------------------------------------------------------------------------------------------

UNUSABLE = {
    "none": ({"a.txt": "x"}, ": no XSD file (*.xsd) stands in this folder"),
    "broken": ({"a.xsd": f"<xs:schema {XS}>"}, "/a.xsd: Premature end of data in tag schema line 1"),
    "no schema": ({"a.xsd": "<a/>"}, "/a.xsd: it is no XML Schema"),
    "no such type": (
        {"a.xsd": f'<xs:schema {XS}><xs:element name="a" type="xs:nope"/></xs:schema>'},
        "/a.xsd: element decl. 'a', attribute 'type': The QName value 'nope' does not resolve",
    ),
    "import from elsewhere": (
        {
            "a.xsd": f'<xs:schema {XS} xmlns:b="urn:b"><xs:import namespace="urn:b" schemaLocation="HERE/b.xsd"/>'
            '<xs:element name="a" type="b:t"/></xs:schema>'
        },
        "(no file of its folder is for urn:b)",
    ),
    "include from elsewhere": (
        {"a.xsd": f'<xs:schema {XS}><xs:include schemaLocation="../b.xsd"/></xs:schema>'},
        "/a.xsd: it includes ../b.xsd, which does not stand in its folder",
    ),
    "document type": (
        {"a.xsd": f'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><xs:schema {XS}>&e;</xs:schema>'},
        "/a.xsd: it has a document type, and none is read",
    ),
    "two for one": (
        dict.fromkeys(("a.xsd", "b.xsd"), f'<xs:schema {XS} targetNamespace="urn:a"/>'),
        ": a.xsd and b.xsd are both for the namespace urn:a",
    ),
    "circle": (
        {
            name: f'<xs:schema {XS} targetNamespace="urn:a"><xs:include schemaLocation="{other}"/></xs:schema>'
            for name, other in (("a.xsd", "b.xsd"), ("b.xsd", "a.xsd"))
        },
        ": a.xsd is included, but by no schema of the namespace urn:a",
    ),
}


def folder_of(tmp_path: Path, files: dict[str, str]) -> Path:
    folder = tmp_path / "xsd"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def ended(*args: object) -> str:
    """The one line that the command ends with."""
    done = CliRunner().invoke(main, ["check", *map(str, args)])
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    return done.stderr


@pytest.mark.parametrize("what", UNUSABLE)
def test_schemas_that_cannot_be_used(tmp_path: Path, what: str) -> None:
    files, words = UNUSABLE[what]
    folder = folder_of(tmp_path, files)
    (tmp_path / "ride.gpx").write_bytes(GPX)
    line = ended("--second-reader", "--schema-dir", folder, tmp_path / "ride.gpx")
    assert line.startswith(f"tracklint: {folder}")
    assert words in line


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "ride.gpx").write_bytes(GPX)
    missing = tmp_path / "none"
    assert (
        ended("--second-reader", "--schema-dir", missing, tmp_path / "ride.gpx")
        == f"tracklint: {missing}: No such file or directory\n"
    )
    assert "Not a directory" in ended("--second-reader", "--schema-dir", tmp_path / "ride.gpx", tmp_path / "ride.gpx")


def test_schemas_need_the_second_readers(tmp_path: Path) -> None:
    line = ended("--schema-dir", STRICTER, tmp_path)
    assert line == "tracklint: --schema-dir says with which schemas --second-reader validates; give both\n"


def test_the_library_says_so_too(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="no XSD file"):
        check(GPX, config=Config(second_readers=True, schema_dir=tmp_path))


def test_the_command_and_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "ride.gpx").write_bytes(GPX)
    folder_of(tmp_path, {"gpx.XSD": (STRICTER / "gpx.xsd").read_text(encoding="utf-8")})
    (tmp_path / "tracklint.toml").write_text('schema-dir = "xsd"\n', encoding="utf-8")
    args = ["check", "-o", "json", "--second-reader", str(tmp_path / "ride.gpx")]
    for more in (["--schema-dir", str(tmp_path / "xsd")], ["--config", str(tmp_path / "tracklint.toml")]):
        done = CliRunner().invoke(main, [*args, *more])
        (file,) = json.loads(done.stdout)["files"]
        assert [f["code"] for f in file["findings"] if f["code"].startswith("RDR")] == ["RDR007"]


def test_schemas_of_a_folder_may_use_each_other(tmp_path: Path) -> None:
    """Wherever they say that the other is, and with a part of one namespace in a file that is included."""
    files = {
        "a.xsd": f'<xs:schema {XS} xmlns:b="urn:b" targetNamespace="http://www.topografix.com/GPX/1/1">'
        '<xs:import namespace="urn:b" schemaLocation="http://example.org/elsewhere/b-1.xsd"/>'
        '<xs:element name="gpx" type="b:t"/></xs:schema>',
        "b.xsd": f'<xs:schema {XS} targetNamespace="urn:b"><xs:include schemaLocation="./part of b.xsd"/></xs:schema>',
        "part of b.xsd": f'<xs:schema {XS} targetNamespace="urn:b"><xs:complexType name="t"/></xs:schema>',
    }
    seen = asked(GPX, None, folder_of(tmp_path, files))
    assert seen.end == "whole"
    assert "cvc_complex_type_3_2_1" in {fault.kind for fault in seen.faults}  # b:t has no attributes


# Hostile --------------------------------------------------------------------------------------------------------------


@pytest.mark.socket
def test_nothing_is_fetched(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        here_ = f"http://127.0.0.1:{server.getsockname()[1]}"
        server.setblocking(False)
        files, _ = UNUSABLE["import from elsewhere"]
        folder = folder_of(tmp_path, {name: text.replace("HERE", here_) for name, text in files.items()})
        with pytest.raises(BadConfig, match="no file of its folder"):
            findings(GPX, folder)
        located = f'xsi:schemaLocation="http://www.topografix.com/GPX/1/1 {here_}/g.xsd"'.encode()
        assert findings(re.sub(rb'xsi:schemaLocation="[^"]*"', located, GPX)) == []
        entity = f'<!DOCTYPE gpx SYSTEM "{here_}/x.dtd" [<!ENTITY e SYSTEM "{here_}/e">]><gpx '.encode()
        assert findings(GPX.replace(b"<gpx ", entity).replace(b"</name>", b"&e;</name>")) == []
        with pytest.raises(BlockingIOError):
            server.accept()


@linux
def test_no_document_type_is_read() -> None:
    laughs = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10) for i in range(1, 12))
    data = GPX.replace(b"<gpx ", b'<!DOCTYPE gpx [<!ENTITY e0 "ha">' + laughs + b"]><gpx ").replace(
        b"</name>", b"&e11;</name>"
    )
    assert asked(data, Limits(second_reader_mebibytes=64)).end == "doctype"
    report = check(data, config=Config(second_readers=True, select=("RDR006", "RDR007", "DOC")))
    assert {finding.code for finding in report.findings} == {"DOC013"}
    assert [s.why for s in report.skipped if "libxml2" in s.why] == [
        "the second reader libxml2 was not asked to the end: the document has a document type"
    ]


def test_our_schemas_are_installed() -> None:
    assert {path.name for path in reading.SCHEMAS.glob("*.xsd")} == set(NAMESPACES)
    assert all(path.read_bytes() == (SCHEMAS / path.name).read_bytes() for path in reading.SCHEMAS.glob("*.xsd"))
