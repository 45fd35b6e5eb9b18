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
