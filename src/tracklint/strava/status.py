"""What Strava says about one upload: the object that ``POST /uploads`` and ``GET /uploads/:id`` answer, read loosely.

Source: https://developers.strava.com/docs/uploads/. Texts are English and may hold HTML, escaped or not.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["UploadStatus", "id_number", "plain"]

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_DUPLICATE = re.compile("duplicate of", re.IGNORECASE)
_LINK = re.compile(r"/activities/(\d{1,19})", re.IGNORECASE)
_ACTIVITY = re.compile(r"duplicate of activity (\d{1,19})", re.IGNORECASE)
_UPLOADING = re.compile(r"duplicate of an uploading activity \((\d{1,19})\)", re.IGNORECASE)


def plain(text: str) -> str:
    """``text`` without HTML, escaped or not, and without control characters, on one line."""
    bare = html.unescape(_TAG.sub("", html.unescape(text)))
    return " ".join(_CONTROL.sub(" ", bare).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadStatus:
    """One answer about an upload. ``id`` and ``activity_id`` are 64-bit numbers.

    ``external_id`` comes back with the data type appended. ``photo_metadata`` (partners only) and ``raw`` are as they
    came.
    """

    id: int
    id_str: str
    external_id: str | None = None
    error: str | None = None
    status: str = ""
    activity_id: int | None = None
    photo_metadata: Any = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, answer: object) -> UploadStatus | None:
        """The upload object in a parsed answer, ``None`` where it is none: no object, or one without an id."""
        if not isinstance(answer, dict):
            return None
        number = id_number(answer.get("id_str")) or id_number(answer.get("id"))
        if number is None:
            return None
        return cls(
            id=number,
            id_str=str(number),
            external_id=_text(answer.get("external_id")),
            error=_text(answer.get("error")),
            status=_text(answer.get("status")) or "",
            activity_id=id_number(answer.get("activity_id")),
            photo_metadata=answer.get("photo_metadata"),
            raw=answer,
        )

    @property
    def state(self) -> str:
        """``processing``, ``ready``, ``duplicate``, ``failed`` or ``deleted``.

        The error decides first (a duplicate sometimes carries an activity as well), then the activity, then the
        status; a status that speaks of an error without naming one is a failure. Statuses are compared by their
        words, not letter by letter.
        """
        if self.error:
            return "duplicate" if "duplicate of" in html.unescape(self.error).casefold() else "failed"
        if self.activity_id is not None:
            return "ready"
        words = self.status.casefold()
        if "deleted" in words:
            return "deleted"
        return "failed" if "error" in words else "processing"

    @property
    def duplicate_of(self) -> int | None:
        """The activity that this upload repeats: by its link, or by its number; ``None`` where the text names none.

        Never the first number of the text: file names hold digits.
        """
        if self.state != "duplicate":
            return None
        text = html.unescape(self.error or "")
        said = _DUPLICATE.search(text)
        found = (said and _LINK.search(text, said.end())) or _ACTIVITY.search(text)
        return int(found[1]) if found else self.activity_id

    @property
    def duplicate_upload(self) -> int | None:
        """The other upload of the same file that Strava still processes; ``None`` where the text names none."""
        found = _UPLOADING.search(html.unescape(self.error or ""))
        return int(found[1]) if found else None

    @property
    def reason(self) -> str:
        """The error, or the status where there is no error, as plain text on one line."""
        return plain(self.error or self.status)


def id_number(value: object) -> int | None:
    """A 64-bit id, given as a number or as its digits; ``None`` for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        return value
    return None


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return json.dumps(value, ensure_ascii=False)
