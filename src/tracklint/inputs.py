"""From what a run is given to its files: directories, globs and archives are opened up, and each file is one of the run
once, under a name of its own. What cannot be looked into is a file of the run too, so that nobody misses it."""

from __future__ import annotations

import contextlib
import glob
import itertools
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from .cloud import is_url, listed
from .config import Config
from .globs import matches
from .opening import why
from .selecting import is_like
from .source import SUFFIXES, Denied, Member, Remote, Thing, file_without_links, shown, without_links

__all__ = ["Input", "expand", "inputs"]


@dataclass(frozen=True, slots=True)
class Input:
    """One file of a run. ``name`` is what reports call it (`source.shown`), ``thing`` what is opened.

    ``below`` is its place below the directory, the glob's fixed part or the archive that was given; the own name of a
    file that was given by itself. It never leads out of a folder that it is put below.
    """

    name: str
    thing: Thing
    below: PurePosixPath


def expand(things: Iterable[Thing | tuple[str, Thing]], config: Config | None = None) -> Iterator[tuple[str, Thing]]:
    """`inputs` as pairs of name and thing; a pair is taken as it is."""
    for each in inputs(things, config):
        yield each.name, each.thing


def inputs(
    things: Iterable[Thing | tuple[str, Thing]], config: Config | None = None, *, apart_from: Path | None = None
) -> Iterator[Input]:
    """The single files in ``things``, in a stable order, each once, however often and in whatever spelling it is given.

    A directory yields the activity files below it, by suffix, and does not follow links to other directories; a glob
    pattern what matches; a zip its activity members, named ``archive.zip/member``; a url of an object store (`cloud`)
    the files below it. A thing that is none of these is
    yielded as it is, also when it does not exist, and so is a `Denied` for what cannot be looked into or holds no
    activity file: `open_source` says so with its name. Of ``config`` count ``relative_to``, ``exclude`` and
    ``allow_empty``. ``apart_from`` is a folder of results: what it holds is no input where it lies below a directory or
    glob that was given.
    """
    config = config or Config()
    names: set[str] = set()
    known: set[object] = set()
    for given in things:
        if isinstance(given, tuple):
            yield Input(*given, PurePosixPath(_own(given[0])))
            continue
        empty = True
        for thing, below in _found(given, apart_from):
            name = shown(thing, config.relative_to)
            if any(is_like(name, pattern) for pattern in config.exclude):
                continue
            empty = False
            if (key := _key(thing)) in known:
                continue
            known.add(key)
            name = _unlike(names, name, thing)
            names.add(name)
            yield Input(name, thing, PurePosixPath(*below.parts or (_own(shown(thing)),)))
        if empty and not config.allow_empty:
            yield _empty(given, config)


def _empty(given: Thing, config: Config) -> Input:
    """What was given and brings no file to the run: it is said as what cannot be read is."""
    name = shown(given, config.relative_to)
    if isinstance(given, str) and is_url(given):
        return Input(name, Remote(given, "no FIT, TCX or GPX file is found here"), PurePosixPath(_own(name)))
    place = Path(given) if isinstance(given, str | Path) else Path(name)
    return Input(name, Denied(place, _why_empty(place, config)), PurePosixPath(_own(name)))


def _why_empty(place: Path, config: Config) -> str:
    if config.exclude:
        return "no file is left that is not excluded"
    if not place.is_dir():
        return "no file matches this pattern"
    return "no FIT, TCX or GPX file in this folder" if any(place.iterdir()) else "this folder is empty"


def _key(thing: Thing) -> object:
    """What is the same for two spellings of one file; every object in memory is a thing of its own."""
    if isinstance(thing, Member):
        return file_without_links(thing.archive), thing.name, thing.copy
    if isinstance(thing, Denied):
        return without_links(thing.path)
    if isinstance(thing, Remote):
        return thing.url
    if isinstance(thing, str | Path):
        return str(thing) if str(thing) in ("-", "") else file_without_links(thing)
    return object()


def _unlike(names: set[str], name: str, thing: Thing) -> str:
    """A thing's name, unlike those of the files before it: in full where another path is spelt so, else numbered."""
    if isinstance(thing, Member) and thing.copy:
        name = _numbered(PurePosixPath(name), thing.copy).as_posix()
    elif name in names and isinstance(thing, str | Path | Member | Denied):
        name = _in_full(thing)
    numbered = (f"{name} ({number})" for number in itertools.count(2))
    return next(each for each in itertools.chain([name], numbered) if each not in names)


def _in_full(thing: str | Path | Member | Denied) -> str:
    if isinstance(thing, Member):
        return f"{_in_full(thing.archive)}/{thing.name}"
    return PurePath(without_links(thing.path if isinstance(thing, Denied) else thing)).as_posix()


def _own(name: str) -> str:
    return PurePath(name.strip("<>")).name or "activity"


def _found(given: Thing, apart_from: Path | None) -> Iterator[tuple[Thing, PurePath]]:
    """The things in one that was given, each with its place below it: none where it is the given one itself."""
    if not isinstance(given, str | Path) or str(given) in ("-", ""):
        yield given, PurePath()
    elif isinstance(given, str) and is_url(given):
        yield from _in_store(given)
    elif _is_folder(Path(given)):
        yield from _in_folder(Path(given), apart_from)
    elif not os.path.lexists(given) and glob.has_magic(str(given)):
        yield from _matching(str(given), apart_from)
    else:
        yield from _members(Path(given))


def _in_store(url: str) -> Iterator[tuple[Thing, PurePath]]:
    folder = url.partition("*")[0].rpartition("/")[0] + "/"
    try:
        for each in listed(url, (*SUFFIXES, ".zip")):
            yield Remote(each), PurePath(*_inside(each.removeprefix(folder)))
    except OSError as error:
        yield Remote(url, why(error)), PurePath()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # no permission to look: it is said when the path is opened
        return False


def _in_folder(folder: Path, apart_from: Path | None) -> Iterator[tuple[Thing, PurePath]]:
    for place in _walk(folder, apart_from):
        if isinstance(place, Denied):
            yield place, place.path.relative_to(folder)
            continue
        for thing, below in _members(place):
            yield thing, place.relative_to(folder) / below


def _walk(folder: Path, apart_from: Path | None) -> Iterator[Path | Denied]:
    """The activity files and archives below a folder, and what cannot be looked into, in the order of their paths."""
    spared = without_links(apart_from) if apart_from is not None else None
    waiting: list[os.DirEntry[str] | Path] = [folder]
    while waiting:
        entry = waiting.pop()
        try:
            if isinstance(entry, Path) or entry.is_dir(follow_symlinks=False):
                if isinstance(entry, Path) or spared is None or without_links(entry) != spared:
                    with os.scandir(entry) as inner:
                        waiting += sorted(inner, key=lambda each: each.name, reverse=True)
            elif _is_activity(entry):
                yield Path(entry)
        except OSError as error:
            yield Denied(Path(entry), why(error))


def _is_activity(entry: os.DirEntry[str]) -> bool:
    """Whether a file is one of ours by its name. Raises OSError where it cannot be told what the name stands for."""
    if entry.name.lower().endswith((*SUFFIXES, ".zip")):
        return stat.S_ISREG(entry.stat().st_mode)
    entry.is_file()  # a link onto itself raises; one that leads nowhere, and is none of ours, does not
    return False


def _matching(pattern: str, apart_from: Path | None) -> Iterator[tuple[Thing, PurePath]]:
    parts = PurePath(pattern).parts
    fixed = list(itertools.takewhile(lambda part: not glob.has_magic(part), parts))
    root = PurePath(*fixed)
    for match in (PurePath(match) for match in matches(pattern)):
        if apart_from is None or not _holds(root, apart_from, match):
            for thing, below in _found(Path(match), apart_from):
                yield thing, match.relative_to(root) / below
    for end in range(len(fixed), len(parts)):
        yield from ((denied, denied.path.relative_to(root)) for denied in _denied(PurePath(*parts[:end])))


def _holds(root: PurePath, results: Path, match: PurePath) -> bool:
    """Whether a match lies in the folder of results, and that one below the pattern's fixed part."""
    place, outer, inner = (PurePath(without_links(path)) for path in (results, root, match))
    return place != outer and place.is_relative_to(outer) and inner.is_relative_to(place)


def _denied(pattern: PurePath) -> Iterator[Denied]:
    """The folders that a pattern means and that cannot be looked into; `matches` passes them over."""
    for folder in matches(str(pattern)):
        try:
            if Path(folder).is_dir():
                os.scandir(folder).close()
        except OSError as error:
            yield Denied(Path(folder), why(error))


def _members(path: Path) -> Iterator[tuple[Thing, PurePath]]:
    members: list[str] = []
    with contextlib.suppress(Exception):  # a damaged archive makes zipfile raise what it may
        members = _zipped(path)
    if len(members) <= 1:
        yield path, PurePath()
    else:
        before: Counter[str] = Counter()
        for member in sorted(members):
            copy, before[member] = before[member], before[member] + 1
            yield Member(path, member, copy), _numbered(PurePath(*_inside(member)), copy)


def _numbered(path: PurePath, copy: int) -> PurePath:
    """A path of its own for the second of two members with one name, and so on."""
    own, dot, suffix = path.name.partition(".")
    return path.with_name(f"{own} ({copy + 1}){dot}{suffix}") if copy else path


def _zipped(path: Path) -> list[str]:
    """The activities in an archive. A pipe is none: it can be read only once, and may keep its reader waiting."""
    if not path.is_file():
        return []
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return []
        import zipfile

        with zipfile.ZipFile(file) as archive:
            return [m.filename for m in archive.infolist() if m.filename.lower().endswith(SUFFIXES)]


def _inside(member: str) -> Iterator[str]:
    """The parts of a member's name that cannot lead out of the folder that it is put into."""
    for part in re.split(r"[/\\]", member):
        if part not in ("", ".", "..") and not re.fullmatch("[A-Za-z]:", part):
            yield part
