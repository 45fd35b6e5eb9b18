"""Record the calls of the plain sync, and find out where another makes different ones.

A sync that makes the same calls in the same order has the same result. So a check needs
to run only with a broken sync that differs in it, and this takes milliseconds.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import time_machine

from broken.api import JSON, Chargebee, Connection, Invoiced, Record, RefusedError
from broken.api import TryAgainError as Again
from broken.plain import PlainSync

#: One call: vendor, method, path, body, and what came of it.
Call = list[Any]
_ANSWERED, _REFUSED, _FAILED = "answered", "refused", "failed"
#: A check that takes longer than so many seconds hangs.
_SECONDS = 30
_NO_CALL: Call = [None] * 7


class DifferentError(Exception):
    """A sync made another call than the recorded one, or ended in another way."""


class ReplayingConnection(Connection):
    """Answers the next of `calls`, which both vendors share, and no other."""

    def __init__(self, vendor: str, calls: Iterator[Call]) -> None:
        super().__init__("http://replay", "")
        self._vendor, self._calls = vendor, calls

    def call(
        self, method: str, path: str, body: str | None = None, form: str = JSON
    ) -> tuple[Any, str]:
        del form
        *recorded, result, first, second = next(self._calls, _NO_CALL)
        if recorded != [self._vendor, method, path, body]:
            raise DifferentError
        if result == _REFUSED:
            raise RefusedError(f"{method} {path}", first, second)
        if result == _FAILED:
            raise Again(first)
        return json.loads(first), second


def record_run(
    sync: PlainSync, invoiced: Connection, chargebee: Connection, file: Path
) -> None:
    """Run a sync on these connections, and add its calls to a recording."""
    calls: list[Call] = []
    _record("INVOICED", invoiced, calls)
    _record("CHARGEBEE", chargebee, calls)
    end = ""
    try:
        sync.run()
        end = "; ".join(sync.complaints)
    except (Again, RefusedError) as error:
        end = str(error)
        raise
    finally:
        run = {
            "state": os.environ["DATAFLOW_STATE_DIR"],
            "since": sync.since,
            "now": int(os.environ["DATAFLOW_NOW"]),
            "calls": calls,
            "end": end,
        }
        with file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(run) + "\n")


def _record(vendor: str, connection: Connection, calls: list[Call]) -> None:
    """Let a connection add each call and its result to `calls`."""
    send = connection.call

    def call(
        method: str, path: str, body: str | None = None, form: str = JSON
    ) -> tuple[Any, str]:
        made = [vendor, method, path, body]
        try:
            answer = send(method, path, body, form)
        except RefusedError as refusal:
            calls.append([*made, _REFUSED, refusal.status, refusal.body])
            raise
        except Again as trouble:
            calls.append([*made, _FAILED, str(trouble), None])
            raise
        calls.append([*made, _ANSWERED, json.dumps(answer[0]), answer[1]])
        return answer

    vars(connection)["call"] = call


def read_recording(file: Path) -> list[list[str]]:
    """Return the runs of each check, in the order of the checks, as JSON each."""
    checks: dict[str, list[str]] = {}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            checks.setdefault(json.loads(line)["state"], []).append(line)
    return list(checks.values())


def differs(kind: type[PlainSync], runs: list[str]) -> bool:
    """Return whether a sync makes other calls than recorded in one check."""
    memory: Record = {}
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(_SECONDS)
    try:
        for run in runs:
            memory = _replay(kind, json.loads(run), memory)
    except Exception:  # noqa: BLE001 - any error is a difference
        return True
    finally:
        signal.alarm(0)
    return False


def _stop(*_: object) -> None:
    raise DifferentError


def _replay(kind: type[PlainSync], run: Record, memory: Record) -> Record:
    """Run a sync with the recorded answers, and return the state that it leaves."""
    calls = iter(run["calls"])
    invoiced = Invoiced(ReplayingConnection("INVOICED", calls))
    chargebee = Chargebee(ReplayingConnection("CHARGEBEE", calls))
    sync = kind(invoiced, chargebee, memory, run["since"])
    with time_machine.travel(run["now"], tick=False):
        if _run(sync) != run["end"] or next(calls, None) is not None:
            raise DifferentError
    left: Record = json.loads(json.dumps(memory))
    return left


def _run(sync: PlainSync) -> str:
    """Run a sync, and return what came of it in one line."""
    try:
        sync.run()
    except (Again, RefusedError) as error:
        return str(error)
    return "; ".join(sync.complaints)
