"""A process that has imported the vendors' SDKs, and forks one that runs a file.

Each job comes as a line of JSON on standard input: `words`, `environment`, `folder`,
and `said`, the file for what the program says. The answers are lines too: the id of the
process, which leads a group of its own, and in the end its status as `subprocess` would
tell it. A file that runs on stand-ins has their time, and not the machine's.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import time_machine

from dataflow.vendors.connection import NOW

Job: TypeAlias = Mapping[str, Any]

#: What programs that sync import, as a rule.
_SLOW_TO_IMPORT = ("argparse", "chargebee", "http.client", "invoiced")


def main() -> None:
    """Serve until there are no more jobs, or be the process that does one."""
    for name in _SLOW_TO_IMPORT:
        importlib.import_module(name)
    gc.freeze()
    job = _my_job()
    if job is not None:
        _become(job)
        status = _run(job["words"][0])
        _end()
        os._exit(status)


def _my_job() -> Job | None:
    """Return what this process is to do; None for the server, when all is done."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            job: Job = json.loads(line)
            return job
        _tell(child)
        _, status = os.waitpid(child, 0)
        _tell(os.waitstatus_to_exitcode(status))
    return None


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _become(job: Job) -> None:
    """Make this process what `python` would have started, with nothing to read."""
    os.setsid()
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environment"])
    with Path(job["said"]).open("wb") as file, Path(os.devnull).open("rb") as nothing:
        for stream, to in ((0, nothing), (1, file), (2, file)):
            os.dup2(to.fileno(), stream)
    sys.argv = list(job["words"])
    if NOW in os.environ:
        time_machine.travel(int(os.environ[NOW]), tick=True).start()
    # Of this module's own there is the folder in which the server was started.
    sys.path[0] = str(Path(job["words"][0]).resolve().parent)


def _run(program: str) -> int:
    """Run a file, and return the status that it ends with."""
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


def _end() -> None:
    """Do what the interpreter does in the end, but for freeing what is freed anyway."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public name for it
    sys.stdout.flush()
    sys.stderr.flush()


if __name__ == "__main__":
    main()
