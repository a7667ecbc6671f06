"""Handing over: sign in at Strava, upload files and follow them, send photos, create activities without a file.

    with Client(token_source(settings, print), api_base=settings.api_base) as client:
        uploaded = Uploader(client).upload(prepare("ride.gpx"))

sends one file. For many, `jobs_for` makes a `Job` of each and a `Batch` sends them; its `Journal` lets no stop lose a
file or double it. ``settings`` is `Settings.from_environment`. What Strava or the network refuses is a `StravaError`.
Names are imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .auth import SCOPES, Application, OAuth, SignIn, TokenSource, pasted_redirect, sign_in
    from .batch import Batch, Job
    from .client import Client
    from .errors import (
        BadAnswer,
        ErrorItem,
        Forbidden,
        NetworkTrouble,
        NotAuthorised,
        NotFound,
        NotSignedIn,
        RateLimited,
        Refused,
        ServerTrouble,
        StravaError,
        TooLarge,
    )
    from .fields import BadFields, Fields, read_table
    from .jobs import Order, jobs_again, jobs_for, outcome_data
    from .journal import Entry, Journal, JournalTrouble
    from .limits import Bucket, RateLimits
    from .manual import BadManual, Manual, create
    from .photos import BadPhoto, PhotoResult, photo_finisher, read_photo, send_photo
    from .redirect import NotThisSignIn
    from .settings import Settings
    from .signed_in import SignedIn, account, token_source
    from .status import UploadStatus
    from .tokens import TokenFile, Tokens
    from .uploader import Uploaded, Uploader

_HOMES = {
    "Application": "auth",
    "BadAnswer": "errors",
    "BadFields": "fields",
    "BadManual": "manual",
    "BadPhoto": "photos",
    "Batch": "batch",
    "Bucket": "limits",
    "Client": "client",
    "Entry": "journal",
    "ErrorItem": "errors",
    "Fields": "fields",
    "Forbidden": "errors",
    "Job": "batch",
    "Journal": "journal",
    "JournalTrouble": "journal",
    "Manual": "manual",
    "NetworkTrouble": "errors",
    "NotAuthorised": "errors",
    "NotFound": "errors",
    "NotSignedIn": "errors",
    "NotThisSignIn": "redirect",
    "OAuth": "auth",
    "Order": "jobs",
    "PhotoResult": "photos",
    "RateLimited": "errors",
    "RateLimits": "limits",
    "Refused": "errors",
    "SCOPES": "auth",
    "ServerTrouble": "errors",
    "Settings": "settings",
    "SignIn": "auth",
    "SignedIn": "signed_in",
    "StravaError": "errors",
    "TokenFile": "tokens",
    "TokenSource": "auth",
    "Tokens": "tokens",
    "TooLarge": "errors",
    "UploadStatus": "status",
    "Uploaded": "uploader",
    "Uploader": "uploader",
    "account": "signed_in",
    "create": "manual",
    "jobs_again": "jobs",
    "jobs_for": "jobs",
    "outcome_data": "jobs",
    "pasted_redirect": "auth",
    "photo_finisher": "photos",
    "read_photo": "photos",
    "read_table": "fields",
    "send_photo": "photos",
    "sign_in": "auth",
    "token_source": "signed_in",
}

__all__ = [
    "SCOPES",
    "Application",
    "BadAnswer",
    "BadFields",
    "BadManual",
    "BadPhoto",
    "Batch",
    "Bucket",
    "Client",
    "Entry",
    "ErrorItem",
    "Fields",
    "Forbidden",
    "Job",
    "Journal",
    "JournalTrouble",
    "Manual",
    "NetworkTrouble",
    "NotAuthorised",
    "NotFound",
    "NotSignedIn",
    "NotThisSignIn",
    "OAuth",
    "Order",
    "PhotoResult",
    "RateLimited",
    "RateLimits",
    "Refused",
    "ServerTrouble",
    "Settings",
    "SignIn",
    "SignedIn",
    "StravaError",
    "TokenFile",
    "TokenSource",
    "Tokens",
    "TooLarge",
    "UploadStatus",
    "Uploaded",
    "Uploader",
    "account",
    "create",
    "jobs_again",
    "jobs_for",
    "outcome_data",
    "pasted_redirect",
    "photo_finisher",
    "read_photo",
    "read_table",
    "send_photo",
    "sign_in",
    "token_source",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
