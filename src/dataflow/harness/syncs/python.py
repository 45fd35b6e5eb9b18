"""A sync under test that is written in Python, and starts fast.

A short program spends most of its time on the start of Python and the import of the
vendors' SDKs, and a run of the checklist starts it four hundred times. This module is
therefore also a server: it has these imports, and forks one process for each run of
the file. A file that runs on the twins has their time, not that of the machine.
"""

from __future__ import annotations

import atexit
import importlib
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from dataflow.harness.fork_server import ForkServer, Job, Launcher, serve
from dataflow.harness.syncs.environment import basic_environment
from dataflow.harness.syncs.program import ProgramSync, Run
from dataflow.killed_runs import run_token
from dataflow.vendors.connection import NOW

#: The modules that most sync programs import, and those that this module needs.
_SLOW_TO_IMPORT = ("argparse", "chargebee", "http.client", "invoiced", "time_machine")

#: The server of this process, once it is needed.
_servers: list[ForkServer] = []


class PythonSync(ProgramSync):
    """A Python file."""

    kind, noun = "python", "file"

    def _run(self, environment: Mapping[str, str]) -> Run:
        if not _servers:
            # A forked process can read the first environment of its server.
            variables = basic_environment() | run_token()
            _servers.append(ForkServer.start(__name__, variables))
        with TemporaryDirectory(prefix="dataflow-sync-") as folder:
            file = Path(folder, "output.txt")
            job = Job(self._words, dict(environment), str(self._folder), str(file))
            status, in_time = _servers[0].run(job, self._seconds)
            output = file.read_text("utf-8", "replace") if file.is_file() else ""
        return Run(status, output if in_time else self._add_timeout(output))


def create_launcher() -> Launcher:
    """Return what launches servers for the processes that are forked from this one."""
    return Launcher(_import_sdks, main)


def use_server(server: ForkServer) -> None:
    """Run the files of this process on a server of its launcher."""
    _servers[:] = [server]


def main() -> None:
    """Serve until there are no more jobs, or be the process that does one."""
    job = serve(_import_sdks)
    if job is not None:
        os._exit(_do(job))


def _import_sdks() -> None:
    for name in _SLOW_TO_IMPORT:
        importlib.import_module(name)


def _do(job: Job) -> int:
    _prepare_process(job)
    status = _run_file(job.words[0])
    _finish()
    return status


def _prepare_process(job: Job) -> None:
    """Give this process what `python FILE` has at its start."""
    job.prepare_process()
    sys.argv = list(job.words)
    if NOW in os.environ:
        # Imported here: pytest must see a plugin of its own before it is imported.
        import time_machine  # noqa: PLC0415

        time_machine.travel(int(os.environ[NOW]), tick=True).start()
    # Before, this is the folder in which the server was started.
    sys.path[0] = str(Path(job.words[0]).resolve().parent)


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
