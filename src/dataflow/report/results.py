"""What came of a run, check by check, put together from the tests' reports."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dataflow.checklist.check import Basis
from dataflow.checklist.features import WrittenFeature, WrittenScenario
from dataflow.harness.scenario import world


class Verdict(enum.StrEnum):
    """What came of a check; `UNTOLD` where a vendor could not be asked."""

    HOLDS = "holds"
    FAILS = "fails"
    UNTOLD = "inconclusive"


@dataclass(frozen=True, slots=True)
class Result:
    """One check: its scenario, its verdict, and the sentences it left."""

    scenario: WrittenScenario
    verdict: Verdict
    notes: tuple[tuple[str, str], ...]

    @property
    def standing(self) -> Basis:
        """Return who says that this check must hold."""
        return self.scenario.bases[0]

    @property
    def held(self) -> bool:
        """Tell whether the check held."""
        return self.verdict is Verdict.HOLDS

    @property
    def subject(self) -> str:
        """Return what the check is about, without what all of its kind share."""
        return self.scenario.name.partition(", of which")[0]

    def sentences(self, *names: str) -> list[str]:
        """Return the notes of these names."""
        return [sentence for name, sentence in self.notes if name in names]


@dataclass(frozen=True, slots=True)
class SectionResults:
    """One section and those of its checks that ran."""

    feature: WrittenFeature
    results: tuple[Result, ...]

    def tally(self, standing: Basis) -> str:
        """Return how many of the checks of one standing held, of how many that ran."""
        ran = [result for result in self.results if result.standing is standing]
        held = sum(result.held for result in ran)
        return f"{held}/{len(ran)}" if ran else "-"

    @property
    def verdict(self) -> str:
        """Return the worst verdict, or how much of the section was not run."""
        for worst in (Verdict.FAILS, Verdict.UNTOLD):
            if any(result.verdict is worst for result in self.results):
                return worst
        missing = self.feature.announced - len(self.results)
        return f"{missing} not run" if missing else Verdict.HOLDS

    @property
    def observations(self) -> list[tuple[str, str]]:
        """Return what the sync did where the document leaves it open."""
        return [
            (result.subject, sentence)
            for result in self.results
            for sentence in result.sentences(*_observing(result))
        ]


def _observing(result: Result) -> tuple[str, ...]:
    """Only where the document leaves it open, what stayed is worth a line too."""
    if result.standing is Basis.OBSERVED:
        return (world.OBSERVED, world.UNHARMED)
    return (world.OBSERVED,)


def collect(
    features: Iterable[WrittenFeature],
    outcomes: Mapping[str, tuple[Verdict, tuple[tuple[str, str], ...]]],
) -> list[SectionResults]:
    """Return the sections that ran, in the document's order.

    `outcomes` tells for each check id its verdict, and its notes.
    """
    sections = []
    for feature in sorted(features, key=lambda feature: feature.number):
        results = tuple(
            Result(scenario, *outcomes[scenario.ids[0]])
            for scenario in feature.scenarios
            if scenario.ids[0] in outcomes
        )
        if results:
            sections.append(SectionResults(feature, results))
    return sections


def assumptions(sections: Iterable[SectionResults]) -> list[tuple[str, str]]:
    """Return, once each, name and sentence of what is assumed of the vendors."""
    found = {s for r in _all(sections) for s in r.sentences(world.UNCONFIRMED)}
    return [
        (name, says) for name, _, says in (s.partition(": ") for s in sorted(found))
    ]


def refusals(sections: Iterable[SectionResults]) -> list[tuple[str, str]]:
    """Return which edits the vendors did not take, with the check that tried."""
    return [
        (result.scenario.name, sentence)
        for result in _all(sections)
        for sentence in result.sentences(world.REFUSED)
    ]


def _all(sections: Iterable[SectionResults]) -> Iterable[Result]:
    return (result for section in sections for result in section.results)
