"""What a run of pytest writes into its record."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from dataflow.checklist.check import Basis
from dataflow.checklist.features import read_feature
from dataflow.harness.run_record import SectionRecord
from dataflow.harness.verdicts import Verdict
from tests.project import CHECKS_OF_ITEMS, ITEMS, ROOT, ChecklistRun, Project
from tests.report.conftest import CHECKS

#: All use the same runs.
pytestmark = pytest.mark.xdist_group("report")

NEW = "items-item.every.new-record"


def test_a_check_has_its_place_and_verdict(passing: ChecklistRun) -> None:
    """A check is recorded with its section, title, basis, verdict and evidence."""
    (check,) = (each for each in passing.record.checks if each.id == NEW)

    assert (
        "items-item",
        "A new item gets exactly one item",
        Basis.STATED,
        Verdict.HOLDS,
        "",
        ("twins of both APIs; no real account was used",),
    ) == (
        check.section,
        check.title,
        check.basis,
        check.verdict,
        check.reason,
        check.notes.evidence,
    )


def test_a_failure_has_its_reason(failing: ChecklistRun) -> None:
    """The reason of a failed check is its scenario with what was found."""
    (check,) = (each for each in failing.record.checks if each.id == NEW)

    assert (Verdict.FAILS, "call", True) == (
        check.verdict,
        check.phase,
        "has no live items in Chargebee" in check.reason,
    )


def test_a_section_is_recorded(passing: ChecklistRun) -> None:
    """A section has the number of its checks and its questions."""
    feature = read_feature(ROOT / ITEMS)

    assert (
        SectionRecord(
            id="items-item",
            number=feature.number,
            name=feature.name,
            announced=feature.announced,
            questions=feature.questions,
        ),
    ) == passing.record.sections


def test_checks_are_in_the_order_of_their_feature(passing: ChecklistRun) -> None:
    """The record has the order of the features."""
    order = [scenario.ids[0] for scenario in read_feature(ROOT / ITEMS).scenarios]

    assert order == [check.id for check in passing.record.checks]


def test_the_circumstances_are_recorded(failing: ChecklistRun) -> None:
    """Target, sync, weather, exit status and versions are recorded, without paths."""
    record = failing.record

    assert (
        ("twin", "fair", 1),
        ("command: <python>", "broken/plain_sync.py --broken never-creates-items"),
        {"dataflow", "invoiced", "chargebee"},
        True,
    ) == (
        (record.target, record.weather, record.status),
        (
            record.sync.partition("/")[0],
            record.sync.partition(" ")[2].partition(" ")[2],
        ),
        set(record.versions),
        record.start < record.end,
    )


def test_a_part_of_the_checklist_is_not_whole(passing: ChecklistRun) -> None:
    """The record has all checks of the features; those that did not run are marked."""
    verdicts = Counter(check.verdict for check in passing.record.checks)

    assert {
        Verdict.HOLDS: len(CHECKS),
        Verdict.NOT_RUN: CHECKS_OF_ITEMS - len(CHECKS),
    } == verdicts
    assert not passing.record.is_whole


def test_plain_tests_are_recorded(leaky: ChecklistRun) -> None:
    """Other tests are recorded by node id, with verdict, phase and reason."""
    found = {
        test.id.rpartition("::")[2]: (test.verdict, test.phase, test.reason)
        for test in leaky.record.tests
    }

    assert {
        "test_passes": (Verdict.HOLDS, "call", ""),
        "test_prints": (Verdict.FAILS, "call", "AssertionError: printed"),
        "test_set_up": (Verdict.FAILS, "setup", "ValueError: no fixture"),
        "test_skips": (Verdict.NOT_EXERCISED, "call", "not for today"),
    }.items() <= found.items()


_SHOP = """
Feature: A shop

  Section 1 of 1, 1 checks.
  Records: "Goods" of Invoiced, "Item" of Chargebee.

  Rule: Every thing has an item

    @shop.every.one @stated
    Scenario: One
      Then it holds
"""

_STEP = """
from pytest_bdd import then


@then("it holds")
def it_holds():
    pass
"""


def test_a_run_of_all_checks_is_whole(tmp_path: Path) -> None:
    """A run in which each check has a verdict is whole."""
    project = Project(tmp_path, ())
    project.append("features/shop.feature", _SHOP)
    project.append("conftest.py", _STEP)
    record = project.run("features", has_reports=True).record

    assert (1, True) == (len(record.checks), record.is_whole)
