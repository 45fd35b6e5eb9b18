"""The twins in bad weather: lists lag, and the sync under test meets trouble."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from dataflow.harness.targets.tapes import Tape
from dataflow.harness.targets.twin_target import STEP_SECONDS, TwinTarget
from dataflow.harness.targets.weather import Day, Weather
from dataflow.twin.faults import Fault
from dataflow.twin.messages import Arguments


@dataclass(eq=False)
class WeatheredTwinTarget(TwinTarget):
    """Twins in this weather, which each scenario meets in its own way."""

    weather: Weather
    _day: Day = field(init=False)
    _met: list[str] = field(init=False, default_factory=list)

    def begin(self, check: str) -> Tape:
        """Begin with new accounts, and with the scenario's weather."""
        tape = super().begin(check)
        self._met.clear()
        self._day = self.weather.over(check)
        self._set_switches()
        return tape

    def tick(self) -> None:
        """Let so much time pass that lists show what was written before."""
        self.clock.advance(STEP_SECONDS + self._day.lag)

    def settle(self) -> None:
        """Let the lists show what was written."""
        self.clock.advance(self._day.lag)

    @contextmanager
    def troubled(self) -> Iterator[None]:
        """Let the calls that are made in the meantime meet the next run's trouble."""
        self._arm(self._day.troubles())
        try:
            yield
        finally:
            self._disarm()

    def troubles(self) -> list[str]:
        """Return which trouble the scenario's calls have met so far."""
        return list(self._met)

    def evidence(self) -> str:
        """Say which weather it was, too: it can be had again."""
        return f"{super().evidence()}; the weather was {self.weather}"

    def _set_switches(self) -> None:
        switches = {
            "list_lag": self._day.lag,
            "customer_delete_delay": self._day.delete_delay,
            "orders": self._day.generates,
        }
        self.twins.chargebee.set_switch("switches", Arguments({**switches}))

    def _arm(self, troubles: Sequence[tuple[str, Fault]]) -> None:
        edges = {"Invoiced": self.twins.invoiced, "Chargebee": self.twins.chargebee}
        for vendor, fault in troubles:
            edges[vendor].faults.add(fault)

    def _disarm(self) -> None:
        for edge in (self.twins.invoiced, self.twins.chargebee):
            for armed in edge.faults.all():
                self._met += [str(armed.fault.kind)] * armed.fired
            edge.faults.clear()
