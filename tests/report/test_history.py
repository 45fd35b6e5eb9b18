"""A history has the points of one document, one target and one sync."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.report.history import find_history, name_history
from tests.project import ChecklistRun

RUN = {"document": "Invoiced and Chargebee", "target": "twin", "sync": "reference"}


def test_a_history_is_named_after_its_run() -> None:
    """A person finds the file by document, target and sync."""
    assert name_history(RUN).startswith("invoiced-and-chargebee-twin-reference-")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("document", "Invoiced and Xero"),
        ("target", "sandbox"),
        ("sync", "command: a b"),
        ("sync", "reference "),
    ],
)
def test_another_run_has_another_history(name: str, text: str) -> None:
    """Runs that differ in one of the three are not mixed."""
    assert name_history(RUN) != name_history({**RUN, name: text})


def test_other_circumstances_are_no_part_of_it() -> None:
    """A later version of an SDK continues the history."""
    assert name_history(RUN) == name_history({**RUN, "invoiced": "3.0.0"})


def test_a_long_command_is_cut() -> None:
    """A command of any length has a file, and two commands have two."""
    names = [name_history({**RUN, "sync": f"command: {'x' * 300}{n}"}) for n in (1, 2)]

    assert 1 == len({len(name) for name in names})
    assert (True, 2) == (len(names[0]) < 80, len(set(names)))


def test_results_lead_to_their_history(passing: ChecklistRun) -> None:
    """The circumstances of a run stand beside its results."""
    history = find_history(passing.allure)

    assert f"{name_history(RUN)}.jsonl" == history.name
    assert Path("reports", "history") == history.parent.relative_to(passing.folder)
    assert history.parent.is_dir()
