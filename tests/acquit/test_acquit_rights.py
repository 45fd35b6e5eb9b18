"""Which right syncs there are, and that a program which does not tell is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.acquit.rights import (
    REFERENCE,
    NoRightSyncsError,
    NoSuchRightSyncError,
    Right,
    chosen,
    read_rights,
    rights_of,
)
from dataflow.harness.targets.weather import Severity

PLAIN = Right("plain", "Plain.", "python: right.py")


def test_a_right_sync_is_started_by_python() -> None:
    """What the program tells becomes what `--sync` takes, quoted where it must be."""
    told = {"name": "two", "says": "Two words.", "command": ["a b.py", "--be", "two"]}

    (right,) = rights_of([told])
    assert "python: 'a b.py' --be two" == right.sync


def test_the_reference_is_one_of_them(tmp_path: Path) -> None:
    """The project's own sync stands first, whatever the program tells."""
    program = tmp_path / "right.py"
    program.write_text("print('[]')")

    assert (REFERENCE,) == read_rights(program)


def test_lost_answers_are_for_the_reference_alone() -> None:
    """Other right syncs need not stand what only some can: none would be blamed."""
    told = [{"name": "plain", "says": "Plain.", "command": ["right.py"]}]

    skies = [right.skies for right in (REFERENCE, *rights_of(told))]
    assert [(Severity.ROUGH, Severity.STORM), (Severity.ROUGH,)] == skies


@pytest.mark.parametrize(
    "text", ["", "print('{')", "print('[{}]')", "raise SystemExit(1)", "print('[7]')"]
)
def test_a_program_that_does_not_tell_is_one_sentence(
    text: str, tmp_path: Path
) -> None:
    """Another program than a list of right syncs is refused, with what to do."""
    program = tmp_path / "other.py"
    program.write_text(text)
    with pytest.raises(NoRightSyncsError) as caught:
        read_rights(program)

    assert str(caught.value).endswith(
        "run this command from the project's folder, or name the program with"
        " --program."
    )


def test_names_choose() -> None:
    """Only the named ones run."""
    assert (PLAIN,) == chosen((REFERENCE, PLAIN), ["plain"])


def test_no_name_chooses_all() -> None:
    """Without a name all run."""
    assert (REFERENCE, PLAIN) == chosen((REFERENCE, PLAIN), [])


def test_an_unknown_name_is_one_sentence() -> None:
    """A misspelt name must not mean that nothing ran, and nothing was red."""
    with pytest.raises(NoSuchRightSyncError) as caught:
        chosen((REFERENCE, PLAIN), ["plane"])

    told = "There is no right sync 'plane': `dataflow acquit --list` shows the names."
    assert told == str(caught.value)
