"""What the workflows of GitHub say: jobs, the lines that they run, actions, keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = ROOT / ".github" / "workflows"

#: Pages with commands for users, in indented blocks.
_PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


@dataclass(frozen=True, slots=True)
class Job:
    """A job of a workflow, by the names of both."""

    workflow: str
    name: str
    says: Mapping[str, Any]

    def __str__(self) -> str:
        """Return what a test is called after."""
        return f"{self.workflow}-{self.name}"

    @property
    def steps(self) -> list[Mapping[str, Any]]:
        """Return its steps in their order."""
        return list(self.says["steps"])

    @property
    def lines(self) -> list[str]:
        """Return what it runs, line by line."""
        return [str(step["run"]) for step in self.steps if "run" in step]

    @property
    def kept(self) -> list[Mapping[str, Any]]:
        """Return the steps that keep something as an artefact."""
        action = "actions/upload-artifact@"
        return [s for s in self.steps if str(s.get("uses", "")).startswith(action)]


def text_of(workflow: str) -> str:
    """Return a workflow's file."""
    return (WORKFLOWS / f"{workflow}.yml").read_text("utf-8")


def workflow(name: str) -> dict[str, Any]:
    """Return what a workflow says."""
    found: dict[str, Any] = yaml.safe_load(text_of(name))
    return found


def names() -> list[str]:
    """Return the names of all workflows."""
    return sorted(path.stem for path in WORKFLOWS.iterdir())


def jobs(*workflows: str) -> list[Job]:
    """Return the jobs of these workflows, or of all."""
    return [
        Job(each, name, says)
        for each in workflows or names()
        for name, says in workflow(each)["jobs"].items()
    ]


def told() -> set[str]:
    """Return all commands that the pages and the Makefile tell a person."""
    return {*_targets(), *(line for page in _PAGES for line in _commands(page))}


def _targets() -> Iterator[str]:
    text = (ROOT / "Makefile").read_text("utf-8")
    for name in re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE):
        yield f"make {name}"


def _commands(page: Path) -> Iterator[str]:
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("    "):
            yield line.partition(" #")[0].strip()
