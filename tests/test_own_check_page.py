"""The worked example of docs/own-checks.md works as the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from dataflow.cli import main
from tests.project import ROOT, Project, tally

PAGE = (ROOT / "docs" / "own-checks.md").read_text("utf-8")
_EXAMPLE = re.compile(r"Write `(\S+)`:\n\n```gherkin\n(.*?)```", re.DOTALL)
_COMMAND = re.compile(r"^    \.venv/bin/(.*?)(?: +#.*)?$", re.MULTILINE)


def commands(program: str) -> list[list[str]]:
    """Return the arguments of the page's commands of a program, in their order."""
    words = map(shlex.split, _COMMAND.findall(PAGE))
    return [arguments for name, *arguments in words if name == program]


@pytest.fixture
def example(project: Project) -> Project:
    """Return a project with the feature of the page."""
    found = _EXAMPLE.search(PAGE)
    assert found is not None, "the page has no example"
    project.append(found[1], found[2])
    return project


@pytest.mark.slow
def test_the_example_runs_as_the_page_says(example: Project) -> None:
    """The check holds, fails without a sync, is recorded, and is replayed."""
    run, without_sync, record, replay = commands("pytest")
    ended = [
        example.run(*run),
        example.run(*without_sync),
        example.run(*replay, "--target", "recorded"),
        example.run(*record),
        example.run(*replay, "--target", "recorded"),
    ]

    assert [
        (0, "1 passed"),
        (1, "1 failed"),
        (0, "1 skipped"),
        (0, "1 passed"),
        (0, "1 passed"),
    ] == [(done.status, tally(done)) for done in ended]
    assert "Items of the shop (added by QA)" in ended[0].output
    assert (example.folder / "cassettes" / "shop").is_dir()


@pytest.mark.parametrize("arguments", commands("dataflow"), ids=" ".join)
def test_the_page_finds_its_steps(
    arguments: list[str], example: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The searches of the page show a step that the example uses."""
    monkeypatch.chdir(example.folder)
    done = CliRunner().invoke(main, arguments)

    assert 0 == done.exit_code
    assert 'Given a new {noun} in "{currency}"' in done.output.splitlines()


def test_the_readme_leads_to_the_page() -> None:
    """The page is in the table of pages."""
    assert "(docs/own-checks.md)" in Path(ROOT, "README.md").read_text("utf-8")
