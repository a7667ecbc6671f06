"""Many files of one device, summed up file by file; a report for each device and firmware that a rule speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..config import Config
from ..findings import Report
from ..parts import Device
from ..rules.fleet.seen import Fleet
from ..rules.running import run_fleet_rules
from ..trace import Trace
from .expectations import Shares

if TYPE_CHECKING:
    from ..render.digest import Digest

__all__ = ["Gathering"]


class _Group:
    """The files of one device and firmware."""

    def __init__(self, digest: Digest) -> None:
        self.shares = Shares()
        trace = digest.trace or Trace()
        manufacturer, product, firmware = digest.device
        self.device = Device(
            manufacturer=manufacturer or None, product=product or None, software=firmware or None,
            manufacturer_id=trace.manufacturer_id, product_id=trace.product_id,
        )  # fmt: skip


class Gathering:
    """What a run knows of its fleet. `add` each file, then ask for the `reports`."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._groups: dict[tuple[str, str, str], _Group] = {}

    def add(self, digest: Digest) -> None:
        """Count one file; one of which nothing could be read has left no trace."""
        if digest.trace is not None:
            if digest.device not in self._groups:
                self._groups[digest.device] = _Group(digest)
            self._groups[digest.device].shares.add(digest)

    def reports(self) -> Iterator[Report]:
        """The devices of which a rule speaks, by manufacturer, product and firmware."""
        for device, group in sorted(self._groups.items()):
            fleet = Fleet(device=device, shares=group.shares.broken())
            findings = run_fleet_rules(fleet, self._holding(group.device))
            if findings:
                yield Report(
                    name=f"fleet: {fleet.name}", format="fleet", container="plain", bytes=0, sha256="", activity=None,
                    prediction=None, findings=tuple(findings), skipped=(), purpose=self._config.purpose,
                    config=self._config.digest,
                )  # fmt: skip

    def _holding(self, device: Device) -> Config:
        """What holds for the files of a device, whatever they are called."""
        sections = tuple(each for each in self._config.sections if not each.where.match)
        return replace(self._config, sections=sections).holding("", device)
