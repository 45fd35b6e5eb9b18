"""The faults that were added to a twin: which of them a call meets."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field

from dataflow.twin.control_errors import ControlError
from dataflow.twin.faults import Fault, FaultKind


@dataclass(slots=True)
class Armed:
    """A fault that was added: its number, how many calls fitted, how many it met."""

    number: int
    fault: Fault
    seen: int = 0
    fired: int = 0
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the fault's own seed."""
        # Nobody's secret hangs on it, and a seed must give the same calls again.
        self._chance = random.Random(self.fault.seed)  # noqa: S311

    def is_due(self) -> bool:
        """Count one more call that fits, and tell whether the fault would meet it."""
        self.seen += 1
        drawn = self._chance.random() < self.fault.rate
        if self.fault.times is not None and self.fired >= self.fault.times:
            return False
        return drawn if self.fault.call is None else self.seen == self.fault.call


class Faults:
    """The faults of one twin. A call meets one of them at most: the first that is due.

    `name` is the vendor's, and `kinds` are the faults that it knows.
    """

    def __init__(self, name: str, kinds: Container[FaultKind]) -> None:
        self._name = name
        self._kinds = kinds
        self._lock = threading.Lock()
        self._armed: dict[int, Armed] = {}
        self._added = 0

    def add(self, fault: Fault) -> Armed:
        """Add a fault; what it returns counts on. `ControlError` if no such can be."""
        if fault.kind not in self._kinds:
            raise ControlError(
                f"{self._name} has no {fault.kind}: choose another fault."
            )
        with self._lock:
            self._added += 1
            armed = self._armed[self._added] = Armed(self._added, fault)
        return armed

    def all(self) -> list[Armed]:
        """Return the faults that were added, those that have ended too."""
        with self._lock:
            return list(self._armed.values())

    def remove(self, number: int) -> None:
        """Take a fault away; raises `ControlError` for a number that none has."""
        with self._lock:
            if self._armed.pop(number, None) is None:
                raise ControlError(f"There is no fault {number}: list them first.")

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._armed.clear()

    def due(
        self, method: str, paths: Sequence[str], possible: Callable[[FaultKind], bool]
    ) -> Fault | None:
        """Return the fault that this call meets, and count that it fired.

        `paths` are the ways to write its path; a fault of a kind that is not `possible`
        does not count the call.
        """
        with self._lock:
            fitting = [
                armed
                for armed in self._armed.values()
                if armed.fault.fits(method, *paths) and possible(armed.fault.kind)
            ]
            due = [armed for armed in fitting if armed.is_due()]
            if not due:
                return None
            due[0].fired += 1
            return due[0].fault
