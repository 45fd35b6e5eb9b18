"""Merge the edits of both sides: three-way, property by property, pure."""

from __future__ import annotations

from enum import Enum, auto

from dataflow.sync.mapping import Lens
from dataflow.sync.model import Flow, Link, Values
from dataflow.sync.values import Value


class Resolution(Enum):
    """What has to be done about one property of a pair."""

    AGREED = auto()  # nothing
    REBASE = auto()  # both sides are equal, but differ from the base values
    TO_RIGHT = auto()  # write Invoiced's value to Chargebee
    TO_LEFT = auto()  # write Chargebee's value to Invoiced
    REPLACE = auto()  # write to Chargebee, which takes the value only in a new record
    FIXED_LEFT = auto()  # Chargebee's value is newer, but Invoiced does not allow edits
    FIXED_RIGHT = auto()  # Invoiced's value is newer, but Chargebee does not allow it
    CONFLICT = auto()  # both sides were edited, and it is unknown which edit is later
    KNOWN_CONFLICT = auto()  # reported before, and neither side was edited since


def resolve(
    flow: Flow, lens: Lens, base: tuple[Value, Value] | None, now: tuple[Value, Value]
) -> Resolution:
    """Return the resolution of one property: base and current values, left first."""
    winner = _find_winner(flow, lens, base, now)
    if winner is Resolution.TO_LEFT and lens.left in flow.kind.left_fixed:
        return Resolution.FIXED_LEFT
    if winner is Resolution.TO_RIGHT and lens.right in flow.kind.right_fixed:
        return Resolution.REPLACE if flow.kind.replaceable else Resolution.FIXED_RIGHT
    return winner


def resolve_all(
    flow: Flow, link: Link, left: Values, right: Values
) -> dict[str, Resolution]:
    """Return the resolution of each property of a pair, by the name of its lens."""
    return {
        lens.name: resolve(
            flow, lens, link.base.get(lens.name), (left[lens.name], right[lens.name])
        )
        for lens in flow.lenses
    }


def may_need_action(
    flow: Flow, link: Link, listed: tuple[Values | None, Values | None], reported: int
) -> bool:
    """Return whether a pair may need an action, judging by the lists.

    `listed` are the values, left first; a side that no list contains counts as equal
    to its base values. `reported` is the number of open conflicts: if it is higher than
    the number of known conflicts now, one may be solved.
    """
    if not {lens.name for lens in flow.lenses} <= link.base.keys():
        return True
    left, right = (
        {name: base[side] for name, base in link.base.items()}
        if values is None
        else values
        for side, values in enumerate(listed)
    )
    found = list(resolve_all(flow, link, left, right).values())
    known = found.count(Resolution.KNOWN_CONFLICT)
    return found.count(Resolution.AGREED) + known < len(found) or reported > known


def _find_winner(
    flow: Flow, lens: Lens, base: tuple[Value, Value] | None, now: tuple[Value, Value]
) -> Resolution:
    left, right = now
    if left == right:
        return Resolution.AGREED if base == now else Resolution.REBASE
    if base is None:
        return _resolve_without_base(flow, lens, now)
    match left != base[0], right != base[1]:
        case True, False:
            return Resolution.TO_RIGHT
        case False, True:
            return Resolution.TO_LEFT
        case True, True:
            return Resolution.CONFLICT
    return Resolution.KNOWN_CONFLICT


def _resolve_without_base(
    flow: Flow, lens: Lens, now: tuple[Value, Value]
) -> Resolution:
    """Prefer a value to none; of a fixed property Invoiced's is the later one."""
    left, right = now
    if left is None:
        return Resolution.TO_LEFT
    fixed = flow.kind.replaceable and lens.right in flow.kind.right_fixed
    return Resolution.TO_RIGHT if right is None or fixed else Resolution.CONFLICT
