"""The plan of the house holds: imports run one way, only one room opens sockets, generated pages are up to date."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT

SRC = ROOT / "src" / "tracklint"
#: Rooms from the bottom up. A room imports only from rooms below it; those in one row do not import each other.
FLOORS = (
    ("findings", "version"),
    ("source", "config", "edits", "sports", "words", "writing"),
    ("activity",),
    ("predict", "fit", "xml"),
    ("second",),
    ("reading",),
    ("rules",),
    ("checking",),
    ("mending",),
    ("batch", "preparing", "render"),
    ("dump",),
    ("strava", "testing"),
    ("testing.sandbox", "cli"),
)
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}


def _room(names: list[str]) -> str:
    """The room of a module, given without the package's own name: a part of a room may have a floor of its own."""
    inner = ".".join(names[:2])
    return inner if inner in FLOOR else names[0]


def _imports(path: Path) -> Iterator[str]:
    """The rooms of tracklint that a module imports, wherever in the module the import stands."""
    package = ["tracklint", *path.relative_to(SRC).with_suffix("").parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            names = [*base, *(node.module or "").split(".")] if node.module else base
            if names[:1] == ["tracklint"]:
                inner = names[1:]
                yield from (_room([*inner, alias.name]) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (_room(alias.name.split(".")[1:]) for alias in node.names if alias.name.startswith("tracklint."))


def test_imports_run_one_way() -> None:
    backward = []
    for path in SRC.rglob("*.py"):
        parts = path.relative_to(SRC).with_suffix("").parts
        room = _room([part for part in parts if part != "__init__"] or ["__init__"])
        if room in ("__init__", "__main__"):
            continue
        assert room in FLOOR, f"{room} has no place in the plan"
        backward += [
            f"{room} imports {other}"
            for other in _imports(path)
            if other in FLOOR and other != room and FLOOR[other] >= FLOOR[room]
        ]
    assert backward == []


def test_only_strava_opens_sockets() -> None:
    networked = {"socket", "httpx", "urllib", "http", "requests", "uvicorn", "asyncio"}
    offenders = []
    for path in SRC.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {
            (n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and not n.level
        }
        if names & networked and path.relative_to(SRC).parts[0] != "strava":
            offenders.append(str(path.relative_to(SRC)))
    assert offenders == []


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


def test_the_rules_page_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    written = generate.PAGE.read_text(encoding="utf-8")
    assert written == "".join(f"{line}\n" for line in generate.page()), "run `python docs/generate.py`"
