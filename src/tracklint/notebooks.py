"""What a notebook shows of a thing: it asks the thing itself, which knows nothing of drawing.

This is the one place from which something higher up is called, by its name and when it is asked: `render.notebook`.
"""

from __future__ import annotations

from importlib import import_module

__all__ = ["InNotebooks"]


class InNotebooks:
    """A class whose objects Jupyter and others show as HTML, in place of their ``repr``."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """The object as HTML that needs no script and no network; what comes from a file is escaped."""
        html: str = import_module(".render.notebook", __package__).html_of(self)
        return html
