"""Faults as JSON, both ways."""

from __future__ import annotations

from dataclasses import asdict, fields

from dataflow.twin.arguments import Arguments
from dataflow.twin.armed import Armed
from dataflow.twin.control_errors import ControlError
from dataflow.twin.faults import ANY, Fault, FaultKind
from dataflow.twin.wire import Json


def fault_of(given: Arguments) -> Fault:
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


def shown(armed: Armed) -> Json:
    """Return a fault with its number and its counts."""
    return {
        "number": armed.number,
        **asdict(armed.fault),
        "seen": armed.seen,
        "fired": armed.fired,
    }


def _kind(name: str) -> FaultKind:
    try:
        return FaultKind(name)
    except ValueError:
        known = ", ".join(FaultKind)
        raise ControlError(f"There is no fault {name}: choose from {known}.") from None
