"""What stands above the steps of a check: its place, and all that it has noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dataflow.checklist.check import Basis
from dataflow.checklist.features import WrittenFeature, WrittenScenario
from dataflow.harness.scenario import world

_STANDINGS = {
    Basis.STATED: "the document says so",
    Basis.INFERRED: "QA concluded it",
    Basis.OBSERVED: (
        "the document leaves it open, so only what no reading allows is red"
    ),
}


def describe(
    feature: WrittenFeature,
    scenario: WrittenScenario,
    place: str,
    properties: Sequence[tuple[str, object]],
) -> str:
    """Return a scenario's description, in Markdown.

    `place` is the feature's path as a reader knows it; `properties` are the test's.
    """
    standing = scenario.bases[0]
    lines = [
        f"Check `{scenario.ids[0]}`, in `{place}:{scenario.line}`.",
        "",
        f"**{standing.capitalize()}**: {_STANDINGS[standing]}.",
        *_part("What answered", _noted(properties, world.EVIDENCE)),
        *_part("What the sync did", _noted(properties, world.OBSERVED, world.UNHARMED)),
        *_part("Edits that a vendor did not take", _noted(properties, world.REFUSED)),
        *_part("Open questions to the owner of the document", feature.questions),
        *_part(
            "Assumed of the vendors, confirmed by no real account yet",
            _named(_noted(properties, world.UNCONFIRMED)),
        ),
    ]
    return "\n".join(lines)


def _noted(properties: Sequence[tuple[str, object]], *names: str) -> list[str]:
    return [str(sentence) for name, sentence in properties if name in names]


def _named(sentences: Sequence[str]) -> list[str]:
    """Set the name before each sentence apart: `name`: sentence."""
    parts = (sentence.partition(": ") for sentence in sentences)
    return [f"`{name}`: {says}" for name, _, says in parts]


def _part(title: str, sentences: Sequence[str]) -> Iterator[str]:
    if sentences:
        yield from ("", f"**{title}**", "")
        yield from (f"- {sentence}" for sentence in sentences)
