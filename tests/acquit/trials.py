"""Results of trials, as the tests need them."""

from __future__ import annotations

from dataflow.acquit.rights import REFERENCE, Right
from dataflow.acquit.trials import Result, Trial
from dataflow.harness.targets.weather import Severity, Weather
from dataflow.prove.checklist_run import Outcome

PLAIN = Right("plain", "Plain.", "command: plain")
#: What the test's features have.
CHECKS = ("a.one", "a.two")

HELD, FAILED = Outcome.HELD, Outcome.FAILED
INCONCLUSIVE = Outcome.INCONCLUSIVE


def result(
    *outcomes: Outcome,
    right: Right = REFERENCE,
    troubles: int = 1,
    seed: int = 7,
) -> Result:
    """Return what came of a trial, with these outcomes of the checks in turn."""
    found = dict(zip(CHECKS, outcomes, strict=False))
    missing = tuple(check for check in CHECKS if check not in found)
    return Result(
        trial=Trial(right, Weather(Severity.ROUGH, seed)),
        outcomes=found,
        missing=missing,
        troubles={"slow": troubles} if troubles else {},
        output="pytest said this" if missing else "",
        seconds=12.0,
    )
