"""Which scenarios are not for a target, and why."""

from __future__ import annotations

import re

from pytest_bdd.parser import Scenario

#: A scenario that makes so many records, at once, costs a minute's calls, and more.
_MANY = 99
_MADE = re.compile(r"\b(\d+) new ")
#: What nobody can let happen where the clock is a real one.
_TIME = re.compile(r"\bhours apart|\bdays pass")


def too_long(scenario: Scenario) -> str | None:
    """Return why a scenario is not for a target in real time; None where it is."""
    if any(_TIME.search(line) for line in _lines(scenario)):
        return "it needs days to pass, and the clock there is moved by nobody"
    return None


def too_much(scenario: Scenario) -> str | None:
    """Return why a scenario is not for accounts by day; None where it is."""
    made = [int(count) for line in _lines(scenario) for count in _MADE.findall(line)]
    if max(made, default=0) >= _MANY:
        return "it makes a hundred records or more: left to the night (--night)"
    return None


def _lines(scenario: Scenario) -> list[str]:
    return [step.name for step in scenario.steps]
