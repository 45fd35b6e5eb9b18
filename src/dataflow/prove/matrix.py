"""The matrix: which broken sync met which check, and what follows from it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from dataflow.prove.catalogue import Broken, Catalogue


class Verdict(enum.StrEnum):
    """What came of one broken sync."""

    CAUGHT = "caught"  # every check that names the fault failed
    PARTLY = "partly"  # some of them held
    BY_ANOTHER = "by another"  # only checks failed that name another fault
    MISSED = "missed"  # every check held
    HOLE = "known hole"  # every check held, and the catalogue says so
    CLOSED = "hole closed"  # the catalogue says that nobody notices, and somebody does
    NO_RESULT = "no result"  # a check that should have run has no result


#: What does not speak against the checklist.
GOOD = (Verdict.CAUGHT, Verdict.HOLE, Verdict.CLOSED)


#: What the sync is called that has no fault.
UNBROKEN = Broken("", "", "", ())


@dataclass(frozen=True, slots=True)
class Row:
    """One broken sync and the checks that it met: `held` by check id.

    `output` is what is worth reading where a result is missing.
    """

    broken: Broken
    held: Mapping[str, bool]
    wanted: tuple[str, ...]
    seconds: float = 0.0
    output: str = ""

    @property
    def failed(self) -> tuple[str, ...]:
        """Return the checks that noticed, in the order of the features."""
        return tuple(c for c in self.wanted if c in self.held and not self.held[c])

    @property
    def let_pass(self) -> tuple[str, ...]:
        """Return the checks that name this fault and held all the same."""
        return tuple(c for c in self.broken.caught_by if self.held.get(c))

    @property
    def verdict(self) -> Verdict:
        """Return what came of it."""
        if set(self.wanted) - self.held.keys():
            return Verdict.NO_RESULT
        if self.broken.hole:
            return Verdict.CLOSED if self.failed else Verdict.HOLE
        named = set(self.broken.caught_by) & set(self.failed)
        if not named:
            return Verdict.BY_ANOTHER if self.failed else Verdict.MISSED
        return Verdict.PARTLY if self.let_pass else Verdict.CAUGHT


@dataclass(frozen=True, slots=True)
class Matrix:
    """All rows; `unbroken` is the row of the sync with no fault at all.

    `checks` are the ids of all checks, in the order of the features.
    """

    checks: tuple[str, ...]
    catalogue: Catalogue
    rows: tuple[Row, ...]
    unbroken: Row

    @property
    def wrongly_failed(self) -> tuple[str, ...]:
        """Return the checks that the unbroken sync fails, or has no result of."""
        return tuple(c for c in self.unbroken.wanted if not self.unbroken.held.get(c))

    @property
    def proven(self) -> bool:
        """Tell whether nothing speaks against the checklist."""
        return not self.wrongly_failed and all(r.verdict in GOOD for r in self.rows)

    @property
    def holes(self) -> tuple[Broken, ...]:
        """Return the broken syncs of the catalogue that nobody notices yet."""
        return tuple(each for each in self.catalogue.broken if each.hole)

    @property
    def never_caught(self) -> dict[str, str]:
        """Return the checks that have caught nothing here, with the reason if known."""
        caught = {check for row in self.rows for check in row.failed}
        blind = self.catalogue.blind
        return {c: blind.get(c, "") for c in self.checks if c not in caught}

    @property
    def is_complete(self) -> bool:
        """Tell whether every broken sync ran that somebody must notice."""
        ran = {row.broken.name for row in self.rows}
        return all(each.hole or each.name in ran for each in self.catalogue.broken)

    def catchers(self, check: str) -> tuple[str, ...]:
        """Return the names of the broken syncs that a check has noticed."""
        return tuple(row.broken.name for row in self.rows if check in row.failed)


def wanted(broken: Broken, checks: tuple[str, ...], *, whole: bool) -> tuple[str, ...]:
    """Return which checks a broken sync meets: those that name it and one a section.

    With `whole`, and for a hole, it meets all.
    """
    if whole or broken.hole:
        return checks
    smoke = {_section(check): check for check in reversed(checks)}.values()
    return tuple(c for c in checks if c in broken.caught_by or c in smoke)


def _section(check: str) -> str:
    return check.partition(".")[0]
