"""How long to wait, between two chances of a sync, for what it did to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _nothing(seconds: float) -> None:
    del seconds


def _to_nobody(what: str, seconds: float) -> None:
    del what, seconds


def _never() -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Looks at growing intervals, so many seconds before each further look.

    They are counted, not timed: a replay looks as often as the run that was recorded,
    and waits for nothing. `clock` returns seconds; `took` is told what was waited for,
    and after how many seconds it held.
    """

    intervals: tuple[float, ...] = ()
    pause: Callable[[float], None] = _nothing
    clock: Callable[[], float] = _never
    took: Callable[[str, float], None] = _to_nobody
