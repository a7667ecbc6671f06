"""Addresses that a secret may be sent to: https anywhere, http on this machine only."""

from __future__ import annotations

import re

import httpx

from ..loopback import is_local

__all__ = ["base_address"]


def base_address(text: str, what: str) -> tuple[httpx.URL, bool]:
    """The address without a slash at its end, and whether it is on this machine.

    ``what`` names the setting in the message. Raises ValueError where a token would travel in the clear, and for an
    address that holds a user and a password, which would be sent beside the token and stand in messages.
    """
    try:
        base = httpx.URL(text.rstrip("/"))
    except httpx.InvalidURL:
        base = httpx.URL()
    if base.userinfo:
        raise ValueError(f"{what} holds a user or a password; leave them out: a sign-in needs none in its address")
    local = is_local(base.host) and _as_written(text, base.host)
    if not base.host or (base.port or 0) > 65535 or (base.scheme != "https" and not (base.scheme == "http" and local)):
        raise ValueError(f"{what} is {text!r}; an https address is wanted (http only on this machine)")
    return base, local


def _as_written(text: str, host: str) -> bool:
    """Whether a host stands in ``text`` letter by letter: not every resolver keeps ``LOCALHOST`` on this machine."""
    return re.match(rf"https?://\[?{re.escape(host)}(?![\w.-])", text) is not None
