"""Describe open issues to the user: what is different, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow.sync.edit_times import show_time
from dataflow.sync.mapping import Lens
from dataflow.sync.merge import RESOLUTION, Resolution
from dataflow.sync.model import (
    EditTime,
    EditTimes,
    Issue,
    IssueKind,
    Link,
    Observed,
    PossibleMatch,
    SupersededOrder,
)
from dataflow.sync.record_types import Kind

#: Why a property stays different.
REASONS = {
    Resolution.NEVER_AGREED: "the two differed already when they were linked",
    Resolution.KNOWN_CONFLICT: "the two could not be made equal",
    Resolution.EMPTIED: "an empty value is not copied over another one",
    Resolution.FIXED_LEFT: "Invoiced does not let it be edited",
    Resolution.FIXED_RIGHT: "Chargebee does not let it be edited",
}
UNPROVED = "both sides were edited, and nothing proves which edit is later"
TOO_CLOSE = (
    f"both sides were edited, and edits less than {RESOLUTION} seconds apart have no"
    " known order"
)


def report_difference(
    lens: Lens,
    resolution: Resolution,
    pair: tuple[Observed, Observed],
    times: EditTimes | None,
) -> Issue:
    """Return the issue of a property that stays different, left first."""
    left, right = pair
    ends = (
        (times.left, times.right)
        if times is not None
        else tuple(EditTime(None, one.updated_at) for one in pair)
    )
    text = (
        f"{left.id}: {lens.left} is {left.values[lens.name]!r} in Invoiced"
        f" ({show_time(ends[0])}), {lens.right} is {right.values[lens.name]!r} in"
        f" Chargebee ({show_time(ends[1])}); {_find_reason(resolution, times)}. Nothing"
        " was written: make them equal in either system."
    )
    is_emptied = resolution is Resolution.EMPTIED
    kind = IssueKind.LEFT_OUT if is_emptied else IssueKind.CONFLICT
    return Issue(left.id, kind, text)


def report_refused(lens: Lens, left: Observed, refusal: str) -> Issue:
    """Return the issue of an edit that a vendor refuses."""
    text = (
        f"{left.id}: an edit of {lens.left} or {lens.right} stays where it is:"
        f" {refusal}"
    )
    return Issue(left.id, IssueKind.FAILED, text)


def report_kept_order(link: Link, obstacle: str) -> Issue:
    """Return the issue of an order that would have to be replaced."""
    text = (
        f"{link.left_id}: order {link.right_id} would have to be replaced, because"
        f" Chargebee does not let its currency and customer be edited, but {obstacle}."
        " Nothing was written: replace it by hand, or undo the edit in Invoiced."
    )
    return Issue(link.left_id, IssueKind.FAILED, text)


def report_superseded(order: SupersededOrder, refusal: str) -> Issue:
    """Return the issue of a replaced order that cannot be removed."""
    text = (
        f"{order.left_id}: order {order.right_id} was replaced and is still there:"
        f" {refusal}: delete or cancel it in Chargebee."
    )
    return Issue(order.left_id, IssueKind.FAILED, text)


def report_unlinkable(left_id: str, right_id: str, reason: str) -> Issue:
    """Return the issue of a chosen counterpart that cannot be one."""
    text = (
        f"{left_id} is not linked to {right_id}: {reason}. Nothing was changed: choose"
        " another one."
    )
    return Issue(left_id, IssueKind.DECISION, text, candidate_ids=(right_id,))


def report_broken(link: Link, side: str) -> Issue:
    """Return the issue of a pair of which one side was deleted."""
    text = (
        f"{link.left_id} and its counterpart {link.right_id} are a pair no more:"
        f" deleted in {side}. Nothing else was deleted or changed."
    )
    return Issue(link.left_id, IssueKind.BROKEN, text)


def report_matches(kind: Kind, left_id: str, matches: Sequence[PossibleMatch]) -> Issue:
    """Return the issue of a record whose counterpart may exist without a mark."""
    ids = tuple(match.right_id for match in matches)
    text = (
        f"{left_id} has no counterpart, and Chargebee has {describe_matches(matches)}."
        f" Nothing was written: set its {kind.mark} to {left_id} if it is the same"
        f" {kind.right_name}, and to anything else if it is not."
    )
    return Issue(left_id, IssueKind.DECISION, text, candidate_ids=ids)


def describe_matches(matches: Sequence[PossibleMatch]) -> str:
    """Return possible matches as text."""
    return ", ".join(
        f"{match.right_id} with the same {' and '.join(match.equal)}"
        for match in matches
    )


def _find_reason(resolution: Resolution, times: EditTimes | None) -> str:
    if resolution is not Resolution.CONFLICT:
        return REASONS[resolution]
    exact = times is not None and None not in {times.left.exact, times.right.exact}
    return TOO_CLOSE if exact else UNPROVED
