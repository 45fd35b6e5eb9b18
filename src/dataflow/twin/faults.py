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

#: What each kind does, in the words of `GET /_twin/faults`.
DESCRIPTIONS: Mapping[FaultKind, str] = {
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

#: These kinds concern reads: they neither meet nor count writes.
_OF_PAGES = frozenset(
    {FaultKind.TRUNCATED_BODY, FaultKind.TRUNCATED_JSON, FaultKind.REPEATED_PAGE}
)
_REFUSALS = frozenset({FaultKind.RATE_LIMIT, FaultKind.LOCK_TIMEOUT})

#: The most seconds: no client waits longer, and the system refuses to.
SLOWEST = 3600

#: Any method, or any text within a path.
ANY = "*"
_ID = "{id}"
_BRACE = re.compile(r"[{}]")
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A kind of fault, and the calls that meet it.

    It concerns calls of one `method` (`*`: any) whose path fits the pattern `path`,
    where `*` is any text: the path as sent, the path without the vendor's root, or the
    route, such as `/customers/{id}`. Of these, the call with the number `call` meets
    the fault, or each with the probability `rate` by a generator with this `seed`; at
    most `times` calls do. `call` counts from 1 since the fault was added, without calls
    that this kind cannot meet (see `DESCRIPTIONS`).

    `retry_after`, in seconds, is the header of the two 429; `seconds` is the delay of a
    slow answer. Values that no call could ever meet raise `ControlError`.
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
        """Refuse values that no call could ever meet."""
        _check_method(self.kind, self.method)
        _check_path(self.path)
        _check_range("rate", self.rate, 0, 1)
        _check_range("call", self.call, 1)
        _check_range("times", self.times, 1)
        _check_range("retry_after", self.retry_after, 0)
        _check_range("seconds", self.seconds, 0, SLOWEST)
        if self.rate == 0:
            raise ControlError("rate cannot be 0: give more than 0, to 1.")
        if self.retry_after is not None and self.kind not in _REFUSALS:
            raise ControlError(f"A {self.kind} has no retry_after: leave it out.")
        if (self.seconds is None) == (self.kind is FaultKind.SLOW):
            raise ControlError(
                f"A fault has seconds if it is slow; this is {self.kind}."
            )

    def matches(self, method: str, *paths: str) -> bool:
        """Return whether this fault concerns a call, given all forms of its path."""
        if self.kind in _OF_PAGES and method != "GET":
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
    if kind in _OF_PAGES and method not in {ANY, "GET"}:
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
    """Return whether a text fits a pattern, in which only `*` is special."""
    return fnmatchcase(text, re.sub(r"[?\[]", r"[\g<0>]", pattern))


def _check_range(
    name: str, value: float | None, low: float, high: float | None = None
) -> None:
    if value is None or (low <= value and (high is None or value <= high)):
        return
    most = "" if high is None else f" to {high:g}"
    raise ControlError(f"{name} cannot be {value:g}: give {low:g}{most or ' or more'}.")


@dataclass(slots=True)
class ActiveFault:
    """An added fault, the number of calls that it matched, and of those that met it."""

    number: int
    fault: Fault
    matched: int = 0
    fired: int = 0
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Start the generator with the fault's own seed."""
        # No secret depends on it, and a seed must give the same calls again.
        self._chance = random.Random(self.fault.seed)  # noqa: S311

    def is_due(self) -> bool:
        """Count one more matching call, and return whether the fault is due."""
        self.matched += 1
        by_chance = self._chance.random() < self.fault.rate
        if self.fault.times is not None and self.fired >= self.fault.times:
            return False
        return by_chance if self.fault.call is None else self.matched == self.fault.call


class Faults:
    """The faults of one vendor's twin: a call meets at most the first that is due."""

    def __init__(self, vendor: str, kinds: Container[FaultKind]) -> None:
        self._vendor = vendor
        self._kinds = kinds
        self._lock = threading.Lock()
        self._active: dict[int, ActiveFault] = {}
        self._added = 0

    def add(self, fault: Fault) -> ActiveFault:
        """Add a fault; raise `ControlError` for a kind that the vendor lacks."""
        if fault.kind not in self._kinds:
            raise ControlError(
                f"{self._vendor} has no {fault.kind}: choose another fault."
            )
        with self._lock:
            self._added += 1
            active = self._active[self._added] = ActiveFault(self._added, fault)
        return active

    def all(self) -> list[ActiveFault]:
        """Return the added faults, including those that will meet no more calls."""
        with self._lock:
            return list(self._active.values())

    def has_slow(self) -> bool:
        """Return whether an answer could come late."""
        with self._lock:
            return any(
                active.fault.kind is FaultKind.SLOW for active in self._active.values()
            )

    def remove(self, number: int) -> None:
        """Remove a fault; raise `ControlError` for an unknown number."""
        with self._lock:
            if self._active.pop(number, None) is None:
                raise ControlError(f"There is no fault {number}: list them first.")

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._active.clear()

    def find_due(
        self, method: str, paths: Sequence[str], possible: Callable[[FaultKind], bool]
    ) -> Fault | None:
        """Return the fault that this call, by any form of its path, meets; count it."""
        with self._lock:
            matching = [
                active
                for active in self._active.values()
                if active.fault.matches(method, *paths) and possible(active.fault.kind)
            ]
            due = [active for active in matching if active.is_due()]
            if not due:
                return None
            due[0].fired += 1
            return due[0].fault


FAULT_FIELDS = tuple(each.name for each in fields(Fault))


def read_fault(given: Arguments) -> Fault:
    """Read a fault, whose arguments are its fields; raise `ControlError`."""
    given.refuse_others(*FAULT_FIELDS)
    return Fault(
        kind=_read_kind(given.text("kind")),
        method=given.get(given.text, "method", ANY),
        path=given.get(given.text, "path", ANY),
        call=given.get(given.integer, "call", None),
        rate=given.get(given.number, "rate", 1.0),
        seed=given.get(given.integer, "seed", 0),
        times=given.get(given.integer, "times", None),
        retry_after=given.get(given.integer, "retry_after", None),
        seconds=given.get(given.number, "seconds", None),
    )


def render_fault(active: ActiveFault) -> Json:
    """Return a fault with its number and its counts."""
    return {
        "number": active.number,
        **asdict(active.fault),
        "seen": active.matched,
        "fired": active.fired,
    }


def _read_kind(name: str) -> FaultKind:
    try:
        return FaultKind(name)
    except ValueError:
        known = ", ".join(FaultKind)
        raise ControlError(f"There is no fault {name}: choose from {known}.") from None
