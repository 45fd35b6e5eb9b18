"""Decide what a run does: a pure function of links and changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from dataflow.sync.actions import (
    Action,
    Adopt,
    Break,
    Create,
    Forget,
    Mend,
    Note,
    PatchLeft,
    PatchRight,
    Rebase,
    Replace,
    Retire,
    Step,
    Sweep,
)
from dataflow.sync.mapping import Lens, pick
from dataflow.sync.matching import carrier, choose, generation, rivals
from dataflow.sync.merge import Verdict, judge_all
from dataflow.sync.model import (
    LEFT,
    RIGHT,
    Changes,
    Flow,
    Issue,
    Link,
    Links,
    Retired,
    Seen,
    Sort,
)

#: The verdicts that leave two values as they are, and why.
REASONS = {
    Verdict.BOTH: "both sides were edited, and nothing proves which edit is later",
    Verdict.STANDS: "the two could not be made equal",
    Verdict.FIXED_LEFT: "Invoiced does not let it be edited",
    Verdict.FIXED_RIGHT: "Chargebee does not let it be edited",
}


def report_waiting(changes: Changes, left: Seen, needed: str) -> Issue:
    """Say for which customer a record waits."""
    why = changes.why.get(needed, "has no counterpart in Chargebee yet")
    return Issue(
        left.id,
        Sort.WAITING,
        f"{left.id} waits: its customer {needed} {why}.",
        needs=needed,
    )


def report_broken(link: Link, gone: str) -> Issue:
    """Say which side of a pair was deleted."""
    return Issue(
        link.left_id,
        Sort.BROKEN,
        f"{link.left_id} and its counterpart {link.right_id} are a pair no more:"
        f" deleted in {gone}. Nothing else was deleted or changed.",
    )


def report_conflict(lens: Lens, verdict: Verdict, left: Seen, right: Seen) -> Issue:
    """Say what the two sides hold, since when, and why neither was written."""
    return Issue(
        left.id,
        Sort.CONFLICT,
        f"{left.id}: {lens.left} is {left.values[lens.name]!r} in Invoiced"
        f" ({_time(left)}), {lens.right} is {right.values[lens.name]!r} in Chargebee"
        f" ({_time(right)}); {REASONS[verdict]}. Nothing was written: make them equal"
        " in either system.",
    )


def report_refused(lens: Lens, left: Seen, said: str) -> Issue:
    """Say which edit was not taken, in the words of who refused it."""
    return Issue(
        left.id,
        Sort.FAILED,
        f"{left.id}: an edit of {lens.left} or {lens.right} stays where it is: {said}",
    )


def report_superseded(retired: Retired, said: str) -> Issue:
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


#: What `Link.gone` says when both sides are.
BOTH_SIDES = f"{LEFT} and {RIGHT}"


def plan(flow: Flow, links: Links, changes: Changes) -> list[Step]:
    """Return what is to be done, one step for each record that needs a decision."""
    kind = flow.kind.name
    touched = dict.fromkeys(one.left_id for one in links.retired(kind))
    touched |= dict.fromkeys(changes.left)
    of_right = (links.left_of(kind, right_id) for right_id in changes.right)
    touched |= dict.fromkeys(left_id for left_id in of_right if left_id is not None)
    steps = (decide(flow, links, changes, left_id) for left_id in touched)
    return [step for step in steps if step is not None]


def decide(flow: Flow, links: Links, changes: Changes, left_id: str) -> Step | None:
    """Return the step for one Invoiced record; None where nothing can be said."""
    waiting = links.retired(flow.kind.name, left_id)
    retired = tuple(_retire(changes, one) for one in waiting)
    link = links.by_left(flow.kind.name, left_id)
    left = changes.left.get(left_id)
    if link is not None:
        right = changes.right.get(link.right_id)
        actions = _pair(flow, links, changes, (link, left, right))
    else:
        linking = None if left is None else _newcomer(flow, links, changes, left)
        actions = None if linking is None else tuple(linking)
    if actions is None:
        return Step(left_id, retired) if retired else None
    swept = _sweep(flow, changes, link, left_id, actions)
    return Step(left_id, (*retired, *swept, *actions))


def _retire(changes: Changes, retired: Retired) -> Retire | Issue:
    refused = changes.refused.get((retired.left_id, retired.right_id))
    return Retire(retired) if refused is None else report_superseded(retired, refused)


def _sweep(
    flow: Flow,
    changes: Changes,
    link: Link | None,
    left_id: str,
    actions: tuple[Action, ...],
) -> tuple[Sweep, ...]:
    """Return the sweep after a try to make an order that is not to be made any more."""
    goes_on = any(isinstance(one, (Create, Adopt, Replace)) for one in actions)
    if goes_on or not flow.kind.replaceable or left_id not in changes.tried:
        return ()
    linked = 0 if link is None else generation(left_id, link.right_id)
    return (Sweep(left_id, linked + 1),)


def _newcomer(
    flow: Flow, links: Links, changes: Changes, left: Seen
) -> Iterator[Action]:
    """Decide on an Invoiced record that is linked to nothing."""
    if left.gone:
        return
    found = choose(flow, links, left, changes.claims.get(left.id, ()))
    if left.bar is not None and not isinstance(found, Adopt):
        if left.bar.sort is not None:
            yield Issue(left.id, left.bar.sort, f"{left.id} {left.bar.reason}.")
    elif isinstance(found, Issue):
        yield found
    else:
        yield _unless_it_waits(flow, links, changes, found or Create(left))


def _unless_it_waits(
    flow: Flow, links: Links, changes: Changes, action: Adopt | Create
) -> Action:
    needed = _needs(flow, links, action.left)
    if needed is None:
        return action
    issue = report_waiting(changes, action.left, needed)
    about = (action.right_id,) if isinstance(action, Adopt) else ()
    return replace(issue, about=about)


def _pair(
    flow: Flow,
    links: Links,
    changes: Changes,
    pair: tuple[Link, Seen | None, Seen | None],
) -> tuple[Action, ...] | None:
    """Decide on a pair; None when too little of it was seen to say anything."""
    link, left, right = pair
    if gone := _gone(left, right):
        return _half(flow, links, changes, (link, left), gone)
    if left is not None and left.frozen:
        return (Note(link.left_id, f"{link.left_id} {left.frozen}."),)
    if left is None or right is None:
        return None
    mend = (Mend(link),) if link.gone else ()
    seen = (link, left, right)
    compared = tuple(_compare(flow, links, changes, seen))
    return (*mend, *_rivals(flow, links, changes, seen), *compared)


def _gone(left: Seen | None, right: Seen | None) -> str:
    sides = []
    if left is not None and left.gone:
        sides.append(LEFT)
    if right is not None and right.gone:
        sides.append(RIGHT)
    return " and ".join(sides)


def _half(
    flow: Flow,
    links: Links,
    changes: Changes,
    pair: tuple[Link, Seen | None],
    gone: str,
) -> tuple[Action, ...]:
    """Decide on a pair of which a side was deleted: by default, only tell."""
    link, left = pair
    if gone == BOTH_SIDES:
        return (Forget(link),)
    telling: Action = report_broken(link, gone)
    if gone == RIGHT and left is not None and not left.frozen:
        found = choose(flow, links, left, changes.claims.get(left.id, ()))
        if isinstance(found, Adopt):
            found = _with(flow, found, link)
            telling = _unless_it_waits(flow, links, changes, found)
        elif found is not None:
            telling = found
    if link.gone == gone or isinstance(telling, Adopt):
        return (telling,)
    return (Break(link, gone), telling)


def _with(flow: Flow, adopt: Adopt, link: Link) -> Adopt:
    """Return the adoption, with what is left of the deleted order to clear away."""
    if not (flow.kind.replaceable and generation(link.left_id, link.right_id)):
        return adopt
    old = Retired(link.left_id, link.right_id, carrier(link.right_id))
    return replace(adopt, others=(old, *adopt.others))


def _rivals(
    flow: Flow, links: Links, changes: Changes, pair: tuple[Link, Seen, Seen]
) -> Iterator[Action]:
    claims = changes.claims.get(pair[0].left_id, ())
    older, issues = rivals(flow, links, pair, claims)
    yield from (_retire(changes, one) for one in older)
    yield from issues


def _compare(
    flow: Flow, links: Links, changes: Changes, pair: tuple[Link, Seen, Seen]
) -> Iterator[Action]:
    """Decide, property by property, on a pair of which both sides were seen."""
    link, left, right = pair
    verdicts = judge_all(flow, link, left.values, right.values)
    refused = {name for name in verdicts if (left.id, name) in changes.refused}

    def those(*wanted: Verdict) -> list[str]:
        return [n for n, v in verdicts.items() if v in wanted and n not in refused]

    if names := those(Verdict.REBASE):
        agreed = {name: (left.values[name], right.values[name]) for name in names}
        yield Rebase(link, {**link.base, **agreed})
    if names := those(Verdict.TO_LEFT):
        yield PatchLeft(link, left, {name: right.values[name] for name in names})
    to_right = those(Verdict.TO_RIGHT)
    if those(Verdict.REPLACE):
        yield _replace(flow, links, changes, pair, verdicts)
    elif to_right and (needed := _unlinked(flow, links, left, to_right)) is not None:
        yield report_waiting(changes, left, needed)
    elif to_right:
        yield PatchRight(link, right, {name: left.values[name] for name in to_right})
    for lens in flow.lenses:
        verdict = verdicts[lens.name]
        if lens.name in refused and verdict in {Verdict.TO_LEFT, Verdict.TO_RIGHT}:
            said = changes.refused[left.id, lens.name]
            yield report_refused(lens, left, said)
        elif verdict in REASONS:
            yield report_conflict(lens, verdict, left, right)


def _replace(
    flow: Flow,
    links: Links,
    changes: Changes,
    pair: tuple[Link, Seen, Seen],
    verdicts: dict[str, Verdict],
) -> Replace | Issue:
    """Return the replacement: disputed properties keep what Chargebee has."""
    link, left, right = pair
    if (needed := _needs(flow, links, left)) is not None:
        return report_waiting(changes, left, needed)
    disputed = {
        name
        for name, verdict in verdicts.items()
        if verdict in REASONS or (left.id, name) in changes.refused
    }
    from_right = disputed | {n for n, v in verdicts.items() if v is Verdict.TO_LEFT}
    values = {
        name: right.values[name] if name in from_right else left.values[name]
        for name in verdicts
    }
    return Replace(link, left, right, values, frozenset(verdicts) - disputed)


def _needs(flow: Flow, links: Links, left: Seen) -> str | None:
    """Return the customer that has to be linked before this record can be."""
    if flow.kind.stands_on:
        customer = str(pick(left.record, flow.kind.stands_on))
        if links.right_of("customer", customer) is None:
            return customer
    return _unlinked(flow, links, left, [lens.name for lens in flow.lenses])


def _unlinked(flow: Flow, links: Links, left: Seen, names: list[str]) -> str | None:
    for lens in flow.lenses:
        value = left.values.get(lens.name)
        if lens.name not in names or lens.refers_to is None or value is None:
            continue
        if links.right_of(lens.refers_to, str(value)) is None:
            return str(value)
    return None
