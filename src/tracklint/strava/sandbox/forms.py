"""What a request to the stand-in carries: fields from its address, a form or JSON, and a file."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from .answers import Early, error

__all__ = ["body_of", "fields_of", "file_form", "number"]


async def file_form(request: Request, known: tuple[str, ...], most: int) -> tuple[dict[str, str], str, bytes]:
    """The fields that Strava knows, of the address and of the form, and the name and bytes of the file.

    Raises `Early`: 413 above ``most`` bytes, 400 for one that is no multipart form or has no named file part.
    """
    body = await body_of(request, most)
    if _kind(request) == "multipart/form-data":
        with contextlib.suppress(HTTPException):
            async with _again(request, body).form(max_files=4, max_fields=40) as form:
                file = form.get("file")
                if isinstance(file, UploadFile) and file.filename:
                    words = {**request.query_params, **{k: v for k, v in form.items() if isinstance(v, str)}}
                    return {k: words[k] for k in known if words.get(k)}, file.filename, await file.read()
    raise Early(error(400, "Bad Request", ("Upload", "data", "empty")))


async def fields_of(
    request: Request, known: Mapping[str, tuple[type, ...]], most: int, resource: str
) -> dict[str, Any]:
    """The fields that Strava knows, of the address and of the body: a form of either kind, or JSON. Raises `Early`.

    ``known`` has the types that each field may have in JSON.
    """
    body = await body_of(request, most)
    told: Mapping[str, Any] = {}
    if _kind(request) == "application/json":
        read: object = None
        with contextlib.suppress(ValueError, RecursionError):
            read = json.loads(body)
        if not isinstance(read, dict):
            raise Early(error(400, "Bad Request", (resource, "body", "invalid")))
        told = read
        for name, kinds in known.items():
            if name in told and type(told[name]) not in kinds:
                raise Early(error(400, "Bad Request", (resource, name, "invalid")))
    elif body:
        try:
            async with _again(request, body).form(max_files=4, max_fields=40) as form:
                told = {k: v for k, v in form.items() if isinstance(v, str)}
        except HTTPException:
            raise Early(error(400, "Bad Request", (resource, "body", "invalid"))) from None
    every = {**request.query_params, **told}
    return {k: every[k] for k in known if k in every}


async def body_of(request: Request, most: int) -> bytes:
    """The body. Raises `Early` (413) above ``most`` bytes."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size <= most:
            pieces.append(piece)
        elif size > 4 * most:  # up to here the rest is read and dropped, so that the sender comes to read the answer
            break
    if size > most:
        raise Early(error(413, "Payload Too Large", ("Upload", "file", "too large")))
    return b"".join(pieces)


def _again(request: Request, body: bytes) -> Request:
    """The request once more, with its body to be read again."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, receive)


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def number(text: str) -> int:
    """The number in an address; -1, which nothing has, where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
