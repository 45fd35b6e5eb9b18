"""What a site does later: nothing waits, what is due is done when somebody looks."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator
from typing import TypeAlias

from dataflow.twin.clock import Clock

Action: TypeAlias = Callable[[], None]


class Agenda:
    """Actions by the moment at which they are due, in milliseconds."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Action]] = []
        self._numbers = itertools.count()

    def add(self, moment: int, action: Action) -> None:
        """Note an action; those of one moment are done in the order of their coming."""
        heapq.heappush(self._heap, (moment, next(self._numbers), action))

    def due(self, now: int) -> Iterator[tuple[int, Action]]:
        """Yield what is due with its moment, and what falls due while that is done."""
        while self._heap and self._heap[0][0] <= now:
            moment, _, action = heapq.heappop(self._heap)
            yield moment, action


class ActingClock:
    """The clock of a site: the handed-in one, but for what is done after the fact."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._moment: int | None = None

    @property
    def is_late(self) -> bool:
        """Tell whether something is done that was due before."""
        return self._moment is not None

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return self._clock.milliseconds() if self._moment is None else self._moment

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        return self.milliseconds() // 1000

    def catch_up(self, agenda: Agenda) -> None:
        """Do what is due, each thing as at its own moment."""
        try:
            for moment, action in agenda.due(self._clock.milliseconds()):
                self._moment = moment
                action()
        finally:
            self._moment = None
