"""What a scenario leaves for people to read, besides its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableSequence
from dataclasses import dataclass

#: Names under which notes travel with a test's result, from worker to summary too.
CALLS = "calls"
EVIDENCE = "evidence"
OBSERVED = "observed"
LITTER = "litter"
TOOK = "took"
REFUSED = "refused"
TROUBLE = "trouble"
UNCONFIRMED = "unconfirmed"
UNHARMED = "unharmed"


@dataclass(frozen=True, slots=True)
class Notes:
    """Collects sentences; `properties` are those of the running test."""

    properties: MutableSequence[tuple[str, object]]

    def observed(self, sentence: str) -> None:
        """Note what the sync did where the document leaves it open."""
        self.properties.append((OBSERVED, sentence))

    def unharmed(self, sentence: str) -> None:
        """Note that an edit of what is not listed is still there."""
        self.properties.append((UNHARMED, sentence))

    def refused(self, sentence: str) -> None:
        """Note that a vendor did not take an edit: evidence for the verdict."""
        self.properties.append((REFUSED, sentence))

    def evidence(self, sentence: str) -> None:
        """Note what answered in the vendors' place."""
        self.properties.append((EVIDENCE, sentence))

    def troubles(self, kinds: Iterable[str]) -> None:
        """Note which trouble the sync's calls have met, one note each time."""
        self.properties.extend((TROUBLE, kind) for kind in kinds)

    def took(self, what: str, seconds: float) -> None:
        """Note after how long something held that was waited for."""
        self.properties.append((TOOK, f"{what}: {seconds:.1f}"))

    def calls(self, counts: Mapping[str, int]) -> None:
        """Note how many calls each vendor was sent by this process."""
        told = ((CALLS, f"{vendor}: {count}") for vendor, count in counts.items())
        self.properties.extend(told)

    def litter(self, sentence: str) -> None:
        """Note what could not be removed afterwards."""
        self.properties.append((LITTER, sentence))

    def unconfirmed(self, sentences: Iterable[str]) -> None:
        """Note which assumed behaviours of a twin the verdict rests on."""
        self.properties.extend((UNCONFIRMED, sentence) for sentence in sentences)
