"""The plan of the house holds: imports run one way, only one room opens sockets, generated pages are up to date."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest

from conftest import ROOT

SRC = ROOT / "src" / "tracklint"
#: Rooms from the bottom up. A room imports only from rooms below it; those in one row do not import each other.
FLOORS = (
    ("errors", "extras", "loopback", "notebooks", "opening", "spelling", "trace", "version"),
    (
        "cloud",
        "findings",
    ),
    (
        "characters",
        "cluster",
        "edits",
        "failures",
        "parts",
        "source",
        "sports",
        "words",
        "workers",
        "writing",
    ),
    ("activity", "expecting", "globs", "selecting"),
    ("config",),
    ("inputs", "steps"),
    ("predict", "fit", "xml"),
    ("second",),
    ("reading",),
    ("alongside", "measured", "tracing"),
    ("rules",),
    ("checking", "configuration"),
    ("mending",),
    ("anonymising", "batch", "preparing", "render"),
    ("dump", "fleet"),
    ("serve", "strava", "testing", "watching"),
    ("testing.sandbox", "cli"),
    ("testing.plugin",),
    ("__init__", "__main__"),
)
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}


def _room(module: str) -> str:
    """The room of a module: a part of a room may have a floor of its own."""
    names = module.split(".")
    inner = ".".join(names[:2])
    return inner if inner in FLOOR else names[0]


def _modules(src: Path) -> dict[str, Path]:
    """Every file of a source folder by the name of its module, without the package's own; a package is its
    ``__init__``, the whole package is ``__init__``."""
    names = {path: ".".join(path.relative_to(src).with_suffix("").parts) for path in src.rglob("*.py")}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


def _graph(src: Path) -> dict[str, set[str]]:
    """Module -> the modules whose files it imports, wherever in it an import stands.

    ``from .fit import scan`` imports the file of ``fit.scan`` if there is one, else a name of ``fit/__init__.py``.
    """
    modules = _modules(src)

    def file_of(names: list[str]) -> str:
        while names and ".".join(names) not in modules:
            names = names[:-1]
        return ".".join(names) or "__init__"

    def imported(path: Path) -> Iterator[str]:
        package = [src.name, *path.relative_to(src).parts[:-1]]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                base = package[: len(package) - node.level + 1] if node.level else []
                base = [*base, *node.module.split(".")] if node.module else base
                names = [[*base, alias.name] for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name.split(".") for alias in node.names]
            else:
                continue
            yield from (file_of(parts[1:]) for parts in names if parts[0] == src.name)

    return {module: set(imported(path)) for module, path in modules.items()}


def _upward(graph: dict[str, set[str]]) -> list[str]:
    """The imports that do not lead to a lower floor, nor stay in their room."""
    upward = []
    for module, others in graph.items():
        room = _room(module)
        assert room in FLOOR, f"{room} has no place in the plan"
        upward += [
            f"{module} imports {other}"
            for other in sorted(others)
            if _room(other) != room and FLOOR[_room(other)] >= FLOOR[room]
        ]
    return upward


def _circles(graph: dict[str, set[str]]) -> list[str]:
    """One circle of files after the other; each is opened at its last import, so that the next one shows."""
    graph, found = {module: set(others) for module, others in graph.items()}, []
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = error.args[1][::-1]  # graphlib tells it from what is imported to what imports it
            found.append(" imports ".join(circle))
            graph[circle[-2]].discard(circle[-1])
        else:
            return found


def _planted(src: Path, files: dict[str, str]) -> dict[str, set[str]]:
    """The graph of a made-up source folder."""
    for name, text in files.items():
        path = src / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return _graph(src)


def test_imports_run_one_way() -> None:
    assert _upward(_graph(SRC)) == []


def test_no_files_import_each_other_in_a_circle() -> None:
    assert _circles(_graph(SRC)) == []


SOUND = {
    "__init__.py": "from .checking import check",
    "findings.py": "",
    "fit/__init__.py": "from .scan import scan",
    "fit/scan.py": "from ..findings import Finding",
    "checking.py": "from . import findings\nfrom .fit import scan",
}


@pytest.mark.parametrize(
    ("planted", "circle"),
    [
        ({"fit/scan.py": "def scan(): from .decode import x", "fit/decode.py": "from .scan import y"}, 2),
        ({"fit/scan.py": "import tracklint.fit.decode", "fit/decode.py": "from tracklint.fit.scan import y"}, 2),
        ({"fit/scan.py": "if TYPE_CHECKING:\n    from . import decode", "fit/decode.py": "from . import scan"}, 2),
        ({"fit/scan.py": "from . import FitDocument"}, 2),
        ({"findings.py": "from tracklint import __version__"}, 3),
        ({"findings.py": "import tracklint"}, 3),
        ({"findings.py": "from .findings import Where"}, 1),
    ],
    ids=["in a function", "absolute", "for types", "a package's own name", "the face", "the face, whole", "itself"],
)
def test_a_planted_circle_is_seen(tmp_path: Path, planted: dict[str, str], circle: int) -> None:
    assert _circles(_planted(tmp_path / "tracklint", SOUND)) == []
    (found,) = _circles(_planted(tmp_path / "tracklint", planted))
    assert found.count(" imports ") == circle


@pytest.mark.parametrize(
    ("planted", "arrow"),
    [
        ({"findings.py": "def f(): from .fit.scan import scan"}, "findings imports fit.scan"),
        ({"fit/decode.py": "from .. import checking"}, "fit.decode imports checking"),
        ({"xml/gpx.py": "import tracklint.fit"}, "xml.gpx imports fit"),
        ({"checking.py": "from . import __version__"}, "checking imports __init__"),
    ],
    ids=["in a function", "to a higher floor", "along one floor", "to the face"],
)
def test_a_planted_upward_arrow_is_seen(tmp_path: Path, planted: dict[str, str], arrow: str) -> None:
    assert _upward(_planted(tmp_path / "tracklint", SOUND)) == []
    assert _upward(_planted(tmp_path / "tracklint", planted)) == [arrow]


def test_only_these_rooms_open_sockets() -> None:
    networked = {"socket", "httpx", "urllib", "http", "requests", "uvicorn", "asyncio", "distributed", "fsspec"}
    allowed = ("serve", "strava", "cloud.py", "cluster.py", "loopback.py")
    offenders = []
    for path in SRC.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {
            (n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and not n.level
        }
        if names & networked and path.relative_to(SRC).parts[0] not in allowed:
            offenders.append(str(path.relative_to(SRC)))
    assert offenders == []


MAKERS = ("write_bytes", "write_text", "NamedTemporaryFile", "copyfile", "copyfileobj", "copy2", "touch")


def _writes(tree: ast.AST) -> Iterator[str]:
    """The calls in a module that open, copy or make a file."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [*node.args, *(each.value for each in node.keywords if each.arg == "mode")]
        texts = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        modes = [text for text in texts if set(text) <= set("rwaxbt+") and set(text) & set("wax+")]
        if name in MAKERS or (name in ("open", "fdopen") and modes):
            yield name


def test_only_one_module_opens_files_to_write_them() -> None:
    """But for pipes, what has no name, what others begin and we add to, and databases, which SQLite keeps whole."""
    others = {"second/child.py", "cli/streams.py", "render/spool.py", "render/github.py"}
    assert list(_writes(ast.parse("Path(x).open('wb'); p.write_text(y); open(z, mode='a'); open(z, 'rb')"))) == [
        "open", "write_text", "open",
    ]  # fmt: skip
    found = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        if list(_writes(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found - others == {"writing.py"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(option: str) -> None:
    script = (
        f"import sys; sys.argv = ['tracklint', '{option}']\n"
        "from tracklint.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'lxml', 'httpx', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_one_file_is_checked_without_the_tools_of_processes() -> None:
    script = (
        f"import sys; sys.argv = ['tracklint', 'check', {str(ROOT / 'fixtures' / 'good' / 'indoor.fit')!r}]\n"
        "from tracklint.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'multiprocessing', 'concurrent', 'tracklint.workers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["1 file ready", "[]"]


@pytest.fixture
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    return generate


def test_the_rules_page_is_up_to_date(generate: ModuleType) -> None:
    written = generate.PAGE.read_text(encoding="utf-8")
    assert written == "".join(f"{line}\n" for line in generate.page()), "run `python docs/generate.py`"


def test_the_page_of_the_commands_is_up_to_date(generate: ModuleType) -> None:
    written = generate.CLI.read_text(encoding="utf-8")
    assert written == "".join(f"{line}\n" for line in generate.cli_page()), "run `python docs/generate.py`"


def test_the_screens_are_up_to_date(generate: ModuleType) -> None:
    written = generate.SCREENS.read_text(encoding="utf-8")
    assert written.count("```console\n$ tracklint ") == 3
    assert written == generate.screens_page(written), "run `python docs/generate.py`"


def test_the_page_of_the_facts_is_up_to_date(generate: ModuleType) -> None:
    written = generate.FACTS.read_text(encoding="utf-8")
    assert written == "".join(f"{line}\n" for line in generate.facts_page()), "run `python docs/generate.py`"


def test_the_schema_of_the_configuration_is_up_to_date(generate: ModuleType) -> None:
    assert generate.SCHEMA.read_text(encoding="utf-8") == generate.schema(), "run `python docs/generate.py`"


def test_the_tables_of_repairs_are_up_to_date(generate: ModuleType) -> None:
    written = generate.FIXING.read_text(encoding="utf-8")
    assert written.count("written by `python docs/generate.py`") == 6
    assert written == generate.fixing_page(written), "run `python docs/generate.py`"


def test_check_imports_no_repairs() -> None:
    script = (
        "import sys, tracklint\n"
        f"tracklint.check({str(ROOT / 'fixtures' / 'good' / 'indoor.fit')!r})\n"
        "print([name for name in sys.modules if name.startswith('tracklint.mending')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_check_imports_what_the_file_needs_and_nothing_more() -> None:
    """The process starts slower than it checks: what is imported without need is what a person waits for."""
    unneeded = (
        "concurrent.futures", "multiprocessing", "numpy.ma", "rich", "tempfile", "tracklint.mending",
        "tracklint.rules.second", "tracklint.rules.xml", "tracklint.second", "tracklint.xml", "urllib.request", "zipfile",
    )  # fmt: skip
    script = (
        "import sys; sys.argv = ['tracklint', 'check', 'fixtures/good/indoor.fit']\n"
        "from tracklint.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        f"print(sorted(set({unneeded}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]"
