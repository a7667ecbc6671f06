"""Write src/tracklint/xml/schema/tables.py from the XSD files in this directory: ``python schemas/compile.py``.

It reads the part of XML Schema 1.0 that these files use, and stops at everything else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))

from tracklint.xml.schema.model import XSD, Attribute, Complex, Element, Name, Simple, Slot, Type, Unique  # noqa: E402

PAGE = ROOT / "src" / "tracklint" / "xml" / "schema" / "tables.py"
XML = "http://www.w3.org/XML/1998/namespace"
WIDTH = 120

BUILT_IN = {
    each.name: each
    for each in (
        Simple("string", "string", white="preserve"),
        Simple("normalizedString", "string", white="replace"),
        Simple("token", "string"),
        Simple("language", "string", patterns=("[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",)),
        Simple("anyURI", "anyURI"),
        Simple("boolean", "boolean"),
        Simple("decimal", "decimal"),
        Simple("double", "double"),
        Simple("float", "double"),
        Simple("dateTime", "dateTime"),
        Simple("date", "date"),
        Simple("gYear", "gYear"),
        Simple("hexBinary", "hexBinary"),
        Simple("integer", "integer"),
        Simple("positiveInteger", "integer", low="1"),
        Simple("nonNegativeInteger", "integer", low="0"),
        Simple("unsignedByte", "integer", low="0", high="255"),
        Simple("unsignedShort", "integer", low="0", high="65535"),
        Simple("unsignedInt", "integer", low="0", high="4294967295"),
        Simple("byte", "integer", low="-128", high="127"),
        Simple("short", "integer", low="-32768", high="32767"),
        Simple("int", "integer", low="-2147483648", high="2147483647"),
    )
}
#: Facets of a restriction, and what they set.
FACETS = {
    "minInclusive": ("low", {"low_open": False}),
    "maxInclusive": ("high", {"high_open": False}),
    "minExclusive": ("low", {"low_open": True}),
    "maxExclusive": ("high", {"high_open": True}),
    "minLength": ("shortest", {}),
    "maxLength": ("longest", {}),
}


class NotKnown(Exception):
    """A part of XML Schema that this reader does not know."""


class Reader:
    """Reads the declarations of one XSD file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.prefixes: dict[str, str] = {}
        for event, item in ElementTree.iterparse(path, ("start-ns", "end")):
            if event == "start-ns":
                self.prefixes.setdefault(*item)
            else:
                root = item
        self.root = root
        self.uri = root.get("targetNamespace", "")
        self.qualified = root.get("elementFormDefault") == "qualified"
        self.types: dict[Name, Type] = {}
        self.elements: dict[Name, Element] = {}
        self.only(root, "targetNamespace", "elementFormDefault", "version", "{" + XML + "}lang")
        for node in self.parts(root):
            kind = _kind(node)
            if kind == "element":
                element = self.element(node, "", qualified=True)
                self.elements[element.name] = element
            elif kind == "complexType":
                self.complex((self.uri, node.attrib["name"]), node)
            elif kind == "simpleType":
                self.simple((self.uri, node.attrib["name"]), node)
            elif kind != "import":
                raise self.not_known(node)

    def not_known(self, node: ElementTree.Element, what: str = "") -> NotKnown:
        """What to raise at a node."""
        return NotKnown(f"{self.path.name}: {_kind(node)} {node.attrib} {what}")

    def only(self, node: ElementTree.Element, *names: str) -> None:
        """Stop at every other attribute."""
        if set(node.attrib) - set(names):
            raise self.not_known(node, "has an attribute that is not known here")

    def parts(self, node: ElementTree.Element) -> list[ElementTree.Element]:
        """The children of a node that declare something."""
        return [child for child in node if _kind(child) != "annotation"]

    def name(self, text: str) -> Name:
        """What a name in this file stands for."""
        prefix, colon, local = text.rpartition(":")
        if colon and prefix not in self.prefixes:
            raise NotKnown(f"{self.path.name}: prefix of {text}")
        return self.prefixes.get(prefix, "" if colon else self.uri), local

    # Elements and their order

    def element(self, node: ElementTree.Element, path: str, *, qualified: bool) -> Element:
        """The declaration of an element; ``path`` leads to a type that has no name."""
        self.only(node, "name", "type", "ref", "minOccurs", "maxOccurs")
        parts = self.parts(node)
        if "ref" in node.attrib:
            if parts:
                raise self.not_known(node)
            return Element(self.name(node.attrib["ref"]), ("", ""))
        name = (self.uri if qualified else "", node.attrib["name"])
        key = self.name(node.attrib["type"]) if "type" in node.attrib else None
        unique = []
        for part in parts:
            kind = _kind(part)
            if kind in ("key", "unique"):
                unique.append(self.unique(part))
            elif key is None and kind in ("complexType", "simpleType"):
                key = (self.uri, f"{path}/{name[1]}")
                (self.complex if kind == "complexType" else self.simple)(key, part)
            else:
                raise self.not_known(part)
        if key is None:
            raise self.not_known(node, "has no type")
        return Element(name, key, tuple(unique))

    def unique(self, node: ElementTree.Element) -> Unique:
        """A constraint of an element. A key is one whose field must be there, which the types say as well."""
        self.only(node, "name")
        selector, field = self.parts(node)
        chosen, wanted = re.split(r"\s*\|\s*", selector.attrib["xpath"].strip()), field.attrib["xpath"]
        if not all(re.fullmatch(r"[\w:]+(/[\w:]+)*", each) for each in chosen) or not re.fullmatch(r"@?[\w:]+", wanted):
            raise self.not_known(node, f"{chosen} {wanted}")
        selectors = tuple(tuple(self.step(step) for step in each.split("/")) for each in chosen)
        attribute = wanted.startswith("@")
        return Unique(node.attrib["name"], selectors, self.step(wanted.removeprefix("@")), attribute)

    def step(self, text: str) -> Name:
        """A name in a path of a constraint, where one without prefix has no namespace."""
        return self.name(text) if ":" in text else ("", text)

    def slots(self, node: ElementTree.Element, path: str) -> Iterator[Slot]:
        """The places of a sequence; sequences in it that stand once are a part of it."""
        if _kind(node) != "sequence" or _occurs(node) != (1, 1):
            raise self.not_known(node, "is no plain sequence")
        for part in self.parts(node):
            kind = _kind(part)
            least, most = _occurs(part)
            if kind == "element":
                yield Slot(least, most, (self.element(part, path, qualified=self.qualified),))
            elif kind == "any":
                self.only(part, "namespace", "processContents", "minOccurs", "maxOccurs")
                wildcard = part.get("namespace", "##any")
                if part.get("processContents") != "lax" or wildcard not in ("##any", "##other"):
                    raise self.not_known(part)
                yield Slot(least, most, (), wildcard)
            elif kind == "choice":
                choices = self.parts(part)
                if any(_kind(each) != "element" or _occurs(each) != (1, 1) for each in choices):
                    raise self.not_known(part, "is no plain choice")
                yield Slot(least, most, tuple(self.element(e, path, qualified=self.qualified) for e in choices))
            else:
                yield from self.slots(part, path)

    # Types

    def complex(self, key: Name, node: ElementTree.Element) -> None:
        """Read a type of elements."""
        self.only(node, "name", "abstract", "mixed")
        made = Complex(key[1], self.uri, abstract=node.get("abstract") == "true", mixed=node.get("mixed") == "true")
        for part in self.parts(node):
            kind = _kind(part)
            if kind in ("complexContent", "simpleContent"):
                (extension,) = self.parts(part)
                if _kind(extension) != "extension":
                    raise self.not_known(extension)
                base = self.name(extension.attrib["base"])
                made = replace(made, base=base, text=base if kind == "simpleContent" else None)
                for inner in self.parts(extension):
                    made = self.content(made, key, inner)
            else:
                made = self.content(made, key, part)
        self.types[key] = made

    def content(self, made: Complex, key: Name, node: ElementTree.Element) -> Complex:
        """The type with one more part of its content."""
        kind = _kind(node)
        if kind == "attribute":
            return replace(made, attributes=(*made.attributes, self.attribute(node, key)))
        if kind == "anyAttribute":
            return replace(made, any_attribute=True)
        return replace(made, slots=(*made.slots, *self.slots(node, key[1])))

    def attribute(self, node: ElementTree.Element, key: Name) -> Attribute:
        """The declaration of an attribute of the type ``key``."""
        self.only(node, "name", "type", "ref", "use", "fixed")
        if "ref" in node.attrib:
            name, type_ = self.name(node.attrib["ref"]), (XSD, "string")
        else:
            name = ("", node.attrib["name"])
            type_ = self.name(node.attrib["type"]) if "type" in node.attrib else (self.uri, f"{key[1]}/@{name[1]}")
            for part in self.parts(node):
                self.simple(type_, part)
        return Attribute(name, type_, node.get("use") == "required", node.get("fixed"))

    def simple(self, key: Name, node: ElementTree.Element) -> None:
        """Read a type of texts."""
        self.only(node, "name")
        (restriction,) = self.parts(node)
        if _kind(restriction) != "restriction":
            raise self.not_known(restriction)
        # the base is put in by `joined`, when all types are there
        made = Simple(key[1], "", self.name(restriction.attrib["base"]), white="")
        for facet in self.parts(restriction):
            kind, value = _kind(facet), facet.attrib["value"]
            if kind in FACETS:
                field, more = FACETS[kind]
                made = replace(made, **{field: int(value) if field in ("shortest", "longest") else value}, **more)
            elif kind == "length":
                made = replace(made, shortest=int(value), longest=int(value))
            elif kind == "enumeration":
                made = replace(made, words=(*made.words, value))
            elif kind == "pattern":
                made = replace(made, patterns=(*made.patterns, _pattern(value)))
            elif kind == "whiteSpace":
                made = replace(made, white=value)
            else:
                raise self.not_known(facet)
        self.types[key] = made


def _kind(node: ElementTree.Element) -> str:
    uri, _, local = node.tag[1:].rpartition("}")
    if uri != XSD:
        raise NotKnown(node.tag)
    return local


def _occurs(node: ElementTree.Element) -> tuple[int, int | None]:
    most = node.get("maxOccurs", "1")
    return int(node.get("minOccurs", "1")), None if most == "unbounded" else int(most)


def _pattern(text: str) -> str:
    """A pattern of XML Schema in the words of Python's ``re``; letters of other scripts are matched as ``Z`` and ``z``."""
    text = text.replace(r"\p{Lu}", "A-Z").replace(r"\p{L}", "A-Za-z")
    if re.search(r"\\[^d.\-\\+*?()\[\]{}|^]|-\[[^\]]*\]\]|[$^]", text.replace("[^", "[")):
        raise NotKnown(f"pattern {text}")
    return text


def read_schemas(directory: Path) -> tuple[dict[str, str], dict[Name, Type], dict[Name, Element]]:
    """Constants for the namespaces, all types, and the global elements of all XSD files in a directory."""
    readers = [Reader(path) for path in sorted(directory.glob("*.xsd"))]
    constants = {_initials(reader.path.stem): reader.uri for reader in readers}
    if len(constants) < len(readers):
        raise NotKnown("two files have the same initials")
    types: dict[Name, Type] = {(XSD, name): built_in for name, built_in in BUILT_IN.items()}
    elements: dict[Name, Element] = {}
    for reader in readers:
        types |= reader.types
        elements |= reader.elements
    types = {key: _joined(key, types) for key in types}
    for key, each in types.items():
        if isinstance(each, Complex):
            slots = tuple(_checked(slot, types, elements) for slot in each.slots)
            names = [element.name for slot in slots for element in slot.elements]
            if len(set(names)) < len(names) or sum(bool(slot.wildcard) for slot in slots) > 1:
                raise NotKnown(f"{key} has an element in two places")
            types[key] = replace(each, slots=slots)
            for attribute in each.attributes:
                _known(attribute.type, types)
    used = {e.type for e in elements.values()} | {
        part.type for t in types.values() if isinstance(t, Complex) for s in t.slots for part in s.elements
    }
    used |= {a.type for t in types.values() if isinstance(t, Complex) for a in t.attributes}
    used |= {t.text for t in types.values() if isinstance(t, Complex) and t.text}
    types = {key: each for key, each in types.items() if key[0] != XSD or key in used or key[1] == "string"}
    return constants, types, elements


def _initials(stem: str) -> str:
    """A short name for a schema: ``TCD2`` for ``training-center-database-v2``."""
    return "".join(part if part.isdigit() else part[0].upper() for part in re.findall(r"[a-z]{2,}|\d+", stem))


def _known(key: Name, types: dict[Name, Type]) -> None:
    if key not in types:
        raise NotKnown(f"type {key}")


def _checked(slot: Slot, types: dict[Name, Type], elements: dict[Name, Element]) -> Slot:
    """A slot with its references resolved."""
    found = tuple(elements[each.name] if each.type == ("", "") else each for each in slot.elements)
    for each in found:
        _known(each.type, types)
    return replace(slot, elements=found)


def _joined(key: Name, types: dict[Name, Type]) -> Type:
    """A type with what it takes over from its base."""
    made = types[key]
    if made.base is None:
        return made
    _known(made.base, types)
    base = _joined(made.base, types)
    if isinstance(made, Simple):
        if not isinstance(base, Simple):
            raise NotKnown(f"{key} is simple, its base is not")
        changes = {
            each.name: getattr(base, each.name)
            for each in fields(Simple)
            if each.name not in ("name", "base", "patterns") and getattr(made, each.name) in (None, "", ())
        }
        if made.low is None:
            changes["low_open"] = base.low_open
        if made.high is None:
            changes["high_open"] = base.high_open
        return replace(made, **changes, patterns=(*base.patterns, *made.patterns))
    if isinstance(base, Simple):
        return made
    return replace(
        made,
        slots=(*base.slots, *made.slots),
        attributes=(*base.attributes, *made.attributes),
        text=made.text if made.base != made.text else base.text,
        any_attribute=made.any_attribute or base.any_attribute,
        mixed=made.mixed or base.mixed,
    )


#: What opens a value, its parts with their keywords, and what closes it.
Parts = tuple[str, list[tuple[str, object]], str]


class Writer:
    """Writes the tables as Python."""

    def __init__(self, constants: dict[str, str]) -> None:
        self.names = {uri: name for name, uri in constants.items()} | {XSD: "XSD", "": '""'}

    def page(self, constants: dict[str, str], types: dict[Name, Type], elements: dict[Name, Element]) -> str:
        """The whole module."""
        lines = [HEADER]
        lines += [f"{name} = {_text(uri)}" for name, uri in constants.items()]
        lines += ["", "# fmt: off", "TYPES: dict[Name, Type] = {"]
        for key, each in types.items():
            lines += self.item(f"    {self.name(key)}: ", self.value(each))
        lines += ["}", "", "#: The elements that may stand anywhere.", "ELEMENTS: dict[Name, Element] = {"]
        for key, element in elements.items():
            lines += self.item(f"    {self.name(key)}: ", self.value(element))
        lines += ["}", "# fmt: on"]
        return "".join(f"{line}\n" for line in lines)

    def name(self, name: Name) -> str:
        """A name as a pair of constant and text."""
        uri = self.names.get(name[0])
        return f"({uri if uri is not None else _text(name[0])}, {_text(name[1])})"

    def value(self, value: object) -> Parts | str:
        """What opens a value, its parts with their keywords, and what closes it; a text where it has no parts."""
        if isinstance(value, Simple | Complex | Element | Slot | Attribute | Unique):
            parts: list[tuple[str, object]] = []
            keyword = False
            for each in fields(value):
                item = getattr(value, each.name)
                if item == each.default:
                    keyword = True
                else:
                    parts.append((f"{each.name}=" if keyword else "", item))
            return f"{type(value).__name__}(", parts, ")"
        if isinstance(value, tuple):
            if len(value) == 2 and value[0] in self.names and value[0]:
                return self.name(value)
            return "(", [("", each) for each in value], ",)" if len(value) == 1 else ")"
        if isinstance(value, str):
            return self.names[value] if value and value in self.names else _text(value)
        return repr(value)

    def flat(self, made: Parts | str) -> str:
        """A value on one line."""
        if isinstance(made, str):
            return made
        opening, parts, closing = made
        return opening + ", ".join(keyword + self.flat(self.value(part)) for keyword, part in parts) + closing

    def item(self, head: str, made: Parts | str) -> list[str]:
        """One value behind ``head`` on a line, or with each of its parts on lines of their own."""
        line = f"{head}{self.flat(made)},"
        if len(line) <= WIDTH or isinstance(made, str):
            return [line]
        opening, parts, closing = made
        indent = " " * (len(head) - len(head.lstrip()) + 4)
        inner = [line for keyword, part in parts for line in self.item(indent + keyword, self.value(part))]
        return [head + opening, *inner, indent[4:] + closing.lstrip(",") + ","]


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


HEADER = '''\
"""The declarations of the schemas in ``schemas/``. Written by schemas/compile.py; do not edit."""

from __future__ import annotations

from .model import XSD, Attribute, Complex, Element, Name, Simple, Slot, Type, Unique

__all__ = ["ELEMENTS", "TYPES"]
'''


def page() -> str:
    """The text of tables.py."""
    constants, types, elements = read_schemas(Path(__file__).parent)
    return Writer(constants).page(constants, types, elements)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
