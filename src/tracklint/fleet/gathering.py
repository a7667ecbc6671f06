"""Many files of one device, summed up file by file; a report for each device and firmware that a rule speaks of.

What is kept grows with the devices, with the rules and with the fields that they write. Of a file only `identities`
keeps something, where it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..config import Config
from ..findings import Report
from ..parts import Device
from ..rules.fleet.seen import Fleet, Rate
from ..rules.running import run_fleet_rules
from ..trace import Trace
from .expectations import Shares
from .identities import Identities
from .rates import Rates, moved
from .shapes import Shapes

if TYPE_CHECKING:
    from ..render.digest import Digest

__all__ = ["Gathering"]

Named = tuple[str, str, str]


class _Group:
    """The files of one device and firmware; ``index`` counts the devices of the run."""

    def __init__(self, digest: Digest, trace: Trace, index: int) -> None:
        self.index = index
        self.shares, self.shapes, self.rates = Shares(), Shapes(), Rates()
        manufacturer, product, firmware = digest.device
        self.device = Device(
            manufacturer=manufacturer or None, product=product or None, software=firmware or None,
            manufacturer_id=trace.manufacturer_id, product_id=trace.product_id,
        )  # fmt: skip

    def add(self, digest: Digest, trace: Trace, *, fleet: bool) -> None:
        """Count one file."""
        self.shares.add(digest)
        if fleet:
            if all(digest.device):  # files that do not name a firmware may be of several
                self.shapes.add(digest.name, trace)
            codes = {code for code, _, _ in digest.counts} | {code for code, _ in digest.known}
            self.rates.add(digest.name, {code for code in codes if not code.startswith(_NOT_OF_FILES)})


#: What is about other files too, or about our own failure.
_NOT_OF_FILES = ("FLT", "INT")


class Gathering:
    """What a run knows of its fleet. `add` each file, then ask once for the `reports`."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._groups: dict[Named, _Group] = {}
        self._identities = Identities()

    def add(self, digest: Digest) -> None:
        """Count one file; one of which nothing could be read has left no trace."""
        trace = digest.trace
        if trace is None:
            return
        if digest.device not in self._groups:
            self._groups[digest.device] = _Group(digest, trace, len(self._groups))
        group = self._groups[digest.device]
        group.add(digest, trace, fleet=self._config.fleet)
        self._identities.add(digest, group.index)

    def reports(self) -> Iterator[Report]:
        """The devices of which a rule speaks, by manufacturer, product and firmware."""
        rates = self._moved() if self._config.fleet and self._config.wants("FLT904") else {}
        judged = self._identities.judged({group.index: device[1] for device, group in self._groups.items()})
        for device, group in sorted(self._groups.items()):
            fleet = Fleet(
                device=device,
                shares=group.shares.broken(),
                drifts=tuple(group.shapes.drifts()),
                doubles=tuple(judged.doubles.get(group.index, ())),
                reuses=tuple(judged.reuses.get(group.index, ())),
                rates=tuple(rates.get(device, ())),
            )
            if findings := run_fleet_rules(fleet, self._holding(device)):
                yield Report(
                    name=f"fleet: {fleet.name}", format="fleet", container="plain", bytes=0, sha256="", activity=None,
                    prediction=None, findings=tuple(findings), skipped=(), purpose=self._config.purpose,
                    config=self._config.digest,
                )  # fmt: skip

    def _moved(self) -> dict[Named, list[Rate]]:
        configs = {device: self._holding(device) for device in self._groups}
        rates = {device: group.rates for device, group in self._groups.items()}
        return moved(rates, lambda device, code: configs[device].wants(code))

    def _holding(self, device: Named) -> Config:
        """What holds for the files of a device, whatever they are called."""
        sections = tuple(each for each in self._config.sections if not each.where.match)
        return replace(self._config, sections=sections).holding("", self._groups[device].device)
