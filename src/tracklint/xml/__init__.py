"""XML read with exact places: `scan_xml` gives an `XmlDocument`, whatever the bytes are."""

from __future__ import annotations

from .document import Attribute, Root, Text, XmlDocument
from .parse import scan_xml

__all__ = ["Attribute", "Root", "Text", "XmlDocument", "scan_xml"]
