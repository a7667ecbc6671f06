"""The version, in a place of its own, so that nothing has to import the package's face for it."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
