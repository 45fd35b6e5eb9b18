"""The one way to run the checklist inside a test, in a folder of its own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from dataflow.harness.run_record import (
    RUN_RECORD,
    CheckRecord,
    RunRecord,
    read_run_record,
)
from dataflow.proof.runs import plain_environment, run_pytest

ROOT = Path(__file__).resolve().parents[1]
STRANGER = ROOT / "broken" / "plain_sync.py"
ITEMS = "features/items-item.feature"
#: The number of checks in that feature.
CHECKS_OF_ITEMS = (ROOT / ITEMS).read_text("utf-8").count("Scenario: ")
#: The smallest check: a test that needs no certain one runs this one.
NEW_ITEM = f"{ITEMS}::every.new-record"

NO_VARIABLES: Mapping[str, str] = {}

CURRENT_TEST = "PYTEST_CURRENT_TEST"

#: They leave no trace in the folder.
_OPTIONS = ("-q", "--no-header", "-p", "no:cacheprovider", "--target", "twin")

#: Exit statuses of pytest: a mistake in its options, and a stopped collection.
USAGE_ERROR, INTERRUPTED = 4, 2

#: A result of Allure, as its JSON file has it.
Result: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class ChecklistRun:
    """A run of pytest: its exit status, both output streams, and its reports.

    Only a run that was started with `has_reports` has reports.
    """

    status: int
    output: str
    folder: Path = ROOT

    @cached_property
    def record(self) -> RunRecord:
        """Return the run record."""
        return read_run_record(self.folder / RUN_RECORD)

    @property
    def ran(self) -> list[CheckRecord]:
        """Return the checks of the run record that were run."""
        return [check for check in self.record.checks if check.verdict.is_result]

    @property
    def junit(self) -> list[ET.Element]:
        """Return the test cases of the JUnit XML."""
        tree = ET.parse(self.folder / "reports" / "junit.xml")  # noqa: S314 - pytest's own
        return list(tree.iter("testcase"))

    @property
    def allure(self) -> Path:
        """Return the folder of Allure's results."""
        return self.folder / "reports" / "allure-results"

    @cached_property
    def results(self) -> list[Result]:
        """Return Allure's results."""
        files = self.allure.glob("*-result.json")
        return [json.loads(path.read_text("utf-8")) for path in files]

    def result(self, name: str) -> Result:
        """Return Allure's result of a check, or of a test by its function."""
        (found,) = (r for r in self.results if name in (r["fullName"], r["name"]))
        return found

    def attached(self, holder: Result, name: str) -> str:
        """Return the attachment of a test or a step with this name."""
        attachments = holder.get("attachments", ())
        (found,) = (str(a["source"]) for a in attachments if a["name"] == name)
        return (self.allure / found).read_text("utf-8")


def labels(result: Result, name: str) -> list[str]:
    """Return the values of all labels of one name."""
    return [label["value"] for label in result["labels"] if label["name"] == name]


def pytest_command(*arguments: str) -> list[str]:
    """Return the command that runs the checklist in a process of its own."""
    return [sys.executable, "-m", "pytest", *_OPTIONS, *arguments]


def environment(*, has_reports: bool = False) -> dict[str, str]:
    """Return an environment in which output is as in a plain, wide terminal.

    Without reports, a run leaves those of the run alone that it is part of.
    """
    nested = {} if has_reports else {CURRENT_TEST: "a nested run"}
    return plain_environment() | nested | {"PY_COLORS": "0", "COLUMNS": "200"}


def run(
    *arguments: str,
    folder: Path = ROOT,
    variables: Mapping[str, str] = NO_VARIABLES,
    has_reports: bool = False,
) -> ChecklistRun:
    """Run pytest on the checklist of this folder, forked from a warm process.

    The process starts with the first run, and serves all tests of this worker. Reports
    are written into the folder, which must not be this project's.
    """
    assert not (has_reports and folder == ROOT), "it would replace the user's reports"
    variables = environment(has_reports=has_reports) | dict(variables)
    done = run_pytest((*_OPTIONS, *arguments), folder, variables)
    # pytest shows it beside a failure, where the reason is needed.
    sys.stdout.write(done.output)
    return ChecklistRun(done.status, done.output, folder)


def run_process(
    *arguments: str, folder: Path = ROOT, variables: Mapping[str, str] = NO_VARIABLES
) -> ChecklistRun:
    """Run the same in a new interpreter, as a user does."""
    done = subprocess.run(
        pytest_command(*arguments),
        cwd=folder,
        env=environment() | dict(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout)
    return ChecklistRun(done.returncode, done.stdout, folder)


def tally(done: ChecklistRun | str) -> str:
    """Return pytest's last line without its time, such as `1 passed, 8 deselected`."""
    text = done if isinstance(done, str) else done.output
    return re.sub(r" in [\d.]+s.*", "", text.strip().splitlines()[-1])


def usage_error(done: ChecklistRun) -> str:
    """Return how pytest refused its options, on one line."""
    assert USAGE_ERROR == done.status, done.output
    return " ".join(done.output.split()).removeprefix("ERROR: ")


class Project:
    """A copy of all that `pytest features` runs, with these sections."""

    def __init__(
        self, folder: Path, sections: tuple[str, ...] = ("items-item",)
    ) -> None:
        self.folder = folder
        for name in ("conftest.py", "pyproject.toml", "dataflow.toml"):
            shutil.copy(ROOT / name, folder / name)
        no_cache = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "steps", folder / "steps", ignore=no_cache)
        for name in (f"{section}.feature" for section in sections):
            (folder / "features").mkdir(exist_ok=True)
            shutil.copy(ROOT / "features" / name, folder / "features" / name)

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace the first place of a text, which must be there."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    def append(self, name: str, text: str) -> None:
        """Write a text at the end of a file, or into a new one."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)

    def run(self, *arguments: str, has_reports: bool = False) -> ChecklistRun:
        """Run pytest here."""
        return run(*arguments, folder=self.folder, has_reports=has_reports)

    def reasons(self) -> list[str]:
        """Return the lines with which the collection stops; none if it goes through."""
        done = self.run("--sync", "none", "--collect-only")
        if done.status != INTERRUPTED:
            return []
        return [line.removeprefix("E").strip() for line in done.output.splitlines()]
