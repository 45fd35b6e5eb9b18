"""The values that a property may have when the sync has come to rest.

They follow from the log of outside edits, and from nothing that the sync says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

LEFT, RIGHT = SIDES = "Invoiced", "Chargebee"

#: A value as both systems can hold it, whatever their spelling; None is an empty one.
Value: TypeAlias = str | None

#: What the sync reports about a property that stays different.
CONFLICT, EMPTIED = "conflict", "left out"

#: Times of edits fewer seconds apart than the first have no known order, and those at
#: least the second have one: both clocks tell whole seconds.
TIE, ORDERED = 1, 3


@dataclass(frozen=True, slots=True)
class End:
    """What both sides may hold at rest, and what must be reported about it."""

    left: Value
    right: Value
    report: str = ""


@dataclass(slots=True)
class History:
    """The outside edits of one property since both sides agreed on `base`.

    `now` are both sides' values after them, `at` the true times of the latest edits.
    Without `has_base`, the sync cannot know what they agreed on: it has lost its state.
    `is_loose` says that a run has ended since in any way, so that the sync may know
    less than it should. `is_new` says that the counterpart does not exist yet.
    """

    base: Value
    now: dict[str, Value]
    at: dict[str, int]
    has_base: bool = True
    is_loose: bool = False
    is_new: bool = False
    is_fixed: bool = False

    @classmethod
    def begin(cls, value: Value, *, is_fixed: bool = False) -> History:
        """Return the history of a property of a new record."""
        now = {LEFT: value, RIGHT: value}
        return cls(value, now, {LEFT: 0, RIGHT: 0}, is_new=True, is_fixed=is_fixed)

    def edit(self, side: str, value: Value, time: int) -> None:
        """Add an edit."""
        self.now[side] = value
        self.at[side] = time

    def agree(self, value: Value) -> None:
        """Start again from a value that both sides hold."""
        self.base, self.now, self.has_base = value, {LEFT: value, RIGHT: value}, True
        self.is_new = False

    @property
    def changed(self) -> set[str]:
        """Return the sides that differ from the base value."""
        return {side for side in SIDES if self.now[side] != self.base}

    @property
    def is_one_sided(self) -> bool:
        """Return whether a run that knows all has to carry an edit over."""
        if self.is_new or self.is_loose or not self.has_base or len(self.changed) > 1:
            return False
        return all(self.now[side] is not None for side in self.changed) and bool(
            self.changed
        )

    @property
    def gap(self) -> int:
        """Return by how many seconds Invoiced's edit is the later one."""
        return self.at[LEFT] - self.at[RIGHT]

    def list_ends(self, apart: int) -> set[End]:
        """Return how this may end, with clocks so many seconds apart."""
        left, right = self.now[LEFT], self.now[RIGHT]
        if left == right:
            return {End(left, left)}
        if self.is_new:
            # A run of unknown end may have created it before it was emptied.
            emptied = {End(None, right, EMPTIED)} if left is None else set()
            return {End(left, left), *(emptied if self.is_loose else ())}
        ends = self._list_certain_ends(apart)
        if self.is_loose:
            ends |= self._merge_unordered()
        return ends

    def _list_certain_ends(self, apart: int) -> set[End]:
        left, right = self.now[LEFT], self.now[RIGHT]
        if self.is_fixed:
            return {End(left, left)}
        if not self.has_base:
            return self._merge_unordered()
        if self.changed == {LEFT}:
            return {End(left, left) if left else End(left, right, EMPTIED)}
        if self.changed == {RIGHT}:
            return {End(right, right) if right else End(left, right, EMPTIED)}
        if None in {left, right}:
            return self._merge_unordered()
        return self._merge_ordered(apart)

    def _merge_unordered(self) -> set[End]:
        """Prefer a value to none."""
        left, right = self.now[LEFT], self.now[RIGHT]
        if left is None or right is None:
            return {End(left or right, left or right)}
        return {End(left, right, CONFLICT)}

    def _merge_ordered(self, apart: int) -> set[End]:
        """Prefer the later value; a tie has no winner."""
        left, right = self.now[LEFT], self.now[RIGHT]
        ends = set()
        if self.gap + apart >= TIE:
            ends.add(End(left, left))
        if apart - self.gap >= TIE:
            ends.add(End(right, right))
        if abs(self.gap) - apart < ORDERED:
            ends.add(End(left, right, CONFLICT))
        return ends
