"""The syncs that can be under test: a program, a service, none."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from dataflow.errors import SettingsError
from dataflow.harness.syncs.program import (
    DONE,
    CommandSync,
    NoSync,
    Run,
    SyncUnderTest,
    WaitForSync,
)
from dataflow.harness.syncs.python import PythonSync
from tests.cases import cases


class Ran(Protocol):
    """Runs this Python code as the sync under test, and returns the result."""

    def __call__(self, code: str, seconds: float = 60, /, **environment: str) -> Run:
        """Run it, with these variables."""
        ...


@pytest.fixture(params=["command", "python"])
def ran(request: pytest.FixtureRequest, tmp_path: Path) -> Ran:
    """Return a function that runs Python in one of the two ways."""
    python = shlex.quote(sys.executable)

    def sync(seconds: float) -> SyncUnderTest:
        if request.param == "python":
            return PythonSync(" sync.py a", tmp_path, seconds)
        return CommandSync(f" {python} sync.py a", tmp_path, seconds)

    def run(code: str, seconds: float = 60, /, **environment: str) -> Run:
        (tmp_path / "sync.py").write_text(code)
        return sync(seconds).run(environment)

    return run


def refusal_of(command: str, folder: Path) -> str:
    """Return the sentence with which a command is refused, at once or when run."""
    with pytest.raises(SettingsError) as caught:
        CommandSync(command, folder).run({})
    return str(caught.value)


def test_a_program_runs_in_the_folder(ran: Ran, tmp_path: Path) -> None:
    """A program starts where pytest stands: relative names mean the same to both."""
    done = ran("import os; print(os.getcwd())")

    assert f"{tmp_path}\n" == done.output


def test_a_program_gets_the_scenarios_variables(ran: Ran) -> None:
    """The scenario's variables reach the program: else it might meet other accounts."""
    code = "import os; print(os.environ['DATAFLOW_SINCE'])"

    done = ran(code, DATAFLOW_SINCE="42")

    assert "42\n" == done.output


def test_the_scenarios_variables_win(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable left over in the shell is overruled: it may name real accounts."""
    monkeypatch.setenv("DATAFLOW_INVOICED_KEY", "of production")

    done = ran(
        "import os; print(os.environ['DATAFLOW_INVOICED_KEY'])",
        DATAFLOW_INVOICED_KEY="of the twin",
    )

    assert "of the twin\n" == done.output


@cases(
    "code, output",
    {
        # The reason of a failure is in either stream.
        "both streams": (
            "import sys; print('out', flush=True); print('err', file=sys.stderr)",
            "out\nerr\n",
        ),
        "no UTF-8": (r"import sys; sys.stdout.buffer.write(b'a\xffb')", "a\ufffdb"),
        "its name": ("import sys; print(sys.argv)", "['sync.py', 'a']\n"),
        # The end of a program, in the order of the interpreter.
        "its reason to end": ("raise SystemExit('no key')", "no key\n"),
        "its thread": (
            "import threading; threading.Timer(0.1, print, ['late']).start()",
            "late\n",
        ),
        "its last words": ("import atexit; atexit.register(print, 'bye')", "bye\n"),
        # Without a time of stand-ins, it has the time of the machine.
        "time": ("import time; print(time.time() < 2083309200)", "True\n"),
    },
)
def test_the_output_of_a_program_is_kept(ran: Ran, code: str, output: str) -> None:
    """All that a program writes is kept; it runs as any other program does."""
    assert output == ran(code).output


@pytest.mark.parametrize("status", [0, 1, 75])
def test_the_status_is_the_programs(status: int, ran: Ran) -> None:
    """The status is that of the program: it alone decides about another run."""
    assert status == ran(f"raise SystemExit({status})").status


def test_a_crash_is_shown(ran: Ran) -> None:
    """The author of the program needs the traceback."""
    done = ran("raise LookupError('no such customer')")

    assert (1, True) == (done.status, "LookupError: no such customer" in done.output)


def test_a_program_imports_what_lies_beside_it(ran: Ran, tmp_path: Path) -> None:
    """A program may be made of several files."""
    (tmp_path / "beside.py").write_text("WORD = 'here'\n")

    assert "here\n" == ran("import beside; print(beside.WORD)").output


def test_a_run_leaves_nothing_to_the_next_one(ran: Ran) -> None:
    """Each run begins with nothing: a sync that forgets must not seem to remember."""
    code = "import os, sys; print(hasattr(os, 'left')); os.left = sys"

    assert ["False\n", "False\n"] == [ran(code).output for _ in range(2)]


def test_a_file_has_the_stand_ins_time(tmp_path: Path) -> None:
    """A Python file that asks for the time gets that of the accounts that it serves."""
    (tmp_path / "sync.py").write_text(
        "import time, datetime; print(int(time.time()), datetime.date.today().year)"
    )

    done = PythonSync("sync.py", tmp_path).run({"DATAFLOW_NOW": "2083309200"})

    assert "2083309200 2036\n" == done.output


def test_a_time_left_over_in_the_shell_is_removed(
    ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On accounts, a time from the shell is not passed on: it would be a wrong one."""
    monkeypatch.setenv("DATAFLOW_NOW", "5")
    code = "import os, time; print(os.environ.get('DATAFLOW_NOW'), time.time() > 5000)"

    assert "None True\n" == ran(code).output


def test_a_program_that_takes_too_long_is_stopped(ran: Ran) -> None:
    """A program that hangs is stopped, and ends with no status of its own."""
    done = ran("import signal; signal.pause()", 1)

    assert (-signal.SIGTERM, "\nThe sync was stopped after 1 seconds.") == (
        done.status,
        done.output,
    )


@pytest.fixture
def typed() -> Iterator[str]:
    """Let a word stand typed on this process's keyboard, and return it."""
    before = os.dup(0)
    reading, writing = os.pipe()
    os.write(writing, b"yes")
    os.close(writing)
    os.dup2(reading, 0)
    os.close(reading)
    yield "yes"
    os.dup2(before, 0)
    os.close(before)


def test_a_program_reads_no_keyboard(typed: str, ran: Ran) -> None:
    """A program that asks a question meets the end of input: it would wait for ever."""
    done = ran("import sys; print(sys.stdin.read())")

    assert typed not in done.output


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A program that cannot be found is one sentence, not a traceback of Python's."""
    assert (
        "The program './no-such-sync' of the sync was not found: give an absolute path,"
        f" or a path relative to {tmp_path}."
    ) == refusal_of("./no-such-sync --once", tmp_path)


def test_a_program_is_found_from_the_folder(tmp_path: Path) -> None:
    """A relative program is looked for in the folder, wherever pytest was started."""
    (tmp_path / "sync.sh").write_text("#!/bin/sh\necho here\n")
    (tmp_path / "sync.sh").chmod(0o700)

    assert "here\n" == CommandSync("./sync.sh", tmp_path).run({}).output


def test_a_program_that_may_not_run_is_named(tmp_path: Path) -> None:
    """A file that is not executable is refused with that reason."""
    (tmp_path / "sync.sh").write_text("#!/bin/sh\n")

    assert "(Permission denied)" in refusal_of("./sync.sh", tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A Python file that cannot be found is one sentence as well."""
    with pytest.raises(SettingsError) as caught:
        PythonSync("no-such-sync.py", tmp_path)

    assert (
        "The file 'no-such-sync.py' of the sync was not found: give an absolute path,"
        f" or a path relative to {tmp_path}."
    ) == str(caught.value)


@pytest.mark.parametrize("command", ["", "  "])
def test_an_empty_command_is_refused(command: str, tmp_path: Path) -> None:
    """A command without a program is refused at the start, with an example."""
    assert (
        '--sync "command:" names no program: add one, as in'
        ' --sync "command: dataflow sync".'
    ) == refusal_of(command, tmp_path)


def test_a_command_with_an_open_quote_is_refused(tmp_path: Path) -> None:
    """An open quote is shown: shells lose quotes easily."""
    assert (
        '--sync "command: sync \'once" cannot be split into words (No closing'
        " quotation): close each quote."
    ) == refusal_of(" sync 'once", tmp_path)


def test_words_are_those_of_a_shell(tmp_path: Path) -> None:
    """A quoted word is one word: folders have names with spaces."""
    code = "import sys; print(sys.argv[1:])"
    command = f"{shlex.join([sys.executable, '-c', code])} 'a b' c"

    assert "['a b', 'c']\n" == CommandSync(command, tmp_path).run({}).output


def test_no_sync_does_nothing_once() -> None:
    """Without a sync there is one run, which reports that nothing ran."""
    none = NoSync()

    expected = (1, Run(DONE, "no sync under test (--sync none)"))
    assert expected == (none.tries, none.run({}))


def test_a_service_is_waited_for_by_the_interval() -> None:
    """One run of a service is one pause: it has the clock of the machine."""
    pauses: list[float] = []

    WaitForSync(interval=0.25, pause=pauses.append).run({})

    assert [0.25] == pauses


@pytest.mark.parametrize(
    ("deadline", "interval", "expected"), [(60, 0.5, 140), (1, 0.25, 44), (0.1, 1, 11)]
)
def test_a_service_has_tries_until_the_deadline(
    deadline: float, interval: float, expected: int
) -> None:
    """All tries together last two turns of 5 s and the deadline: at least one more."""
    assert expected == WaitForSync(deadline=deadline, interval=interval).tries


def test_a_service_has_never_failed() -> None:
    """Waiting cannot go wrong: only what comes of it is judged."""
    assert DONE == WaitForSync(pause=lambda _seconds: None).run({}).status
