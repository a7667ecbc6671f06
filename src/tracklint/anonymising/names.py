"""Namespaces and prefixes that anybody may have made: they may tell whose a file is, and get neutral names."""

from __future__ import annotations

import re

from ..xml.names import SENSORS, TEMPERATURES, USUAL_IN, USUAL_PREFIXES

__all__ = ["Names"]

#: The hosts of the namespaces of formats, and of programs that many people use.
_HOSTS = frozenset(
    b"topografix.com garmin.com www8.garmin.com w3.org cluetrust.com groundspeak.com opentracksapp.com gpsbabel.org "
    b"locusmap.eu osmand.net humminbird.com opencpn.org osgeo.org gps-freeware.de strava.com".split()
)
_PREFIXES = {b"", b"xml", b"xmlns"} | {
    prefix.encode() for usual in (USUAL_PREFIXES, *USUAL_IN.values()) for prefix in usual
}
#: Names of sensors mean the same in all namespaces.
_SENSORS = {name.encode() for name in (*SENSORS, *TEMPERATURES)}
_HOST = re.compile(rb"\s*https?://(?:www\.)?([A-Za-z\d.-]+)(?=[/#\s]|$)")
_DECLARED = re.compile(rb"xmlns(?::([^\s=<>\"'/]+))?\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


class Names:
    """The names of one document, each with what stands for it. The same ones stay the same."""

    def __init__(self, data: bytes) -> None:
        self._new: dict[str, dict[bytes, bytes]] = {}
        declared = [(prefix, double or single) for prefix, double, single in _DECLARED.findall(data)]
        foreign = {prefix for prefix, uri in declared if not _known(uri)}
        self._kept = (_PREFIXES | {prefix for prefix, _ in declared}) - foreign

    def uri(self, uri: bytes) -> bytes:
        """That of a namespace, or where its schema is."""
        return uri if _known(uri) else self._neutral("urn:unknown:", uri)

    def uris(self, text: bytes) -> bytes:
        """Several with spaces between."""
        return re.sub(rb"\S+", lambda found: self.uri(found[0]), text)

    def name(self, name: bytes) -> bytes:
        """That of an element, an attribute or a type: changed where it has a prefix that is not known."""
        prefix, colon, local = name.partition(b":")
        if prefix == b"xmlns" and local not in self._kept:
            return b"xmlns:" + self._neutral("x", local) if colon else name
        if not colon or prefix in self._kept:
            return name
        return (
            self._neutral("x", prefix) + b":" + (local if local.lower() in _SENSORS else self._neutral("name", local))
        )

    def _neutral(self, kind: str, old: bytes) -> bytes:
        new = self._new.setdefault(kind, {})
        return new.setdefault(old, f"{kind}{len(new) + 1}".encode())


def _known(uri: bytes) -> bool:
    host = _HOST.match(uri)
    return not uri.strip() or (host is not None and host[1].lower() in _HOSTS)
