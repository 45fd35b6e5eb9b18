"""A vendor that could not be asked is nobody's lost edit: the third verdict."""

from __future__ import annotations

import pytest

from dataflow.harness.verdicts import TRY_AGAIN
from tests.harness.project import Project, tally

NEW_ITEM = "features/items-item.feature::every.new-record"

#: Lets each scenario begin with a fault at one of the twins.
_TROUBLE = """
from dataflow.harness.targets.twin_target import TwinTarget
from dataflow.twin.faults import Fault, FaultKind

begin = TwinTarget.begin

def troubled(target, check):
    tape = begin(target, check)
    fault = Fault(kind=FaultKind({kind!r}), method={method!r})
    target.twins.{vendor}.faults.add(fault)
    return tape

TwinTarget.begin = troubled
"""


def trouble(project: Project, vendor: str, kind: str, method: str = "*") -> None:
    """Let one twin be in trouble in every scenario, from its first call on."""
    text = _TROUBLE.format(vendor=vendor, kind=kind, method=method)
    project.append("conftest.py", text)


@pytest.mark.parametrize("vendor", ["invoiced", "chargebee"])
@pytest.mark.parametrize(
    "kind", ["rate-limit", "server-error", "bad-gateway", "cut-before"]
)
def test_a_vendor_in_trouble_is_inconclusive(
    project: Project, vendor: str, kind: str
) -> None:
    """Nothing is said about the sync while a vendor cannot be asked."""
    trouble(project, vendor, kind)

    done = project.run(NEW_ITEM)
    assert (TRY_AGAIN, "1 inconclusive") == (done.returncode, tally(done))


@pytest.mark.parametrize("vendor", ["invoiced", "chargebee"])
@pytest.mark.parametrize("kind", ["truncated-body", "truncated-json"])
def test_half_an_answer_is_inconclusive(
    project: Project, vendor: str, kind: str
) -> None:
    """Half an answer is no answer."""
    trouble(project, vendor, kind, "GET")

    assert "1 inconclusive" == tally(project.run(NEW_ITEM))


def test_it_is_said_which_vendor_it_was(project: Project) -> None:
    """The scenario is shown with the vendor's words, and without Python."""
    trouble(project, "chargebee", "rate-limit")

    said = project.run(NEW_ITEM).stdout
    assert "Chargebee could not be asked: 429" in said
    assert '> Given a neighbour item in "jpy"' in said
    assert "Traceback" not in said


def test_the_summary_tells_it_apart(project: Project) -> None:
    """The section is inconclusive, and the check is listed as untold."""
    trouble(project, "chargebee", "rate-limit")

    said = project.run(NEW_ITEM).stdout
    assert "inconclusive" in said.partition("verdict")[2].partition("What")[0]
    assert "What could not be told" in said
    assert "What does not hold" not in said


def test_a_failure_beside_it_is_a_failure(project: Project) -> None:
    """Where one check fails, the run fails, whatever else could not be told."""
    project.append(
        "test_plain.py", "def test_plain() -> None:\n    assert 1 == 2, 'no'\n"
    )
    trouble(project, "chargebee", "rate-limit")

    done = project.run("test_plain.py", NEW_ITEM)
    assert (1, "1 failed, 1 inconclusive") == (done.returncode, tally(done))


def test_two_workers_tell_it_apart_too(project: Project) -> None:
    """The verdict travels from a worker to the run."""
    trouble(project, "chargebee", "rate-limit")

    done = project.run(NEW_ITEM, "-n", "2")
    assert (TRY_AGAIN, "1 inconclusive") == (done.returncode, tally(done))


def test_a_lost_edit_is_not_excused(project: Project) -> None:
    """A sync that does nothing fails: trouble is what a vendor has, not a sync."""
    done = project.run(NEW_ITEM, "--sync", "none")

    assert (1, "1 failed") == (done.returncode, tally(done))


#: Lets each scenario begin with a call that meets a defect of a twin.
_DEFECT = """
from dataflow.harness.targets.twin_target import TwinTarget
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.messages import Request

begin, handle = TwinTarget.begin, InvoicedTwin.handle

def defective(twin, request):
    return handle(twin, request) if request.path else 1 / 0

def troubled(target, check):
    tape = begin(target, check)
    target.twins.invoiced.app(Request("GET", ""))
    return tape

TwinTarget.begin, InvoicedTwin.handle = troubled, defective
"""


@pytest.mark.parametrize("sync", ["reference", "none"])
def test_a_twin_that_fails_is_inconclusive(project: Project, sync: str) -> None:
    """A defect of a twin says nothing about a sync, whether its check holds or fails.

    The disease: an answer of nobody's making counts as the vendor's.
    """
    project.append("conftest.py", _DEFECT)

    done = project.run(NEW_ITEM, "--sync", sync)
    assert (TRY_AGAIN, "1 inconclusive") == (done.returncode, tally(done))


def test_the_defect_of_a_twin_is_named(project: Project) -> None:
    """The check says which twin has failed, and at what."""
    project.append("conftest.py", _DEFECT)

    said = project.run(NEW_ITEM).stdout
    assert "The twin of Invoiced itself has failed at GET " in said
    assert "ZeroDivisionError" in said
