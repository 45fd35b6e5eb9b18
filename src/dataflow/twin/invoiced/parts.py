"""A part of a long list that costs nothing until it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, overload

Member = TypeVar("Member")


class Part(Sequence[Member]):
    """What stands at some places of a list; `at` finds the one at a place."""

    def __init__(self, at: Callable[[int], Member], places: range) -> None:
        self._at = at
        self._places = places

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    def __iter__(self) -> Iterator[Member]:
        """Look at all of them."""
        return map(self._at, self._places)

    @overload
    def __getitem__(self, index: int) -> Member: ...

    @overload
    def __getitem__(self, index: slice) -> list[Member]: ...

    def __getitem__(self, index: int | slice) -> Member | list[Member]:
        """Look at one, or at a few."""
        if isinstance(index, slice):
            return [self._at(place) for place in self._places[index]]
        return self._at(self._places[index])
