"""The catalogue of broken syncs: how it is read, and what it promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from broken.catalogue import as_json
from dataflow.checklist.features import read_features
from dataflow.prove.catalogue import (
    Catalogue,
    NoCatalogueError,
    NoSuchBrokenSyncError,
    NoSuchCheckError,
    catalogue_of,
    chosen,
    read_catalogue,
)
from tests.prove.rows import CHECKS, broken

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "broken" / "plain_sync.py"

#: How many broken syncs must be noticed at the least.
AT_LEAST = 40


@pytest.fixture(scope="module")
def checks() -> list[str]:
    """Return the ids of all checks of the features."""
    features = read_features(ROOT / "features")
    return [s.ids[0] for feature in features for s in feature.scenarios]


@pytest.fixture(scope="module")
def catalogue(checks: list[str]) -> Catalogue:
    """Return the project's own catalogue."""
    return catalogue_of(as_json(), checks)


def _told(*caught_by: str) -> dict[str, object]:
    one = {"name": "x", "kind": "k", "says": "s", "caught_by": caught_by, "hole": ""}
    one["weather"] = "fair"
    return {"broken": [one], "blind": {}}


def test_the_catalogue_is_large_enough(catalogue: Catalogue) -> None:
    """At least so many broken syncs have checks that must notice them."""
    assert AT_LEAST <= sum(not each.hole for each in catalogue.broken)


def test_each_is_caught_or_says_why_not(catalogue: Catalogue) -> None:
    """A broken sync names the checks that notice it, or why none does; not both."""
    strange = [e.name for e in catalogue.broken if bool(e.caught_by) == bool(e.hole)]

    assert [] == strange


def test_each_has_a_sentence_of_its_own(catalogue: Catalogue) -> None:
    """No two broken syncs are described in the same words."""
    says = [each.says for each in catalogue.broken]

    assert len(says) == len(set(says))


def test_a_star_stands_for_each_section() -> None:
    """A fault that shows in each section names its check once."""
    (found,) = catalogue_of(_told("*.new"), CHECKS).broken

    assert ("people.new", "bills.new") == found.caught_by


def test_a_check_that_is_not_there_is_refused() -> None:
    """A check that was renamed leaves no broken sync without its catcher."""
    with pytest.raises(NoSuchCheckError, match=r"'bills\.old' for x"):
        catalogue_of(_told("bills.old"), CHECKS)


def test_a_name_that_is_not_there_is_refused() -> None:
    """A misspelt name is no empty, and so proven, run."""
    with pytest.raises(NoSuchBrokenSyncError, match="'lost'"):
        chosen([broken("bills.new")], ["lost"])


def test_the_program_tells_its_catalogue(checks: list[str]) -> None:
    """What the program lists is what the catalogue holds."""
    assert catalogue_of(as_json(), checks) == read_catalogue(PROGRAM, checks)


@pytest.mark.parametrize("text", ["", "print('[]')", "1 / 0"])
def test_a_program_without_a_catalogue(tmp_path: Path, text: str) -> None:
    """A program that lists nothing that can be read is refused in one sentence."""
    program = tmp_path / "program.py"
    program.write_text(text)

    with pytest.raises(NoCatalogueError, match="--list does not show a catalogue"):
        read_catalogue(program, CHECKS)
