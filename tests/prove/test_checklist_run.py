"""What a run of the checklist in another process tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.prove.checklist_run import Outcome, outcomes_in, troubles_in
from tests.harness.project import Project

#: Lets Invoiced answer every call with an error of its own.
_TROUBLE = """
from dataflow.harness.targets.twin import TwinTarget
from dataflow.twin.faults import Fault, FaultKind

start = TwinTarget.start

def troubled(target, check):
    session = start(target, check)
    target.twins.invoiced.faults.add(Fault(kind=FaultKind("server-error")))
    return session

TwinTarget.start = troubled
"""

_OF = '<properties><property name="check" value="{}"/></properties>'


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a copy of the checklist that can be damaged."""
    return Project(tmp_path)


def report_of(*cases: str) -> bytes:
    """Return a report in JUnit's form."""
    return f"<testsuite>{''.join(cases)}</testsuite>".encode()


def test_a_vendor_in_trouble_is_told_apart(project: Project) -> None:
    """What pytest writes of a vendor that cannot be asked is read as inconclusive."""
    project.append("conftest.py", _TROUBLE)

    project.run("--junit-xml=report.xml", "-k", "new-record")
    outcomes = outcomes_in((project.folder / "report.xml").read_bytes())

    assert {"items-item.every.new-record": Outcome.INCONCLUSIVE} == outcomes


def test_what_did_not_run_has_no_outcome() -> None:
    """A check that was skipped or never began has said nothing."""
    untold = '<properties><property name="verdict" value="inconclusive"/></properties>'
    report = report_of(
        f"<testcase>{_OF.format('held')}</testcase>",
        f"<testcase>{_OF.format('failed')}<failure/></testcase>",
        f"<testcase>{_OF.format('stopped')}<error/></testcase>",
        f"<testcase>{_OF.format('skipped')}<skipped/></testcase>",
        f"<testcase>{_OF.format('untold')}{untold}<failure/></testcase>",
    )

    expected = {
        "held": Outcome.HELD,
        "failed": Outcome.FAILED,
        "untold": Outcome.INCONCLUSIVE,
    }
    assert expected == outcomes_in(report)


def test_trouble_is_counted_by_kind(project: Project) -> None:
    """What pytest writes of bad weather is counted, run by run."""
    project.run("--junit-xml=report.xml", "--weather", "rough:1")
    met = troubles_in((project.folder / "report.xml").read_bytes())

    assert 0 < met["slow"]
