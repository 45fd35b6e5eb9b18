"""Merge the edits of both sides: three-way, property by property, pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum, auto

from dataflow.sync.mapping import Lens
from dataflow.sync.model import (
    LEFT,
    Changes,
    Choice,
    EditTime,
    EditTimes,
    Flow,
    Link,
    Values,
)
from dataflow.sync.values import Value

#: Two edits closer than this many seconds have no known order: the time of each vendor
#: is a whole second (documented).
RESOLUTION = 2


class Resolution(Enum):
    """What has to be done about one property of a pair."""

    AGREED = auto()  # nothing
    REBASE = auto()  # both sides are equal, but differ from the base values
    TO_RIGHT = auto()  # write Invoiced's value to Chargebee
    TO_LEFT = auto()  # write Chargebee's value to Invoiced
    REPLACE = auto()  # write to Chargebee, which takes the value only in a new record
    UNTIMED = auto()  # both sides were edited: find out which edit is later
    EMPTIED = auto()  # one side was emptied, which does not empty the other
    FIXED_LEFT = auto()  # Chargebee's value is newer, but Invoiced does not allow edits
    FIXED_RIGHT = auto()  # Invoiced's value is newer, but Chargebee does not allow it
    NEVER_AGREED = auto()  # the two differed already when they were linked
    CONFLICT = auto()  # both sides were edited, and it is unknown which edit is later
    KNOWN_CONFLICT = auto()  # reported before, and neither side was edited since


#: Nothing is written about these, and they are reported until one side is edited.
RESTING = frozenset({Resolution.EMPTIED, Resolution.KNOWN_CONFLICT})

#: What the user can decide, and the resolutions that a decision replaces.
WINNERS: Mapping[Choice, Resolution] = {
    Choice.INVOICED: Resolution.TO_RIGHT,
    Choice.CHARGEBEE: Resolution.TO_LEFT,
}
OPEN = RESTING | {
    Resolution.UNTIMED,
    Resolution.NEVER_AGREED,
    Resolution.CONFLICT,
}

#: The resolutions that leave two values different.
DIFFERENT = RESTING | {
    Resolution.FIXED_LEFT,
    Resolution.FIXED_RIGHT,
    Resolution.NEVER_AGREED,
    Resolution.CONFLICT,
}


def resolve(
    flow: Flow,
    lens: Lens,
    base: tuple[Value, Value] | None,
    now: tuple[Value, Value],
    times: EditTimes | None = None,
) -> Resolution:
    """Return the resolution of one property: base and current values, left first.

    `times` are those of the current values; without them, two edits are UNTIMED.
    """
    return _limit(flow, lens, _find_winner(flow, lens, base, now, times))


def settle(
    flow: Flow, lens: Lens, found: Resolution, choice: Choice | None
) -> Resolution:
    """Return the resolution after the user's choice, which decides what is open."""
    winner = None if choice is None else WINNERS.get(choice)
    return found if winner is None or found not in OPEN else _limit(flow, lens, winner)


def resolve_all(
    flow: Flow, link: Link, left: Values, right: Values, changes: Changes | None = None
) -> dict[str, Resolution]:
    """Return the resolution of each property of a pair, by the name of its lens."""
    changes = Changes() if changes is None else changes
    choice = changes.get_choice(link.left_id)
    found = {}
    for lens in flow.lenses:
        base = link.base.get(lens.name)
        now = left[lens.name], right[lens.name]
        times = changes.times.get((link.left_id, lens.name))
        resolution = resolve(flow, lens, base, now, times)
        found[lens.name] = settle(flow, lens, resolution, choice)
    return found


def may_need_action(
    flow: Flow, link: Link, listed: tuple[Values | None, Values | None], reported: int
) -> bool:
    """Return whether a pair may need an action, judging by the lists.

    `listed` are the values, left first; a side that no list contains counts as equal
    to its base values. `reported` is the number of open issues about its values: if it
    differs from the number of known differences now, one is new or may be solved.
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
    return reported > 0 or found.count(Resolution.AGREED) < len(found)


def settle_intent(link: Link, left: Values, right: Values) -> Link:
    """Return a link after a write of which it is unknown whether it was carried out.

    A value that is the intended one was written by the sync, and by no person.
    """
    if link.intent is None:
        return link
    now = left if link.intent.side == LEFT else right
    values = link.intent.values.items()
    written = {name: (value, value) for name, value in values if now[name] == value}
    return replace(link, base={**link.base, **written}, intent=None)


def _find_winner(
    flow: Flow,
    lens: Lens,
    base: tuple[Value, Value] | None,
    now: tuple[Value, Value],
    times: EditTimes | None,
) -> Resolution:
    left, right = now
    if left == right:
        return Resolution.AGREED if base == now else Resolution.REBASE
    if base is None:
        return _resolve_without_base(flow, lens, now)
    match left != base[0], right != base[1]:
        case True, False:
            return Resolution.EMPTIED if left is None else Resolution.TO_RIGHT
        case False, True:
            return Resolution.EMPTIED if right is None else Resolution.TO_LEFT
        case True, True:
            return _resolve_two_edits(now, times)
    return Resolution.KNOWN_CONFLICT


def _resolve_two_edits(now: tuple[Value, Value], times: EditTimes | None) -> Resolution:
    """Prefer a value to none, and the later of two values."""
    if None in now:
        return Resolution.TO_LEFT if now[0] is None else Resolution.TO_RIGHT
    if times is None or times.values != now:
        return Resolution.UNTIMED
    return _find_latest(times.left, times.right)


def _limit(flow: Flow, lens: Lens, winner: Resolution) -> Resolution:
    """Return what the vendors allow of a resolution."""
    if winner is Resolution.TO_LEFT and lens.left in flow.kind.left_fixed:
        return Resolution.FIXED_LEFT
    if winner is Resolution.TO_RIGHT and lens.right in flow.kind.right_fixed:
        return Resolution.REPLACE if flow.kind.replaceable else Resolution.FIXED_RIGHT
    return winner


def _find_latest(left: EditTime, right: EditTime) -> Resolution:
    """Return the side whose edit is proved to be later; a bound may suffice."""
    if _is_later(left, right):
        return Resolution.TO_RIGHT
    return Resolution.TO_LEFT if _is_later(right, left) else Resolution.CONFLICT


def is_ordered(left: EditTime, right: EditTime) -> bool:
    """Return whether it is known which of two edits is later, or that none is."""
    is_exact = left.exact is not None and right.exact is not None
    return is_exact or _find_latest(left, right) is not Resolution.CONFLICT


def _is_later(one: EditTime, other: EditTime) -> bool:
    if one.earliest is None or other.latest is None:
        return False
    return one.earliest - other.latest >= RESOLUTION


def _resolve_without_base(
    flow: Flow, lens: Lens, now: tuple[Value, Value]
) -> Resolution:
    """Prefer a value to none; of a fixed property Invoiced's is the later one."""
    left, right = now
    if left is None:
        return Resolution.TO_LEFT
    fixed = flow.kind.replaceable and lens.right in flow.kind.right_fixed
    if right is None or fixed:
        return Resolution.TO_RIGHT
    return Resolution.NEVER_AGREED
