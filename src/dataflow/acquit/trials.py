"""Trials: one right sync, one weather, one order, and what the checklist said."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dataflow.acquit.rights import Right
from dataflow.harness.targets.weather import Weather
from dataflow.prove.checklist_run import Finished, Outcome, run_checklist

#: Runs the checklist: what `--sync` takes, and further options of pytest.
Run = Callable[..., Finished]


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of the whole checklist that is to come."""

    right: Right
    weather: Weather

    def options(self) -> tuple[str, ...]:
        """Return pytest's options: this weather, shuffled, with two workers."""
        shuffled = "-p", "randomly", f"--randomly-seed={self.weather.seed}"
        return "--weather", str(self.weather), "-n", "2", *shuffled

    def again(self, check: str) -> str:
        """Return the command that gives one check the same weather again."""
        return (
            f"pytest features --target twin --sync {shlex.quote(self.right.sync)}"
            f" --weather {self.weather} -m {check}"
        )


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a trial, and how many seconds it took.

    `missing` are checks that have no outcome; what pytest said last is `output` then.
    """

    trial: Trial
    outcomes: Mapping[str, Outcome]
    missing: tuple[str, ...]
    troubles: Mapping[str, int]
    output: str
    seconds: float

    def of(self, outcome: Outcome) -> tuple[str, ...]:
        """Return the checks with this outcome."""
        return tuple(c for c, found in self.outcomes.items() if found is outcome)

    @property
    def blamed(self) -> tuple[str, ...]:
        """Return the checks that speak against a right sync: false alarms."""
        return (*self.of(Outcome.FAILED), *self.missing)


def trials_for(rights: Sequence[Right], runs: int, seed: int) -> list[Trial]:
    """Return so many trials, the syncs in turn, each with a seed of its own."""
    trials = []
    for number in range(runs):
        turn, place = divmod(number, len(rights))
        right = rights[place]
        sky = right.skies[turn % len(right.skies)]
        trials.append(Trial(right, Weather(sky, seed + number)))
    return trials


def run_trials(
    trials: Sequence[Trial],
    checks: Collection[str],
    run: Run = run_checklist,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Result]:
    """Yield what comes of each trial; `checks` are those that must have an outcome.

    One after the other: each has two workers already.
    """
    for trial in trials:
        began = clock()
        done = run(trial.right.sync, *trial.options())
        missing = tuple(check for check in checks if check not in done.outcomes)
        yield Result(
            trial=trial,
            outcomes=done.outcomes,
            missing=missing,
            troubles=done.troubles,
            output=done.output if missing else "",
            seconds=clock() - began,
        )
