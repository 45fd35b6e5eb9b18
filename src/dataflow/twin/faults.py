"""The kinds of faults that a twin can inject, and those that are active."""

from __future__ import annotations

import enum
import random
import re
import threading
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase

from dataflow.twin.messages import Arguments, ControlError, Json


class FaultKind(enum.StrEnum):
    """What goes wrong."""

    RATE_LIMIT = "rate-limit"
    LOCK_TIMEOUT = "lock-timeout"
    SERVER_ERROR = "server-error"
    BAD_GATEWAY = "bad-gateway"
    SLOW = "slow"
    CUT_BEFORE = "cut-before"
    CUT_AFTER = "cut-after"
    TRUNCATED_BODY = "truncated-body"
    TRUNCATED_JSON = "truncated-json"
    REPEATED_PAGE = "repeated-page"


_OF_READS = "; it meets, and counts, what is read with GET"

#: What each of them does, as its user is told.
SAYS: Mapping[FaultKind, str] = {
    FaultKind.RATE_LIMIT: "429, and the change is not made",
    FaultKind.LOCK_TIMEOUT: "429 of a record that is in use; the change is not made",
    FaultKind.SERVER_ERROR: "500 with JSON, and the change is not made",
    FaultKind.BAD_GATEWAY: "502 with HTML, and the change is not made",
    FaultKind.SLOW: "the right answer, so many seconds late",
    FaultKind.CUT_BEFORE: "the connection ends, and the change is not made",
    FaultKind.CUT_AFTER: "the connection ends, though the change is made",
    FaultKind.TRUNCATED_BODY: f"the connection ends within the body{_OF_READS}",
    FaultKind.TRUNCATED_JSON: f"the JSON ends too early, and all else fits{_OF_READS}",
    FaultKind.REPEATED_PAGE: (
        "a page of a list begins with the rows of the page before, and has its own too;"
        " it meets, and counts, a GET that asks for a further page of the list that was"
        " read last"
    ),
}

#: These concern what is read: they leave writes alone, and do not count them.
OF_PAGES = frozenset(
    {FaultKind.TRUNCATED_BODY, FaultKind.TRUNCATED_JSON, FaultKind.REPEATED_PAGE}
)
_REFUSALS = frozenset({FaultKind.RATE_LIMIT, FaultKind.LOCK_TIMEOUT})

#: Seconds after which no client waits any more, and the system refuses to wait longer.
SLOWEST = 3600

#: Any method, or any text within a path.
ANY = "*"
_ID, _BRACE = "{id}", re.compile(r"[{}]")
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong, and when.

    It concerns calls of one `method`, or of each with `*`, whose path fits a pattern,
    where `*` is any text: as it was sent, without what stands before all paths of the
    vendor, or as its route, `/customers/{id}`. Of these it meets the one with the
    number `call`, or each with the chance `rate`, drawn from `seed`; and no more than
    `times` of them.

    `call` counts from 1 since the fault was added, and counts what the fault could
    meet: `SAYS` tells of which kinds that is not every call.

    `retry_after`, in seconds, is the header of the two 429; `seconds` is how late a
    slow answer comes. What could never happen as it is written raises `ControlError`.
    """

    kind: FaultKind
    method: str = ANY
    path: str = ANY
    call: int | None = None
    rate: float = 1.0
    seed: int = 0
    times: int | None = None
    retry_after: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        """Refuse what could never happen."""
        _check_method(self.kind, self.method)
        _check_path(self.path)
        _within("rate", self.rate, 0, 1)
        _within("call", self.call, 1)
        _within("times", self.times, 1)
        _within("retry_after", self.retry_after, 0)
        _within("seconds", self.seconds, 0, SLOWEST)
        if self.rate == 0:
            raise ControlError("rate cannot be 0: give more than 0, to 1.")
        if self.retry_after is not None and self.kind not in _REFUSALS:
            raise ControlError(f"A {self.kind} has no retry_after: leave it out.")
        if (self.seconds is None) == (self.kind is FaultKind.SLOW):
            raise ControlError(
                f"A fault has seconds if it is slow; this is {self.kind}."
            )

    def fits(self, method: str, *paths: str) -> bool:
        """Tell whether a call is one of those that this fault concerns.

        `paths` are the ways to write its path.
        """
        if self.kind in OF_PAGES and method != "GET":
            return False
        return self.method in {ANY, method} and any(
            _fits(path, self.path) for path in paths
        )


def _check_method(kind: FaultKind, method: str) -> None:
    if method != ANY and method not in _METHODS:
        known = ", ".join(_METHODS)
        raise ControlError(
            f"method cannot be {method!r}: give {ANY}, or one of {known}."
        )
    if kind in OF_PAGES and method not in {ANY, "GET"}:
        raise ControlError(
            f"A {kind} cannot have the method {method}: only what is read with GET"
            " meets it."
        )


def _check_path(path: str) -> None:
    if not path.startswith(("/", ANY)):
        raise ControlError(
            f"path cannot be {path!r}: begin it with / or with {ANY}, which is any"
            " text."
        )
    if "?" in path:
        raise ControlError(
            f"path cannot be {path!r}: a path has no query, so leave out the ? and what"
            " follows it."
        )
    if _BRACE.search(path.replace(_ID, "")):
        raise ControlError(
            f"path cannot be {path!r}: whatever the record, {_ID} stands for its id."
        )


def _fits(text: str, pattern: str) -> bool:
    """Tell whether a text fits: `*` is any text, and all else stands for itself."""
    return fnmatchcase(text, re.sub(r"[?\[]", r"[\g<0>]", pattern))


def _within(
    name: str, value: float | None, low: float, high: float | None = None
) -> None:
    if value is None or (low <= value and (high is None or value <= high)):
        return
    most = "" if high is None else f" to {high:g}"
    raise ControlError(f"{name} cannot be {value:g}: give {low:g}{most or ' or more'}.")


@dataclass(slots=True)
class ActiveFault:
    """A fault that was added: its number, how many calls fitted, how many it met."""

    number: int
    fault: Fault
    matched: int = 0
    fired: int = 0
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the fault's own seed."""
        # Nobody's secret hangs on it, and a seed must give the same calls again.
        self._chance = random.Random(self.fault.seed)  # noqa: S311

    def is_due(self) -> bool:
        """Count one more call that fits, and tell whether the fault would meet it."""
        self.matched += 1
        drawn = self._chance.random() < self.fault.rate
        if self.fault.times is not None and self.fired >= self.fault.times:
            return False
        return drawn if self.fault.call is None else self.matched == self.fault.call


class Faults:
    """The faults of one twin. A call meets one of them at most: the first that is due.

    `name` is the vendor's, and `kinds` are the faults that it knows.
    """

    def __init__(self, name: str, kinds: Container[FaultKind]) -> None:
        self._name = name
        self._kinds = kinds
        self._lock = threading.Lock()
        self._armed: dict[int, ActiveFault] = {}
        self._added = 0

    def add(self, fault: Fault) -> ActiveFault:
        """Add a fault; what it returns counts on. `ControlError` if no such can be."""
        if fault.kind not in self._kinds:
            raise ControlError(
                f"{self._name} has no {fault.kind}: choose another fault."
            )
        with self._lock:
            self._added += 1
            armed = self._armed[self._added] = ActiveFault(self._added, fault)
        return armed

    def all(self) -> list[ActiveFault]:
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


def read_fault(given: Arguments) -> Fault:
    """Read a fault, whose arguments are its fields; raises `ControlError`."""
    given.only(*(field.name for field in fields(Fault)))
    return Fault(
        kind=_kind(given.text("kind")),
        method=given.get(given.text, "method", ANY),
        path=given.get(given.text, "path", ANY),
        call=given.get(given.whole, "call", None),
        rate=given.get(given.number, "rate", 1.0),
        seed=given.get(given.whole, "seed", 0),
        times=given.get(given.whole, "times", None),
        retry_after=given.get(given.whole, "retry_after", None),
        seconds=given.get(given.number, "seconds", None),
    )


def render_fault(armed: ActiveFault) -> Json:
    """Return a fault with its number and its counts."""
    return {
        "number": armed.number,
        **asdict(armed.fault),
        "seen": armed.matched,
        "fired": armed.fired,
    }


def _kind(name: str) -> FaultKind:
    try:
        return FaultKind(name)
    except ValueError:
        known = ", ".join(FaultKind)
        raise ControlError(f"There is no fault {name}: choose from {known}.") from None
