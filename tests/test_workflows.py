"""The workflows: no line that does not work by hand, no right that is not needed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

import pytest

from tests.nights import Night, in_the_vendors_place
from tests.workflows import ROOT, Job, jobs, names, text_of, told, workflow

#: What leaves results of pytest, which sign-off reads.
TESTING = (
    "pytest",
    "make checklist",
    "make test",
    "make same",
    "make newest",
    "make connectors",
    "make bugs",
    "make night",
)

#: The one job that may write, and what it may.
PROPOSES = ("nightly", "propose")
READS = {"contents": "read"}
WRITES = {"contents": "write", "pull-requests": "write"}

ALL_LINES = sorted({line for job in jobs() for line in job.lines})


def has_keys(job: Job) -> bool:
    """Tell whether a job is given any secret."""
    return "secrets." in str(job.says)


def lines_on_sandboxes() -> list[str]:
    """Return the lines of the jobs that are given the keys, in their order."""
    return [line for job in jobs("nightly") if has_keys(job) for line in job.lines]


def rights(job: Job) -> Mapping[str, str]:
    """Return what a job may do with the repository."""
    found: Mapping[str, str] = job.says["permissions"]
    return found


# What a line may be


@pytest.mark.parametrize("line", ALL_LINES)
def test_each_line_is_told(line: str) -> None:
    """What a workflow runs is told where a person looks: it works by hand as well."""
    assert line in told()


@pytest.mark.parametrize("line", ALL_LINES)
def test_each_line_is_one_command(line: str) -> None:
    """A line is one command with nothing put in by GitHub, a key least of all."""
    assert [] == re.findall(r"\n|&&|\|\||[;|`]|\$", line)


# What a job may do


@pytest.mark.parametrize("name", names())
def test_a_workflow_has_no_rights_of_its_own(name: str) -> None:
    """Rights are given job by job: a new one begins with none."""
    assert {} == workflow(name)["permissions"]


@pytest.mark.parametrize("job", jobs(), ids=str)
def test_one_job_alone_may_write(job: Job) -> None:
    """A job reads the repository, and the one that opens a pull request writes."""
    allowed = WRITES if (job.workflow, job.name) == PROPOSES else READS

    assert allowed == rights(job)


@pytest.mark.parametrize("job", jobs(), ids=str)
def test_keys_are_those_of_the_protected_environment(job: Job) -> None:
    """Who is given keys, and nobody else, runs in the environment `sandbox`."""
    where = "sandbox" if has_keys(job) else None

    assert where == job.says.get("environment")


@pytest.mark.parametrize("job", jobs(), ids=str)
def test_keys_are_for_the_main_branch(job: Job) -> None:
    """A job with keys runs on the main branch alone: another may contain anything."""
    condition = str(job.says.get("if", ""))

    assert not has_keys(job) or "github.ref == 'refs/heads/main'" in condition


def test_no_line_installs_the_newest_of_npm() -> None:
    """What a job with keys installs is in a lock file: npx takes what it finds."""
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert "npx" not in makefile + "".join(map(text_of, names()))


def test_who_may_write_has_no_keys() -> None:
    """The job that opens the pull request is given no keys of the accounts."""
    assert [] == [job for job in jobs() if has_keys(job) and READS != rights(job)]


@pytest.mark.parametrize("job", jobs(), ids=str)
def test_results_are_kept_when_red(job: Job) -> None:
    """A run of tests leaves its reports as an artefact, however it ended."""
    tests = any(word in line for line in job.lines for word in TESTING)
    kept = [
        step["with"]["path"] for step in job.kept if "always()" in step.get("if", "")
    ]

    assert not tests or "reports/" in kept


@pytest.mark.parametrize("job", jobs("nightly"), ids=str)
def test_a_night_names_its_checks(job: Job) -> None:
    """Each job that has results tells them in its summary, however it ended.

    The environments write their own table.
    """
    told_when = [s["if"] for s in job.steps if "dataflow summary" in s.get("run", "")]

    assert ["${{ always() }}"] * (
        job.name not in {"propose", "environments"}
    ) == told_when


def test_a_night_is_not_stopped_halfway() -> None:
    """One run at a time, to its end: a stopped one leaves its records behind."""
    assert {"group": "sandbox", "cancel-in-progress": False} == (
        workflow("nightly")["concurrency"]
    )


def test_an_action_is_one_commit_with_its_version() -> None:
    """All uses of an action are of one commit, which has its version beside it."""
    found = defaultdict(set)
    for name in names():
        for action, at in re.findall(r"uses: ([\w/-]+)@(.*)", text_of(name)):
            found["/".join(action.split("/")[:2])].add(at)
    pinned = re.compile(r"[0-9a-f]{40} # v\d+\.\d+\.\d+")
    odd = {k: v for k, v in found.items() if len(v) > 1 or not pinned.fullmatch(*v)}

    assert {} == odd


# The night by hand

#: One run of all lines.
one_night = pytest.mark.xdist_group("workflows")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """Return where a night is run."""
    return Night(tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="module")
def ended(night: Night) -> list[tuple[str, int]]:
    """Run what a night asks of the sandboxes, in its order, on twins."""
    with in_the_vendors_place() as variables:
        return [(line, night.line(line, variables)) for line in lines_on_sandboxes()]


@pytest.mark.slow
@one_night
def test_each_line_works_by_hand(ended: list[tuple[str, int]]) -> None:
    """Every line of the jobs that have the keys ends well on the twins."""
    assert [(line, 0) for line in lines_on_sandboxes()] == ended


@pytest.mark.slow
@one_night
@pytest.mark.usefixtures("ended")
def test_each_run_is_in_the_summary(night: Night) -> None:
    """The summary has a headline for each run of pytest, with what has passed."""
    summary = (night.folder / "summary.md").read_text("utf-8")

    runs = [line for line in lines_on_sandboxes() if "/pytest " in line]
    assert ["2 hold"] * len(runs) == re.findall(r"\d+ hold", summary)
