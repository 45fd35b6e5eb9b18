"""The sync under test: a program, a service, or none."""

from __future__ import annotations

import math
import shlex
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import ClassVar, Protocol

from dataflow.errors import SettingsError
from dataflow.harness.syncs.environment import program_environment
from dataflow.killed_runs import run_token
from dataflow.network.hosts import refuse_accounts
from dataflow.process_groups import end_group, running_group
from dataflow.redact import without_controls

DONE = 0
#: Done, but some records wait for a decision of the user.
WAITS_FOR_USER = 11
#: `EX_TEMPFAIL`: the program asks for another run.
TRY_AGAIN = 75

#: The seconds that one run of a program may take; and on accounts, whose limits make
#: two hundred records take minutes.
PROGRAM_SECONDS = 60
PROGRAM_SECONDS_ON_ACCOUNTS = 15 * 60

#: Seconds between two calls of `on_wait`.
_TICK = 1.0

#: An example of `--sync` by its first word.
_EXAMPLES = {"command": "command: dataflow sync", "python": "python: sync.py --once"}


@dataclass(frozen=True, slots=True)
class Run:
    """The result of one run: its exit status, its output, and whether it wrote."""

    status: int
    output: str
    has_written: bool = False

    @property
    def is_done(self) -> bool:
        """Return whether another run would change nothing."""
        return self.status in {DONE, WAITS_FOR_USER}

    @property
    def is_failed(self) -> bool:
        """Return whether it ended neither done nor with a request for another run."""
        return not self.is_done and self.status != TRY_AGAIN


class SyncUnderTest(Protocol):
    """A sync that can be run once."""

    #: How many runs it gets before a condition must hold.
    tries: int
    #: After how many runs it has certainly seen every record.
    quiet: int

    def run(self, environment: Mapping[str, str]) -> Run:
        """Run it once, with the variables of the scenario."""
        ...


def _ignore() -> None:
    """Do nothing: the run does not report on its sync."""


class NoSync:
    """No sync: every check that can detect a fault must fail with it."""

    tries = 1
    quiet = 1

    def run(self, environment: Mapping[str, str]) -> Run:
        """Do nothing."""
        del environment
        return Run(DONE, "no sync under test (--sync none)")


class ProgramSync(ABC):
    """A program, started in `folder`. One run may take this number of `seconds`.

    `names` are the variables that it gets beside the basic ones and the scenario's.
    """

    tries = 3
    quiet = 1
    #: The first word of such a `--sync`, and the noun for the second one.
    kind: ClassVar[str]
    noun: ClassVar[str]

    def __init__(
        self,
        command: str,
        folder: Path,
        seconds: float = PROGRAM_SECONDS,
        names: Collection[str] = (),
    ) -> None:
        self._seconds = seconds
        self.names = names
        self._words = split_words(command, self.kind)
        self._folder = folder
        if not self._exists(self._words[0]):
            raise SettingsError(
                f"The {self.noun} {self._words[0]!r} of the sync was not found: give an"
                f" absolute path, or a path relative to {folder}."
            )

    def run(self, environment: Mapping[str, str]) -> Run:
        """Run the program to its end; raise `NotASandboxError` for other accounts."""
        refuse_accounts(environment)
        variables = program_environment(environment, self.names)
        run = self._run(variables | run_token())
        # Its output is shown on terminals, which such sequences control.
        return Run(run.status, without_controls(run.output))

    def _exists(self, program: str) -> bool:
        return (self._folder / program).is_file()

    def _add_timeout(self, output: str) -> str:
        return f"{output}\nThe sync was stopped after {self._seconds:g} seconds."

    @abstractmethod
    def _run(self, environment: Mapping[str, str]) -> Run:
        """Run the program with exactly these variables."""


class CommandSync(ProgramSync):
    """Any program; `on_wait` is called about once a second while it runs."""

    kind, noun = "command", "program"
    on_wait: Callable[[], None] = staticmethod(_ignore)

    def _exists(self, program: str) -> bool:
        return shutil.which(program) is not None or super()._exists(program)

    def _run(self, environment: Mapping[str, str]) -> Run:
        start, leader = partial(self._start, environment), attrgetter("pid")
        with running_group(start, leader) as program, program:
            try:
                output = self._communicate(program)
            except BaseException as error:
                end_group(program.pid, partial(_drain, program))
                if not isinstance(error, subprocess.TimeoutExpired):
                    raise
                output = self._add_timeout(_drain(program, _TICK))
        return Run(program.returncode, output)

    def _communicate(self, program: subprocess.Popen[str]) -> str:
        """Return the output of a program that ends; raises `TimeoutExpired`."""
        left = self._seconds
        while True:
            seconds = min(left, _TICK)
            try:
                return program.communicate(timeout=seconds)[0]
            except subprocess.TimeoutExpired:
                left -= seconds
                if left <= 0:
                    raise
            finally:
                self.on_wait()

    def _start(self, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        try:
            return subprocess.Popen(  # noqa: S603 - the program that QA names
                self._words,
                cwd=self._folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise SettingsError(
                f"--sync: program {self._words[0]!r} cannot be started"
                f" ({error.strerror}). Check its permissions."
            ) from error


def _drain(program: subprocess.Popen[str], seconds: float) -> str:
    """Return the output of a program, also if another process keeps it open."""
    try:
        return program.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired as late:
        return (late.output or b"").decode("utf-8", "replace")


def split_words(command: str, kind: str) -> list[str]:
    """Return the words of a `--sync` of this kind; raise `SettingsError` for none."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise SettingsError(
            f'--sync "{kind}:{command}" cannot be split into words ({error}): close'
            " each quote."
        ) from error
    if not words:
        raise SettingsError(
            f'--sync "{kind}:" names no program: add one, as in'
            f' --sync "{_EXAMPLES[kind]}".'
        )
    return words


class WaitForSync:
    """A service that runs on its own: the harness only waits for it.

    The service has the machine's clock, so this is the one sync that is waited for by
    that clock. `turn` is the longest time in seconds between two reads of the systems
    by the service; after two of those it has read every record. `deadline` is how many
    seconds a check waits for a result; `on_wait` is called after each interval.
    """

    on_wait: Callable[[], None] = staticmethod(_ignore)

    def __init__(
        self,
        *,
        turn: float = 5,
        deadline: float = 60,
        interval: float = 0.5,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.quiet = math.ceil(2 * turn / interval)
        self.tries = self.quiet + max(1, round(deadline / interval))
        self.deadline = deadline
        self._interval = interval
        self._pause = pause

    def run(self, environment: Mapping[str, str]) -> Run:
        """Wait one interval."""
        del environment
        self._pause(self._interval)
        self.on_wait()
        return Run(DONE, f"waited {self._interval} s for the service")
