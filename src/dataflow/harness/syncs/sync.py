"""The sync under test: whatever keeps the two systems in sync, seen from outside."""

from __future__ import annotations

import math
import os
import shlex
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from dataflow.errors import DataflowError
from dataflow.network.hosts import refuse_accounts
from dataflow.vendors.connection import NOW

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


class ProgramSync(ABC):
    """Something that is run from `folder`: status 0 is done, 75 asks for another try.

    One run may take so many `seconds`.
    """

    tries = 3
    quiet = 1
    #: The first word of such a `--sync`, and what the second one names.
    kind: ClassVar[str]
    noun: ClassVar[str]

    def __init__(
        self, command: str, folder: Path, seconds: float = PROGRAM_SECONDS
    ) -> None:
        self._seconds = seconds
        self._words = words_of(command, self.kind)
        self._folder = folder
        if not self._is_there(self._words[0]):
            raise NoSuchSyncError(
                f"The {self.noun} {self._words[0]!r} of --sync is not there: give its"
                f" whole path, or its path from {folder}."
            )

    def run(self, environment: Mapping[str, str]) -> Run:
        """Run it once, to its end; raises `NotASandboxError`."""
        # A time that was left over in the shell is nobody's.
        kept = {name: value for name, value in os.environ.items() if name != NOW}
        everything = kept | dict(environment)
        refuse_accounts(everything)
        return self._run(everything)

    def _is_there(self, program: str) -> bool:
        return (self._folder / program).is_file()

    def _late(self) -> str:
        return f"\nstopped after {self._seconds:g} seconds"

    @abstractmethod
    def _run(self, environment: Mapping[str, str]) -> Run:
        """Run it with these variables and no others."""


class CommandSync(ProgramSync):
    """Any program."""

    kind, noun = "command", "program"

    def _is_there(self, program: str) -> bool:
        return shutil.which(program) is not None or super()._is_there(program)

    def _run(self, environment: Mapping[str, str]) -> Run:
        with self._started(environment) as program:
            try:
                output, _ = program.communicate(timeout=self._seconds)
            except subprocess.TimeoutExpired:
                # What it has started itself must not write into the next scenario.
                os.killpg(program.pid, signal.SIGKILL)
                output, _ = program.communicate()
                return Run(program.returncode, f"{output}{self._late()}")
        return Run(program.returncode, output)

    def _started(self, environment: Mapping[str, str]) -> subprocess.Popen[str]:
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
            raise NoSuchSyncError(
                f"The program {self._words[0]!r} of --sync cannot be started"
                f" ({error.strerror}): check its right to run."
            ) from error


def words_of(command: str, kind: str) -> list[str]:
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
