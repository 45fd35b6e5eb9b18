"""Decide what a run does: a pure function of links and changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from dataflow.sync.actions import (
    Action,
    Adopt,
    MarkDeleted,
    Create,
    Forget,
    Note,
    PatchLeft,
    PatchRight,
    Rebase,
    Replace,
    Restore,
    RemoveSuperseded,
    Step,
    RemoveLeftovers,
)
from dataflow.sync.mapping import Lens, get_at_path
from dataflow.sync.matching import (
    backing_invoice_id,
    choose_counterpart,
    find_duplicates,
    find_generation,
)
from dataflow.sync.merge import Resolution, resolve_all
from dataflow.sync.model import (
    LEFT,
    RIGHT,
    Changes,
    Flow,
    Issue,
    IssueKind,
    Link,
    Links,
    Observed,
    SupersededOrder,
)

#: The verdicts that leave two values as they are, and why.
REASONS = {
    Resolution.CONFLICT: "both sides were edited, and nothing proves which edit is later",
    Resolution.KNOWN_CONFLICT: "the two could not be made equal",
    Resolution.FIXED_LEFT: "Invoiced does not let it be edited",
    Resolution.FIXED_RIGHT: "Chargebee does not let it be edited",
}


def report_waiting(changes: Changes, left: Observed, needed: str) -> Issue:
    """Say for which customer a record waits."""
    why = changes.reasons.get(needed, "has no counterpart in Chargebee yet")
    return Issue(
        left.id,
        IssueKind.WAITING,
        f"{left.id} waits: its customer {needed} {why}.",
        needs=needed,
    )


def report_broken(link: Link, gone: str) -> Issue:
    """Say which side of a pair was deleted."""
    return Issue(
        link.left_id,
        IssueKind.BROKEN,
        f"{link.left_id} and its counterpart {link.right_id} are a pair no more:"
        f" deleted in {gone}. Nothing else was deleted or changed.",
    )


def report_conflict(
    lens: Lens, verdict: Resolution, left: Observed, right: Observed
) -> Issue:
    """Say what the two sides hold, since when, and why neither was written."""
    return Issue(
        left.id,
        IssueKind.CONFLICT,
        f"{left.id}: {lens.left} is {left.values[lens.name]!r} in Invoiced"
        f" ({_time(left)}), {lens.right} is {right.values[lens.name]!r} in Chargebee"
        f" ({_time(right)}); {REASONS[verdict]}. Nothing was written: make them equal"
        " in either system.",
    )


def report_refused(lens: Lens, left: Observed, said: str) -> Issue:
    """Say which edit was not taken, in the words of who refused it."""
    return Issue(
        left.id,
        IssueKind.FAILED,
        f"{left.id}: an edit of {lens.left} or {lens.right} stays where it is: {said}",
    )


def report_superseded(retired: SupersededOrder, said: str) -> Issue:
    """Say that a replaced order is still there, in the words of who refused."""
    return Issue(
        retired.left_id,
        IssueKind.FAILED,
        f"{retired.left_id}: order {retired.right_id} was replaced and is still there:"
        f" {said}: delete or cancel it in Chargebee.",
    )


def _time(seen: Observed) -> str:
    if seen.updated_at is None:
        return "changed at an unknown time"
    return f"changed {datetime.fromtimestamp(seen.updated_at, UTC):%Y-%m-%d %H:%M:%SZ}"


#: What `Link.gone` says when both sides are.
BOTH_SIDES = f"{LEFT} and {RIGHT}"


def plan(flow: Flow, links: Links, changes: Changes) -> list[Step]:
    """Return what is to be done, one step for each record that needs a decision."""
    kind = flow.kind.name
    touched = dict.fromkeys(one.left_id for one in links.list_superseded(kind))
    touched |= dict.fromkeys(changes.left)
    of_right = (links.left_of(kind, right_id) for right_id in changes.right)
    touched |= dict.fromkeys(left_id for left_id in of_right if left_id is not None)
    steps = (decide(flow, links, changes, left_id) for left_id in touched)
    return [step for step in steps if step is not None]


def decide(flow: Flow, links: Links, changes: Changes, left_id: str) -> Step | None:
    """Return the step for one Invoiced record; None where nothing can be said."""
    waiting = links.list_superseded(flow.kind.name, left_id)
    retired = tuple(_retire(changes, one) for one in waiting)
    link = links.by_left(flow.kind.name, left_id)
    left = changes.left.get(left_id)
    if link is not None:
        right = changes.right.get(link.right_id)
        actions = _decide_on_pair(flow, links, changes, (link, left, right))
    else:
        linking = (
            None if left is None else _decide_on_unlinked(flow, links, changes, left)
        )
        actions = None if linking is None else tuple(linking)
    if actions is None:
        return Step(left_id, retired) if retired else None
    swept = _sweep(flow, changes, link, left_id, actions)
    return Step(left_id, (*retired, *swept, *actions))


def _retire(changes: Changes, retired: SupersededOrder) -> RemoveSuperseded | Issue:
    refused = changes.refused.get((retired.left_id, retired.right_id))
    return (
        RemoveSuperseded(retired)
        if refused is None
        else report_superseded(retired, refused)
    )


def _sweep(
    flow: Flow,
    changes: Changes,
    link: Link | None,
    left_id: str,
    actions: tuple[Action, ...],
) -> tuple[RemoveLeftovers, ...]:
    """Return the sweep after a try to make an order that is not to be made any more."""
    goes_on = any(isinstance(one, (Create, Adopt, Replace)) for one in actions)
    if goes_on or not flow.kind.replaceable or left_id not in changes.attempted:
        return ()
    linked = 0 if link is None else find_generation(left_id, link.right_id)
    return (RemoveLeftovers(left_id, linked + 1),)


def _decide_on_unlinked(
    flow: Flow, links: Links, changes: Changes, left: Observed
) -> Iterator[Action]:
    """Decide on an Invoiced record that is linked to nothing."""
    if left.is_deleted:
        return
    found = choose_counterpart(flow, links, left, changes.candidates.get(left.id, ()))
    if left.exclusion is not None and not isinstance(found, Adopt):
        if left.exclusion.kind is not None:
            yield Issue(
                left.id, left.exclusion.kind, f"{left.id} {left.exclusion.reason}."
            )
    elif isinstance(found, Issue):
        yield found
    else:
        yield _wait_or_create(flow, links, changes, found or Create(left))


def _wait_or_create(
    flow: Flow, links: Links, changes: Changes, action: Adopt | Create
) -> Action:
    needed = _find_needed_customer(flow, links, action.left)
    if needed is None:
        return action
    issue = report_waiting(changes, action.left, needed)
    about = (action.right_id,) if isinstance(action, Adopt) else ()
    return replace(issue, candidate_ids=about)


def _decide_on_pair(
    flow: Flow,
    links: Links,
    changes: Changes,
    pair: tuple[Link, Observed | None, Observed | None],
) -> tuple[Action, ...] | None:
    """Decide on a pair; None when too little of it was seen to say anything."""
    link, left, right = pair
    if gone := _name_deleted_side(left, right):
        return _decide_on_half(flow, links, changes, (link, left), gone)
    if left is not None and left.frozen:
        return (Note(link.left_id, f"{link.left_id} {left.frozen}."),)
    if left is None or right is None:
        return None
    mend = (Restore(link),) if link.deleted_in else ()
    seen = (link, left, right)
    compared = tuple(_compare(flow, links, changes, seen))
    return (*mend, *_report_duplicates(flow, links, changes, seen), *compared)


def _name_deleted_side(left: Observed | None, right: Observed | None) -> str:
    sides = []
    if left is not None and left.is_deleted:
        sides.append(LEFT)
    if right is not None and right.is_deleted:
        sides.append(RIGHT)
    return " and ".join(sides)


def _decide_on_half(
    flow: Flow,
    links: Links,
    changes: Changes,
    pair: tuple[Link, Observed | None],
    gone: str,
) -> tuple[Action, ...]:
    """Decide on a pair of which a side was deleted: by default, only tell."""
    link, left = pair
    if gone == BOTH_SIDES:
        return (Forget(link),)
    telling: Action = report_broken(link, gone)
    if gone == RIGHT and left is not None and not left.frozen:
        found = choose_counterpart(
            flow, links, left, changes.candidates.get(left.id, ())
        )
        if isinstance(found, Adopt):
            found = _adopt(flow, found, link)
            telling = _wait_or_create(flow, links, changes, found)
        elif found is not None:
            telling = found
    if link.deleted_in == gone or isinstance(telling, Adopt):
        return (telling,)
    return (MarkDeleted(link, gone), telling)


def _adopt(flow: Flow, adopt: Adopt, link: Link) -> Adopt:
    """Return the adoption, with what is left of the deleted order to clear away."""
    if not (flow.kind.replaceable and find_generation(link.left_id, link.right_id)):
        return adopt
    old = SupersededOrder(
        link.left_id, link.right_id, backing_invoice_id(link.right_id)
    )
    return replace(adopt, superseded=(old, *adopt.superseded))


def _report_duplicates(
    flow: Flow, links: Links, changes: Changes, pair: tuple[Link, Observed, Observed]
) -> Iterator[Action]:
    claims = changes.candidates.get(pair[0].left_id, ())
    older, issues = find_duplicates(flow, links, pair, claims)
    yield from (_retire(changes, one) for one in older)
    yield from issues


def _compare(
    flow: Flow, links: Links, changes: Changes, pair: tuple[Link, Observed, Observed]
) -> Iterator[Action]:
    """Decide, property by property, on a pair of which both sides were seen."""
    link, left, right = pair
    verdicts = resolve_all(flow, link, left.values, right.values)
    refused = {name for name in verdicts if (left.id, name) in changes.refused}

    def those(*wanted: Resolution) -> list[str]:
        return [n for n, v in verdicts.items() if v in wanted and n not in refused]

    if names := those(Resolution.REBASE):
        agreed = {name: (left.values[name], right.values[name]) for name in names}
        yield Rebase(link, {**link.base, **agreed})
    if names := those(Resolution.TO_LEFT):
        yield PatchLeft(link, left, {name: right.values[name] for name in names})
    to_right = those(Resolution.TO_RIGHT)
    if those(Resolution.REPLACE):
        yield _replace(flow, links, changes, pair, verdicts)
    elif (
        to_right
        and (needed := _find_unlinked_customer(flow, links, left, to_right)) is not None
    ):
        yield report_waiting(changes, left, needed)
    elif to_right:
        yield PatchRight(link, right, {name: left.values[name] for name in to_right})
    yield from _disputes(flow, changes, pair, verdicts)


def _disputes(
    flow: Flow,
    changes: Changes,
    pair: tuple[Link, Observed, Observed],
    verdicts: dict[str, Resolution],
) -> Iterator[Issue]:
    """Yield an issue for each property that was refused or is in conflict."""
    _, left, right = pair
    for lens in flow.lenses:
        verdict = verdicts[lens.name]
        text = changes.refused.get((left.id, lens.name))
        if text is not None and verdict in {Resolution.TO_LEFT, Resolution.TO_RIGHT}:
            yield report_refused(lens, left, text)
        elif verdict in REASONS:
            yield report_conflict(lens, verdict, left, right)


def _replace(
    flow: Flow,
    links: Links,
    changes: Changes,
    pair: tuple[Link, Observed, Observed],
    verdicts: dict[str, Resolution],
) -> Replace | Issue:
    """Return the replacement: disputed properties keep what Chargebee has."""
    link, left, right = pair
    if (needed := _find_needed_customer(flow, links, left)) is not None:
        return report_waiting(changes, left, needed)
    disputed = {
        name
        for name, verdict in verdicts.items()
        if verdict in REASONS or (left.id, name) in changes.refused
    }
    from_right = disputed | {n for n, v in verdicts.items() if v is Resolution.TO_LEFT}
    values = {
        name: right.values[name] if name in from_right else left.values[name]
        for name in verdicts
    }
    return Replace(link, left, right, values, frozenset(verdicts) - disputed)


def _find_needed_customer(flow: Flow, links: Links, left: Observed) -> str | None:
    """Return the customer that has to be linked before this record can be."""
    if flow.kind.customer_field:
        customer = str(get_at_path(left.record, flow.kind.customer_field))
        if links.right_of("customer", customer) is None:
            return customer
    return _find_unlinked_customer(
        flow, links, left, [lens.name for lens in flow.lenses]
    )


def _find_unlinked_customer(
    flow: Flow, links: Links, left: Observed, names: list[str]
) -> str | None:
    for lens in flow.lenses:
        value = left.values.get(lens.name)
        if lens.name not in names or lens.refers_to is None or value is None:
            continue
        if links.right_of(lens.refers_to, str(value)) is None:
            return str(value)
    return None
