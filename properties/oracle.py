"""The values that a property may have at rest, from the log of outside edits alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

LEFT, RIGHT = SIDES = "Invoiced", "Chargebee"

#: A value as both systems can hold it, whatever their spelling; None is an empty one.
Value: TypeAlias = str | None

#: What the sync reports about a property that stays different.
CONFLICT, EMPTIED = "conflict", "left out"

#: Edits fewer seconds apart have no known order.
TIE = 2


@dataclass(frozen=True, slots=True)
class End:
    """What both sides may hold at rest, and what must be reported about it."""

    left: Value
    right: Value
    report: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Both sides of a property, without the writes of the sync since they agreed.

    `base` is the value on which they agreed, unless the sync has lost it; the times are
    those of the latest edits, by the clock of each side. Without `is_pair`, there is no
    counterpart yet.
    """

    base: Value
    left: Value
    right: Value
    left_at: int = 0
    right_at: int = 0
    has_base: bool = True
    is_pair: bool = True

    def edit(self, side: str, value: Value, time: int) -> State:
        """Return the state after an edit."""
        if side == LEFT:
            return replace(self, left=value, left_at=time)
        return replace(self, right=value, right_at=time)

    @property
    def changed(self) -> set[str]:
        """Return the sides that differ from the base value."""
        values = zip(SIDES, (self.left, self.right), strict=True)
        return {side for side, value in values if value != self.base}


def agreed(value: Value, *, is_pair: bool = True) -> State:
    """Return the state of a property of which both sides hold this value."""
    return State(value, value, value, is_pair=is_pair)


@dataclass(slots=True)
class History:
    """The states that a property may be in, since a run may or may not have settled it.

    The times of its edits are not always `is_provable`, and Chargebee may not let it be
    edited: `is_fixed`.
    """

    states: set[State]
    is_fixed: bool = False
    is_provable: bool = True
    edited: set[str] = field(default_factory=set)

    def edit(self, side: str, value: Value, time: int) -> None:
        """Add an edit of a person."""
        self.edited.add(side)
        self.states = {state.edit(side, value, time) for state in self.states}

    def run(self) -> None:
        """Add a run that may have settled the property, or not.

        A counterpart that a run has created and not stored is found by its mark alone.
        """
        ends = self.list_ends()
        unstored = {
            replace(agreed(state.left), has_base=False)
            for state in self.states
            if not state.is_pair
        }
        self.states |= {agreed(end.left) for end in ends if end.left == end.right}
        self.states |= unstored

    def forget(self) -> None:
        """Note that the sync has lost its state."""
        self.states = {replace(state, has_base=False) for state in self.states}

    def rest(self, end: End) -> None:
        """Note how the property has ended."""
        self.edited = set()
        if end.left == end.right:
            self.states, self.is_provable = {agreed(end.left)}, True
        else:
            fits = {state for state in self.states if end in self._list_ends([state])}
            self.states = {replace(x, left=end.left, right=end.right) for x in fits}

    def list_ends(self) -> set[End]:
        """Return how this may end."""
        return self._list_ends(self.states)

    def held(self, side: str) -> set[Value]:
        """Return what a side may hold while the sync leaves it alone."""
        return {state.left if side == LEFT else state.right for state in self.states}

    @property
    def is_due(self) -> bool:
        """Return whether a run has to carry an edit over."""
        return not self.is_fixed and all(
            state.is_pair
            and state.has_base
            and len(state.changed) == 1
            and None not in {state.left, state.right}
            for state in self.states
        )

    def _list_ends(self, states: Iterable[State]) -> set[End]:
        return {end for state in states for end in self._list_ends_of(state)}

    def _list_ends_of(self, state: State) -> set[End]:
        left, right = state.left, state.right
        if left == right or self.is_fixed or not state.is_pair:
            return {End(left, left)}
        if state.has_base and len(state.changed) == 1:
            value = left if LEFT in state.changed else right
            return {End(left, right, EMPTIED) if value is None else End(value, value)}
        if None in {left, right}:
            return {End(left or right, left or right)}
        return self._list_ends_of_two(state)

    def _list_ends_of_two(self, state: State) -> set[End]:
        """Let the later of two edits win, if the times prove it."""
        gap = state.left_at - state.right_at
        conflict = End(state.left, state.right, CONFLICT)
        if not state.has_base or abs(gap) < TIE:
            return {conflict}
        value = state.left if gap > 0 else state.right
        return {End(value, value), *(() if self.is_provable else (conflict,))}
