"""Which trials there are, and what is read from their runs."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow.harness.targets.weather import Severity, Weather
from dataflow.harness.verdicts import Verdict
from dataflow.proof.catalogue import REFERENCE
from dataflow.proof.runs import RunResult
from dataflow.proof.trials import Result, Trial, plan_trials, run_trials
from tests.proof.samples import PLAIN, result

TRIAL = Trial(PLAIN, Weather(Severity.ROUGH, 7))
CHECKS = tuple(f"a.{number}" for number in range(8))


def run_trial(*without: str) -> Result:
    """Return the result of a trial in which all other checks hold, in 5 seconds."""

    def run(sync: str, checks: Sequence[str], *options: str) -> RunResult:
        assert ("command: plain", ("--weather", "rough:7")) == (sync, options)
        verdicts = {c: Verdict.HOLDS for c in checks if c not in without}
        return RunResult(verdicts, {"slow": 1}, f"{len(checks)} ran", 5)

    (found,) = run_trials([TRIAL], CHECKS, run)
    return found


def test_the_syncs_take_turns_in_weather_of_their_own() -> None:
    """Each sync gets its share of the runs, and no two runs are the same."""
    trials = plan_trials([REFERENCE, PLAIN], 5, 30)

    assert [
        ("reference", "rough:30"),
        ("plain", "rough:31"),
        ("reference", "storm:32"),
        ("plain", "rough:33"),
        ("reference", "rough:34"),
    ] == [(trial.sync.name, str(trial.weather)) for trial in trials]


def test_the_checks_are_shuffled_and_shared_by_two_workers() -> None:
    """Neither order nor company of a check affects its verdict."""
    first, second = TRIAL.share_checks(CHECKS)

    assert (len(first), sorted(CHECKS)) == (len(second), sorted([*first, *second]))
    assert [*CHECKS[::2], *CHECKS[1::2]] != [*first, *second]


def test_the_order_follows_from_the_seed() -> None:
    """The same trial runs in the same order again, and another one in another."""
    other = Trial(PLAIN, Weather(Severity.ROUGH, 8))

    again = TRIAL.share_checks(CHECKS) == TRIAL.share_checks(CHECKS)
    assert (True, False) == (
        again,
        TRIAL.share_checks(CHECKS) == other.share_checks(CHECKS),
    )


def test_the_two_halves_add_up() -> None:
    """A trial has the verdicts and faults of both workers, and the longer time."""
    found = run_trial()

    verdicts = dict.fromkeys(CHECKS, Verdict.HOLDS)
    assert (verdicts, {"slow": 2}, 5) == (found.verdicts, found.faults, found.seconds)


def test_the_output_of_a_whole_run_is_left_out() -> None:
    """Two hundred successful endings are nothing to read."""
    assert ("", ()) == (run_trial().output, run_trial().alarms)


def test_a_check_without_a_verdict_is_an_alarm() -> None:
    """A run that crashed does not count as a good one, and its output is kept."""
    found = run_trial("a.3")

    assert (("a.3",), "4 ran\n4 ran") == (found.alarms, found.output)


def test_a_check_that_failed_is_an_alarm() -> None:
    """A failed check is a false alarm: the sync is good."""
    assert ("a.two",) == result(Verdict.HOLDS, Verdict.FAILS).alarms


def test_the_command_that_repeats_a_check() -> None:
    """A false alarm can be had again, alone: the weather depends on the check."""
    assert (
        "pytest features --target twin --sync 'command: plain' --weather rough:7"
        " -m a.one"
    ) == TRIAL.describe_repetition("a.one")
