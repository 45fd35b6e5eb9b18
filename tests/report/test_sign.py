"""Signing: what is bound, with which meaning, and what is not signed at all."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from dataflow.harness.run_record import CaseRecord, NotesRecord
from dataflow.harness.verdicts import Verdict
from dataflow.harness.waivers import Waiver
from dataflow.recordings.provenance import find_commit
from tests.cases import cases
from tests.harness.test_waivers import WAIVER
from tests.report.signing import (
    BY,
    CHECK,
    END,
    HOLDS,
    SignedProject,
    copy,
    create,
    make_key,
)

pytestmark = pytest.mark.xdist_group("sign")

FAILS = structs.replace(HOLDS, verdict=Verdict.FAILS, message="It is not there.")
INCONCLUSIVE = structs.replace(HOLDS, verdict=Verdict.INCONCLUSIVE)
WAIVED = structs.replace(HOLDS, verdict=Verdict.WAIVED, waiver=WAIVER)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> SignedProject:
    """Return a project that nobody damages."""
    keys = tmp_path_factory.mktemp("keys")
    for name in ("ada", "eve"):
        make_key(keys, name)
    return create(tmp_path_factory.mktemp("signing"), keys)


@pytest.fixture
def project(original: SignedProject, tmp_path: Path) -> SignedProject:
    """Return a copy of it, with results of its commit."""
    made = copy(original, tmp_path)
    made.record()
    return made


def read(project: SignedProject, name: str) -> dict[str, object]:
    """Return the predicate of a statement."""
    held: dict[str, dict[str, object]] = json.loads(
        (project.bundle / name).read_bytes()
    )
    return held["predicate"]


def test_a_signature_states_who_and_what(project: SignedProject) -> None:
    """The approval has name, role, meaning, comment and time."""
    done = project.sign("--role", "QA", "--comment", "For release 7.")
    found = read(project, "approval.json")

    assert 0 == done.exit_code, done.output
    assert (BY, "QA", "accepted", "For release 7.", True) == (
        *(found[name] for name in ("by", "role", "meaning", "comment")),
        "at" in found,
    )


def test_the_statement_binds_results_and_sources(project: SignedProject) -> None:
    """Sheet, results, features, cassettes, waivers, document and commit have hashes."""
    project.sign()
    held = json.loads((project.bundle / "test-result.json").read_bytes())
    bound = {each["name"] for each in held["subject"]}
    sources = {each["name"] for each in held["predicate"]["configuration"]}

    assert {
        "commit",
        "run.json",
        "sign-off.html",
        "sign-off.json",
        f"allure-results/{CHECK}-one-result.json",
    } == bound
    assert {
        "document",
        "features/shop.feature",
        "cassettes/shop/every.one.json",
        "waivers.toml",
    } == sources


@cases(
    "check, result, place",
    {
        "holds": (HOLDS, "PASSED", "passedTests"),
        "refused": (
            structs.replace(HOLDS, verdict=Verdict.REFUSED),
            "PASSED",
            "passedTests",
        ),
        "fails": (FAILS, "FAILED", "failedTests"),
        "waived": (WAIVED, "WARNED", "warnedTests"),
        "inconclusive": (INCONCLUSIVE, "WARNED", "warnedTests"),
        "not exercised": (
            structs.replace(HOLDS, verdict=Verdict.NOT_EXERCISED),
            "WARNED",
            "warnedTests",
        ),
    },
)
def test_only_what_holds_has_passed(
    project: SignedProject, check: object, result: str, place: str
) -> None:
    """The result is never better than the worst check."""
    project.record([check])  # type: ignore[list-item] # rows of a table
    project.sign(meaning="rejected")
    found = read(project, "test-result.json")

    assert (result, [CHECK]) == (found["result"], found[place])


@cases(
    "check, sentence",
    {
        "fails": (FAILS, "shop.every.one fails; waive it, or use --meaning rejected"),
        "inconclusive": (INCONCLUSIVE, "shop.every.one is inconclusive; waive it"),
    },
)
def test_a_run_that_failed_can_only_be_rejected(
    project: SignedProject, check: object, sentence: str
) -> None:
    """Neither reviewed nor accepted is possible, and nothing is written."""
    project.record([check])  # type: ignore[list-item] # rows of a table
    done = project.sign()

    assert (1, False) == (done.exit_code, (project.folder / "sign-offs").exists())
    assert sentence in done.output


def test_a_waived_failure_can_be_accepted(project: SignedProject) -> None:
    """The owner of the waiver has accepted it."""
    project.record([WAIVED])

    assert 0 == project.sign().exit_code


def test_another_test_that_fails_is_an_objection(project: SignedProject) -> None:
    """A property that fails is as good a reason as a check."""
    project.record(tests=(CaseRecord(id="properties/a.py::b", verdict=Verdict.FAILS),))

    assert "properties/a.py::b fails; correct it" in project.sign().output


def test_a_tree_with_changes_can_only_be_rejected(project: SignedProject) -> None:
    """What is not committed could not be found again."""
    (project.folder / "waivers.toml").write_text("# changed\n", "utf-8")
    find_commit.cache_clear()
    project.record()

    assert "the tree had changes; commit them" in project.sign().output
    assert 0 == project.sign(meaning="rejected").exit_code


def test_a_partial_run_is_not_signed(project: SignedProject) -> None:
    """Even a rejection is about the whole checklist."""
    project.record(is_whole=False)

    assert "it is partial; run the whole" in project.sign(meaning="rejected").output


def test_results_of_two_runs_are_not_signed(project: SignedProject) -> None:
    """A result that began outside of the run belongs to another one."""
    project.add_result(CHECK, "two", END + timedelta(minutes=1))

    assert "is a result of another run" in project.sign(meaning="rejected").output


def test_a_check_without_a_scenario_is_not_signed(project: SignedProject) -> None:
    """A check that the features do not have cannot be run again."""
    project.record([HOLDS, structs.replace(HOLDS, id="shop.every.two")])

    assert "shop.every.two is not in both" in project.sign(meaning="rejected").output


def test_a_check_without_evidence_is_not_signed(project: SignedProject) -> None:
    """A verdict rests on something."""
    project.record([structs.replace(HOLDS, notes=NotesRecord())])

    assert "shop.every.one has no evidence" in project.sign(meaning="rejected").output


def test_results_of_another_commit_are_not_signed(project: SignedProject) -> None:
    """The results are those of the files that are bound."""
    project.record(commit="0" * 40)

    assert "and the tree is at" in project.sign(meaning="rejected").output


def test_another_key_does_not_sign(project: SignedProject) -> None:
    """The key must be that of the name in the file of allowed signers."""
    done = project.sign(key="eve")

    assert "The key is that of no signer" in done.output


def test_without_a_key_the_sheet_stays_unsigned(project: SignedProject) -> None:
    """A missing key is one sentence, and the sheet states that it is unsigned."""
    done = project.sign(key="nobody")
    project.dataflow("report")
    page = (project.folder / "reports" / "sign-off.html").read_text("utf-8")

    assert "so that the sheet stays unsigned" in done.output
    assert '<span class="unsigned">unsigned</span>' in page


def test_the_next_sheet_names_the_changes(project: SignedProject) -> None:
    """A sheet states what has another verdict than in the last signed one."""
    project.sign()
    project.record([FAILS])
    project.dataflow("report")
    held = json.loads((project.folder / "reports" / "sign-off.json").read_bytes())

    assert [f"{CHECK} was *holds*, and is *fails*"] == held["changes"]


def test_a_waiver_is_on_the_sheet(project: SignedProject) -> None:
    """The sheet names owner, reason, date and issue of a waiver."""
    assert isinstance(WAIVER, Waiver)
    project.record([WAIVED])
    project.dataflow("report")
    page = (project.folder / "reports" / "sign-off.html").read_text("utf-8")

    assert [] == [
        text
        for text in (WAIVER.owner, WAIVER.reason, "2027-01-31", WAIVER.issue)
        if text not in page
    ]
