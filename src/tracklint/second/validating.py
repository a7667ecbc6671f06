"""The part of `child` that validates: libxml2 streams the document past the schemas in XSD files.

Run by its path in the process of `child`, so nothing of tracklint is imported here either. Of a fault in a stream
libxml2 says through lxml neither line nor byte; but it says it while it is there, so the element's number is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from .child import Tally

#: After so many faults the reading ends: libxml2 keeps each, and memory must not grow with the document.
MOST_FAULTS = 10_000
#: Elements from this depth on have no number, as in our own index (`xml.index.MAX_DEPTH`).
DEEPEST = 64
_MOST_TEXT = 300
_XS = "{http://www.w3.org/2001/XMLSchema}"
_BAD = ("ERROR", "FATAL")
#: What libxml2 says of a child that does not fit, and where no child may stand.
_CONTENT, _NO_CHILDREN = "element_content", ("cvc_complex_type_2_1", "cvc_complex_type_2_2", "cvc_type_3_1_2")


class Ended(Exception):
    """A reading that ends in a way of its own: ``enough`` faults, ``doctype``, ``ill-formed``, or bad ``schemas``.
    ``lineno`` and ``column`` are what libxml2 names."""

    def __init__(self, end: str, text: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(text)
        self.end, self.lineno, self.column = end, line, column


class Nothing:
    """The target of a parser that is only to say whether the document is well-formed."""

    def doctype(self, *_names: str | None) -> None:
        """Nothing of a document type is read."""
        raise Ended("doctype", "the document has a document type")

    def close(self) -> None:
        """There is nothing to hand over."""


class Watch(Nothing):
    """The target of a parser that validates. It builds nothing and knows which element libxml2 is at."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.begun = self.told = 0
        self.open: list[int] = []
        self.at, self.ending = -1, False
        self.point, self.point_depth = "", -1
        self.broken: Any = None

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        """An element begins. libxml2 validates its name and attributes after this."""
        if self.told >= MOST_FAULTS:
            raise Ended("enough", f"it has told {MOST_FAULTS} faults")
        local, depth = tag.rpartition("}")[2], len(self.open)
        if not self.begun:
            self.point = "trkpt" if local == "gpx" else "Trackpoint"
        if depth < DEEPEST:
            self.at, self.begun = self.begun, self.begun + 1
        self.ending = False
        self.open.append(self.at)
        if local == self.point and self.point_depth < 0:
            self.point_depth = depth
            self.tally.point([])

    def end(self, _tag: str) -> None:
        """An element ends. libxml2 validates its text, and what is missing in it, after this."""
        self.at, self.ending = self.open.pop(), True
        if len(self.open) == self.point_depth:
            self.point_depth = -1

    def hear(self, entry: Any) -> None:
        """Take down an error when it comes up: a fault by the schema, or the first one of the document itself."""
        if entry.level_name not in _BAD:
            return
        if entry.domain_name != "SCHEMASV":
            self.broken = self.broken or entry
            return
        kind, at = entry.type_name.removeprefix("SCHEMAV_").lower(), self.at
        if "Character content" in entry.message and self.open:
            at = self.open[-1]  # text is refused as soon as it is read
        elif kind == _CONTENT and self.ending:
            kind = "missing_child"
        elif kind in _NO_CHILDREN and not self.ending:
            kind = _CONTENT
        self.told += 1
        self.tally.fault(at, kind, _said(entry))


def _said(entry: Any) -> str:
    """An error on one line, without the namespaces of its names."""
    text = re.sub(r"\{[^{}\s]*\}(?=\w)", "", " ".join(entry.message.split()))
    return text if len(text) <= _MOST_TEXT else f"{text[:200]} ... {text[-90:]}"


def _parser(**options: Any) -> Any:
    """A parser that resolves no entity, fetches nothing, and reads nothing larger than libxml2 permits by itself."""
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, **options)


def validate(stream: BinaryIO, tally: Tally, *folders: str) -> None:
    """Tell the faults of the document by the schemas in these folders. Raises `Ended` where that comes to no end."""
    from lxml import etree

    tally.tell(version=".".join(map(str, etree.LIBXML_VERSION)))
    watch = Watch(tally)

    class Log(etree.PyErrorLog):  # type: ignore[misc]  # the stubs leave it out
        def receive(self, entry: Any) -> None:
            watch.hear(entry)

    # one that validates keeps its schema's errors only, so that a second one has to parse the same bytes
    parsers = (_parser(target=Nothing()), _parser(target=watch, schema=_schema(folders)))
    etree.use_global_python_log(Log())  # the one log that hears of an error while libxml2 is still at its place
    try:
        while chunk := stream.read(1 << 16):
            for parser in parsers:
                parser.feed(chunk)
        for parser in parsers:
            parser.close()
    except etree.XMLSyntaxError as error:
        if watch.broken is None:
            raise Ended("ill-formed", str(error)) from None
    finally:
        tally.counts["element"] = watch.begun
    if watch.broken is not None:
        if watch.broken.type_name == "ERR_NO_MEMORY":
            raise MemoryError
        raise Ended("ill-formed", _said(watch.broken), watch.broken.line, watch.broken.column)


def only_schemas(_stream: BinaryIO, _tally: Tally, *folders: str) -> None:
    """Read no document, only the schemas. Raises `Ended`."""
    _schema(folders)


def _schema(folders: tuple[str, ...]) -> Any:
    """One schema of all XSD files of these folders; a namespace of two of them is the later one's.

    libxml2 gets each file from us and nothing else: an ``import`` finds the file of its namespace in its own folder,
    whatever place it names, and an ``include`` the file of its name.
    """
    from lxml import etree

    texts: dict[str, bytes] = {}
    names: dict[str, str] = {}
    lacking: dict[str, str] = {}
    chosen: dict[str, str] = {}
    for folder in folders:
        trees = _trees(Path(folder))
        addresses = {name: f"{len(texts) + i}.xsd" for i, name in enumerate(trees)}
        roots = _roots(folder, trees)
        for name, tree in trees.items():
            names[addresses[name]] = file = f"{folder}/{name}"
            if lost := _bind(file, tree.getroot(), addresses, roots):
                lacking[file] = f" (no file of its folder is for {', '.join(lost)})"
            texts[addresses[name]] = etree.tostring(tree, encoding="utf-8")
        chosen |= {namespace: addresses[name] for namespace, name in roots.items()}

    class Ours(etree.Resolver):
        def resolve(self, url: str, _public: str | None, context: Any) -> Any:  # type: ignore[override]  # the stubs leave out the context
            return self.resolve_string(texts[url.rpartition("/")[2]], context, base_url=url)

    parser = _parser()
    parser.resolvers.add(Ours())
    whole = etree.Element(f"{_XS}schema", targetNamespace="urn:tracklint:all")
    for namespace, address in chosen.items():
        imported = etree.SubElement(whole, f"{_XS}import", schemaLocation=address)
        if namespace:
            imported.set("namespace", namespace)
    try:
        return etree.XMLSchema(etree.fromstring(etree.tostring(whole), parser, base_url="all.xsd"))
    except etree.XMLSchemaParseError as error:
        first = next(each for each in error.error_log if each.level_name in _BAD)
        file = names.get((first.filename or "").rpartition("/")[2], folders[-1])
        raise Ended("schemas", f"{file}: {_said(first)}{lacking.get(file, '')}") from None


def _trees(folder: Path) -> dict[str, Any]:
    """The XSD files of a folder by name."""
    from lxml import etree

    trees: dict[str, Any] = {}
    path = folder
    try:
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() == ".xsd" and path.is_file():
                root = etree.fromstring(path.read_bytes(), _parser())
                trees[path.name] = root.getroottree()
                if trees[path.name].docinfo.doctype:
                    raise Ended("schemas", f"{path}: it has a document type, and none is read")
                if root.tag != f"{_XS}schema":
                    raise Ended("schemas", f"{path}: it is no XML Schema")
    except OSError as error:
        raise Ended("schemas", f"{path}: {error.strerror}") from None
    except etree.XMLSyntaxError as error:
        raise Ended("schemas", f"{path}: {error.msg}") from None
    if not trees:
        raise Ended("schemas", f"{folder}: no XSD file (*.xsd) stands in this folder")
    return trees


def _roots(folder: str, trees: Mapping[str, Any]) -> dict[str, str]:
    """Namespace -> the file that declares it, those apart that others include."""
    included = {place for name, tree in trees.items() for place in map(_place, _includes(tree)) if place != name}
    roots: dict[str, str] = {}
    for name, tree in trees.items():
        namespace = tree.getroot().get("targetNamespace", "")
        if name not in included and roots.setdefault(namespace, name) != name:
            what = f"the namespace {namespace}" if namespace else "no namespace"
            raise Ended("schemas", f"{folder}: {roots[namespace]} and {name} are both for {what}")
    for name in sorted(included & set(trees)):
        if (namespace := trees[name].getroot().get("targetNamespace")) and namespace not in roots:
            raise Ended("schemas", f"{folder}: {name} is included, but by no schema of the namespace {namespace}")
    return roots


def _includes(tree: Any) -> list[Any]:
    """The nodes that take in another file of the same namespace."""
    return [*tree.getroot().iterchildren(f"{_XS}include", f"{_XS}redefine")]


def _place(node: Any) -> str:
    return str(node.get("schemaLocation", "")).removeprefix("./")


def _bind(file: str, root: Any, addresses: Mapping[str, str], roots: Mapping[str, str]) -> list[str]:
    """Let what a schema asks for be the files of its folder. Gives the namespaces that it has no file for."""
    lacking = []
    for node in root.iterchildren(f"{_XS}import"):
        node.attrib.pop("schemaLocation", None)
        if (own := roots.get(node.get("namespace", ""))) is not None:
            node.set("schemaLocation", addresses[own])
        else:
            lacking.append(node.get("namespace", ""))
    for node in _includes(root.getroottree()):
        if _place(node) not in addresses:
            raise Ended("schemas", f"{file}: it includes {_place(node)}, which does not stand in its folder")
        node.set("schemaLocation", addresses[_place(node)])
    return lacking
