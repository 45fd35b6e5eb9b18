"""What a user needs to connect a sync, and what has been seen of it so far."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path

import pytest

from dataflow.harness.collection import DRIVER
from dataflow.harness.options import OPTIONS, Options
from dataflow.harness.syncs.program import CommandSync, WaitForSync
from dataflow.harness.targets.base import Target

#: Seconds between two lines.
INTERVAL = 5.0
#: The columns of a narrow terminal.
_WIDTH = 80

_HIDDEN = "(the key of your account)"
#: The variables that are different in each check.
_OF_A_CHECK = "DATAFLOW_STATE_DIR", "DATAFLOW_SINCE", "DATAFLOW_NOW"


def report_progress(
    config: pytest.Config, target: Target, clock: Callable[[], float] = time.monotonic
) -> None:
    """Introduce a sync that runs in another process, and report on it from now on."""
    options, reporter = config.stash[OPTIONS], get_writer(config)
    if reporter is None or not isinstance(options.sync, CommandSync | WaitForSync):
        return
    for line in introduce(options, target):
        reporter(line)

    def find_expectation() -> str:
        driver = config.stash.get(DRIVER, None)
        return "" if driver is None else driver.waits_for

    progress = Progress(target, find_expectation, reporter, clock)
    options.sync.on_wait = progress.tick
    config.pluginmanager.register(progress)


def get_writer(config: pytest.Config) -> Callable[[str], None] | None:
    """Return what writes a line to the terminal at any time; None without one."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    capture = config.pluginmanager.get_plugin("capturemanager")
    if reporter is None:
        return None

    def write(line: str) -> None:
        # pytest captures what is written during a test, also by its own reporter.
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            place = reporter.currentfspath
            if not reporter._tw.width_of_current_line:  # noqa: SLF001 - as in `failures`
                # The line is new already: pytest would end it with an empty one.
                reporter.currentfspath = None
            reporter.write_line(line)
            # The next result continues the line of its file, without its name.
            reporter.currentfspath = place
            reporter.flush()

    return write


def introduce(options: Options, target: Target) -> Iterator[str]:
    """Yield the lines that come first: how to connect, and what a check waits for."""
    where = "the twins" if options.accounts is None else "the sandbox accounts"
    values = target.connection.environment(Path(), 0, target.now())
    lines = list(_list_variables(options, values))
    if isinstance(options.sync, WaitForSync):
        yield f"\nThe sync runs on its own: connect it to {where} now.\n"
        yield from lines
        if options.accounts is None and options.twin_ports == (0, 0):
            yield "\nThe ports are new in each run: --twin-ports 8101,8102 keeps them."
        yield f"\nEach check waits up to {options.sync.deadline:g} s until both systems"
        yield "agree. A Chargebee record names its Invoiced record by one of these"
        yield "marks ([marks] in dataflow.toml), where {id} is the Invoiced id:"
        yield from (f"  {line}" for line in _list_marks(options))
    else:
        others = ", ".join(name for name in _OF_A_CHECK if name in values)
        runs = options.sync.tries
        yield f"\nEach check runs the sync up to {runs} times until both agree, with:"
        yield from lines
        yield f"  and, new in each check: {others}"
    yield ""


def _list_variables(options: Options, values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        if name not in _OF_A_CHECK:
            is_secret = name.endswith("_KEY") and options.accounts is not None
            yield f"  {name}={_HIDDEN if is_secret else value}"


def _list_marks(options: Options) -> Iterator[str]:
    for kind, marks in options.marks.items():
        places = " or ".join(f"{'.'.join(mark.path)}={mark.value}" for mark in marks)
        yield f"{kind}: {places}"


class Progress:
    """Writes a line every few seconds without a result; `clock` is in seconds."""

    def __init__(
        self,
        target: Target,
        find_expectation: Callable[[], str],
        write: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self._target = target
        self._find_expectation = find_expectation
        self._write = write
        self._clock = clock
        self._start = self._last = clock()
        self._expectation = ""

    def pytest_runtest_logreport(self) -> None:
        """Let a result of pytest count as a line."""
        self._last = self._clock()

    def tick(self) -> None:
        """Write a line, unless the last one is too recent."""
        now = self._clock()
        if now - self._last >= INTERVAL:
            self._last = now
            minutes, seconds = divmod(int(now - self._start), 60)
            self._write(_wrap(f"{minutes:02}:{seconds:02}  {self._describe()}"))

    def _describe(self) -> str:
        text = describe_calls(self._target.calls_of_sync())
        expectation = self._find_expectation()
        if expectation == self._expectation:
            return text
        self._expectation = expectation
        return f"{text}; waiting for {expectation}" if expectation else text


def _wrap(text: str) -> str:
    """Return a text in a narrow terminal, below the first word of its first line."""
    return textwrap.fill(
        text, _WIDTH, initial_indent="  ", subsequent_indent=" " * len("  00:00  ")
    )


def describe_calls(calls: Mapping[str, tuple[int, int]] | None) -> str:
    """Return the calls of the sync as text: by system, all and refused ones."""
    if calls is None:
        return "the calls of the sync are not visible on accounts"
    if not any(count for count, _ in calls.values()):
        return "no call of the sync so far"
    parts = [
        f"{system} {count}" + (f" ({refused} refused)" if refused else "")
        for system, (count, refused) in calls.items()
    ]
    return f"calls of the sync: {', '.join(parts)}"
