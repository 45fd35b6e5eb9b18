"""The server of `--sync python`: it has imported the SDKs, and forks to run a file.

A file that runs on the twins has their time, and not the machine's.
"""

from __future__ import annotations

import atexit
import importlib
import os
import runpy
import sys
import threading
import traceback
from pathlib import Path

from dataflow.harness.fork_server import Job, serve
from dataflow.harness.vendors.connection import NOW

#: What programs that sync import, as a rule, and what this module needs.
_SLOW_TO_IMPORT = ("argparse", "chargebee", "http.client", "invoiced", "time_machine")


def main() -> None:
    """Serve until there are no more jobs, or be the process that does one."""
    job = serve(_import_sdks)
    if job is not None:
        _prepare_process(job)
        status = _run(job.words[0])
        _end()
        os._exit(status)


def _import_sdks() -> None:
    for name in _SLOW_TO_IMPORT:
        importlib.import_module(name)


def _prepare_process(job: Job) -> None:
    """Make this process what `python` would have started."""
    job.prepare_process()
    sys.argv = list(job.words)
    if NOW in os.environ:
        # Imported here: pytest must see a plugin of its own before it is imported.
        import time_machine  # noqa: PLC0415

        time_machine.travel(int(os.environ[NOW]), tick=True).start()
    # Before, there is the folder in which the server was started.
    sys.path[0] = str(Path(job.words[0]).resolve().parent)


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
    """Do what the interpreter does in the end, except for freeing memory."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public name for it
    sys.stdout.flush()
    sys.stderr.flush()


if __name__ == "__main__":
    main()
