"""An independent reader for the tests: expat's own events, one Python step an element, and nothing of the index."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from xml.parsers import expat


@dataclass
class Node:
    """An element as expat tells it; ``text`` goes up to the first child, as in ElementTree."""

    uri: str
    local: str
    attributes: dict[str, str]
    offset: int
    parent: Node | None = None
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def find(self, *names: str) -> Node | None:
        """The first child (and its first child ...) with these local names."""
        node: Node | None = self
        for name in names:
            node = next((c for c in node.children if c.local == name), None) if node else None
        return node

    def walk(self) -> list[Node]:
        return [self] + [n for c in self.children for n in c.walk()]

    def path(self) -> tuple[tuple[str, str], ...]:
        return (*(self.parent.path() if self.parent else ()), (self.uri, self.local))


def read(data: bytes) -> Node:
    """The tree of a well-formed document. Raises ExpatError."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    top = Node("", "", {}, 0)
    stack = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        uri, _, local = name.rpartition(" ")
        node = Node(uri, local, attributes, parser.CurrentByteIndex, stack[-1])
        stack[-1].children.append(node)
        stack.append(node)

    def end(_: str) -> None:
        stack.pop()

    def text(piece: str) -> None:
        if not stack[-1].children:
            stack[-1].text += piece

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.Parse(data, True)
    root = top.children[0]
    root.parent = None
    return root


def number(text: str | None) -> float:
    """A number as the product takes it: XML Schema's decimal and double, and NaN for everything else."""
    text = (text or "").strip(" \t\r\n")
    if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
        return math.nan
    return float(text) if math.isfinite(float(text)) else math.nan
