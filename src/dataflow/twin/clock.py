"""Clocks of the twins: manual, adjustable, and that of the machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from dataflow.twin.messages import ControlError

#: Where a hand-moved clock starts unless told otherwise: 2026-01-05 09:00:00 UTC.
START = 1_767_603_600


class Clock(Protocol):
    """Tells a twin the time."""

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        ...

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC, the grain of both vendors."""
        ...


class ManualClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, start: int = START) -> None:
        self._milliseconds = start * 1000
        self._lock = threading.Lock()

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return self._milliseconds

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        return self._milliseconds // 1000

    def advance(self, seconds: float) -> None:
        """Move the clock on; it never goes back."""
        if seconds < 0:
            raise ValueError(f"a clock does not go back: advance({seconds!r})")
        with self._lock:
            self._milliseconds += round(seconds * 1000)


class SystemClock:
    """The machine's own clock, for twins that are used by hand."""

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        return self.milliseconds() // 1000


class AdjustableClock:
    """Another clock, moved on and frozen at will; `base` is the one that it follows.

    It is so many milliseconds `ahead` of that one, or `stands_at` one time.
    """

    def __init__(
        self, base: Clock, *, ahead: int = 0, stands_at: int | None = None
    ) -> None:
        self._base = base
        self._ahead = ahead
        self._stands_at = stands_at
        self._lock = threading.Lock()

    @property
    def frozen(self) -> bool:
        """Tell whether it stands still until it is moved."""
        return self._stands_at is not None

    @property
    def setting(self) -> tuple[int, int | None]:
        """Return `ahead` and `stands_at`, from which it can be made anew."""
        with self._lock:
            return self._ahead, self._stands_at

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        stands_at = self._stands_at
        if stands_at is not None:
            return stands_at
        return self._base.milliseconds() + self._ahead

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        return self.milliseconds() // 1000

    def advance(self, seconds: float) -> None:
        """Move the clock on; it never goes back."""
        if seconds < 0:
            raise ValueError(f"a clock does not go back: advance({seconds!r})")
        with self._lock:
            if self._stands_at is None:
                self._ahead += round(seconds * 1000)
            else:
                self._stands_at += round(seconds * 1000)

    def freeze(self) -> None:
        """Let the clock stand still."""
        with self._lock:
            self._stands_at = self.milliseconds()

    def thaw(self) -> None:
        """Let the clock go on from where it stands."""
        with self._lock:
            if self._stands_at is not None:
                self._ahead = self._stands_at - self._base.milliseconds()
                self._stands_at = None


class MomentClock(AdjustableClock):
    """A steered clock that stands still for a thread while it does one thing."""

    def __init__(
        self, base: Clock, *, ahead: int = 0, stands_at: int | None = None
    ) -> None:
        super().__init__(base, ahead=ahead, stands_at=stands_at)
        self._of_thread = threading.local()

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        moment: int | None = getattr(self._of_thread, "moment", None)
        return super().milliseconds() if moment is None else moment

    @contextmanager
    def moment(self, at: int | None = None) -> Iterator[int]:
        """Let this thread see one moment, in milliseconds: the present one, or `at`.

        A moment inside of another one is that other one.
        """
        outer: int | None = getattr(self._of_thread, "moment", None)
        inner = next(m for m in (outer, at, self.milliseconds()) if m is not None)
        self._of_thread.moment = inner
        try:
            yield inner
        finally:
            self._of_thread.moment = outer


#: Chargebee's time stamps have ten digits: no clock goes on to where they have more.
LATEST = 9_999_999_999


class ClockControl:
    """Moves a clock on, and lets it stand and go, as far as the clock can.

    Both twins live by one clock: whoever steers it steers it for both.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def seconds(self) -> float:
        """Return seconds since the epoch, UTC."""
        return self._clock.milliseconds() / 1000

    @property
    def frozen(self) -> bool:
        """Tell whether the clock stands still until it is moved."""
        return isinstance(self._clock, ManualClock) or (
            isinstance(self._clock, AdjustableClock) and self._clock.frozen
        )

    def advance(self, seconds: float) -> None:
        """Move the clock on by so many seconds; raises `ControlError` below 0."""
        if not 0 <= seconds <= LATEST - self.seconds():
            raise ControlError(
                f"The clock cannot go on by {seconds:.15g}: it only goes on, to"
                f" {LATEST} at most."
            )
        self._steerable().advance(seconds)

    def set(self, seconds: float) -> None:
        """Move the clock on to this time; raises `ControlError` for the past."""
        now = self.seconds()
        if not now <= seconds <= LATEST:
            raise ControlError(
                f"The clock cannot go to {seconds:.15g}: it is {now:.15g} now, and only"
                f" goes on, to {LATEST} at most."
            )
        self._steerable().advance(seconds - now)

    def freeze(self) -> None:
        """Let the clock stand still until it is moved or thawed."""
        clock = self._steerable()
        if isinstance(clock, AdjustableClock):
            clock.freeze()

    def thaw(self) -> None:
        """Let the clock go on from where it stands."""
        clock = self._steerable()
        if isinstance(clock, ManualClock):
            raise ControlError("This clock goes by hand alone: move it on instead.")
        clock.thaw()

    def _steerable(self) -> ManualClock | AdjustableClock:
        if isinstance(self._clock, ManualClock | AdjustableClock):
            return self._clock
        raise ControlError("The twins live by the machine's clock: nobody steers it.")
