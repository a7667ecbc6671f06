"""The exact reader of tags: token by token, with a stack, for what the structural index cannot tell apart.

It gives the same arrays as `tracklint.xml.tags.find_tags`. Attribute values may hold ``>``, and in documents that are
not well-formed an end tag that fits an outer element closes the inner ones with it; one that fits none closes the
element of the start tag
right before it, or is stray.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter

import numpy as np

from .tags import CLOSE, EMPTY, OPEN, STRAY, Int32s, Tags, doctype_end, narrow

__all__ = ["exact_tags"]

#: A ``<`` that starts nothing: `find_tags` passes over it, in attribute values too.
_SIGN = rb"<(?![A-Za-z_:/?\x80-\xff]|!--|!\[CDATA\[|!DOCTYPE)"
_TOKEN = re.compile(
    rb"""<(?:
      !--(?:.*?-->|.*)
    | !\[CDATA\[(?:.*?\]\]>|.*)
    | \?(?:.*?\?>|.*)
    | (?P<type>!DOCTYPE)
    | (?P<end>/)?(?P<name>[A-Za-z_:\x80-\xff][^\s/>"'=<]*+)
      (?P<rest>(?:"(?:[^"<]++|SIGN)*+"|'(?:[^'<]++|SIGN)*+'|[^<>"']++|SIGN)*+)>
    | (?P<end2>/)?(?P<name2>[A-Za-z_:\x80-\xff][^\s/>"'=<]*+)(?P<rest2>(?:[^<>]++|SIGN)*+)>
    )""".replace(b"SIGN", _SIGN),
    re.DOTALL | re.VERBOSE,
)
_VALUE = re.compile(rb"\"[^\"]*\"|'[^']*'")


def exact_tags(data: bytes) -> Tags:
    """The tags of ``data``, whatever it is."""
    start, stop, depth, dressed, name_ends, quotes = (array("i") for _ in range(6))
    kind = bytearray()
    stack: list[bytes] = []
    open_names: Counter[bytes] = Counter()
    at = 0
    while token := _TOKEN.search(data, at):
        at = token.end()
        if token["type"]:
            at = doctype_end(data, token.start())
            if at < 0:
                break
            continue
        name = token["name"] or token["name2"]
        if name is None:
            continue
        group = "" if token["name"] is not None else "2"
        start.append(token.start())
        stop.append(token.end())
        if token["end" + group]:
            if not open_names[name] and kind and kind[-1] == OPEN:
                name = stack[-1]  # <ele>12</el> closes ele, so that what follows is not taken for its content
            kind.append(_close(name, stack, open_names))
            depth.append(len(stack))
            continue
        rest = token["rest" + group]
        empty = rest.endswith(b"/")
        kind.append(EMPTY if empty else OPEN)
        depth.append(len(stack))
        if len(rest) > empty:
            dressed.append(len(kind) - 1)
            name_ends.append(token.end("name" + group))
        if rest.strip(b" \t\r\n/"):
            base = token.start("rest" + group)
            for value in _VALUE.finditer(rest):
                quotes.extend((base + value.start(), base + value.end() - 1))
        if not empty:
            stack.append(name)
            open_names[name] += 1
    return Tags(
        _array(start),
        _array(stop),
        np.frombuffer(bytes(kind), np.uint8),
        narrow(_array(depth)),
        _array(dressed),
        _array(name_ends),
        _array(quotes),
    )


def _array(numbers: array[int]) -> Int32s:
    return np.array(numbers, np.int32)


def _close(name: bytes, stack: list[bytes], open_names: Counter[bytes]) -> int:
    if not open_names[name]:
        return STRAY
    while True:
        top = stack.pop()
        open_names[top] -= 1
        if top == name:
            return CLOSE
