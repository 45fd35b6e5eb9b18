"""A sync under test that is written in Python, and need not start from nothing.

Most of the time that a short program takes goes into starting Python and importing the
vendors' SDKs, and a run of the checklist starts it four hundred times. Here each run is
a process of its own too, but one that is forked with the imports behind it.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from dataflow.harness.syncs import forking
from dataflow.harness.syncs.sync import ProgramSync, Run

#: Bytes: more than a line of an answer has.
_A_LINE = 1024


class PythonSync(ProgramSync):
    """A Python file."""

    kind, noun = "python", "file"

    def _run(self, environment: Mapping[str, str]) -> Run:
        with TemporaryDirectory(prefix="dataflow-sync-") as folder:
            said = Path(folder, "said.txt")
            job = {
                "words": self._words,
                "environment": dict(environment),
                "folder": str(self._folder),
                "said": str(said),
            }
            status, in_time = _server().run(json.dumps(job), self._seconds)
            output = said.read_text("utf-8", "replace") if said.is_file() else ""
        return Run(status, output if in_time else f"{output}{self._late()}")


class _Server:
    """The process that forks; it does one job at a time, and ends with this one."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - a module of this project
            [sys.executable, "-m", forking.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._said = b""
        atexit.register(self._process.communicate)

    def run(self, job: str, seconds: float) -> tuple[int, bool]:
        """Return the status, and whether the job was done in time."""
        assert self._process.stdin is not None, "it was started with a pipe"
        self._process.stdin.write(f"{job}\n".encode())
        self._process.stdin.flush()
        program = self._number()
        if self._says_more_within(seconds):
            return self._number(), True
        # What it has started itself must not write into the next scenario.
        with suppress(ProcessLookupError):  # it has ended by itself at last
            os.killpg(program, signal.SIGKILL)
        return self._number(), False

    def _number(self) -> int:
        """Return the number on the next line."""
        while b"\n" not in self._said:
            more = os.read(self._out, _A_LINE)
            if not more:
                raise EOFError("the process that runs Python files has ended")
            self._said += more
        line, _, self._said = self._said.partition(b"\n")
        return int(line)

    def _says_more_within(self, seconds: float) -> bool:
        # Of a short program, both lines may have come at once.
        return bool(self._said or select.select([self._out], [], [], seconds)[0])

    @property
    def _out(self) -> int:
        assert self._process.stdout is not None, "it was started with a pipe"
        return self._process.stdout.fileno()


_server = functools.cache(_Server)
