"""What a user needs to connect a sync, and what has been seen of it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest

from dataflow.harness.options import Options
from dataflow.harness.progress import INTERVAL, Progress, describe_calls, introduce
from dataflow.harness.syncs.program import WaitForSync
from dataflow.harness.targets.base import Target
from dataflow.vendors.connection import Connection
from tests.project import NEW_ITEM, run

_EXPECTED = "each record"


class Counting(Target):
    """A target with these calls of the sync."""

    def calls_of_sync(self) -> Mapping[str, tuple[int, int]]:
        """Return the calls and the refused ones."""
        return {"Invoiced": (3, 0), "Chargebee": (2, 2)}


@dataclass
class Report:
    """What is written about the calls of a target, by a clock that is set by hand."""

    seconds: float = 0.0
    lines: list[str] = field(default_factory=list)

    def start(self) -> Progress:
        """Return what writes."""
        return Progress(
            Counting(), lambda: _EXPECTED, self.lines.append, lambda: self.seconds
        )


def test_a_line_is_written_every_few_seconds() -> None:
    """Each interval has the calls of the sync by system, in a narrow terminal."""
    report = Report()
    progress = report.start()
    for second in range(2 * int(INTERVAL) + 2):
        report.seconds = second
        progress.tick()

    calls = "calls of the sync: Invoiced 3, Chargebee 2 (2 refused)"
    assert [
        f"  00:05  {calls}; waiting for\n         {_EXPECTED}",
        f"  00:10  {calls}",
    ] == report.lines


@pytest.mark.parametrize(
    ("calls", "text"),
    [
        ({"Invoiced": (0, 0), "Chargebee": (0, 0)}, "no call of the sync so far"),
        (None, "the calls of the sync are not visible on accounts"),
    ],
)
def test_calls_that_are_not_seen_are_stated(
    calls: Mapping[str, tuple[int, int]] | None, text: str
) -> None:
    """No call and unknown calls are different."""
    assert text == describe_calls(calls)


def test_a_service_is_reported_while_the_run_waits() -> None:
    """Each interval that the harness waits may write a line."""
    happened: list[str] = []
    sync = WaitForSync(pause=lambda seconds: happened.append(f"{seconds}"))
    sync.on_wait = lambda: happened.append("line")
    sync.run({})

    assert ["0.5", "line"] == happened


def test_no_key_of_an_account_is_written() -> None:
    """On accounts, the address is written and the key is not."""
    accounts = Connection("https://a.example", "secret", "https://b", "secret", "site")
    options = SimpleNamespace(accounts=accounts, sync=WaitForSync(), marks={})
    target = Counting()
    target.connection = accounts
    lines = "\n".join(introduce(cast("Options", options), target))

    assert (True, True, False) == (
        "connect it to the sandbox accounts now" in lines,
        "DATAFLOW_INVOICED_URL=https://a.example" in lines,
        "secret" in lines,
    )


@pytest.mark.process
def test_a_program_is_introduced() -> None:
    """The run begins with addresses, keys and variables, although pytest captures."""
    # Only without `-q`, the name of the file is on the line before.
    shown = run("-v", "--sync", "command: true", NEW_ITEM).output
    introduction = shown[shown.index("Each check") : shown.index("DATAFLOW_NOW")]

    assert "\n\n" not in introduction
    for part in (
        "\nEach check runs the sync up to 3 times until both agree, with:\n",
        "\n  DATAFLOW_INVOICED_URL=http://127.0.0.1:",
        "\n  DATAFLOW_CHARGEBEE_KEY=key-of-the-chargebee-twin\n",
        "\n  and, new in each check: DATAFLOW_STATE_DIR, DATAFLOW_SINCE",
    ):
        assert part in shown
