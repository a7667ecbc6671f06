"""What was read from a document and is kept with it, so that who asks for the same does not read it again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from .datetimes import TimeTexts
    from .schema.found import Violation
    from .tags import Int32s
    from .values import Column

__all__ = ["Kept", "Spans", "Texts"]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Elements, ascending, and their texts (or those of one attribute of theirs) as a column."""

    elements: Int32s
    column: Column

    def of(self, found: Int32s) -> Column | None:
        """The column of these elements, ascending; ``None`` where they are not all among those that were read."""
        if np.array_equal(self.elements, found):
            return self.column
        rows = np.searchsorted(self.elements, found)
        there = np.array_equal(self.elements.take(rows, mode="clip"), found)
        return self.column.rows(rows) if there else None


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Where the values of attributes ``names`` stand in these elements: for each name start and end, -1 where an
    element has none.

    ``exact`` tells of each element whether it is sure to have these attributes and no others.
    """

    elements: Int32s
    names: tuple[bytes, ...]
    edges: list[tuple[Int32s, Int32s]]
    exact: npt.NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class Kept:
    """The answers that a document has given; ``None`` and what is empty was not asked for yet.

    ``texts`` has the columns of elements by the number of their path,
    those of attributes by name. Texts and ``spans`` are as large as the activity; the others are small.
    """

    texts: dict[int | bytes, Texts] = field(default_factory=dict)
    spans: Spans | None = None
    time_texts: TimeTexts | None = None
    violations: tuple[Violation, ...] | None = None

    def free_columns(self) -> None:
        """Let go of what is as large as the activity."""
        self.texts.clear()
        self.spans = None
