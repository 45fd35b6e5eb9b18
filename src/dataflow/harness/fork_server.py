"""Fork one process per job from a server that has imported what is slow to import.

A server is a module that calls `serve`. It reads one job per line of standard input.
For each job it writes two lines: the id of the process, and in the end its exit status.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from dataflow.process_groups import end_group, running_group

#: More bytes than two answers have.
_ANSWERS = 1024
#: What a server waits for while a job runs.
_SIGNALS = {signal.SIGCHLD, signal.SIGINT, signal.SIGTERM}


@dataclass(frozen=True, slots=True)
class Job:
    """What a forked process runs: folder, variables, and `output` for both streams."""

    words: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    output: str

    def prepare_process(self) -> None:
        """Give this process the state of a new one, with empty standard input."""
        os.chdir(self.folder)
        os.environ.clear()
        os.environ.update(self.environment)
        with Path(self.output).open("wb") as file, Path(os.devnull).open("rb") as empty:
            for stream, source in ((0, empty), (1, file), (2, file)):
                os.dup2(source.fileno(), stream)


class ForkServer:
    """The client of a server, which does one job at a time."""

    def __init__(self, launch: Callable[[int, int], int]) -> None:
        read, self._requests = os.pipe()
        self._answers, write = os.pipe()
        self._process = launch(read, write)
        os.close(read)
        os.close(write)
        self._received = b""

    @classmethod
    def start(
        cls, module: str, environment: Mapping[str, str] = os.environ
    ) -> ForkServer:
        """Start a server in a new interpreter; it ends with this process."""
        server = cls(partial(_spawn, module, environment))
        # Last registered, first called: a server that is busy would not close.
        atexit.register(os.waitpid, server._process, 0)
        atexit.register(server.close)
        atexit.register(server.terminate)
        return server

    def run(self, job: Job, seconds: float) -> tuple[int, bool]:
        """Return the exit status of a job, and whether it ended in time."""
        with running_group(partial(self._begin, job), int) as process:
            try:
                if self._has_answer_within(seconds):
                    return self._read_number(), True
            except BaseException:
                end_group(process, self._has_answer_within)
                self._read_number()
                raise
            end_group(process, self._has_answer_within)
            return self._read_number(), False

    def _begin(self, job: Job) -> int:
        with os.fdopen(self._requests, "wb", closefd=False) as requests:
            requests.write(json.dumps(asdict(job)).encode() + b"\n")
        return self._read_number()

    def terminate(self) -> None:
        """End the server at once, and with it the job that runs."""
        with suppress(ProcessLookupError):  # it has already ended
            os.kill(self._process, signal.SIGTERM)

    def close(self) -> None:
        """Let the server end, and wait for it."""
        os.close(self._requests)
        while os.read(self._answers, _ANSWERS):
            """The answer to a job that has not been waited for."""
        os.close(self._answers)

    def _read_number(self) -> int:
        while b"\n" not in self._received:
            more = os.read(self._answers, _ANSWERS)
            if not more:
                raise EOFError("the fork server has ended")
            self._received += more
        line, _, self._received = self._received.partition(b"\n")
        return int(line)

    def _has_answer_within(self, seconds: float) -> bool:
        # Of a short job, both lines may have arrived at once.
        ready = self._received or select.select([self._answers], [], [], seconds)[0]
        return bool(ready)


def _spawn(module: str, environment: Mapping[str, str], read: int, write: int) -> int:
    # The other ends are closed by the start of a program.
    streams = [(os.POSIX_SPAWN_DUP2, fd, to) for to, fd in enumerate((read, write))]
    command = [sys.executable, "-m", module]
    # A Ctrl-C is for this process alone, which ends the job and then the server.
    return os.posix_spawn(
        sys.executable, command, environment, file_actions=streams, setpgroup=0
    )


class Launcher:
    """A process that forks servers for this process and for those forked from it.

    It is forked while this process is small: the costs of a fork grow with the memory.
    It ends when no process is left that can ask for a server.
    """

    def __init__(self, warm_up: Callable[[], object], main: Callable[[], None]) -> None:
        self._socket, requests = socket.socketpair()
        self._process = os.fork()
        if not self._process:
            self._socket.close()
            _end_after(partial(_launch_servers, requests, warm_up, main))
        requests.close()

    def launch(self) -> ForkServer:
        """Return a new server, which ends when this process closes it or ends."""
        return ForkServer(self._ask)

    def close(self) -> None:
        """Launch no more servers, and wait until the process has ended."""
        self._socket.close()
        os.waitpid(self._process, 0)

    def _ask(self, read: int, write: int) -> int:
        socket.send_fds(self._socket, [b"?"], [read, write])
        return int(self._socket.recv(_ANSWERS))


def _launch_servers(
    requests: socket.socket, warm_up: Callable[[], object], main: Callable[[], None]
) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    # What the parent has registered is no part of any job.
    atexit._clear()  # noqa: SLF001 - there is no public name for it
    # The answers of the parent end with it.
    with Path(os.devnull).open("r+b") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    warm_up()
    while ends := socket.recv_fds(requests, 1, 2)[1]:
        process = os.fork()
        if not process:
            _end_after(partial(_serve_with, ends, requests, main))
        for end in ends:
            os.close(end)
        requests.send(str(process).encode())
        # The servers that have ended by now; the last one ends after this process.
        while os.waitpid(-1, os.WNOHANG)[0]:
            """Another one may have ended."""


def _serve_with(
    ends: Sequence[int], requests: socket.socket, main: Callable[[], object]
) -> None:
    requests.close()
    for to, end in enumerate(ends):
        os.dup2(end, to)
        os.close(end)
    main()


def _end_after(main: Callable[[], object]) -> NoReturn:
    try:
        main()
    finally:
        os._exit(0)


def serve(warm_up: Callable[[], object]) -> Job | None:
    """Warm up, and fork a process group per job: return it there, None at the end."""
    requests, answers = os.dup(0), os.dup(1)
    with Path(os.devnull).open("r+b") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    with suppress(KeyboardInterrupt), os.fdopen(requests, "rb") as lines:
        warm_up()
        gc.freeze()
        # No handler runs: an interrupt that arrives during a fork would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        for line in lines:
            process = os.fork()
            if not process:
                return _begin_job(line, answers)
            os.write(answers, f"{process}\n".encode())
            if not _has_ended(process):
                break
            _, status = os.waitpid(process, 0)
            os.write(answers, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    return None


def _begin_job(line: bytes, answers: int) -> Job:
    os.setsid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    os.close(answers)
    return Job(**json.loads(line))


def _has_ended(process: int) -> bool:
    """Wait until a job has ended, or end it and return False after an interrupt."""
    while signal.sigwait(_SIGNALS) == signal.SIGCHLD:
        # Another child may have ended, and the job's status is read by the caller.
        if os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return True
    end_group(process, partial(_reap, process))
    with suppress(ProcessLookupError, ChildProcessError):  # it has been reaped
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    return False


def _reap(process: int, seconds: float) -> None:
    signal.sigtimedwait({signal.SIGCHLD}, seconds)
    os.waitpid(process, os.WNOHANG)
