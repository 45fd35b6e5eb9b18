"""Waivers: which failures they accept, for how long, and how a run states it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dataflow.errors import SettingsError
from dataflow.harness.categories import Category
from dataflow.harness.verdicts import Verdict
from dataflow.harness.waivers import (
    Waiver,
    describe_unused,
    find_waiver,
    read_waivers,
    refuse_unknown,
)
from tests.cases import cases
from tests.project import NEW_ITEM, USAGE_ERROR, ChecklistRun, Project

NAME = "items-item.every.new-record"
LAST = date(2027, 1, 31)
AFTER = date(2027, 2, 1)

TABLE = """
[[waiver]]
check = "items-item.every.new-record"
category = "sync lost an edit"
reason = "Tiers are created by hand"
owner = "Ada Lovelace"
expires = 2999-01-31
issue = "https://issues.example.com/142"
"""

#: A conftest.py that lets the first step fail.
FAILING = """
def pytest_bdd_before_step_call():
    raise AssertionError("It is not there.")
"""

WAIVER = Waiver(
    check=NAME,
    category=Category.LOST,
    reason="Tiers are created by hand",
    owner="Ada Lovelace",
    expires=LAST,
    issue="https://issues.example.com/142",
)


def test_a_missing_file_has_no_waivers(tmp_path: Path) -> None:
    """A project without the file waives nothing."""
    assert () == read_waivers(tmp_path / "waivers.toml")


@cases(
    "text, found",
    {
        "no TOML": ("[[waiver]", "is not valid TOML"),
        "an unknown key": (f'{TABLE}\nuntil = "then"\n', "unknown setting 'until'"),
        "an unknown category": (
            TABLE.replace("sync lost an edit", "sync slept"),
            "category = 'sync slept' in waiver 1",
        ),
        "no owner": (TABLE.replace("owner", "# owner"), "no owner in waiver 1"),
        "an empty reason": (
            TABLE.replace("Tiers are created by hand", " "),
            "reason = ' ' in waiver 1",
        ),
        "a date in quotes": (
            TABLE.replace("2999-01-31", '"soon"'),
            "expires = 'soon' in waiver 1",
        ),
        "an issue without address": (
            TABLE.replace("https://issues.example.com/142", "142"),
            "issue = '142' in waiver 1",
        ),
        "another table": ("[waivers]\na = 1\n", "has waivers where only waivers"),
        "one table": ("[waiver]\na = 1\n", "has waiver where only waivers"),
    },
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, found: str) -> None:
    """The sentence names the file, and the place and the value in it."""
    path = tmp_path / "waivers.toml"
    path.write_text(text)

    with pytest.raises(SettingsError, match=r"waivers\.toml") as error:
        read_waivers(path)
    assert found in str(error.value)


@cases(
    "waivers, found",
    {
        "an unknown check": ((WAIVER,), "is no check of the checklist"),
        "a check twice": ((WAIVER, WAIVER), "twice"),
    },
)
def test_waivers_of_one_known_failure_each(
    waivers: tuple[Waiver, ...], found: str
) -> None:
    """A waiver of an unknown check is refused, and a second one of one failure."""
    checks = [NAME] * (len(waivers) - 1)

    with pytest.raises(SettingsError, match=found):
        refuse_unknown(waivers, checks, Path("waivers.toml"))


@cases(
    "check, categories, today, expected",
    {
        "its failure on the last day": (NAME, {Category.LOST}, LAST, WAIVER),
        "a day later": (NAME, {Category.LOST}, AFTER, None),
        "another category": (NAME, {Category.DUPLICATED}, LAST, None),
        "one category more": (NAME, {Category.LOST, Category.DEFECT}, LAST, None),
        "another check": ("items-item.a", {Category.LOST}, LAST, None),
        "no failure": (NAME, set(), LAST, None),
    },
)
def test_a_waiver_covers_one_failure(
    check: str, categories: set[Category], today: date, expected: Waiver | None
) -> None:
    """It covers one category of one check, until its last day."""
    assert expected == find_waiver((WAIVER,), check, categories, today)


@cases(
    "results, today, expected",
    {
        "it is used": ({NAME: {Category.LOST}}, LAST, ""),
        "the check was not run": ({}, LAST, ""),
        "expired": ({NAME: {Category.LOST}}, AFTER, "expired on 2027-01-31"),
        "not needed": ({NAME: set()}, LAST, "is not needed, because the check passes"),
        "another category": (
            {NAME: {Category.DUPLICATED}},
            LAST,
            "does not cover the failure: sync duplicated.",
        ),
    },
)
def test_a_waiver_that_waives_nothing_is_reported(
    results: dict[str, set[Category]], today: date, expected: str
) -> None:
    """An expired, an unnecessary and a wrong waiver each have their sentence."""
    found = "".join(describe_unused((WAIVER,), results, today))

    assert bool(expected) == bool(found)
    assert expected in found


def run(project: Project, table: str, conftest: str = FAILING) -> ChecklistRun:
    """Run one check with these waivers."""
    project.append("conftest.py", conftest)
    project.append("waivers.toml", table)
    return project.run(NEW_ITEM, has_reports=True)


def first_line(done: ChecklistRun) -> str:
    """Return the first line of the summary."""
    lines = (line for line in done.output.splitlines() if line.startswith("Checklist"))
    return next(lines, "")


def test_a_waived_failure_is_accepted(project: Project) -> None:
    """With all failures waived the run passes, and its first line states it."""
    done = run(project, TABLE)
    (check,) = done.ran

    assert (0, Verdict.WAIVED, "Ada Lovelace") == (
        done.status,
        check.verdict,
        check.waiver and check.waiver.owner,
    )
    assert (
        "Checklist: all failures are waived, partly run."
        " 1 of 21 checks was run: 1 waived, 20 not run."
    ) == first_line(done)


@cases(
    "table, conftest, status, sentence",
    {
        "expired": (TABLE.replace("2999", "2001"), FAILING, 1, "expired on 2001-01-31"),
        "another category": (
            TABLE.replace("lost an edit", "duplicated"),
            FAILING,
            1,
            "does not cover the failure: sync lost an edit.",
        ),
        "not needed": (TABLE, "", 0, "is not needed, because the check passes"),
    },
)
def test_a_waiver_without_effect_is_stated(
    project: Project, table: str, conftest: str, status: int, sentence: str
) -> None:
    """A waiver that waives nothing does not change the status, and is reported."""
    done = run(project, table, conftest)

    assert status == done.status
    assert sentence in " ".join(done.output.split())


def test_a_run_that_was_cut_does_not_pass(project: Project) -> None:
    """A run that --maxfail ends is not accepted: the other checks might fail."""
    project.append("conftest.py", FAILING)
    project.append("waivers.toml", TABLE)

    assert 1 == project.run("features", "-x", has_reports=True).status


def test_a_waiver_of_an_unknown_check_is_an_error(project: Project) -> None:
    """The run does not start, and names the check."""
    done = run(project, TABLE.replace("new-record", "old-record"))

    assert USAGE_ERROR == done.status
    assert "old-record, which is no check of the checklist" in done.output
