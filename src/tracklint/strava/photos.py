"""A picture for an activity, for applications that Strava has accepted as partners.

Strava's answer about a finished upload then names a signed address. The picture goes there as it is, by PUT, with the
one header that the answer names and without the token: another header breaks the signature, and the address is not
Strava's own. Source: Strava's document on partner uploads.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import TracklintError
from ..extras import how_to_install
from ..source import why
from .address import base_address
from .errors import StravaError
from .exchange import TIMEOUT, exchange, http_client
from .tokens import printable

if TYPE_CHECKING:
    import httpx

    from .batch import Job
    from .uploader import Uploaded, Uploader

__all__ = ["BadPhoto", "PhotoResult", "Target", "photo_finisher", "photo_target", "read_photo", "scaled", "send_photo"]

#: Always this type, also for PNG: so says Strava's document.
_TYPE = "image/jpeg"
_LARGEST = 50 * 1024 * 1024


class BadPhoto(TracklintError, ValueError):
    """A picture that cannot be sent. One clear sentence."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a picture goes. ``uri`` is signed and used as it stands; ``max_size`` is in pixels of the longer side."""

    uri: str = field(repr=False)
    max_size: int | None


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """What came of a picture: ``sent``, ``unavailable`` (no address was given: a success) or ``failed``."""

    outcome: str
    message: str


def photo_target(metadata: object) -> Target | None:
    """The address in ``photo_metadata``, ``None`` where it holds none that takes a JPEG by PUT.

    Strava's sample shows the list wrapped once more; both forms are read. ``\\u0026`` that was copied by hand becomes
    the ``&`` that it means.
    """
    items = metadata if isinstance(metadata, list) else [metadata]
    for item in items:
        if isinstance(item, list):
            found = photo_target(item)
        elif isinstance(item, dict):
            found = _target(item)
        else:
            found = None
        if found is not None:
            return found
    return None


def _target(item: dict[str, Any]) -> Target | None:
    uri, header = item.get("uri"), item.get("header")
    kind = header.get("Content-Type", _TYPE) if isinstance(header, dict) else _TYPE
    if not isinstance(uri, str) or str(item.get("method", "PUT")).upper() != "PUT" or kind != _TYPE:
        return None
    size = item.get("max_size")
    known = isinstance(size, int) and not isinstance(size, bool) and size > 0
    return Target(uri.replace("\\u0026", "&"), size if known else None)


def read_photo(path: Path) -> bytes:
    """The bytes of a JPEG or PNG file. Raises `BadPhoto`, for one that is too large before it is read."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(_LARGEST + 1) if size <= _LARGEST else b""
    except OSError as error:
        raise BadPhoto(f"{path}: {why(error)}") from None
    if size > _LARGEST or len(data) > _LARGEST:
        raise BadPhoto(f"{path}: more than {_LARGEST // 2**20} MiB; that is the most that is sent as a photo")
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise BadPhoto(f"{path}: this is neither a JPEG picture nor a PNG picture")
    return data


def scaled(data: bytes, max_size: int | None) -> bytes:
    """The picture with its longer side at most ``max_size`` pixels, turned as its camera says; smaller ones unchanged.

    Needs Pillow. Raises `BadPhoto` where it is not installed or cannot read the picture.
    """
    if max_size is None:
        return data
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError:
        raise BadPhoto(f"scaling needs Pillow; {how_to_install('photo')}") from None
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if max(picture.size) <= max_size:
                return data
            turned = ImageOps.exif_transpose(picture)
            turned.thumbnail((max_size, max_size))
            out = io.BytesIO()
            turned.convert("RGB").save(out, "JPEG", quality=90)
            return out.getvalue()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise BadPhoto(f"the picture cannot be read: {error}") from None


def send_photo(
    data: bytes,
    metadata: object,
    *,
    again: Callable[[], object] | None = None,
    resize: bool = False,
    timeout: httpx.Timeout | float = TIMEOUT,
    transport: httpx.BaseTransport | None = None,
) -> PhotoResult:
    """Send a picture to the address in ``metadata``. ``again`` asks Strava for a new one where it has expired (403).

    Never raises for what a server says. Raises `BadPhoto` where ``resize`` is wanted and cannot be done.
    """
    target = photo_target(metadata)
    if target is None:
        return PhotoResult(
            "unavailable",
            "no photo was sent: Strava gave no address for one, as it does for applications of partners only",
        )
    picture = scaled(data, target.max_size) if resize else data
    try:
        status = _put(picture, target, timeout, transport)
        if status == 403 and again is not None and (renewed := photo_target(again())) is not None:
            status = _put(picture, renewed, timeout, transport)
    except (StravaError, ValueError) as error:
        return PhotoResult("failed", f"the photo was not sent: {error}")
    if 200 <= status < 300:
        return PhotoResult("sent", f"the photo was sent ({len(picture)} bytes)")
    why = "the address has expired" if status == 403 else "nothing more is known"
    return PhotoResult("failed", f"the photo was not taken: its server answers with status {status}; {why}")


def _put(data: bytes, target: Target, timeout: httpx.Timeout | float, transport: httpx.BaseTransport | None) -> int:
    """PUT to exactly the signed address: a client may write an address in another way that means the same, but the
    signature is over its letters. Raises ValueError for one that is no address."""
    if not printable(target.uri):
        raise ValueError("the address that Strava gave for it holds characters that no address has")
    try:
        parts = urlsplit(target.uri)
    except ValueError:
        raise ValueError("what Strava gave as an address for it is none") from None
    base, local = base_address(f"{parts.scheme}://{parts.netloc}", "the photo's address")
    letters = target.uri.partition(parts.netloc)[2] or "/"
    with http_client(local=local, timeout=timeout, transport=transport) as http:
        answer = exchange(
            http, "PUT", target.uri, base=str(base), secrets=(letters,), size=len(data), content=data,
            headers={"Content-Type": _TYPE}, extensions={"target": letters.encode("ascii", "strict")},
        )  # fmt: skip
    return answer.http_status


def photo_finisher(uploader: Uploader, *, resize: bool = False) -> Callable[[Job, Uploaded], Uploaded]:
    """What a `batch.Batch` does with an activity whose file came with a picture."""

    def metadata(done: Uploaded) -> object:
        return (done.raw or {}).get("photo_metadata")

    def finish(job: Job, done: Uploaded) -> Uploaded:
        asked = metadata(done)

        def ask() -> object:
            return metadata(uploader.ask(done)) if done.upload_id is not None else None

        try:
            picture = read_photo(Path(str(job.photo)))
            if asked is None and done.raw is None:  # taken up again after a stop
                asked = ask()
            result = send_photo(picture, asked, again=ask, resize=resize)
        except (BadPhoto, StravaError) as error:
            result = PhotoResult("failed", f"the photo was not sent: {error}")
        return replace(done, notes=(*done.notes, result.message), photo=result.outcome)

    return finish
