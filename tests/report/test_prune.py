"""Which old files are removed, and which are kept for what is signed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dataflow.report.prune_command import Retention, find_old
from tests.cases import cases
from tests.report.signing import CHECK, SignedProject, create, make_key

pytestmark = pytest.mark.xdist_group("sign")

NOW = datetime(2026, 12, 29, tzinfo=UTC)
RESULT = f"reports/allure-results/{CHECK}-one-result.json"
CASSETTE = "cassettes/shop/every.one.json"


@pytest.fixture
def project(tmp_path: Path) -> SignedProject:
    """Return a project whose results are new."""
    keys = tmp_path / "keys"
    keys.mkdir()
    make_key(keys, "ada")
    project = create(tmp_path / "project", keys)
    for path in (project.folder / "reports").rglob("*"):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    return project


def age(project: SignedProject, name: str, days: int) -> None:
    """Write a file of this age, unless it exists."""
    path = project.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))


def old(project: SignedProject, **days: int) -> list[str]:
    """Return the files that are older than this."""
    found = find_old(project.folder, Retention(**days), NOW)
    return [path.relative_to(project.folder).as_posix() for path in found]


@cases(
    "name, kind",
    {
        "a result": ("reports/junit.xml", "results"),
        "an attachment": ("reports/allure-results/a-attachment.txt", "attachments"),
        "a history": ("reports/history/a.jsonl", "history"),
    },
)
def test_each_kind_has_its_own_age(
    project: SignedProject, name: str, kind: str
) -> None:
    """A file is old after the days of its kind, and not on the last of them."""
    age(project, name, 30)

    assert ([name], []) == (old(project, **{kind: 29}), old(project, **{kind: 30}))


def test_without_a_limit_nothing_is_old(project: SignedProject) -> None:
    """Zero days keep all files."""
    age(project, "reports/junit.xml", 9999)

    assert [] == old(project)


def test_a_readme_is_no_result(project: SignedProject) -> None:
    """The page about the folder stays in it."""
    age(project, "reports/README.md", 9999)

    assert [] == old(project, results=1)


@cases("is_signed", {"signed": True, "not signed": False})
def test_what_is_signed_is_kept(
    project: SignedProject,
    is_signed: bool,  # noqa: FBT001 - a row of a table
) -> None:
    """An old result is removed, unless a signed sheet binds it."""
    (project.folder / "dataflow.toml").write_text("[retention]\nresults = 1\n")
    if is_signed:
        done = project.sign(meaning="rejected")
        assert 0 == done.exit_code, done.output
    age(project, RESULT, 9999)
    project.dataflow("prune")

    assert is_signed == (project.folder / RESULT).exists()


def test_a_list_removes_nothing(project: SignedProject) -> None:
    """With --list, the old files are named and stay."""
    (project.folder / "dataflow.toml").write_text("[retention]\nresults = 1\n")
    age(project, RESULT, 9999)
    done = project.dataflow("prune", "--list")

    assert (f"{RESULT}\n", True) == (done.output, (project.folder / RESULT).exists())
