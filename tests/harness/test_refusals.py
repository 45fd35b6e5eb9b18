"""A refusal by a vendor, or a call that a twin lacks, gives no verdict on the sync."""

from __future__ import annotations

from dataflow.harness.verdicts import Verdict
from tests.cases import cases
from tests.project import NEW_ITEM, Project

#: Before the last step, one line of Python; `world` is that of the scenario.
_STEP = """
import httpx

from dataflow.errors import VendorRefusedError


def call(world, method, path):
    client = world.invoiced._client
    httpx.request(method, client.api_url + path, auth=(client.api_key, ""))


def refuse():
    raise VendorRefusedError("Invoiced", 400, "no such field")


def pytest_bdd_before_step_call(scenario, step, step_func_args):
    if step is scenario.steps[-1]:
        world = step_func_args["world"]
        {line}
"""

#: A record of the scenario is deleted behind its back, as a broken sync does.
_DAMAGE = "world.invoiced.delete(world.subject.kind, world.subject.id)"
_GONE = "is gone from Invoiced"
_LACKS = "The twin of Invoiced does not have the call POST /subscriptions"


@cases(
    "line, verdict, reason",
    {
        "refused": ("refuse()", Verdict.INCONCLUSIVE, "no such field"),
        "refused after damage": (f"{_DAMAGE}; refuse()", Verdict.FAILS, _GONE),
        "unbuilt": (
            "call(world, 'POST', '/subscriptions')",
            Verdict.INCONCLUSIVE,
            _LACKS,
        ),
        "unbuilt, then an expectation fails": (
            "call(world, 'POST', '/subscriptions'); assert not world",
            Verdict.INCONCLUSIVE,
            _LACKS,
        ),
        "unbuilt, and damage": (
            f"call(world, 'POST', '/subscriptions'); {_DAMAGE}; assert 0, 'lost'",
            Verdict.FAILS,
            "lost",
        ),
        "a path that no vendor has": (
            "call(world, 'POST', '/nonsense')",
            Verdict.HOLDS,
            "",
        ),
    },
)
def test_what_a_vendor_does_not_do_is_inconclusive(
    project: Project, line: str, verdict: Verdict, reason: str
) -> None:
    """The check is inconclusive, unless the sync has damaged a record before."""
    project.append("conftest.py", _STEP.format(line=line))
    (check,) = project.run(NEW_ITEM, has_reports=True).ran

    assert (verdict, True) == (check.verdict, reason in check.reason)
