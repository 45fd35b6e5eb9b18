"""What Allure's configuration needs of a run, and which job has run it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from msgspec import structs

from dataflow.harness.categories import Category
from dataflow.harness.run_record import CaseRecord, CheckRecord, RunRecord
from dataflow.harness.verdicts import Verdict
from dataflow.report.allure import describe_executor
from dataflow.report.allure_config import configure, main
from tests.harness.test_run_record import RUN
from tests.harness.test_waivers import WAIVER
from tests.project import NEW_ITEM, ChecklistRun, Project, labels
from tests.report.signing import HOLDS
from tests.report.test_recorder import NEW

#: All use the same runs.
pytestmark = pytest.mark.xdist_group("report")

JOB = {
    "GITHUB_RUN_ID": "7",
    "GITHUB_RUN_NUMBER": "3",
    "GITHUB_WORKFLOW": "nightly",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "ada/checks",
}


def run_of(*checks: CheckRecord, tests: tuple[CaseRecord, ...] = ()) -> RunRecord:
    """Return a run with these checks."""
    return structs.replace(RUN, checks=checks, tests=tests)


def test_a_waived_failure_is_accepted_in_allure() -> None:
    """The resolution has the id of the check's results, and who accepts it, and why."""
    waived = structs.replace(HOLDS, verdict=Verdict.WAIVED, waiver=WAIVER)
    (found,) = configure(run_of(waived, HOLDS), Path("h"))["waivers"]

    assert (
        hashlib.md5(HOLDS.id.encode(), usedforsecurity=False).hexdigest()
        == (found["id"])
    )
    assert f"{WAIVER.owner} accepts it until {WAIVER.expires}" in found["comment"]


def test_the_gate_counts_each_test_that_ran() -> None:
    """A lost result is found: the gate needs as many as have run and are not waived."""
    other = CaseRecord(id="properties/a.py::b", verdict=Verdict.HOLDS)
    waived = structs.replace(HOLDS, verdict=Verdict.WAIVED, waiver=WAIVER)
    left_out = structs.replace(HOLDS, verdict=Verdict.NOT_RUN)
    run = run_of(HOLDS, waived, left_out, tests=(other,))

    assert 2 == configure(run, Path("h"))["minTestsCount"]


def test_all_categories_are_configured() -> None:
    """Allure shows each category of failures."""
    assert list(Category) == configure(run_of(), Path("h"))["categories"]


def test_a_folder_without_a_run_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a run record, nothing is written, and the status is not 0."""
    assert (1, []) == (main(tmp_path), list(tmp_path.iterdir()))
    assert "run.json is not a run record" in capsys.readouterr().err


def test_the_job_of_ci_is_the_executor() -> None:
    """The report names the job, and leads to it."""
    found = describe_executor(JOB)

    assert ("nightly 3", "https://github.com/ada/checks/actions/runs/7") == (
        found["buildName"],
        found["buildUrl"],
    )


def test_without_ci_there_is_no_executor() -> None:
    """On a machine of a user no job is named."""
    assert {} == describe_executor({})


def test_a_check_has_severity_and_owner(passing: ChecklistRun) -> None:
    """A stated check is critical; the owner is that of dataflow.toml."""
    result = passing.result(NEW)

    assert (["critical"], ["QA"], []) == (
        labels(result, "severity"),
        labels(result, "owner"),
        labels(result, "category"),
    )


def test_a_failed_check_has_its_category(failing: ChecklistRun) -> None:
    """The category is that of the run record."""
    assert ["sync lost an edit"] == labels(failing.result(NEW), "category")


def test_a_check_leads_to_its_statement(project: Project) -> None:
    """The link of dataflow.toml has section and check filled in."""
    project.replace(
        "dataflow.toml", 'link = ""', 'link = "https://a.b/{section}#{check}"'
    )
    done = project.run(NEW_ITEM, has_reports=True)

    assert [f"https://a.b/items-item#{NEW}"] == [
        link["url"] for link in done.result(NEW)["links"]
    ]


def test_a_wrong_setting_stops_the_run(project: Project) -> None:
    """An unknown setting of [report] is one sentence."""
    project.replace("dataflow.toml", 'owner = "QA"', 'ownr = "QA"')
    done = project.run(NEW_ITEM, has_reports=True)

    assert "has the unknown setting 'ownr' in [report]" in " ".join(done.output.split())
