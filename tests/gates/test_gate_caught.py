"""Gates: each check is there to catch something, and each broken sync to be caught.

`dataflow prove` shows that they do; these say that nobody has been forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from broken.catalogue import as_json
from dataflow.proof.catalogue import BrokenSync, Catalogue, expand_patterns
from tests.gates.same import asked_for, features_below
from tests.project import ROOT
from tests.proof.samples import broken

CHECKS = asked_for(features_below(ROOT))
CATALOGUE = expand_patterns(msgspec.convert(as_json(), Catalogue), CHECKS)


def idle(checks: Iterable[str], catalogue: Catalogue) -> list[str]:
    """Return the checks that no broken sync names, and that do not say why."""
    return sorted(set(checks) - _named(catalogue.broken) - catalogue.blind.keys())


def excused(catalogue: Catalogue) -> list[str]:
    """Return the checks that say why they catch nothing, without need or reason."""
    named = _named(catalogue.broken)
    return [c for c, why in catalogue.blind.items() if c in named or not why.strip()]


def _named(entries: Iterable[BrokenSync]) -> set[str]:
    # What is a hole, nobody notices: it proves no check.
    return {check for each in entries if not each.known_gap for check in each.caught_by}


def test_every_check_catches_something() -> None:
    """Each check is named by a broken sync, or `BLIND` says why it cannot catch one."""
    assert [] == idle(CHECKS, CATALOGUE)


def test_every_excuse_is_needed() -> None:
    """A check that is excused is named by no broken sync, and gives a reason."""
    assert [] == excused(CATALOGUE)


# The gates themselves, on planted diseases


def a_catalogue(
    *entries: BrokenSync, blind: Mapping[str, str] | None = None
) -> Catalogue:
    """Return a catalogue of these."""
    return Catalogue(entries, blind or {})


def checks(*names: str) -> Sequence[str]:
    """Return the ids of checks of one section."""
    return [f"bills.{name}" for name in names]


def test_a_check_that_nobody_names_is_found() -> None:
    """A check without a broken sync and without a reason is named."""
    catalogue = a_catalogue(broken("bills.new"), blind={"bills.kept": "it is so"})

    assert ["bills.old"] == idle(checks("new", "old", "kept"), catalogue)


def test_a_hole_names_nobody() -> None:
    """A broken sync that nobody notices proves no check."""
    hole = broken("bills.new", known_gap="nobody looks")

    assert ["bills.new"] == idle(checks("new"), a_catalogue(hole))


def test_an_excuse_without_need_is_found() -> None:
    """A check that a broken sync names needs no excuse."""
    catalogue = a_catalogue(broken("bills.new"), blind={"bills.new": "it is so"})

    assert ["bills.new"] == excused(catalogue)


def test_an_excuse_without_reason_is_found() -> None:
    """An excuse that says nothing is none."""
    assert ["bills.new"] == excused(a_catalogue(blind={"bills.new": " "}))
