"""Verdicts: a vendor that does not answer is no fault of the sync."""

from __future__ import annotations

import itertools
from typing import Literal

import pytest

from dataflow.harness.judge import judge
from dataflow.harness.run_record import CheckRecord
from dataflow.harness.verdicts import TRY_AGAIN, Verdict, exit_status, find_worst
from tests.cases import cases
from tests.project import ITEMS, NEW_ITEM, ChecklistRun, Project, tally

#: They use one run.
pytestmark = pytest.mark.xdist_group("verdicts")

FAILS, HOLDS = Verdict.FAILS, Verdict.HOLDS
INCONCLUSIVE, NOT_RUN = Verdict.INCONCLUSIVE, Verdict.NOT_RUN
REFUSED, NOT_EXERCISED = Verdict.REFUSED, Verdict.NOT_EXERCISED

#: Some checks, and the fault that meets each of them from its first call on.
FAULTS = dict(
    zip(
        (
            "every.new-record",
            "every.already-there",
            "every.all-sorts",
            "every.edited-before",
            "every.stranger",
            "every.a-day-apart",
            "every.same-second",
            "other.name-in-invoiced",
            "other.name-in-chargebee",
            "other.on-both",
            "kept.goes-on",
            "kept.made-anew",
        ),
        itertools.product(
            ("invoiced", "chargebee"),
            (
                ("rate-limit", "*"),
                ("server-error", "*"),
                ("bad-gateway", "*"),
                ("cut-before", "*"),
                ("truncated-body", "GET"),
                ("truncated-json", "GET"),
            ),
        ),
        strict=True,
    )
)
#: A check that meets a defect of a twin.
DEFECT = "every.sync-again"

_TROUBLE = """
from dataflow.harness.targets.twin import TwinTarget
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.messages import Request

FAULTS = {faults!r}

begin, handle = TwinTarget.start, InvoicedTwin.handle

def defective(twin, request):
    return handle(twin, request) if request.path else 1 / 0

def troubled(target, check):
    tape = begin(target, check)
    name = check.removeprefix("items-item.")
    if name in FAULTS:
        vendor, (kind, method) = FAULTS[name]
        fault = Fault(kind=FaultKind(kind), method=method)
        getattr(target.twins, vendor).faults.add(fault)
    if name == {defect!r}:
        target.twins.invoiced.app(Request("GET", ""))
    return tape

TwinTarget.start, InvoicedTwin.handle = troubled, defective
"""


def run(project: Project, *options: str) -> ChecklistRun:
    """Run the checklist with the faults above."""
    text = _TROUBLE.format(faults=FAULTS, defect=DEFECT)
    project.append("conftest.py", text)
    return project.run(*options, has_reports=True)


def checks(done: ChecklistRun) -> dict[str, CheckRecord]:
    """Return the checks that were run, by name."""
    return {check.id.removeprefix("items-item."): check for check in done.ran}


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> ChecklistRun:
    """Run each check that meets a fault."""
    project = Project(tmp_path_factory.mktemp("troubled"))
    return run(project, *(f"{ITEMS}::{name}" for name in (*FAULTS, DEFECT)))


@pytest.mark.parametrize(
    "check", FAULTS, ids=[f"{v}-{k}" for v, (k, _) in FAULTS.values()]
)
def test_a_vendor_in_trouble_is_inconclusive(
    troubled: ChecklistRun, check: str
) -> None:
    """No answer, or half of one, gives no verdict on the sync."""
    assert INCONCLUSIVE is checks(troubled)[check].verdict


def test_a_reason_names_the_vendor(troubled: ChecklistRun) -> None:
    """The reason is the scenario with the words of the vendor, and no traceback."""
    (check,) = (
        c for c, fault in FAULTS.items() if fault == ("chargebee", ("rate-limit", "*"))
    )
    reason = checks(troubled)[check].reason

    assert (True, True, False) == (
        "Chargebee is not available: 429" in reason,
        '> Given a neighbour item in "jpy"' in reason,
        "Traceback" in reason,
    )


def test_a_reason_names_the_defect_of_a_twin(troubled: ChecklistRun) -> None:
    """A check that meets a defect of a twin states which twin, which call and what."""
    check = checks(troubled)[DEFECT]

    assert (INCONCLUSIVE, True, True) == (
        check.verdict,
        "The twin of Invoiced itself has failed at GET " in check.reason,
        "ZeroDivisionError" in check.reason,
    )


def test_the_end_of_a_run_reports_it(troubled: ChecklistRun) -> None:
    """The count, the status and the summary differ from those of a failure."""
    assert (TRY_AGAIN, f"{len(FAULTS) + 1} inconclusive", True, False) == (
        troubled.status,
        tally(troubled),
        "INCONCLUSIVE CHECKS" in troubled.output,
        "FAILED CHECKS" in troubled.output,
    )


@pytest.mark.process
@pytest.mark.slow
def test_workers_report_it(project: Project) -> None:
    """Verdicts travel from the workers."""
    check = f"{ITEMS}::{DEFECT}"
    done = run(project, check, NEW_ITEM, "-n", "2")

    assert (TRY_AGAIN, "2 inconclusive", {INCONCLUSIVE}) == (
        done.status,
        tally(done),
        {each.verdict for each in checks(done).values()},
    )


def test_a_failure_beside_it_is_a_failure(project: Project) -> None:
    """If one test fails, the run fails, whatever else is inconclusive."""
    project.append("test_plain.py", "def test_plain():\n    assert 1 == 2, 'no'\n")
    done = run(project, "test_plain.py", NEW_ITEM)

    assert (1, "1 failed, 1 inconclusive") == (done.status, tally(done.output))


def test_a_sync_that_does_nothing_is_not_excused(project: Project) -> None:
    """A lost record fails, and a defect of a twin is inconclusive, for any sync."""
    places = (f"{ITEMS}::{n}" for n in ("every.full-page", DEFECT))
    done = run(project, *places, "--sync", "none")

    assert {"every.full-page": FAILS, DEFECT: INCONCLUSIVE} == {
        name: check.verdict for name, check in checks(done).items()
    }


@cases(
    "status, verdicts, misses_checks, expected",
    {
        "temporary": (1, {INCONCLUSIVE, HOLDS, NOT_EXERCISED}, False, TRY_AGAIN),
        "failed too": (1, {INCONCLUSIVE, FAILS}, False, 1),
        "failed": (1, {FAILS}, False, 1),
        "passed": (0, {HOLDS, REFUSED}, False, 0),
        "interrupted": (2, {INCONCLUSIVE}, False, 2),
        "no tests": (5, set(), False, 5),
        "passed in part": (0, {HOLDS}, True, 1),
        "temporary in part": (1, {INCONCLUSIVE}, True, 1),
        "nothing of the whole": (5, set(), True, 1),
        "interrupted in part": (2, {HOLDS}, True, 2),
        "usage error": (4, set(), True, 4),
    },
)
def test_the_exit_status_follows_from_the_verdicts(
    status: int, verdicts: set[Verdict], expected: int, *, misses_checks: bool
) -> None:
    """Only a run that nothing but inconclusive checks failed may be repeated."""
    assert expected == exit_status(status, verdicts, misses_checks=misses_checks)


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        (set(Verdict), FAILS),
        ({HOLDS, NOT_EXERCISED, INCONCLUSIVE}, INCONCLUSIVE),
        ({HOLDS, NOT_EXERCISED, NOT_RUN}, NOT_RUN),
        ({HOLDS, NOT_EXERCISED, REFUSED}, NOT_EXERCISED),
        ({HOLDS, REFUSED}, REFUSED),
        (set(), HOLDS),
    ],
)
def test_verdicts_have_an_order(verdicts: set[Verdict], worst: Verdict) -> None:
    """The worst of some verdicts counts for all of them."""
    assert worst is find_worst(verdicts)


@pytest.mark.parametrize(
    ("outcome", "properties", "verdict"),
    [
        ("passed", [], HOLDS),
        ("passed", [("verdict", "inconclusive")], HOLDS),
        ("passed", [("verdict", "refused")], REFUSED),
        ("failed", [("verdict", "refused")], FAILS),
        ("skipped", [], NOT_EXERCISED),
        ("failed", [("check", "a.b")], FAILS),
        ("failed", [("check", "a.b"), ("verdict", "inconclusive")], INCONCLUSIVE),
    ],
)
def test_a_report_has_a_verdict(
    outcome: Literal["passed", "failed", "skipped"],
    properties: list[tuple[str, object]],
    verdict: Verdict,
) -> None:
    """Each report has one verdict: a mark alone makes nothing inconclusive."""
    report = pytest.TestReport(
        "a.feature::b",
        ("a.feature", 1, "b"),
        {},
        outcome,
        None,
        "call",
        user_properties=properties,
    )

    assert verdict is judge(report)
