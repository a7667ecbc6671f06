"""How an optional part of tracklint is installed: the one sentence to change when the package stands on an index."""

from __future__ import annotations

__all__ = ["how_to_install"]


def how_to_install(extra: str) -> str:
    """What to do for an extra of the package, such as ``sandbox``."""
    return f"install it in a checkout of tracklint with: pip install '.[{extra}]'"
