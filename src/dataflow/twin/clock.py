"""Clocks of the twins: manual, adjustable, and that of the machine."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

from dataflow.twin.messages import ControlError

Key = TypeVar("Key")
Value = TypeVar("Value")

#: The default start of a manual clock: 2026-01-05 09:00:00 UTC.
START = 1_767_603_600
#: Chargebee's time stamps have ten digits, so no clock goes further.
LATEST = 9_999_999_999


class Clock(Protocol):
    """The time of a twin."""

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC, the grain of both vendors."""
        return self.milliseconds() // 1000


class ManualClock(Clock):
    """A clock that stands still until it is advanced."""

    def __init__(self, start: int = START) -> None:
        self._milliseconds = start * 1000
        self._lock = threading.Lock()

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return self._milliseconds

    def advance(self, seconds: float) -> None:
        """Move the clock forwards."""
        _refuse_backwards(seconds)
        with self._lock:
            self._milliseconds += round(seconds * 1000)


class SystemClock(Clock):
    """The clock of the machine."""

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000


class AdjustableClock(Clock):
    """A clock `ahead` of `base` by milliseconds, or frozen at `stands_at`."""

    def __init__(
        self, base: Clock, *, ahead: int = 0, stands_at: int | None = None
    ) -> None:
        self._base = base
        self._ahead = ahead
        self._stands_at = stands_at
        self._lock = threading.Lock()

    @property
    def frozen(self) -> bool:
        """Return whether the clock stands still until it is advanced."""
        return self._stands_at is not None

    @property
    def setting(self) -> tuple[int, int | None]:
        """Return `ahead` and `stands_at`, the arguments for an equal clock."""
        with self._lock:
            return self._ahead, self._stands_at

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        stands_at = self._stands_at
        if stands_at is not None:
            return stands_at
        return self._base.milliseconds() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock forwards."""
        _refuse_backwards(seconds)
        with self._lock:
            if self._stands_at is None:
                self._ahead += round(seconds * 1000)
            else:
                self._stands_at += round(seconds * 1000)

    def freeze(self) -> None:
        """Stop the clock."""
        with self._lock:
            self._stands_at = self.milliseconds()

    def thaw(self) -> None:
        """Let the clock go on from where it stands."""
        with self._lock:
            if self._stands_at is not None:
                self._ahead = self._stands_at - self._base.milliseconds()
                self._stands_at = None


def _refuse_backwards(seconds: float) -> None:
    if seconds < 0:
        raise ValueError(f"a clock does not go back: advance({seconds!r})")


class ExpiringValues(Generic[Key, Value]):
    """Values that are kept for a number of seconds."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        # An OrderedDict finds its oldest entry at once, also after many were dropped.
        self._values: OrderedDict[Key, tuple[int, Value]] = OrderedDict()

    def get(self, key: Key, now: int) -> Value | None:
        """Return the value of a key, if it is still kept."""
        self._drop_old(now)
        return self._values[key][1] if key in self._values else None

    def put(self, key: Key, value: Value, now: int) -> None:
        """Keep a value from now on; `now` never decreases."""
        self._drop_old(now)
        self._values.pop(key, None)
        self._values[key] = now, value

    def all(self) -> list[tuple[Key, int, Value]]:
        """Return all keys with the time and the value of each, the oldest first."""
        return [(key, since, value) for key, (since, value) in self._values.items()]

    def _drop_old(self, now: int) -> None:
        while self._values:
            since, _ = next(iter(self._values.values()))
            if since > now - self._seconds:
                return
            self._values.popitem(last=False)


class ClockControl:
    """Advances, freezes and thaws the clock that both twins share, if it can."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def seconds(self) -> float:
        """Return seconds since the epoch, UTC."""
        return self._clock.milliseconds() / 1000

    @property
    def frozen(self) -> bool:
        """Return whether the clock stands still until it is advanced."""
        return isinstance(self._clock, ManualClock) or (
            isinstance(self._clock, AdjustableClock) and self._clock.frozen
        )

    def advance(self, seconds: float) -> None:
        """Advance the clock; raise `ControlError` below 0 and beyond `LATEST`."""
        if not 0 <= seconds <= LATEST - self.seconds():
            raise ControlError(
                f"The clock cannot go on by {seconds:.15g}: it only goes on, to"
                f" {LATEST} at most."
            )
        self._adjustable().advance(seconds)

    def set(self, seconds: float) -> None:
        """Advance the clock to this time; raise `ControlError` for the past."""
        now = self.seconds()
        if not now <= seconds <= LATEST:
            raise ControlError(
                f"The clock cannot go to {seconds:.15g}: it is {now:.15g} now, and only"
                f" goes on, to {LATEST} at most."
            )
        self._adjustable().advance(seconds - now)

    def freeze(self) -> None:
        """Stop the clock until it is advanced or thawed."""
        clock = self._adjustable()
        if isinstance(clock, AdjustableClock):
            clock.freeze()

    def thaw(self) -> None:
        """Let the clock go on from where it stands."""
        clock = self._adjustable()
        if isinstance(clock, ManualClock):
            raise ControlError("This clock goes by hand alone: move it on instead.")
        clock.thaw()

    def _adjustable(self) -> ManualClock | AdjustableClock:
        if isinstance(self._clock, ManualClock | AdjustableClock):
            return self._clock
        raise ControlError("The twins live by the machine's clock: nobody steers it.")
