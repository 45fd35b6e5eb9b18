"""The checklist in a folder of its own, to be damaged and run as QA would run it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dataflow.proof.runs import plain_environment, run_pytest

ROOT = Path(__file__).resolve().parents[2]
STRANGER = ROOT / "broken" / "plain_sync.py"
ITEMS = "features/items-item.feature"
#: So many checks are in that feature: tests that run it whole count what came of it.
CHECKS_OF_ITEMS = (ROOT / ITEMS).read_text("utf-8").count("Scenario: ")

NO_VARIABLES: Mapping[str, str] = {}

CURRENT_TEST = "PYTEST_CURRENT_TEST"

#: They leave no trace in the folder.
_OPTIONS = ("-q", "--no-header", "-p", "no:cacheprovider", "--target", "twin")

#: What pytest ends with: a mistake in what it was asked, and a stopped collection.
USAGE_ERROR, INTERRUPTED = 4, 2


@dataclass(frozen=True, slots=True)
class ChecklistRun:
    """A run of pytest: its exit status, and both output streams.

    The names are those of `subprocess`, which a test may use in its place.
    """

    returncode: int
    stdout: str
    folder: Path = ROOT

    @property
    def allure(self) -> Path:
        """Return the folder of Allure's results, if this run had reports."""
        return self.folder / "reports" / "allure-results"

    @property
    def junit(self) -> Path:
        """Return the JUnit XML, if this run had reports."""
        return self.folder / "reports" / "junit.xml"


class RunChecklist(Protocol):
    """What runs pytest on the checklist of a folder."""

    def __call__(
        self,
        *arguments: str,
        folder: Path = ROOT,
        variables: Mapping[str, str] = NO_VARIABLES,
        has_reports: bool = False,
    ) -> ChecklistRun:
        """Run pytest with these options, and with these variables beside others."""
        ...


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

    With reports, they are written into the folder, which must not be this project's.
    """
    assert not (has_reports and folder == ROOT), "it would replace the user's reports"
    variables = environment(has_reports=has_reports) | dict(variables)
    done = run_pytest((*_OPTIONS, *arguments), folder, variables)
    # pytest shows it beside a failure, where the reason is needed.
    sys.stdout.write(done.output)
    return ChecklistRun(done.status, done.output, folder)


def run_process(
    *arguments: str,
    folder: Path = ROOT,
    variables: Mapping[str, str] = NO_VARIABLES,
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
    text = done if isinstance(done, str) else done.stdout
    return re.sub(r" in [\d.]+s.*", "", text.strip().splitlines()[-1])


def usage_error(done: ChecklistRun) -> str:
    """Return what pytest said of a mistake in what it was asked, on one line."""
    assert USAGE_ERROR == done.returncode, done.stdout
    return " ".join(done.stdout.split()).removeprefix("ERROR: ")


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
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def run(self, *arguments: str) -> ChecklistRun:
        """Run pytest here."""
        return run(*arguments, folder=self.folder)

    def reasons(self) -> list[str]:
        """Return the lines with which the collection stops; none if it goes through."""
        done = self.run("--sync", "none", "--collect-only")
        if done.returncode != INTERRUPTED:
            return []
        return [line.removeprefix("E").strip() for line in done.stdout.splitlines()]
