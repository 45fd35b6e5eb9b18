"""The sync under test: whatever keeps the two systems in sync, seen from outside."""

from __future__ import annotations

import math
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dataflow.errors import DataflowError
from dataflow.sandbox.places import refuse_accounts

DONE = 0
#: `EX_TEMPFAIL`: the program asks for another try.
TRY_AGAIN = 75

#: How long one run of a program may take, in seconds; and on accounts, whose limits
#: make two hundred records take minutes.
PROGRAM_SECONDS = 60
PROGRAM_SECONDS_ON_ACCOUNTS = 15 * 60


#: What `--sync` takes, by the first word of it.
_EXAMPLES = {"command": "command: dataflow sync", "python": "python: sync.py --once"}


class NoSuchSyncError(DataflowError):
    """`--sync` names nothing that could be started."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one run: a status, and what there is to read."""

    status: int
    output: str


class SyncUnderTest(Protocol):
    """Something that can be given a chance to do its work."""

    #: How many chances it gets before a condition must hold.
    tries: int
    #: After how many chances it has certainly had its turn.
    quiet: int

    def run(self, environment: Mapping[str, str]) -> Run:
        """Give it one chance; `environment` are the variables of the scenario."""
        ...


class NoSync:
    """Nothing at all: what every scenario that means something fails with."""

    tries = 1
    quiet = 1

    def run(self, environment: Mapping[str, str]) -> Run:
        """Do nothing."""
        del environment
        return Run(DONE, "no sync is under test (--sync none)")


class CommandSync:
    """Any program, run from `folder`: status 0 is done, 75 asks for another try.

    One run may take so many `seconds`.
    """

    tries = 3
    quiet = 1

    def __init__(
        self, command: str, folder: Path, seconds: float = PROGRAM_SECONDS
    ) -> None:
        self._seconds = seconds
        self._words = words_of(command)
        self._folder = folder
        program = self._words[0]
        if not (shutil.which(program) or (folder / program).is_file()):
            raise NoSuchSyncError(
                f"The program {program!r} of --sync is not there: give its whole path,"
                f" or its path from {folder}."
            )

    def run(self, environment: Mapping[str, str]) -> Run:
        """Run the program once, to its end; raises `NoSandboxError`."""
        with self._started(environment) as program:
            try:
                output, _ = program.communicate(timeout=self._seconds)
            except subprocess.TimeoutExpired:
                # What it has started itself must not write into the next scenario.
                os.killpg(program.pid, signal.SIGKILL)
                output, _ = program.communicate()
                late = f"{output}\nstopped after {self._seconds:g} seconds"
                return Run(program.returncode, late)
        return Run(program.returncode, output)

    def _started(self, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        everything = os.environ | dict(environment)
        refuse_accounts(everything)
        try:
            return subprocess.Popen(  # noqa: S603 - the program that QA names
                self._words,
                cwd=self._folder,
                env=everything,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise NoSuchSyncError(
                f"The program {self._words[0]!r} of --sync cannot be started"
                f" ({error.strerror}): check its right to run."
            ) from error


def words_of(command: str, kind: str = "command") -> list[str]:
    """Return the words of a `--sync` of this kind; raises `NoSuchSyncError`."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise NoSuchSyncError(
            f'--sync "{kind}:{command}" cannot be split into words ({error}): close'
            " what is open."
        ) from error
    if not words:
        raise NoSuchSyncError(
            f'There is no program in --sync "{kind}:": name one, as in'
            f' --sync "{_EXAMPLES[kind]}".'
        )
    return words


class WaitForSync:
    """A service that runs by itself: all there is to do is to wait.

    It lives on the real clock, so this is the one sync that is waited for there;
    `pause` is handed in for the tests. `turn` is how many seconds it takes at most from
    one look at the systems to the next; nothing more came only after two of those.
    """

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
        self._interval = interval
        self._pause = pause

    def run(self, environment: Mapping[str, str]) -> Run:
        """Wait one interval."""
        del environment
        self._pause(self._interval)
        return Run(DONE, f"waited {self._interval} s for the service")
