"""The process groups of programs: each ends before what it uses is released.

A first signal ends the run by a `KeyboardInterrupt`, a second one ends the programs at
once, and a third one gives up what is left to do.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from dataflow.killed_runs import pop_killed_groups, record_group

T = TypeVar("T")

#: Seconds that a group has to end by itself.
GRACE = 3.0
_POLL = 0.02

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class _Interrupts:
    """The signals that this process has received, and the groups that are running."""

    count: int = 0
    is_deferred: bool = False
    pending: str = ""
    groups: set[int] = field(default_factory=set)

    def handle(self, number: int, _frame: object) -> None:
        """Interrupt the run, or at the second signal its programs."""
        self.count += 1
        if self.count == 2:  # noqa: PLR2004 - the second
            for group in self.groups:
                send_signal(group, signal.SIGKILL)
        elif self.is_deferred:
            self.pending = signal.Signals(number).name
        else:
            raise KeyboardInterrupt(signal.Signals(number).name)

    def resume(self) -> None:
        """Interrupt the run now, if a signal has arrived meanwhile."""
        self.is_deferred = False
        name, self.pending = self.pending, ""
        if name:
            raise KeyboardInterrupt(name)


_interrupts = _Interrupts()


@contextmanager
def handle_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a run as Ctrl-C does; does nothing in a thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _interrupts.count = 0
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        # A signal that the caller ignores stays ignored, as under nohup.
        if handler is not signal.SIG_IGN:
            signal.signal(number, _interrupts.handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def running_group(start: Callable[[], T], leader_of: Callable[[T], int]) -> Iterator[T]:
    """Start a group, yield what `start` returns, and end what is left of the group.

    No signal interrupts the start: the group would continue unknown.
    """
    _interrupts.is_deferred = True
    try:
        started = start()
        leader = leader_of(started)
        _interrupts.groups.add(leader)
    except BaseException:
        _interrupts.resume()
        raise
    try:
        _interrupts.resume()
        with record_group(leader):
            yield started
    finally:
        end_group(leader)
        _interrupts.groups.discard(leader)


def end_killed_programs() -> list[int]:
    """End the groups that killed runs have left, and return them."""
    found = pop_killed_groups()
    for group in found:
        end_group(group)
    return found


def end_group(
    leader: int,
    wait: Callable[[float], object] = lambda _seconds: None,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """End a group by SIGTERM and, after `GRACE` seconds, by SIGKILL.

    `wait` waits at most so many seconds for the leader, which it reaps.
    """
    deadline = time.monotonic() + GRACE
    try:
        if send_signal(leader, signal.SIGTERM):
            wait(GRACE)
            while send_signal(leader, 0) and time.monotonic() < deadline:
                pause(_POLL)
    finally:
        send_signal(leader, signal.SIGKILL)


def send_signal(group: int, number: int) -> bool:
    """Send a signal to a group; return whether there is such a group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False
