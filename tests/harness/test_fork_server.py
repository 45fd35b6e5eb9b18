"""A server that is interrupted ends, and the process that it has forked with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict

import pytest

from dataflow.harness.fork_server import Job

#: A server that is interrupted during each fork, and whose jobs never end.
SERVER = """
import os, signal
from dataflow.harness.fork_server import serve

os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGTERM))
if serve(lambda: None) is not None:
    signal.pause()
"""


@pytest.mark.process
def test_an_interrupt_during_a_fork_is_not_lost() -> None:
    """Python drops what a hook of a fork raises: the server would wait for ever."""
    request = json.dumps(asdict(Job([], {}, ".", os.devnull)))
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            answer, _ = server.communicate(f"{request}\n", timeout=30)
        finally:
            server.kill()

    with pytest.raises(ProcessLookupError):
        os.kill(int(answer), 0)


#: A process that runs a job on a server of its launcher, and then ends.
LAUNCHER = """
import os
from dataflow.harness.fork_server import Job, Launcher, serve

def main():
    job = serve(lambda: None)
    if job is not None:
        os._exit(int(job.words[0]))

launcher = Launcher(lambda: None, main)
for status in "7", "8":
    server = launcher.launch()
    print(*server.run(Job([status], {}, ".", os.devnull), 30))
    server.close()
launcher.close()
"""


@pytest.mark.process
def test_a_launched_server_runs_jobs_and_ends_with_its_client() -> None:
    """Each server runs its job, and the last process leaves no other behind.

    The launcher has the error output of its client: it is read to its end, which comes
    when the launcher has ended too.
    """
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )

    assert ("7 True\n8 True\n", "") == (done.stdout, done.stderr)
