"""The verdicts, and the exit status that follows from those of a whole run."""

from __future__ import annotations

import enum
from collections.abc import Collection

#: `EX_TEMPFAIL`: nothing failed, but some checks must be run again.
TRY_AGAIN = 75

#: pytest's own statuses: every test passed, a test failed, no test was selected.
_PASSED, _TESTS_FAILED, _NO_TESTS = 0, 1, 5


class Verdict(enum.StrEnum):
    """The result of one check, or of another test of the same run; the worst first."""

    FAILS = "fails"
    INCONCLUSIVE = "inconclusive"  # the run allows no statement about the sync
    WAIVED = "waived"  # fails or is inconclusive, and waivers.toml accepts it
    NOT_RUN = "not run"  # deselected, or the run ended before it
    NOT_EXERCISED = "not exercised"  # declared before the run, with a reason
    REFUSED = "refused"  # a vendor refused the edit, and the pair still agrees
    HOLDS = "holds"

    @property
    def is_result(self) -> bool:
        """Return whether the check was run."""
        return self not in {Verdict.NOT_RUN, Verdict.NOT_EXERCISED}

    @property
    def is_pass(self) -> bool:
        """Return whether the check was run, and nothing counts against the sync."""
        return self in {Verdict.REFUSED, Verdict.HOLDS}


def find_worst(verdicts: Collection[Verdict]) -> Verdict:
    """Return the worst of some verdicts, `HOLDS` if there is none."""
    return next((each for each in Verdict if each in verdicts), Verdict.HOLDS)


def exit_status(
    status: int,
    verdicts: Collection[Verdict],
    *,
    misses_checks: bool = False,
    was_cut: bool = False,
) -> int:
    """Return the exit status of a run to which pytest gives `status`.

    If tests were only inconclusive, a retry may succeed. If all failures are waived,
    the run passes, unless it was cut short. `misses_checks` is whether the run had to
    be whole and is not.
    """
    if misses_checks and status in {_PASSED, _TESTS_FAILED, _NO_TESTS}:
        return _TESTS_FAILED
    if status != _TESTS_FAILED:
        return status
    worst = find_worst(verdicts)
    if worst is Verdict.WAIVED and not was_cut:
        return _PASSED
    return TRY_AGAIN if worst is Verdict.INCONCLUSIVE else status
