"""Merge the edits of both sides, property by property."""

from __future__ import annotations

from enum import Enum, auto

from dataflow.sync.mapping import Lens
from dataflow.sync.model import Flow, Link, Values
from dataflow.sync.values import Value


class Resolution(Enum):
    """What one property of a pair calls for."""

    AGREED = auto()  # nothing to do
    REBASE = auto()  # equal, but not on what is remembered
    TO_RIGHT = auto()  # Invoiced's value goes to Chargebee
    TO_LEFT = auto()  # Chargebee's value goes to Invoiced
    REPLACE = auto()  # it would go to Chargebee, which takes it only in a new record
    FIXED_LEFT = auto()  # it would go to Invoiced, which does not let it be edited
    FIXED_RIGHT = auto()  # it would go to Chargebee, which does not let it be edited
    CONFLICT = auto()  # two edits, and nothing proves which is later
    KNOWN_CONFLICT = auto()  # told before, and nobody has edited either side since


def resolve(
    flow: Flow, lens: Lens, base: tuple[Value, Value] | None, now: tuple[Value, Value]
) -> Resolution:
    """Return the verdict on one property: its base and its values, left then right."""
    winner = _winner(flow, lens, base, now)
    if winner is Resolution.TO_LEFT and lens.left in flow.kind.left_fixed:
        return Resolution.FIXED_LEFT
    if winner is Resolution.TO_RIGHT and lens.right in flow.kind.right_fixed:
        return Resolution.REPLACE if flow.kind.replaceable else Resolution.FIXED_RIGHT
    return winner


def resolve_all(
    flow: Flow, link: Link, left: Values, right: Values
) -> dict[str, Resolution]:
    """Return the verdict on each property of a pair, by the name of its lens."""
    return {
        lens.name: resolve(
            flow, lens, link.base.get(lens.name), (left[lens.name], right[lens.name])
        )
        for lens in flow.lenses
    }


def may_need_action(
    flow: Flow, link: Link, listed: tuple[Values | None, Values | None], told: int
) -> bool:
    """Tell whether what the lists say of a pair may call for anything.

    `listed` are the values, left then right; a side that no list shows counts as it
    was when both last agreed. `told` is how many conflicts stand open: more than now
    stand mean that one may be solved.
    """
    if not {lens.name for lens in flow.lenses} <= link.base.keys():
        return True
    left, right = (
        {name: base[side] for name, base in link.base.items()} if seen is None else seen
        for side, seen in enumerate(listed)
    )
    verdicts = list(resolve_all(flow, link, left, right).values())
    stand = verdicts.count(Resolution.KNOWN_CONFLICT)
    return verdicts.count(Resolution.AGREED) + stand < len(verdicts) or told > stand


def _winner(
    flow: Flow, lens: Lens, base: tuple[Value, Value] | None, now: tuple[Value, Value]
) -> Resolution:
    left, right = now
    if left == right:
        return Resolution.AGREED if base == now else Resolution.REBASE
    if base is None:
        return _first(flow, lens, now)
    match left != base[0], right != base[1]:
        case True, False:
            return Resolution.TO_RIGHT
        case False, True:
            return Resolution.TO_LEFT
        case True, True:
            return Resolution.CONFLICT
    return Resolution.KNOWN_CONFLICT


def _first(flow: Flow, lens: Lens, now: tuple[Value, Value]) -> Resolution:
    """Decide without a base: nothing never beats something.

    What nobody can edit in Chargebee still is what Invoiced once said, so that the
    other value in Invoiced must be the later one.
    """
    left, right = now
    if left is None:
        return Resolution.TO_LEFT
    fixed = flow.kind.replaceable and lens.right in flow.kind.right_fixed
    return Resolution.TO_RIGHT if right is None or fixed else Resolution.CONFLICT
