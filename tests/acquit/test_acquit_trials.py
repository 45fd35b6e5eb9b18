"""Which trials there are, and what is read from a run."""

from __future__ import annotations

from dataflow.acquit.rights import REFERENCE
from dataflow.acquit.trials import Result, Trial, run_trials, trials_for
from dataflow.harness.targets.weather import Severity, Weather
from dataflow.prove.checklist_run import Finished
from tests.acquit.trials import CHECKS, FAILED, HELD, PLAIN, result

TRIAL = Trial(PLAIN, Weather(Severity.ROUGH, 7))


def tried(finished: Finished) -> Result:
    """Return what comes of a trial whose run ends like this, after 5 seconds."""
    times = iter([100.0, 105.0])
    (found,) = run_trials([TRIAL], CHECKS, lambda *_: finished, lambda: next(times))
    return found


def test_the_syncs_take_turns() -> None:
    """Each sync gets its share of the runs, however many there are."""
    trials = trials_for([REFERENCE, PLAIN], 5, 0)

    expected = ["reference", "plain", "reference", "plain", "reference"]
    assert expected == [trial.right.name for trial in trials]


def test_every_run_has_weather_of_its_own() -> None:
    """Two hundred runs of one weather would be one run."""
    trials = trials_for([REFERENCE, PLAIN], 4, 30)

    expected = ["rough:30", "rough:31", "storm:32", "rough:33"]
    assert expected == [str(trial.weather) for trial in trials]


def test_a_run_is_shuffled_and_shared_by_two_workers() -> None:
    """Neither order nor company decides what a check says."""
    expected = "--weather rough:7 -n 2 -p randomly --randomly-seed=7"

    assert expected.split() == list(TRIAL.options())


def test_the_command_that_repeats_it_is_told() -> None:
    """A false alarm can be had again, alone: the weather hangs on the check."""
    expected = (
        "pytest features --target twin --sync 'command: plain' --weather rough:7"
        " -m a.one"
    )
    assert expected == TRIAL.again("a.one")


def test_a_check_that_failed_blames_a_right_sync() -> None:
    """A red check is a false alarm: the sync is right."""
    assert ("a.two",) == result(HELD, FAILED).blamed


def test_a_check_without_an_outcome_is_no_acquittal() -> None:
    """A run that crashed must not count as one without a red check."""
    assert ("a.one", "a.two") == tried(Finished({}, {}, "it crashed")).blamed


def test_what_pytest_said_is_kept_where_a_check_is_missing() -> None:
    """Whoever has to find out why has something to read."""
    assert "it crashed" == tried(Finished({"a.one": HELD}, {}, "it crashed")).output


def test_what_pytest_said_of_a_whole_run_is_left_out() -> None:
    """Two hundred good endings are nothing to read."""
    whole = Finished(dict.fromkeys(CHECKS, HELD), {}, "all passed")

    assert "" == tried(whole).output


def test_the_time_of_a_run_is_taken() -> None:
    """A run says how long it took."""
    assert 5 == tried(Finished({}, {}, "")).seconds
