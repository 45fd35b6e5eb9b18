"""What the plan leaves to people, in sentences."""

from __future__ import annotations

from datetime import UTC, datetime

from dataflow.mapping.lens import Lens
from dataflow.sync.judge import Verdict
from dataflow.sync.model import Changes, Issue, Link, Retired, Seen, Sort

#: The verdicts that leave two values as they are, and why.
REASONS = {
    Verdict.BOTH: "both sides were edited, and nothing proves which edit is later",
    Verdict.STANDS: "the two could not be made equal",
    Verdict.FIXED_LEFT: "Invoiced does not let it be edited",
    Verdict.FIXED_RIGHT: "Chargebee does not let it be edited",
}


def waits(changes: Changes, left: Seen, needed: str) -> Issue:
    """Say for which customer a record waits."""
    why = changes.why.get(needed, "has no counterpart in Chargebee yet")
    return Issue(
        left.id,
        Sort.WAITING,
        f"{left.id} waits: its customer {needed} {why}.",
        needs=needed,
    )


def broken(link: Link, gone: str) -> Issue:
    """Say which side of a pair was deleted."""
    return Issue(
        link.left_id,
        Sort.BROKEN,
        f"{link.left_id} and its counterpart {link.right_id} are a pair no more:"
        f" deleted in {gone}. Nothing else was deleted or changed.",
    )


def conflict(lens: Lens, verdict: Verdict, left: Seen, right: Seen) -> Issue:
    """Say what the two sides hold, since when, and why neither was written."""
    return Issue(
        left.id,
        Sort.CONFLICT,
        f"{left.id}: {lens.left} is {left.values[lens.name]!r} in Invoiced"
        f" ({_time(left)}), {lens.right} is {right.values[lens.name]!r} in Chargebee"
        f" ({_time(right)}); {REASONS[verdict]}. Nothing was written: make them equal"
        " in either system.",
    )


def refused(lens: Lens, left: Seen, said: str) -> Issue:
    """Say which edit was not taken, in the words of who refused it."""
    return Issue(
        left.id,
        Sort.FAILED,
        f"{left.id}: an edit of {lens.left} or {lens.right} stays where it is: {said}",
    )


def stays(retired: Retired, said: str) -> Issue:
    """Say that a replaced order is still there, in the words of who refused."""
    return Issue(
        retired.left_id,
        Sort.FAILED,
        f"{retired.left_id}: order {retired.right_id} was replaced and is still there:"
        f" {said}: delete or cancel it in Chargebee.",
    )


def _time(seen: Seen) -> str:
    if seen.updated_at is None:
        return "changed at an unknown time"
    return f"changed {datetime.fromtimestamp(seen.updated_at, UTC):%Y-%m-%d %H:%M:%SZ}"
