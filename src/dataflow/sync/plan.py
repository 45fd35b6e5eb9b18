"""The plan: from what is remembered and what has changed to what is to be done.

Everything here is pure: no clock, no network, no disk. What decides whether a side
has changed is the base, the values that both sides last agreed on; a time stamp never
does, for vendors touch it without an edit (documented for Chargebee's, unconfirmed
for Invoiced's) and the clocks are two.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum, auto

from dataflow.mapping.forms import Value
from dataflow.mapping.lens import Lens
from dataflow.mapping.paths import pick
from dataflow.sync.actions import (
    Action,
    Adopt,
    Break,
    Create,
    Mend,
    Note,
    PatchLeft,
    PatchRight,
    Rebase,
    Replace,
    Retire,
    Step,
)
from dataflow.sync.identity import generation
from dataflow.sync.model import (
    LEFT,
    RIGHT,
    Changes,
    Flow,
    Issue,
    Link,
    Links,
    Seen,
    Sort,
)


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
    retired = tuple(Retire(one) for one in links.retired(flow.kind.name, left_id))
    link = links.by_left(flow.kind.name, left_id)
    left = changes.left.get(left_id)
    if link is not None:
        right = changes.right.get(link.right_id)
        actions = _pair(flow, links, changes, (link, left, right))
    else:
        actions = None if left is None else tuple(_newcomer(flow, links, changes, left))
    if actions is None:
        return Step(left_id, retired) if retired else None
    return Step(left_id, retired + actions)


def _newcomer(
    flow: Flow, links: Links, changes: Changes, left: Seen
) -> Iterator[Action]:
    """Decide on an Invoiced record that is linked to nothing."""
    marked = changes.marked.get(left.id, ())
    if left.gone:
        return
    if left.bar is not None and not marked:
        if left.bar.sort is not None:
            yield Issue(left.id, left.bar.sort, f"{left.id} {left.bar.reason}.")
    elif (needed := _needs(flow, links, left)) is not None:
        yield _wait(changes, left, needed)
    elif marked:
        yield _adopt(flow, left, marked, changes.traces.get(left.id, ()))
    else:
        yield Create(left)


def _adopt(
    flow: Flow, left: Seen, marked: tuple[str, ...], traces: tuple[str, ...]
) -> Action:
    """Choose among the Chargebee records that carry this Invoiced id.

    What the sync made has an id that says so; of several orders that it made, the
    newest took the place of the others, deleted ones among them, of which something
    may be left. Anything else is not guessed.
    """
    own = sorted(
        (right_id for right_id in marked if generation(left.id, right_id)),
        key=lambda right_id: generation(left.id, right_id),
    )
    if own and flow.kind.replaceable and len(own) == len(marked):
        older = (right_id for right_id in traces if generation(left.id, right_id))
        return Adopt(left, own[-1], (*own[:-1], *older))
    if len(marked) == 1:
        return Adopt(left, marked[0])
    if len(own) == 1:
        return Adopt(left, own[0])
    return Issue(
        left.id,
        Sort.CONFLICT,
        f"{left.id} has several counterparts in Chargebee ({', '.join(marked)}):"
        " delete all but the right one.",
    )


def _pair(
    flow: Flow,
    links: Links,
    changes: Changes,
    pair: tuple[Link, Seen | None, Seen | None],
) -> tuple[Action, ...] | None:
    """Decide on a pair; None when too little of it was seen to say anything."""
    link, left, right = pair
    gone = _gone(left, right)
    if gone:
        broken = _broken(link, gone)
        return (broken,) if link.gone == gone else (Break(link, gone), broken)
    if left is not None and left.frozen:
        return (Note(link.left_id, f"{link.left_id} {left.frozen}."),)
    if left is None or right is None:
        return None
    mend = (Mend(link),) if link.gone else ()
    return mend + tuple(_compare(flow, links, changes, (link, left, right)))


def _gone(left: Seen | None, right: Seen | None) -> str:
    sides = []
    if left is not None and left.gone:
        sides.append(LEFT)
    if right is not None and right.gone:
        sides.append(RIGHT)
    return " and ".join(sides)


def _broken(link: Link, gone: str) -> Issue:
    return Issue(
        link.left_id,
        Sort.BROKEN,
        f"{link.left_id} and its counterpart {link.right_id} are a pair no more:"
        f" deleted in {gone}. Nothing else was deleted or changed.",
    )


class Verdict(Enum):
    """What one property of a pair calls for."""

    AGREED = auto()  # nothing to do
    REBASE = auto()  # equal, but not on what is remembered
    TO_RIGHT = auto()  # Invoiced's value goes to Chargebee
    TO_LEFT = auto()  # Chargebee's value goes to Invoiced
    REPLACE = auto()  # it would go to Chargebee, which takes it only in a new record
    FIXED_LEFT = auto()  # it would go to Invoiced, which does not let it be edited
    FIXED_RIGHT = auto()  # it would go to Chargebee, which does not let it be edited
    BOTH = auto()  # two edits, and nothing proves which is later
    STANDS = auto()  # told before, and nobody has edited either side since


def judge(
    flow: Flow, lens: Lens, base: tuple[Value, Value] | None, now: tuple[Value, Value]
) -> Verdict:
    """Return the verdict on one property: its base and its values, left then right."""
    winner = _winner(flow, lens, base, now)
    if winner is Verdict.TO_LEFT and lens.left in flow.kind.left_fixed:
        return Verdict.FIXED_LEFT
    if winner is Verdict.TO_RIGHT and lens.right in flow.kind.right_fixed:
        return Verdict.REPLACE if flow.kind.replaceable else Verdict.FIXED_RIGHT
    return winner


def _winner(
    flow: Flow, lens: Lens, base: tuple[Value, Value] | None, now: tuple[Value, Value]
) -> Verdict:
    left, right = now
    if left == right:
        return Verdict.AGREED if base == now else Verdict.REBASE
    if base is None:
        return _first(flow, lens, now)
    match left != base[0], right != base[1]:
        case True, False:
            return Verdict.TO_RIGHT
        case False, True:
            return Verdict.TO_LEFT
        case True, True:
            return Verdict.BOTH
    return Verdict.STANDS


def _first(flow: Flow, lens: Lens, now: tuple[Value, Value]) -> Verdict:
    """Decide without a base: nothing never beats something.

    What nobody can edit in Chargebee still is what Invoiced once said, so that the
    other value in Invoiced must be the later one.
    """
    left, right = now
    if left is None:
        return Verdict.TO_LEFT
    fixed = flow.kind.replaceable and lens.right in flow.kind.right_fixed
    return Verdict.TO_RIGHT if right is None or fixed else Verdict.BOTH


def _compare(
    flow: Flow, links: Links, changes: Changes, pair: tuple[Link, Seen, Seen]
) -> Iterator[Action]:
    """Decide, property by property, on a pair of which both sides were seen."""
    link, left, right = pair
    verdicts = {
        lens.name: judge(
            flow,
            lens,
            link.base.get(lens.name),
            (left.values[lens.name], right.values[lens.name]),
        )
        for lens in flow.lenses
    }

    def those(*wanted: Verdict) -> list[str]:
        return [name for name, verdict in verdicts.items() if verdict in wanted]

    if names := those(Verdict.REBASE):
        agreed = {name: (left.values[name], right.values[name]) for name in names}
        yield Rebase(link, {**link.base, **agreed})
    if names := those(Verdict.TO_LEFT):
        yield PatchLeft(link, left, {name: right.values[name] for name in names})
    to_right = those(Verdict.TO_RIGHT)
    if those(Verdict.REPLACE):
        yield from _replace(flow, links, changes, pair, verdicts)
    elif to_right and (needed := _unlinked(flow, links, left, to_right)) is not None:
        yield _wait(changes, left, needed)
    elif to_right:
        yield PatchRight(link, right, {name: left.values[name] for name in to_right})
    for lens in flow.lenses:
        if verdicts[lens.name] in _REASONS:
            yield _conflict(lens, verdicts[lens.name], left, right)


def _replace(
    flow: Flow,
    links: Links,
    changes: Changes,
    pair: tuple[Link, Seen, Seen],
    verdicts: dict[str, Verdict],
) -> Iterator[Action]:
    link, left, right = pair
    if (needed := _needs(flow, links, left)) is not None:
        yield _wait(changes, left, needed)
        return
    disputed = {name for name, verdict in verdicts.items() if verdict in _REASONS}
    from_right = disputed | {n for n, v in verdicts.items() if v is Verdict.TO_LEFT}
    values = {
        name: right.values[name] if name in from_right else left.values[name]
        for name in verdicts
    }
    yield Replace(link, left, right, values, frozenset(verdicts) - disputed)


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


def _wait(changes: Changes, left: Seen, needed: str) -> Issue:
    why = changes.why.get(needed, "has no counterpart in Chargebee yet")
    return Issue(
        left.id,
        Sort.WAITING,
        f"{left.id} waits: its customer {needed} {why}.",
        needs=needed,
    )


_REASONS = {
    Verdict.BOTH: "both sides were edited, and nothing proves which edit is later",
    Verdict.STANDS: "the two could not be made equal",
    Verdict.FIXED_LEFT: "Invoiced does not let it be edited",
    Verdict.FIXED_RIGHT: "Chargebee does not let it be edited",
}


def _conflict(lens: Lens, verdict: Verdict, left: Seen, right: Seen) -> Issue:
    return Issue(
        left.id,
        Sort.CONFLICT,
        f"{left.id}: {lens.left} is {left.values[lens.name]!r} in Invoiced"
        f" ({_time(left)}), {lens.right} is {right.values[lens.name]!r} in Chargebee"
        f" ({_time(right)}); {_REASONS[verdict]}. Nothing was written: make them equal"
        " in either system.",
    )


def _time(seen: Seen) -> str:
    if seen.updated_at is None:
        return "changed at an unknown time"
    return f"changed {datetime.fromtimestamp(seen.updated_at, UTC):%Y-%m-%d %H:%M:%SZ}"
