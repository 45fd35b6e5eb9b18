"""Faults: what goes wrong with a call to a twin, and with which calls it does."""

from __future__ import annotations

import enum
import random
import threading
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from dataflow.twin.control_errors import ControlError
from dataflow.twin.wire import Request


class FaultKind(enum.StrEnum):
    """What goes wrong."""

    RATE_LIMIT = "rate-limit"  # 429, the change is not made
    LOCK_TIMEOUT = "lock-timeout"  # Chargebee's 429 about a record that is in use
    SERVER_ERROR = "server-error"  # 500 with JSON, the change is not made
    BAD_GATEWAY = "bad-gateway"  # 502 with HTML, the change is not made
    SLOW = "slow"  # the answer comes late
    CUT_BEFORE = "cut-before"  # the connection ends, the change is not made
    CUT_AFTER = "cut-after"  # the connection ends, though the change is made
    TRUNCATED_BODY = "truncated-body"  # the connection ends within the body
    TRUNCATED_JSON = "truncated-json"  # the JSON ends too early, all else is in order
    REPEATED_PAGE = "repeated-page"  # a list gives the page before once more


#: These concern what is read, and leave writes alone.
OF_PAGES = frozenset(
    {FaultKind.TRUNCATED_BODY, FaultKind.TRUNCATED_JSON, FaultKind.REPEATED_PAGE}
)
_REFUSALS = frozenset({FaultKind.RATE_LIMIT, FaultKind.LOCK_TIMEOUT})

#: Seconds after which no client waits any more, and the system refuses to wait longer.
SLOWEST = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong, and when.

    It concerns calls whose method and path fit two patterns, where `*` is any text; a
    path fits as it was sent or as its route, `/customers/{id}`. Of these it meets the
    one with the number `call`, counted from 1 since the fault was added, or each with
    the chance `rate`, drawn from `seed`; and no more than `times` of them.

    `retry_after`, in seconds, is the header of the two 429; `seconds` is how late a
    slow answer comes.
    """

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    call: int | None = None
    rate: float = 1.0
    seed: int = 0
    times: int | None = None
    retry_after: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        _within("rate", self.rate, 0, 1)
        _within("call", self.call, 1)
        _within("times", self.times, 1)
        _within("retry_after", self.retry_after, 0)
        _within("seconds", self.seconds, 0, SLOWEST)
        if self.retry_after is not None and self.kind not in _REFUSALS:
            raise ControlError(f"A {self.kind} has no retry_after: leave it out.")
        if (self.seconds is None) == (self.kind is FaultKind.SLOW):
            raise ControlError(
                f"A fault has seconds if it is slow; this is {self.kind}."
            )

    def fits(self, request: Request, route: str) -> bool:
        """Tell whether a call is one of those that this fault concerns."""
        if self.kind in OF_PAGES and request.method != "GET":
            return False
        return fnmatchcase(request.method, self.method) and (
            fnmatchcase(request.path, self.path) or fnmatchcase(route, self.path)
        )


def _within(
    name: str, value: float | None, low: float, high: float | None = None
) -> None:
    if value is None or (low <= value and (high is None or value <= high)):
        return
    most = "" if high is None else f" to {high:g}"
    raise ControlError(f"{name} cannot be {value:g}: give {low:g}{most or ' or more'}.")


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
        self, request: Request, route: str, possible: Callable[[FaultKind], bool]
    ) -> Fault | None:
        """Return the fault that this call meets, and count that it fired."""
        with self._lock:
            fitting = [
                armed
                for armed in self._armed.values()
                if armed.fault.fits(request, route) and possible(armed.fault.kind)
            ]
            due = [armed for armed in fitting if armed.is_due()]
            if not due:
                return None
            due[0].fired += 1
            return due[0].fault
