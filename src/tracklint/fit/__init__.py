"""FIT files: bytes to structure (`scan_fit`), structure to an activity (`fit_activity`)."""

from __future__ import annotations

from .activity import fit_activity
from .document import FitDocument
from .scan import scan_fit

__all__ = ["FitDocument", "fit_activity", "scan_fit"]
