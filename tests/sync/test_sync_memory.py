"""The state file: one owner at a time, one version, one pair of accounts."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from dataflow.errors import LockedError
from dataflow.sync.errors import StateError
from dataflow.sync.model import Issue, IssueKind, Link, SupersededOrder
from dataflow.sync.state import StateStore
from tests.sync.world import KilledError, World

ACCOUNTS = {"Chargebee site": "acme-test"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a state file with one pair lies, and is not open."""
    path = tmp_path / "links.sqlite"
    with closing(StateStore.create(path, ACCOUNTS)) as memory:
        memory.save_link("item", Link("a", "b", {"name|name": ("x", None)}))
    return path


def test_a_link_is_remembered(path: Path) -> None:
    """What was remembered is there when the file is opened again."""
    with closing(StateStore(path, ACCOUNTS)) as memory:
        link = memory.links.by_left("item", "a")

    assert Link("a", "b", {"name|name": ("x", None)}) == link


def test_a_replaced_order_is_remembered_with_its_link(path: Path) -> None:
    """The new link and what is to be cleared away are remembered in one go."""
    retired = SupersededOrder("a", "b", "inv-b")
    with closing(StateStore(path, ACCOUNTS)) as memory:
        memory.save_link("item", Link("a", "c"), retired)
    with closing(StateStore(path, ACCOUNTS)) as memory:
        known = (
            memory.links.right_of("item", "a"),
            memory.links.list_superseded("item"),
        )

    assert ("c", [retired]) == known


def test_a_transaction_is_stored_whole_or_not_at_all(path: Path) -> None:
    """After an error inside of it, nothing of it is in the file."""
    with (
        closing(StateStore(path, ACCOUNTS)) as memory,
        suppress(KilledError),
        memory.transaction(),
    ):
        memory.set_cursor("item", "Invoiced", 5)
        memory.set_meta("since of item", "5")
        raise KilledError
    with closing(StateStore(path, ACCOUNTS)) as memory:
        known = memory.get_cursor("item", "Invoiced"), memory.get_meta("since of item")

    assert (None, None) == known


def test_issues_are_remembered(path: Path) -> None:
    """What stands open stands open in the next run too."""
    issue = Issue("a", IssueKind.WAITING, "a waits.", needs="7")
    with closing(StateStore(path, ACCOUNTS)) as memory:
        memory.replace_issues("item", "a", [issue])
    with closing(StateStore(path, ACCOUNTS)) as memory:
        issues = memory.list_issues("item")

    assert [issue] == issues


def test_two_cannot_share_it(path: Path) -> None:
    """A second sync is told to wait for the first."""
    with closing(StateStore(path, ACCOUNTS)), pytest.raises(LockedError) as error:
        StateStore(path, ACCOUNTS)

    assert str(path) in str(error.value)


def test_two_cannot_make_it(path: Path) -> None:
    """A file that appeared in the meantime is somebody else's."""
    with pytest.raises(LockedError) as error:
        StateStore.create(path, ACCOUNTS)

    assert 75 == error.value.status


def test_another_version_is_left_alone(path: Path) -> None:
    """A file of another version is refused and not changed."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE meta SET value = '99' WHERE name = 'version'")
    before = path.read_bytes()
    with pytest.raises(StateError, match="version 99"):
        StateStore(path, ACCOUNTS)

    assert before == path.read_bytes()


def test_other_accounts_are_refused(path: Path) -> None:
    """The memory of one site is never used for another."""
    with pytest.raises(StateError, match=r"belongs to|remembers") as error:
        StateStore(path, {"Chargebee site": "other-test"})

    assert "acme-test" in str(error.value)


@pytest.mark.parametrize("content", [b"not a database" * 99, b"SQLite format 3\0" * 99])
def test_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is no state file is refused and not changed."""
    path = tmp_path / "links.sqlite"
    path.write_bytes(content)
    with pytest.raises(StateError, match=r"did not write|cannot be used"):
        StateStore(path, ACCOUNTS)

    assert content == path.read_bytes()


@pytest.mark.parametrize("base", ["[1", "[]", '{"a": 1}', '{"a": []}'])
def test_nonsense_inside_is_refused(path: Path, base: str) -> None:
    """A base that the sync did not write is not taken for nothing."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE links SET base = ?", [base])

    with pytest.raises(StateError, match=r"did not write|cannot be used"):
        StateStore(path, ACCOUNTS)


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A state directory below a file is refused in a sentence."""
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="as the state directory") as error:
        StateStore.create(tmp_path / "file" / "links.sqlite", ACCOUNTS)

    assert str(tmp_path / "file") in str(error.value)


@pytest.mark.parametrize("name", ["a\0b", "a" * 300], ids=["nul", "long"])
def test_an_impossible_directory_is_named(world: World, name: str) -> None:
    """A name that no directory can have is refused in a sentence, before any call."""
    world.path = world.path.parent.parent / name / "links.sqlite"
    with pytest.raises(StateError, match="as the state directory"):
        world.sync()

    assert [] == world.calls


def test_a_file_that_is_a_directory_is_not_called_damaged(tmp_path: Path) -> None:
    """The advice for what cannot be opened is not to move a memory away."""
    (tmp_path / "links.sqlite").mkdir()
    with pytest.raises(StateError, match="cannot be written"):
        StateStore(tmp_path / "links.sqlite", ACCOUNTS)


def test_a_run_refuses_another_version_before_any_call(world: World) -> None:
    """Nothing is asked of the two systems with a memory that cannot be read."""
    world.customer()
    world.sync()
    with closing(sqlite3.connect(world.path)) as db, db:
        db.execute("UPDATE meta SET value = '99' WHERE name = 'version'")
    with pytest.raises(StateError, match="of version"):
        world.sync()

    assert [] == world.calls
