"""Describe each write of the sync: the entries of its audit log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from dataflow.sync import actions
from dataflow.sync.actions import Operation, Result
from dataflow.sync.model import LEFT, RIGHT, Values


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One write: when, to which record, and the listed values before and after.

    `time` is in unix seconds. `outcome` is that of the report, or "refused"; `text` is
    the sentence of the report, or why the write was refused.
    """

    time: int
    action: str
    system: str
    left_id: str
    right_id: str = ""
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    outcome: str = ""
    text: str = ""


#: Is called with the record type and the entry of each write.
Log: TypeAlias = Callable[[str, AuditEntry], None]


def describe_write(
    operation: Operation, result: Result, left_id: str, time: int
) -> AuditEntry | None:
    """Return the entry of an operation; None for one that wrote to no system."""
    if not result.outcome and not result.refused:
        return None
    right_id = _right_id(operation) or (result.right.id if result.right else "")
    before, after, system = _find_values(operation, result)
    return AuditEntry(
        time=time,
        action=type(operation).__name__,
        system=system,
        left_id=left_id,
        right_id=right_id,
        before=before,
        after=after,
        outcome=result.outcome or "refused",
        text=result.text or "; ".join(result.refused.values()),
    )


def _find_values(operation: Operation, result: Result) -> tuple[Values, Values, str]:
    """Return the values before and after a write, and the system that has them."""
    match operation:
        case actions.PatchLeft(_, left, _, values):
            return _only(left.values, values), values, LEFT
        case actions.PatchRight(_, _, right, values):
            return _only(right.values, values), values, RIGHT
        case actions.Replace(_, _, right, values, _):
            return right.values, values, RIGHT
        case actions.DeleteLeft():
            return {}, {}, LEFT
    return {}, result.right.values if result.right else {}, RIGHT


def _only(values: Values, names: Values) -> Values:
    return {name: values[name] for name in names}


def _right_id(operation: Operation) -> str:
    match operation:
        case (
            actions.PatchLeft(link)
            | actions.PatchRight(link)
            | actions.DeleteLeft(link)
            | actions.DeleteRight(link)
        ):
            return link.right_id
        case actions.RemoveSuperseded(order):
            return order.right_id
    return ""
