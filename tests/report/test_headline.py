"""What every summary states about the checklist as a whole."""

from __future__ import annotations

from dataflow.checklist.check import Basis
from dataflow.harness.run_record import CheckRecord
from dataflow.harness.verdicts import Verdict
from dataflow.report.headline import describe_result
from tests.cases import cases

HOLDS, FAILS, REFUSED = Verdict.HOLDS, Verdict.FAILS, Verdict.REFUSED
INCONCLUSIVE = Verdict.INCONCLUSIVE
NOT_RUN, NOT_EXERCISED = Verdict.NOT_RUN, Verdict.NOT_EXERCISED


def check(verdict: Verdict) -> CheckRecord:
    """Return a check with this verdict."""
    return CheckRecord(
        id="a.b", section="a", title="A", basis=Basis.STATED, verdict=verdict
    )


@cases(
    "verdicts, expected",
    {
        "all hold": ([HOLDS, HOLDS], "holds"),
        "refused beside": ([HOLDS, REFUSED], "holds"),
        "not exercised beside": ([HOLDS, NOT_EXERCISED], "holds"),
        "all refused": ([REFUSED, NOT_EXERCISED], "refused"),
        "none exercised": ([NOT_EXERCISED], "not exercised"),
        "one was not run": ([HOLDS, NOT_RUN], "partly run"),
        "refused, and not run": ([REFUSED, NOT_RUN], "partly run"),
        "none was run": ([NOT_RUN, NOT_EXERCISED], "not run"),
        "no check": ([], "not run"),
        "failure": ([HOLDS, INCONCLUSIVE, FAILS, NOT_EXERCISED], "fails"),
        "failure in a part": ([HOLDS, FAILS, NOT_RUN], "fails, partly run"),
        "inconclusive": ([HOLDS, INCONCLUSIVE, REFUSED], "inconclusive"),
        "waived beside": ([HOLDS, Verdict.WAIVED, NOT_EXERCISED], "waived"),
        "a failure beside a waived one": ([FAILS, Verdict.WAIVED], "fails"),
        "inconclusive in a part": ([INCONCLUSIVE, NOT_RUN], "inconclusive, partly run"),
    },
)
def test_checks_have_one_result(verdicts: list[Verdict], expected: str) -> None:
    """They hold only if all were run and hold, beside refused and not exercised."""
    assert expected == describe_result([check(verdict) for verdict in verdicts])
