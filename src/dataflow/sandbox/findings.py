"""What was found out about sandbox accounts, told: in lines, as JSON, as a status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dataflow.errors import DataflowError, TryAgainError


class State(StrEnum):
    """How it stands with one thing that a run on sandboxes needs."""

    OK = "ok"
    MISSING = "missing"
    CANNOT_TELL = "cannot tell"


_STYLES = {State.OK: "green", State.MISSING: "bold red", State.CANNOT_TELL: "yellow"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, how it stands with it, and in words why, or what to do.

    `asked` is false where a vendor could not be asked.
    """

    about: str
    state: State
    says: str
    asked: bool = True


def status_of(findings: Sequence[Finding]) -> int:
    """Return 1 where something is missing, 75 where a vendor could not be asked.

    What is missing goes first: it will be missing later as well. Otherwise 0.
    """
    if any(finding.state is State.MISSING for finding in findings):
        return DataflowError.status
    return 0 if all(finding.asked for finding in findings) else TryAgainError.status


def as_json(findings: Sequence[Finding]) -> dict[str, object]:
    """Return the status and all findings."""
    return {
        "status": status_of(findings),
        "findings": [
            {"about": each.about, "state": str(each.state), "says": each.says}
            for each in findings
        ],
    }


def as_table(findings: Sequence[Finding]) -> RenderableType:
    """Return a line for each finding."""
    table = Table.grid(padding=(0, 2))
    for column in ("state", "about"):
        table.add_column(column, no_wrap=True)
    table.add_column("says", overflow="fold")
    for each in findings:
        state = Text(str(each.state), style=_STYLES[each.state])
        table.add_row(state, Text(each.about), Text(each.says))
    return table
