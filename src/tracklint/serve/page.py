"""The page that files are dropped on, and what a browser may run in it and in the page of a file."""

from __future__ import annotations

import base64
import hashlib
import secrets
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..render.html import scripts
from ..render.html.filling import own
from .shelf import Bounds

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["drop_page", "file_policy"]

_ALWAYS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def drop_page(bounds: Bounds) -> tuple[str, str]:
    """The page, and the content policy that lets its own style and script work and nothing else."""
    nonce = secrets.token_urlsafe(16)
    text = _template().render(
        nonce=nonce, style=own("page.css") + _own("drop.css"), script=_own("drop.js"),
        body=bounds.body, seconds=int(bounds.seconds),
    )  # fmt: skip
    return text, f"{_ALWAYS}; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'"


@cache
def file_policy() -> str:
    """The content policy of the page of a file: its two scripts, by what they are."""
    digests = (base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts())
    allowed = " ".join(f"'sha256-{each}'" for each in digests)
    return f"{_ALWAYS}; style-src 'unsafe-inline'; img-src data:; script-src {allowed}"


def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined).from_string(_own("drop.html"))
