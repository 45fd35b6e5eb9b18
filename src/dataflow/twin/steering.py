"""The clock of the twins, steered from outside."""

from __future__ import annotations

from dataflow.twin.clock import Clock, HandClock, SteeredClock
from dataflow.twin.control_errors import ControlError

#: Chargebee's time stamps have ten digits: no clock goes on to where they have more.
LATEST = 9_999_999_999


class Steering:
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
        return isinstance(self._clock, HandClock) or (
            isinstance(self._clock, SteeredClock) and self._clock.frozen
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
        if isinstance(clock, SteeredClock):
            clock.freeze()

    def thaw(self) -> None:
        """Let the clock go on from where it stands."""
        clock = self._steerable()
        if isinstance(clock, HandClock):
            raise ControlError("This clock goes by hand alone: move it on instead.")
        clock.thaw()

    def _steerable(self) -> HandClock | SteeredClock:
        if isinstance(self._clock, HandClock | SteeredClock):
            return self._clock
        raise ControlError("The twins live by the machine's clock: nobody steers it.")
