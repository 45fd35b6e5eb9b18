"""Serves both twins to a person: with a sample, a state that lasts, and a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from dataflow.by_hand.call_lines import CallLines
from dataflow.by_hand.sample import fill
from dataflow.by_hand.state_file import read_state, unfit, write_state
from dataflow.twin.clock import AdjustableClock, SystemClock
from dataflow.twin.pair import Addresses, TwinPair
from dataflow.twin.state import State, StateError, state_of


class _Console(Console):
    """A console whose reader may hang up, as `head` does, without an end to it all."""

    def on_broken_pipe(self) -> None:
        """Say nothing any more."""
        self.quiet = True


@contextmanager
def serving(
    invoiced_port: int,
    chargebee_port: int,
    *,
    sample: bool = False,
    state: Path | None = None,
    logs: bool = False,
) -> Iterator[Addresses]:
    """Serve both twins by the machine's clock; port 0 takes a free one.

    With a file for the `state`, it is read before and replaced whole at the end. A
    `sample` fills twins to which nothing has been done yet. `logs` says each call on
    the standard error. Raises `DataflowError` for a taken port, and `StateFileError`.
    """
    old = State() if state is None else read_state(state)
    machine = SystemClock()
    clock = AdjustableClock(machine) if state is None else old.clock(machine)
    pair = _pair(clock, logs=logs)
    _restore(pair, old, state)
    if sample and not any(old.entries.values()):
        fill(pair)
    # Whoever cannot keep it at the end hears that now, and not after a day's work.
    _keep(pair, clock, state)
    with pair.serving(invoiced_port, chargebee_port) as addresses:
        yield addresses
    _keep(pair, clock, state)


def _pair(clock: AdjustableClock, *, logs: bool) -> TwinPair:
    if not logs:
        return TwinPair(clock)
    console = _Console(stderr=True, highlight=False, soft_wrap=True)

    def say(line: Text) -> None:
        with suppress(OSError):  # the terminal is gone
            console.print(line)

    lines = CallLines(
        say, lambda: console.width, lambda: datetime.now().astimezone(), time.monotonic
    )
    return TwinPair(clock, around=lines.around)


def _restore(pair: TwinPair, old: State, path: Path | None) -> None:
    if path is None:
        return
    try:
        old.restore(pair.journals)
    except StateError as error:
        raise unfit(path, error) from error


def _keep(pair: TwinPair, clock: AdjustableClock, path: Path | None) -> None:
    if path is not None:
        write_state(path, state_of(pair.journals, clock))
