"""Run pytest in a small project of its own, and read its reports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from dataflow.harness.run_record import RUN_RECORD, RunRecord, read_run_record

ROOT = Path(__file__).parents[2]

Result: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Project:
    """A project with one feature, in a folder of its own."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> Project:
        """Create the project."""
        (root / "features").mkdir()
        (root / "tests").mkdir()
        shutil.copy(ROOT / "features" / "items-item.feature", root / "features")
        shutil.copy(ROOT / "conftest.py", root)
        shutil.copy(ROOT / "dataflow.toml", root)
        return cls(root)

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        (self.root / name).write_text(text)

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a file of the project."""
        text = (self.root / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def run(self, *options: str, started_by_a_test: bool = False) -> str:
        """Run pytest as a user does; return what it printed."""
        environment = dict(os.environ)
        if not started_by_a_test:
            environment.pop("PYTEST_CURRENT_TEST", None)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
                *("--target", "twin"),
                *("-c", str(ROOT / "pyproject.toml"), "--rootdir", str(self.root)),
                *options,
            ],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    @property
    def allure(self) -> Path:
        """Return the folder of Allure's results."""
        return self.root / "reports" / "allure-results"

    @property
    def results(self) -> list[Result]:
        """Return the results of the last run."""
        files = self.allure.glob("*-result.json")
        return [json.loads(path.read_text("utf-8")) for path in files]

    def result(self, name: str) -> Result:
        """Return the result of a check, or of a test by its function."""
        (found,) = (
            result
            for result in self.results
            if name in (result["fullName"], result["name"])
        )
        return found

    def attached(self, holder: Result, name: str) -> str:
        """Return the attachment of a test or a step with this name."""
        (found,) = (
            str(attachment["source"])
            for attachment in holder.get("attachments", ())
            if attachment["name"] == name
        )
        return (self.allure / found).read_text("utf-8")

    @property
    def record(self) -> RunRecord:
        """Return the run record."""
        return read_run_record(self.root / RUN_RECORD)

    @property
    def cases(self) -> list[ET.Element]:
        """Return the test cases of the JUnit XML."""
        tree = ET.parse(self.root / "reports" / "junit.xml")  # noqa: S314 - pytest's own
        return list(tree.iter("testcase"))


def labels(result: Result, name: str) -> list[str]:
    """Return the values of all labels of one name."""
    return [label["value"] for label in result["labels"] if label["name"] == name]
