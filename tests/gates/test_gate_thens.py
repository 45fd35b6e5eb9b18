"""Gates: what a Then is worth. It fails when it must, for both systems, and only looks.

The disease: a check that has checked nothing for years, while everybody trusted it.
"""

from __future__ import annotations

import re

import pytest

from dataflow.checklist.features import read_features
from tests.gates.seen import Call, Look, Seen, blind, restless, unread, writes
from tests.project import ROOT

#: All use the run that is watched.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gates")]

#: Which lines ask one system alone, and why.
ABOUT_ONE = {
    # The type stands in Chargebee's JSON alone.
    r'the ".+" of the \w+ is a JSON \w+': "Chargebee",
}

THENS = {
    (scenario.ids[0], step.text)
    for feature in read_features(ROOT / "features")
    for scenario in feature.scenarios
    for step in scenario.steps
    if step.type == "then"
}


def about_one() -> dict[str, str]:
    """Return the lines of the checklist that ask one system alone, and which."""
    return {
        text: system
        for _, text in THENS
        for pattern, system in ABOUT_ONE.items()
        if re.fullmatch(pattern, text)
    }


# Each Then fails in a world in which it must


def test_every_then_was_shown_a_spoiled_world(seen: Seen) -> None:
    """No line is left out: a gate that is asked about nothing is always open."""
    assert set() == THENS ^ {(look.check, look.text) for look in seen.looks}


def test_every_then_passes_in_the_world_as_it_is(seen: Seen) -> None:
    """Asked again with nothing spoiled, each line says what it said."""
    assert [] == restless(seen.looks)


def test_every_then_asks_both_systems(seen: Seen) -> None:
    """Each line notices when Invoiced alone is spoiled, and when Chargebee alone is.

    Where one is wiped, trebled, or holds a record more under the subject's id, the line
    fails, or reports something else. A line that is about one system says so above.
    """
    assert [] == blind(seen.looks, about_one())


def test_every_column_is_compared(seen: Seen) -> None:
    """Each line fails when the values of one column of its table are others.

    A line that begins with "if" compares nothing where there is nothing, and the
    reference sync gives no cause to.
    """
    conditional = [look for look in seen.looks if look.text.startswith("if ")]

    assert [] == list(unread(set(seen.looks) - set(conditional)))


@pytest.mark.parametrize("pattern", ABOUT_ONE)
def test_every_exception_is_needed(seen: Seen, pattern: str) -> None:
    """An exception stands for a line that does ask one system alone."""
    looks = [look for look in seen.looks if re.fullmatch(pattern, look.text)]

    assert [] != blind(looks, {})


# A Then sends no writes


def test_no_then_writes(seen: Seen) -> None:
    """No Then changes anything: the sync's own calls are not counted as its."""
    assert [] == writes(seen.calls)


@pytest.mark.parametrize(
    "who",
    [
        ("given", "Invoiced"),
        ("when", "Invoiced"),
        ("when", "Chargebee"),
        ("sync", "Chargebee"),
    ],
)
def test_writes_are_noted(seen: Seen, who: tuple[str, str]) -> None:
    """Whoever may write is seen to do so: a blind watch finds nobody out."""
    assert who in {(c.kind, c.system) for c in seen.calls if c.is_write}


# The gates themselves, on planted diseases


def test_a_then_that_asserts_nothing_is_found(sick: Seen) -> None:
    """A Then whose assertion can never fail is named for both systems."""
    check = "items-item.other.description-in-invoiced"

    found = [line for line in blind(sick.looks, {}) if "reported" in line]
    assert [
        f"{check}: what became of the edit is reported (Chargebee)",
        f"{check}: what became of the edit is reported (Invoiced)",
    ] == found


def test_a_then_that_asks_one_system_is_found(sick: Seen) -> None:
    """A Then that believes one system for both is named with the other one."""
    check = "items-item.other.description-in-invoiced"

    found = [line for line in blind(sick.looks, {}) if "everything" in line]
    assert [f"{check}: everything else is as it was (Invoiced)"] == found


def test_a_then_that_writes_is_found(sick: Seen) -> None:
    """A Then that makes a record is named with its call."""
    assert ["it stays so when the sync runs again (POST at Invoiced)"] == writes(
        sick.calls
    )


def test_a_read_is_no_write() -> None:
    """A Then may look: what always complains is turned off."""
    assert [] == writes([Call("then", "it is there", "Invoiced", "GET")])


def test_a_column_that_nobody_reads_is_found() -> None:
    """A column whose values may be any is named."""
    look = Look("shop.one", "it says:", "Invoiced", "Invoiced price", noticed=False)

    assert ["shop.one: it says: (Invoiced price)"] == list(unread([look]))


def test_a_then_that_always_fails_is_found() -> None:
    """A line that fails in the world as it is has noticed nothing."""
    assert ["shop.one: it is there"] == restless(
        [Look("shop.one", "it is there", "", "", noticed=True)]
    )
