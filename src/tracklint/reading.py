"""One thing read once: its source, its document, its activity. Every later step takes this and reads nothing again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .activity import Activity
from .config import BadConfig, Config, given
from .expecting import Expected
from .source import Source, Thing, open_source

if TYPE_CHECKING:
    from .fit import FitDocument
    from .fit.private import PrivateProfile
    from .second import SecondReadings
    from .xml import XmlDocument

__all__ = ["Reading", "read_source", "read_thing"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reading:
    """A source with what was read from it. ``document`` and ``activity`` are ``None`` where the content is of no format
    that we read.

    ``second`` is what other readers saw, where they were asked, ``expected`` the facts that a configuration expects
    something of. ``private`` are the names of the file's maker for its
    own messages, which hold inside `names`. ``failed`` is a defect of ours that stopped the reading on its way: what
    was read before it is here.
    """

    source: Source
    document: FitDocument | XmlDocument | None = None
    activity: Activity | None = None
    second: SecondReadings | None = None
    expected: Expected | None = None
    private: PrivateProfile | None = None
    failed: Exception | None = None

    @property
    def parts(self) -> dict[type, object]:
        """What there is for rules to look at, by its class."""
        there = (self.source, self.document, self.activity, self.second, self.expected)
        return {type(part): part for part in there if part is not None}

    @contextlib.contextmanager
    def names(self) -> Iterator[None]:
        """While this is open, messages and fields have the names of ``private`` too."""
        if self.private is None:
            yield
            return
        from .fit.private import private_names

        with private_names(self.private):
            yield


def read_thing(thing: Thing, config: Config, *, name: str | None = None) -> Reading:
    """Open and read a path, bytes or a binary file object; ``name`` overrides the name that reports show.

    Bad content never raises. Raises `source.Unreadable` where the thing cannot be read at all, and `config.BadConfig`
    for a profile that cannot be used.
    """
    most = given(config).limits.max_inflated_bytes
    source = open_source(thing, name, max_inflated=most, relative_to=config.relative_to)
    return read_source(source, config)


def read_source(source: Source, config: Config) -> Reading:
    """`read_thing` for a `Source` that is open already. Raises `config.BadConfig`."""
    if source.format == "unknown":
        return Reading(source=source)
    return _read_fit(source, config) if source.format == "fit" else _read_xml(source)


def _read_fit(source: Source, config: Config) -> Reading:
    from .fit import fit_activity, scan_fit

    reading = Reading(source=source)
    try:
        document = scan_fit(source.data)
        reading = replace(reading, document=document, private=_private(config, document))
        with reading.names():
            if reading.private and document.faults:  # where messages begin again may be told by the private ones
                document = scan_fit(source.data)
            return replace(reading, document=document, activity=fit_activity(document))
    except BadConfig:
        raise
    except Exception as error:
        return replace(reading, failed=error)


def _private(config: Config, document: FitDocument) -> PrivateProfile | None:
    if config.profile is None:
        return None
    from .fit.private import private_profile

    return private_profile(config.profile, document)


def _read_xml(source: Source) -> Reading:
    from .xml import scan_xml
    from .xml.gpx import gpx_activity
    from .xml.tcx import tcx_activity

    reading = Reading(source=source)
    try:
        document = scan_xml(source.data)
        reading = replace(reading, document=document)
        return replace(reading, activity=(gpx_activity if source.format == "gpx" else tcx_activity)(document))
    except Exception as error:
        return replace(reading, failed=error)
