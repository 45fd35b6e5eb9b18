"""Keeps to a vendor's limit: so many calls in so many seconds, and not one more."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

#: What a Chargebee test site takes in a minute (documented); Invoiced gets as few.
CALLS, SECONDS = 150, 60.0
#: Kept free of those for whoever else calls, such as a person.
SPARE = 10


class Pace:
    """Lets a call go as soon as it keeps to the limit.

    `clock` returns seconds, and `pause` lets so many of them pass.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        pause: Callable[[float], None],
        calls: int = CALLS - SPARE,
        seconds: float = SECONDS,
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._seconds = seconds
        self._made: deque[float] = deque(maxlen=calls)

    def wait(self) -> None:
        """Wait until one more call may be made, and count it."""
        if len(self._made) == self._made.maxlen:
            left = self._made[0] + self._seconds - self._clock()
            if left > 0:
                self._pause(left)
        self._made.append(self._clock())
