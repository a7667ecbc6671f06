"""`scan_xml`: any bytes to an `XmlDocument`. It never raises and never fetches or expands anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from ..source import Fault
from .document import Lines, Root, XmlDocument, attributes_of
from .encoding import Encoding, find_encoding
from .exact import exact_tags
from .faults import find_faults, prolog_faults
from .index import Elements, index_elements
from .names import GPX_1_0, GPX_1_1, TCX_V1, TCX_V2, meant_uri, near_miss
from .proof import surely_well_formed
from .tags import Tags, find_tags

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["scan_xml"]

#: Limits of libxml2, the parser behind most readers: a file beyond them is not read.
MAX_NESTING = 256
MAX_TEXT = 10_000_000
_NOTHING = re.compile(rb"[\0 \t\r\n\xef\xbb\xbf]*")
#: Deeper than this expat is not asked either, because it keeps memory for each open element.
_TOO_DEEP = 20_000


def scan_xml(data: bytes) -> XmlDocument:
    """The structure and the faults of ``data``. Takes any bytes; what cannot be read is said in ``faults``."""
    return _Scan(data).document()


class _Scan:
    """One scan: its parts share the text, its lines and its encoding."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.encoding: Encoding = find_encoding(data)
        direct = self.encoding.direct
        self.codec = self.encoding.found if direct else "utf-8"
        self.text = data if direct else data.decode(self.encoding.found, "replace").encode("utf-8", "replace")
        self.raw = np.frombuffer(self.text, np.uint8)
        self.lines = Lines(self.text, len(data), self.encoding.found, self.codec)

    def document(self) -> XmlDocument:
        tags = self.tags(well_formed=True)
        deep = bool(len(tags.depth)) and int(tags.depth.max()) > _TOO_DEEP
        faults = list(self.encoding_faults())
        elements = index_elements(self.text, self.raw, tags)
        fatal, unbound = ([], False) if deep else self.parser_faults(elements)
        limit = self.limit(tags)
        if fatal:
            tags = self.tags(well_formed=False)
            elements = index_elements(self.text, self.raw, tags)
        root = self.root(elements)
        faults += fatal + ([limit] if limit else []) + list(self.root_faults(root))
        if unbound:
            faults += self.unbound(elements, root)
        return XmlDocument(
            data=self.data,
            text=self.text,
            raw=self.raw,
            encoding=self.encoding.found,
            codec=self.codec,
            root=root,
            well_formed=not (deep or unbound or any(fault.kind != "no-declaration" for fault in fatal)),
            faults=tuple(sorted(faults, key=lambda fault: fault.offset)),
            elements=elements,
            lines=self.lines,
        )

    def parser_faults(self, elements: Elements) -> tuple[list[Fault], bool]:
        """What stops a parser, from the first byte on, and whether a prefix is not declared."""
        if _NOTHING.fullmatch(self.text):
            return [self.note("empty", 0, len(self.text))], False
        mark = len("\ufeff".encode(self.codec)) if self.encoding.mark else 0
        base, prolog = prolog_faults(self.text, mark, self.note)
        if self.codec == "utf-8" and base <= mark and surely_well_formed(self.text, self.raw, elements):
            return prolog, False
        fatal, unbound = find_faults(self.text, base, self.codec, self.note)
        return prolog + fatal, unbound

    def tags(self, *, well_formed: bool) -> Tags:
        return find_tags(self.text, self.raw, well_formed=well_formed) or exact_tags(self.text)

    def note(self, kind: str, offset: int, size: int = 0, **evidence: Any) -> Fault:
        """A fault at an offset of the text, with line and column, and its bytes in the file."""
        line, column = self.lines.line_column(offset)
        start = self.lines.origin(offset)
        end = self.lines.origin(offset + size)
        return Fault(kind, start, end - start, {"line": line, "column": column, **evidence})

    def encoding_faults(self) -> Iterator[Fault]:
        found = self.encoding
        if found.mark and found.found == "utf-8":
            yield Fault("byte-order-mark", 0, found.mark, {"line": 1, "column": 1})
        if found.known and found.agrees and not found.found.startswith(("utf-16", "utf-32")):
            return
        place = self.text.find(b"encoding") if found.declared else 0
        yield self.note(
            "encoding",
            max(place, 0),
            declared=found.declared,
            found=found.found,
            known=found.known,
            mark=bool(found.mark),
        )

    def limit(self, tags: Tags) -> Fault | None:
        """The first thing that is larger than libxml2 reads."""
        if not len(tags.start):
            return None
        deepest = int(tags.depth.max()) + 1
        if deepest > MAX_NESTING:
            at = int(np.argmax(tags.depth >= MAX_NESTING))
            return self.note(
                "parser-limit", int(tags.start[at]), what="nested elements", found=deepest, limit=MAX_NESTING
            )
        if max(int(np.diff(tags.start).max(initial=0)), len(self.text) - int(tags.start[-1])) <= MAX_TEXT:
            return None
        edges = np.append(tags.start[1:], len(self.text)) - tags.stop
        longest = np.maximum(edges, tags.stop - tags.start)
        if int(longest.max()) > MAX_TEXT:
            at = int(np.argmax(longest))
            return self.note(
                "parser-limit", int(tags.start[at]), what="bytes in one piece", found=int(longest[at]), limit=MAX_TEXT
            )
        return None

    def root(self, elements: Elements) -> Root | None:
        if not len(elements):
            return None
        path = elements.paths[int(elements.path[0])]
        tag = int(elements.tag[0])
        tags = elements.tags
        offset, stop, name_end = map(self.origin, (int(tags.start[tag]), int(tags.stop[tag]), tags.name_end(tag)))
        attributes = attributes_of(self.text, self.lines, elements, 0)
        return Root(path.local, path.prefix, path.uri, offset, stop - offset, name_end, attributes, dict(path.scope))

    def origin(self, offset: int) -> int:
        return self.lines.origin(offset)

    def root_faults(self, root: Root | None) -> Iterator[Fault]:
        """What the root says of itself that Strava and other readers do not expect."""
        if root is None:
            return
        tag = self.place(root)
        if root.name not in ("gpx", "TrainingCenterDatabase"):
            yield Fault(
                "wrong-root", root.offset, root.size, {**tag, "element": root.name, "namespace": root.namespace}
            )
            return
        wanted = GPX_1_1 if root.name == "gpx" else TCX_V2
        older = {GPX_1_0: "gpx-1.0"} if root.name == "gpx" else {TCX_V1: "tcx-v1"}
        if root.namespace == "":
            yield Fault("no-namespace", root.offset, root.size, {**tag, "element": root.name, "expected": wanted})
        elif root.namespace in older:
            yield Fault(
                older[root.namespace], root.offset, root.size, {**tag, "found": root.namespace, "expected": wanted}
            )
        elif root.namespace is not None and root.namespace != wanted:
            near = near_miss(root.namespace, wanted) or (root.name == "gpx" and near_miss(root.namespace, GPX_1_0))
            yield Fault(
                "other-namespace",
                root.offset,
                root.size,
                {**tag, "found": root.namespace, "expected": wanted, "near": near},
            )
        if root.name == "gpx":
            version = root.attribute("version")
            expected = {GPX_1_0: ("1.0",), "": ("1.1", "1.0")}.get(root.namespace or "", ("1.1",))
            if version is None or version.value.strip() not in expected:
                evidence = {"found": version.value if version else None, "expected": expected[0]}
                yield Fault("gpx-version", root.offset, root.size, {**tag, **evidence})

    def place(self, root: Root) -> dict[str, Any]:
        line, column = self.lines.line_column(self.lines.text_offset(root.offset))
        return {"line": line, "column": column}

    def unbound(self, elements: Elements, root: Root | None) -> list[Fault]:
        """One fault for each prefix that is used without a declaration, with the first use and the number of uses."""
        uses: dict[str, tuple[int, int, str]] = {}
        names: dict[str, set[str]] = {}
        counts = np.bincount(elements.path, minlength=len(elements.paths))
        for path in elements.paths:
            if path.uri is None:
                first = int(np.argmax(elements.path == path.number))
                offset = int(elements.tags.start[elements.tag[first]])
                count = int(counts[path.number])
                at, known, name = uses.get(path.prefix, (offset, 0, path.name))
                uses[path.prefix] = (min(at, offset), known + count, path.name if offset <= at else name)
                names.setdefault(path.prefix, set()).add(path.local)
        for prefix, offset, name in self.unbound_attributes(elements):
            at, known, first_name = uses.get(prefix, (offset, 0, name))
            uses[prefix] = (min(at, offset), known + 1, name if offset < at else first_name)
            names.setdefault(prefix, set()).add(name.partition(":")[2])
        return [
            self.note(
                "undeclared-prefix", offset, prefix=prefix, element=name, count=count,
                usual=meant_uri(prefix, names[prefix], root.name if root else ""),
            )
            for prefix, (offset, count, name) in uses.items()
        ]  # fmt: skip

    def unbound_attributes(self, elements: Elements) -> Iterator[tuple[str, int, str]]:
        import re

        for match in re.finditer(rb"[\s\"']([A-Za-z_][\w.-]*):([\w.-]+)\s*=\s*[\"']", self.text):
            prefix = match[1].decode("utf-8", "replace")
            element = int(np.searchsorted(elements.tags.start[elements.tag], match.start(), "right")) - 1
            if prefix in ("xmlns", "xml") or element < 0 or match.start() >= elements.tags.stop[elements.tag[element]]:
                continue
            path = elements.paths[int(elements.path[element])]
            if prefix not in path.scope:
                yield prefix, match.start(1), f"{prefix}:{match[2].decode('utf-8', 'replace')}"
