"""The matrix: the result of each check with each broken sync, and what follows."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from dataflow.proof.catalogue import BrokenSync, Catalogue


class Detection(enum.StrEnum):
    """The result for one broken sync."""

    CAUGHT = "caught"  # every check that names the fault failed
    PARTLY = "partly"  # some of these checks held
    BY_ANOTHER = "by another"  # only checks failed that name another fault
    MISSED = "missed"  # every check held
    GAP = "known hole"  # every check held, and the catalogue states so
    CLOSED = "hole closed"  # a check failed, although the catalogue states a gap
    NO_RESULT = "no result"  # a check that should have run has no verdict


#: What does not count against the checklist.
OK = (Detection.CAUGHT, Detection.GAP, Detection.CLOSED)

#: The sync that has no fault.
UNBROKEN = BrokenSync("", "", "", ())


@dataclass(frozen=True, slots=True)
class Row:
    """One broken sync; whether each `wanted` check held; `output` if one is missing.

    The checks that are `unreached` did not run: in them, the sync makes the calls of
    the unbroken one, so it has the result of that.
    """

    broken: BrokenSync
    held: Mapping[str, bool]
    wanted: tuple[str, ...]
    seconds: float = 0.0
    output: str = ""
    unreached: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """Return the checks that failed, in the order of the features."""
        return tuple(c for c in self.wanted if c in self.held and not self.held[c])

    @property
    def missed_by(self) -> tuple[str, ...]:
        """Return the checks that name this fault and held all the same."""
        return tuple(c for c in self.broken.caught_by if self.held.get(c))

    @property
    def detection(self) -> Detection:
        """Return the result for this sync."""
        if set(self.wanted) - self.held.keys():
            return Detection.NO_RESULT
        if self.broken.known_gap:
            return Detection.CLOSED if self.failed else Detection.GAP
        named = set(self.broken.caught_by) & set(self.failed)
        if not named:
            return Detection.BY_ANOTHER if self.failed else Detection.MISSED
        return Detection.PARTLY if self.missed_by else Detection.CAUGHT

    @property
    def is_ok(self) -> bool:
        """Return whether this result does not count against the checklist."""
        return self.detection in OK


@dataclass(frozen=True, slots=True)
class Matrix:
    """All rows, and all checks in their order; `unbroken` is the sync with no fault."""

    checks: tuple[str, ...]
    catalogue: Catalogue
    rows: tuple[Row, ...]
    unbroken: Row

    @property
    def wrongly_failed(self) -> tuple[str, ...]:
        """Return the checks that the unbroken sync fails, or has no result of."""
        return tuple(c for c in self.unbroken.wanted if not self.unbroken.held.get(c))

    @property
    def is_proven(self) -> bool:
        """Return whether nothing counts against the checklist."""
        return not self.wrongly_failed and all(row.is_ok for row in self.rows)

    @property
    def known_gaps(self) -> tuple[BrokenSync, ...]:
        """Return the broken syncs of the catalogue that no check detects yet."""
        return tuple(each for each in self.catalogue.broken if each.known_gap)

    @property
    def never_failed(self) -> dict[str, str]:
        """Return the checks that detected nothing here, with the reason if known."""
        failed = {check for row in self.rows for check in row.failed}
        blind = self.catalogue.blind
        return {c: blind.get(c, "") for c in self.checks if c not in failed}

    @property
    def is_complete(self) -> bool:
        """Return whether every broken sync ran that some check must detect."""
        ran = {row.broken.name for row in self.rows}
        return all(each.known_gap or each.name in ran for each in self.catalogue.broken)

    @property
    def dead(self) -> tuple[str, ...]:
        """Return the syncs that no check reaches: each does what the unbroken does."""
        return tuple(
            row.broken.name for row in self.rows if row.unreached == row.wanted
        )

    @property
    def alike(self) -> tuple[tuple[str, ...], ...]:
        """Return the syncs that exactly the same checks detect, of all that ran."""
        groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for row in self.rows:
            if row.failed and row.wanted == self.checks:
                groups[row.failed].append(row.broken.name)
        return tuple(tuple(names) for names in groups.values() if len(names) > 1)

    def find_detected(self, check: str) -> tuple[str, ...]:
        """Return the names of the broken syncs that fail a check."""
        return tuple(row.broken.name for row in self.rows if check in row.failed)
