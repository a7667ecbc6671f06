"""Texts against simple types, a column at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..columns import dotted
from .lexical import bounds_of, why_not
from .members import column, groups
from .model import Complex, Simple
from .tables import TYPES

if TYPE_CHECKING:
    from ..document import XmlDocument
    from ..tags import Int32s
    from .found import Found
    from .model import Declared

__all__ = ["check_values", "faults_of"]

#: Rows with a fault, why, more evidence, and the text of the first.
Fault = tuple[npt.NDArray[np.intp], str, dict[str, Any], str]
_COLUMNS = ("integer", "decimal", "double", "dateTime")
#: A decimal of so many characters is told from all others by its float.
_EXACT = 15


def check_values(document: XmlDocument, declared: tuple[Declared, ...], found: Found) -> None:
    """Every text that is no value of its type. An element with children has another fault."""
    inner: dict[int, list[int]] = {}
    for each in declared:
        if each.fault is not None and each.fault[0] == "child-in-text" and each.path.parent is not None:
            inner.setdefault(each.path.parent.number, []).append(each.path.number)
    for each in declared:
        type_ = text_type(each)
        if type_ is None or type_.free:
            continue
        elements = document.elements.of_path(each.path.number)
        if each.path.number in inner:
            children = np.concatenate([document.elements.of_path(number) for number in inner[each.path.number]])
            elements = np.setdiff1d(elements, document.elements.parent[children])
        spans = document.elements.text_spans(elements)
        for rows, why, more, sample in faults_of(document, each.path.number, elements, spans, type_):
            found.add(
                "value", each.path.local, each.path.parent, elements[rows], sample, type=type_.name, why=why, **more
            )


def text_type(declared: Declared) -> Simple | None:
    """The simple type of an element's text, where it has one."""
    type_ = declared.type if declared.checked else None
    if isinstance(type_, Complex) and type_.text:
        type_ = TYPES[type_.text]
    return type_ if isinstance(type_, Simple) else None


def faults_of(
    document: XmlDocument, key: int | bytes, found: Int32s, spans: tuple[Int32s, Int32s], type_: Simple
) -> Iterator[Fault]:
    """What is wrong with the texts at ``spans``. ``key`` is the path or the attribute under which the
    document may keep them."""
    start, end = spans
    rest = np.arange(len(start))
    if type_.kind in _COLUMNS and not (type_.words or type_.patterns):
        read = column(document, key, found, spans, type_.kind)
        if read is not None:
            rest = read.slow if type_.kind == "double" else np.union1d(read.slow, read.exponents)
            yield from _by_column(document, read.values, rest, spans, type_)
    for text, rows in groups(document, start[rest], end[rest]):
        why = why_not(text, type_)
        if why is not None:
            yield rest[rows], why[0], why[1], text.strip(" \t\r\n")


def _by_column(
    document: XmlDocument,
    values: npt.NDArray[np.float64],
    slow: npt.NDArray[np.intp],
    spans: tuple[Int32s, Int32s],
    type_: Simple,
) -> Iterator[Fault]:
    """What is wrong with those texts that were read as columns (times have no bounds). A long decimal may lie beyond a
    bound that its float is equal to."""
    if type_.kind == "dateTime" or len(slow) == len(values):
        return
    start, end = spans
    wrong = np.zeros(len(values), bool)
    low, high = bounds_of(type_)
    if low is not None:
        wrong |= (values <= float(low)) if type_.low_open else (values < float(low))
    if high is not None:
        wrong |= (values >= float(high)) if type_.high_open else (values > float(high))
    if type_.kind == "decimal":
        wrong |= (end - start > _EXACT) & ((values == float(low or np.nan)) | (values == float(high or np.nan)))
    if type_.kind == "integer":
        wrong |= dotted(document.raw, start, end - start)
    if not wrong.any():
        return
    wrong[slow] = False
    rows = np.flatnonzero(wrong)
    for text, alike in groups(document, start[rows], end[rows]):
        why = why_not(text, type_)
        if why is not None:
            yield rows[alike], why[0], why[1], text.strip(" \t\r\n")
