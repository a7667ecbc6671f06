"""Templates and what goes into them; whatever comes from a file is escaped."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ...spelling import counted, json_text, printable

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["filled", "in_script", "own"]


def filled(name: str, /, **values: Any) -> str:
    """The template of this folder with this name, filled. A name that it uses and that is not given raises."""
    made: str = _environment().get_template(name).render(**values)
    return made


def own(name: str) -> str:
    """A file of this folder."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def in_script(value: Any) -> str:
    """A value as JSON in ASCII, as it may stand in a script element: nothing ends the element or begins a comment."""
    text = json_text(value, compact=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _shown(value: Any) -> Any:
    """A text as a page can show it: without controls and marks that reorder what stands around them."""
    from markupsafe import Markup

    return printable(value, keep="\n") if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(
        autoescape=True, finalize=_shown, loader=FunctionLoader(own),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
    made.filters["counted"] = counted
    return made
