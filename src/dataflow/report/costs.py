"""What a run on sandbox accounts has cost: calls, waiting, and what it left behind."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from dataflow.harness.scenario import world
from dataflow.report.results import Result, SectionResults

#: A title, and lines of two columns below it.
Told: TypeAlias = tuple[str, list[tuple[str, str]]]


def costs(sections: Sequence[SectionResults]) -> list[Told]:
    """Return what there is to tell of costs; nothing where nothing had any."""
    told = [
        ("Calls that this run has made", list(_calls(sections))),
        ("Seconds until what was waited for held", list(_waits(sections))),
        ("What could not be removed afterwards", list(_litter(sections))),
    ]
    return [(title, rows) for title, rows in told if rows]


def _calls(sections: Sequence[SectionResults]) -> Iterator[tuple[str, str]]:
    made = _numbers(_of(sections), world.CALLS)
    for vendor, counts in made.items():
        mean, most = sum(counts) / len(counts), max(counts)
        in_all = f"{sum(counts):.0f} in {len(counts)} scenarios"
        yield vendor, f"{in_all}: {mean:.1f} each on average, {most:.0f} at most"


def _waits(sections: Sequence[SectionResults]) -> Iterator[tuple[str, str]]:
    for what, seconds in _numbers(_of(sections), world.TOOK).items():
        middle = statistics.median(seconds)
        yield what, f"{middle:.1f} as a rule, {max(seconds):.1f} at most"


def _litter(sections: Sequence[SectionResults]) -> Iterator[tuple[str, str]]:
    for result in _of(sections):
        for sentence in result.sentences(world.LITTER):
            yield result.scenario.ids[0], sentence


def _of(sections: Sequence[SectionResults]) -> list[Result]:
    return [result for section in sections for result in section.results]


def _numbers(results: Iterable[Result], name: str) -> dict[str, list[float]]:
    """Return the numbers of notes such as `Chargebee: 12`, by what is before them."""
    found: dict[str, list[float]] = {}
    for result in results:
        for sentence in result.sentences(name):
            what, _, number = sentence.rpartition(": ")
            found.setdefault(what, []).append(float(number))
    return found
