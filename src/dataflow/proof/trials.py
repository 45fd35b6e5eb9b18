"""Trials: one good sync, one weather, one order of the checks, and the results."""

from __future__ import annotations

import random
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dataflow.harness.targets.weather import Weather
from dataflow.harness.verdicts import Verdict
from dataflow.proof.catalogue import GoodSync
from dataflow.proof.runs import RunResult, run_checklist, worker_pool

#: Runs checks with a sync: the text of `--sync`, the checks, and options of pytest.
Run = Callable[..., RunResult]

#: Each of them runs a half of the checks of a trial.
_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Trial:
    """One planned run of the whole checklist."""

    sync: GoodSync
    weather: Weather

    def share_checks(self, checks: Sequence[str]) -> list[list[str]]:
        """Return the checks in a random order of this trial, one half per worker."""
        shuffled = list(checks)
        random.Random(self.weather.seed).shuffle(shuffled)  # noqa: S311 - no secret
        return [shuffled[worker::_WORKERS] for worker in range(_WORKERS)]

    def run(self, checks: Sequence[str], run: Run) -> RunResult:
        """Run these checks in the weather of this trial."""
        return run(self.sync.sync, checks, "--weather", str(self.weather))

    def describe_repetition(self, check: str) -> str:
        """Return the command that runs one check in the same weather again."""
        return (
            f"pytest features --target twin --sync {shlex.quote(self.sync.sync)}"
            f" --weather {self.weather} -m {check}"
        )


@dataclass(frozen=True, slots=True)
class Result:
    """A trial's result; `missing` checks have no verdict, and `output` explains it."""

    trial: Trial
    verdicts: Mapping[str, Verdict]
    missing: tuple[str, ...]
    faults: Mapping[str, int]
    output: str
    seconds: float

    def list_checks(self, verdict: Verdict) -> tuple[str, ...]:
        """Return the checks with this verdict."""
        return tuple(c for c, found in self.verdicts.items() if found is verdict)

    @property
    def alarms(self) -> tuple[str, ...]:
        """Return the checks that count against a good sync."""
        return (*self.list_checks(Verdict.FAILS), *self.missing)


def plan_trials(syncs: Sequence[GoodSync], runs: int, seed: int) -> list[Trial]:
    """Return so many trials, the syncs in turn, each with a seed of its own."""
    trials = []
    for number in range(runs):
        turn, place = divmod(number, len(syncs))
        sync = syncs[place]
        sky = sync.skies[turn % len(sync.skies)]
        trials.append(Trial(sync, Weather(sky, seed + number)))
    return trials


def run_trials(
    trials: Sequence[Trial], checks: Sequence[str], run: Run = run_checklist
) -> Iterator[Result]:
    """Yield the result of each trial; each of these `checks` must have a verdict."""
    with worker_pool(_WORKERS) as pool:
        running = [
            [pool.submit(trial.run, half, run) for half in trial.share_checks(checks)]
            for trial in trials
        ]
        for trial, halves in zip(trials, running, strict=True):
            yield _add_up(trial, [half.result() for half in halves], checks)


def _add_up(trial: Trial, halves: Sequence[RunResult], checks: Sequence[str]) -> Result:
    verdicts = {c: verdict for half in halves for c, verdict in half.verdicts.items()}
    faults = sum((Counter(half.faults) for half in halves), Counter[str]())
    missing = tuple(check for check in checks if check not in verdicts)
    output = "\n".join(half.output for half in halves)
    return Result(
        trial=trial,
        verdicts={check: verdicts[check] for check in checks if check in verdicts},
        missing=missing,
        faults=faults,
        output=output if missing else "",
        seconds=max(half.seconds for half in halves),
    )
