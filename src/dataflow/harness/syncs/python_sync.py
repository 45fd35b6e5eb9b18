"""A sync under test that is written in Python, and need not start a new interpreter.

Most of the time of a short program goes into the start of Python and the import of the
SDKs, and a run of the checklist starts it four hundred times. Here each run is a
process of its own too, but one that is forked after the imports.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from dataflow.harness.fork_server import ForkServer, Job
from dataflow.harness.syncs import forking
from dataflow.harness.syncs.sync import ProgramSync, Run

#: The server of this process, once it is needed.
_servers: list[ForkServer] = []


class PythonSync(ProgramSync):
    """A Python file."""

    kind, noun = "python", "file"

    def _run(self, environment: Mapping[str, str]) -> Run:
        if not _servers:
            _servers.append(ForkServer.start(forking.__name__))
        with TemporaryDirectory(prefix="dataflow-sync-") as folder:
            output = Path(folder, "output.txt")
            job = Job(self._words, dict(environment), str(self._folder), str(output))
            status, in_time = _servers[0].run(job, self._seconds)
            text = output.read_text("utf-8", "replace") if output.is_file() else ""
        return Run(status, text if in_time else f"{text}{self._late()}")


def fork_server() -> ForkServer:
    """Fork the server from this process, which has the imports already."""
    _servers[:] = [ForkServer.fork(forking.main)]
    return _servers[0]
