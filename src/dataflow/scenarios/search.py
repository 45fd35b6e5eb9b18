"""Search for the shortest scenario that a sync fails."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Flaky
from hypothesis.internal.conjecture import engine

from dataflow.scenarios.draw import scenarios
from dataflow.scenarios.play import Scenario, Stage

#: How long the search for a shorter scenario takes at most.
SHRINKING_SECONDS = 120


@dataclass(eq=False)
class Search:
    """What was found: the shortest scenario that fails, and why.

    `happened` counts the events by name, `refused` those that a vendor refused.
    """

    played: int = 0
    scenario: Scenario | None = None
    reason: str = ""
    happened: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, stage: Stage) -> None:
        """Count the events of the scenario that was played last."""
        self.played += 1
        if stage.story is not None:
            self.happened.update(event.name for event in stage.story.events)
            self.refused.update(event.name for event in stage.story.refused)


def search(stage: Stage, number: int, start: int) -> Search:
    """Play so many scenarios with a sync; stop at a failing one and make it short."""
    result = Search()

    def play(scenario: Scenario) -> None:
        try:
            stage.play(scenario)
        except AssertionError as error:
            result.scenario, result.reason = scenario, str(error)
            raise
        finally:
            result.add(stage)

    limits = settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    engine.MAX_SHRINKING_SECONDS = SHRINKING_SECONDS
    play_all = seed(start)(limits(given(scenarios())(play)))
    with suppress(AssertionError, Flaky):
        play_all()
    return result
