"""A sync under test that is written in Python, and starts fast.

A short program spends most of its time on the start of Python and the import of the
vendors' SDKs, and a run of the checklist starts it four hundred times. `PythonSync`
therefore starts this module once, as a server process with these imports. The server
forks one process for each run of the file.

Each job is a line of JSON on the server's standard input: `words`, `environment`,
`folder`, and `output`, the file for the output of the program. The server answers with
two lines: the id of the process, which leads a process group, and its exit status.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import time_machine

from dataflow.harness.syncs.program import ProgramSync, Run
from dataflow.vendors.connection import NOW

Job: TypeAlias = Mapping[str, Any]

#: The modules that most sync programs import.
_SLOW_TO_IMPORT = ("argparse", "chargebee", "http.client", "invoiced")
#: Bytes: more than one line of an answer.
_LINE_SIZE = 1024


class PythonSync(ProgramSync):
    """A Python file."""

    kind, noun = "python", "file"

    def _run(self, environment: Mapping[str, str]) -> Run:
        with TemporaryDirectory(prefix="dataflow-sync-") as folder:
            file = Path(folder, "output.txt")
            job = {
                "words": self._words,
                "environment": dict(environment),
                "folder": str(self._folder),
                "output": str(file),
            }
            status, in_time = _server().run(json.dumps(job), self._seconds)
            output = file.read_text("utf-8", "replace") if file.is_file() else ""
        return Run(status, output if in_time else self._add_timeout(output))


class _Server:
    """The server process; it does one job at a time, and ends with this process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this module
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._received = b""
        atexit.register(self._process.communicate)

    def run(self, job: str, seconds: float) -> tuple[int, bool]:
        """Return the status, and whether the job was done in time."""
        assert self._process.stdin is not None, "it was started with a pipe"
        self._process.stdin.write(f"{job}\n".encode())
        self._process.stdin.flush()
        program = self._read_number()
        if self._has_answer_within(seconds):
            return self._read_number(), True
        # Its own child processes must not write into the next scenario.
        with suppress(ProcessLookupError):  # it has ended in this moment
            os.killpg(program, signal.SIGKILL)
        return self._read_number(), False

    def _read_number(self) -> int:
        """Return the number on the next line."""
        while b"\n" not in self._received:
            more = os.read(self._stdout, _LINE_SIZE)
            if not more:
                raise EOFError("the process that runs Python files has ended")
            self._received += more
        line, _, self._received = self._received.partition(b"\n")
        return int(line)

    def _has_answer_within(self, seconds: float) -> bool:
        # Of a short program, both lines may have arrived at once.
        return bool(self._received or select.select([self._stdout], [], [], seconds)[0])

    @property
    def _stdout(self) -> int:
        assert self._process.stdout is not None, "it was started with a pipe"
        return self._process.stdout.fileno()


_server = functools.cache(_Server)


def main() -> None:
    """Fork a process for each job; in such a process, run the file."""
    for name in _SLOW_TO_IMPORT:
        importlib.import_module(name)
    gc.freeze()
    job = _serve()
    if job is not None:
        _become(job)
        status = _run_file(job["words"][0])
        _finish()
        os._exit(status)


def _serve() -> Job | None:
    """Return the job of a forked process; None in the server, after the last job."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            job: Job = json.loads(line)
            return job
        _send_number(child)
        _, status = os.waitpid(child, 0)
        _send_number(os.waitstatus_to_exitcode(status))
    return None


def _send_number(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _become(job: Job) -> None:
    """Give this process what `python FILE` has at its start, and an empty input."""
    os.setsid()
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environment"])
    with Path(job["output"]).open("wb") as file, Path(os.devnull).open("rb") as empty:
        for stream, to in ((0, empty), (1, file), (2, file)):
            os.dup2(to.fileno(), stream)
    sys.argv = list(job["words"])
    if NOW in os.environ:
        # On stand-ins, the file has their time.
        time_machine.travel(int(os.environ[NOW]), tick=True).start()
    # `python -m` has put the folder of the server here.
    sys.path[0] = str(Path(job["words"][0]).resolve().parent)


def _run_file(program: str) -> int:
    """Run a file, and return its exit status."""
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter shows it
        traceback.print_exc()
        return 1
    return 0


def _finish() -> None:
    """Do what the interpreter does at its end, except for freeing memory."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public name for it
    sys.stdout.flush()
    sys.stderr.flush()


if __name__ == "__main__":
    main()
