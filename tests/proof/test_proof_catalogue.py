"""The lists of broken and of good syncs: how they are read, and what they promise."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dataflow.checklist.features import list_check_ids
from dataflow.errors import DataflowError, SettingsError
from dataflow.harness.targets.weather import Severity
from dataflow.proof.catalogue import (
    REFERENCE,
    Catalogue,
    GoodSync,
    choose,
    expand_patterns,
    read_catalogue,
    read_good_syncs,
)
from tests.project import ROOT
from tests.proof.samples import CHECKS, PLAIN, broken

PROGRAM = ROOT / "broken" / "plain_sync.py"

#: At least so many broken syncs must be detected.
AT_LEAST = 40


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Return the project's own catalogue, as its program lists it."""
    return read_catalogue(PROGRAM, list_check_ids(ROOT / "features"))


def test_the_catalogue_is_large_enough(catalogue: Catalogue) -> None:
    """At least so many broken syncs have checks that must detect them."""
    assert AT_LEAST <= sum(not each.known_gap for each in catalogue.broken)


def test_each_broken_sync_is_caught_or_gives_a_reason(catalogue: Catalogue) -> None:
    """A broken sync names the checks that detect it, or why none does; not both."""
    wrong = [e.name for e in catalogue.broken if bool(e.caught_by) == bool(e.known_gap)]

    assert [] == wrong


def test_each_broken_sync_has_a_description_of_its_own(catalogue: Catalogue) -> None:
    """No two broken syncs have the same description."""
    descriptions = [each.description for each in catalogue.broken]

    assert len(descriptions) == len(set(descriptions))


def test_a_star_stands_for_each_section() -> None:
    """A fault that shows in each section names its check once."""
    (found,) = expand_patterns(Catalogue((broken("*.new"),), {}), CHECKS).broken

    assert ("people.new", "bills.new") == found.caught_by


@pytest.mark.parametrize(
    ("listed", "who"),
    [
        (Catalogue((broken("bills.old"),), {}), "loses-edits"),
        (Catalogue((), {"bills.old": "why"}), "the checks that no fault"),
    ],
    ids=["of a broken sync", "of the blind checks"],
)
def test_an_unknown_check_is_refused(listed: Catalogue, who: str) -> None:
    """A check that was renamed leaves no broken sync without its detector."""
    with pytest.raises(DataflowError, match=rf"'bills\.old' for {who}"):
        expand_patterns(listed, CHECKS)


def write_program(folder: Path, text: str) -> Path:
    """Write a program."""
    program = folder / "program.py"
    program.write_text(text)
    return program


@pytest.mark.parametrize(
    ("read", "content"),
    [
        (partial(read_catalogue, checks=CHECKS), "a catalogue of broken syncs"),
        (read_good_syncs, "a list of good syncs"),
    ],
    ids=["broken", "good"],
)
@pytest.mark.parametrize(
    "text", ["", "print('{')", "print('[{}]')", "print('[7]')", "1 / 0", "exit(1)"]
)
def test_a_program_without_a_list_is_one_sentence(
    tmp_path: Path, read: Callable[[Path], Any], content: str, text: str
) -> None:
    """A program that lists nothing that can be read is refused, with what to do."""
    program = write_program(tmp_path, text)

    with pytest.raises(DataflowError) as caught:
        read(program)
    start, _, end = str(caught.value).partition(" (")
    assert (
        f"{program} --list did not print {content}",
        (
            "run this command from the root of the project, or name the program with"
            " --program."
        ),
    ) == (start, end.partition(": ")[2])


def test_good_syncs_are_listed(tmp_path: Path) -> None:
    """The reference sync is first; the others are commands for Python, quoted.

    Only the reference sync has to withstand lost answers.
    """
    listed = [{"name": "two", "says": "Two words.", "command": ["a b.py", "--be", "2"]}]
    program = write_program(tmp_path, f"import json; print(json.dumps({listed}))")

    two = GoodSync("two", "Two words.", "python: 'a b.py' --be 2", (Severity.ROUGH,))
    assert (REFERENCE, two) == read_good_syncs(program)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [(["plain"], [PLAIN]), ([], [REFERENCE, PLAIN])],
    ids=["named", "all"],
)
def test_names_choose_syncs(names: list[str], chosen: list[GoodSync]) -> None:
    """Only the named syncs run, or all where there is no name."""
    assert chosen == list(choose([REFERENCE, PLAIN], names, "good sync", "acquit"))


def test_an_unknown_name_is_one_sentence() -> None:
    """A misspelt name is no empty, and so proven, run."""
    with pytest.raises(SettingsError) as caught:
        choose([REFERENCE, PLAIN], ["plane"], "good sync", "dataflow acquit")

    assert (
        "The good sync 'plane' is unknown: `dataflow acquit --list` shows the names."
    ) == str(caught.value)
