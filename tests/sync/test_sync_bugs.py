"""The scripts find seeded bugs of the sync: `make bugs` shows them all."""

from __future__ import annotations

import pytest

from properties.bugs import BUGS, Bug, find


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_changes_the_sync(bug: Bug) -> None:
    """Its function still has the text that the bug replaces."""
    with bug.made():
        pass


@pytest.mark.parametrize(
    "bug",
    [
        pytest.param(bug, id=bug.name, marks=[] if number < 2 else pytest.mark.night)
        for number, bug in enumerate(BUGS)
    ],
)
def test_the_scripts_find_a_bug(bug: Bug) -> None:
    """With the bug, one of the scripts of an ordinary run fails."""
    assert find(bug) > 0
