"""Files in object stores, through fsspec (extra ``cloud``): what lies below a url, and the bytes of one.

Where a store is and who asks is set as its own tools have it (``AWS_PROFILE``, ``AWS_ENDPOINT_URL``, fsspec's
configuration); nothing of it is ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .extras import how_to_install
from .opening import read_stream

__all__ = ["is_url", "listed", "read"]

#: The stores that are read, each with the library that fsspec needs for it. The web is none: it has no folders.
STORES = {"s3": "s3fs", "gs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}


def is_url(text: object) -> bool:
    """Whether a text is the url of something in an object store."""
    return isinstance(text, str) and "://" in text and text.partition("://")[0] in STORES


def listed(url: str, suffixes: tuple[str, ...]) -> Iterator[str]:
    """The urls of the files that ``url`` means, sorted: one file; or those with such a suffix that lie below a folder
    or match a pattern. Raises OSError."""
    if url.lower().endswith(suffixes) and "*" not in url:
        yield url
        return
    store, path = _store(url)
    try:
        found = store.glob(path) if "*" in path else store.find(path)
    except Exception as error:
        raise _told(error) from error
    urls = sorted(str(store.unstrip_protocol(each)) for each in found)
    yield from (each for each in urls if each.lower().endswith(suffixes) or each == url)


def read(url: str) -> bytes:
    """The bytes of one file. Raises OSError, also for what is too large."""
    store, path = _store(url)
    try:
        with store.open(path, "rb") as file:
            return read_stream(file)
    except Exception as error:
        raise _told(error) from error


def _store(url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs

        store, path = url_to_fs(url)
    except ImportError:
        library = STORES[url.partition("://")[0]]
        raise OSError(f"this needs the extra `cloud` and {library}; {how_to_install('cloud')} {library}") from None
    except Exception as error:
        raise _told(error) from error
    return store, path


def _told(error: Exception) -> OSError:
    """What a store says, as a file system would: each library has exceptions of its own."""
    if isinstance(error, OSError):
        return error
    return OSError(" ".join(str(error).split()) or type(error).__name__)
