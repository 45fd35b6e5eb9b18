"""The verdicts, and the exit status that follows from those of a whole run."""

from __future__ import annotations

import enum
from collections.abc import Collection

#: `EX_TEMPFAIL`: nothing failed, but some checks must be run again.
TRY_AGAIN = 75

#: pytest's own status of a run in which a test failed.
_TESTS_FAILED = 1


class Verdict(enum.StrEnum):
    """The result of one check, or of another test of the same run; the worst first."""

    FAILS = "fails"
    INCONCLUSIVE = "inconclusive"  # a vendor, its twin or a recording did not answer
    LEFT_OUT = "left out"  # skipped, with a reason
    HOLDS = "holds"


def find_worst(verdicts: Collection[Verdict]) -> Verdict:
    """Return the worst of some verdicts, `HOLDS` if there is none."""
    return next((each for each in Verdict if each in verdicts), Verdict.HOLDS)


def exit_status(status: int, verdicts: Collection[Verdict]) -> int:
    """Return the exit status; if tests were only inconclusive, a retry may succeed."""
    is_temporary = find_worst(verdicts) is Verdict.INCONCLUSIVE
    return TRY_AGAIN if status == _TESTS_FAILED and is_temporary else status
