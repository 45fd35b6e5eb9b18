"""The exchanges of each step of a scenario."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from dataflow.harness.targets.base import Target
from dataflow.network.hooks import Exchange


@dataclass(slots=True)
class StepExchanges:
    """One step of a scenario, and the exchanges during it."""

    title: str
    exchanges: list[Exchange] = field(default_factory=list)


#: The steps that a scenario has begun.
EXCHANGES = pytest.StashKey[list[StepExchanges]]()


def list_exchanges(request: pytest.FixtureRequest) -> list[Exchange]:
    """Return the exchanges of a scenario until now."""
    keep_exchanges(request)
    return [each for step in request.node.stash[EXCHANGES] for each in step.exchanges]


def keep_exchanges(request: pytest.FixtureRequest) -> None:
    """Keep the exchanges since the last call with the current step."""
    steps = request.node.stash[EXCHANGES]
    if steps:
        target: Target = request.getfixturevalue("target")
        steps[-1].exchanges += target.pop_exchanges()
