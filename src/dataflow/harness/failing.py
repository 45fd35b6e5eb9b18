"""Shows a failed check as its scenario: what was done, where it stopped, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_bdd.parser import Scenario, Step

from dataflow.errors import (
    DataflowError,
    NotASandboxError,
    TargetFailedError,
    VendorRefusedError,
    VendorUnavailableError,
)
from dataflow.recordings.cassette import CassetteError
from dataflow.recordings.replay import ReplayMismatchError

#: Where a test keeps the scenario and the step that failed.
FAILED = pytest.StashKey[tuple[Scenario, Step]]()

#: What tells nothing about the sync: trouble at a vendor, in its place, with accounts
#: that are no sandbox, or with a recording.
INCONCLUSIVE = (
    VendorUnavailableError,
    TargetFailedError,
    NotASandboxError,
    ReplayMismatchError,
    CassetteError,
)
_FINDINGS = (AssertionError, DataflowError, VendorRefusedError, *INCONCLUSIVE)
#: What may come before the first step or after the last: it is about the target.
_AROUND_STEPS = (DataflowError, ReplayMismatchError, TargetFailedError)


def describe(node: pytest.Item, error: BaseException) -> str | None:
    """Return the scenario with the failed step marked, and what it found.

    None where something broke that is nobody's finding: then the frames say more.
    """
    if not isinstance(error, _FINDINGS if FAILED in node.stash else _AROUND_STEPS):
        return None
    line, steps = (node.reportinfo()[1] or 0) + 1, []
    if FAILED in node.stash:
        scenario, failed = node.stash[FAILED]
        line, steps = failed.line_number, [*_steps(scenario, failed), ""]
    place = f"{_relative(node.path, node.config.rootpath)}:{line}"
    return "\n".join([place, "", *steps, finding(error)])


def finding(error: BaseException) -> str:
    """Return what an error says, with the notes that it has been given."""
    # What pytest adds to a sentence of ours would only say it again.
    sentence = str(error).partition("\nassert ")[0]
    return "\n".join([sentence, *getattr(error, "__notes__", []), *_before(error)])


def _before(error: BaseException) -> Iterator[str]:
    """Say what a check lacked, so that it asked again, and left the recording."""
    lacking = error.__context__
    if isinstance(error, ReplayMismatchError) and isinstance(lacking, AssertionError):
        yield f"Before that, this was found: {finding(lacking)}"


def _steps(scenario: Scenario, failed: Step) -> Iterator[str]:
    for step in scenario.steps:
        stopped_here = step.line_number == failed.line_number
        yield f"{'  > ' if stopped_here else '    '}{step.keyword.strip()} {step.name}"
        if stopped_here and step.datatable is not None:
            yield from _aligned([list(map(str, row)) for row in step.datatable.raw()])


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (c.ljust(width) for c, width in zip(row, widths, strict=True))
        yield f"        | {' | '.join(cells)} |"


def _relative(path: Path, root: Path) -> Path:
    return path.relative_to(root) if path.is_relative_to(root) else path
