"""The state file: one owner at a time, one version, one pair of accounts."""

from __future__ import annotations

import sqlite3
import stat
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
    with closing(StateStore.open(path, ACCOUNTS)) as memory:
        link = memory.links.by_left("item", "a")

    assert Link("a", "b", {"name|name": ("x", None)}) == link


def test_a_replaced_order_is_remembered_with_its_link(path: Path) -> None:
    """The new link and what is to be cleared away are remembered in one go."""
    retired = SupersededOrder("a", "b", "inv-b")
    with closing(StateStore.open(path, ACCOUNTS)) as memory:
        memory.save_link("item", Link("a", "c"), retired)
    with closing(StateStore.open(path, ACCOUNTS)) as memory:
        known = (
            memory.links.right_of("item", "a"),
            memory.links.list_superseded("item"),
        )

    assert ("c", [retired]) == known


def test_a_transaction_is_stored_whole_or_not_at_all(path: Path) -> None:
    """After an error inside of it, nothing of it is in the file."""
    with (
        closing(StateStore.open(path, ACCOUNTS)) as memory,
        suppress(KilledError),
        memory.transaction(),
    ):
        memory.set_cursor("item", "Invoiced", 5)
        memory.set_meta("since of item", "5")
        raise KilledError
    with closing(StateStore.open(path, ACCOUNTS)) as memory:
        known = memory.get_cursor("item", "Invoiced"), memory.get_meta("since of item")

    assert (None, None) == known


def test_issues_are_remembered(path: Path) -> None:
    """What stands open stands open in the next run too."""
    issue = Issue("a", IssueKind.WAITING, "a waits.", needs="7")
    with closing(StateStore.open(path, ACCOUNTS)) as memory:
        memory.replace_issues("item", "a", [issue])
    with closing(StateStore.open(path, ACCOUNTS)) as memory:
        issues = memory.list_issues("item")

    assert [issue] == issues


def test_two_cannot_share_it(path: Path) -> None:
    """A second sync has to wait for the first."""
    with closing(StateStore.open(path, ACCOUNTS)), pytest.raises(LockedError) as error:
        StateStore.open(path, ACCOUNTS)

    assert str(path) in str(error.value)


def test_two_cannot_make_it(path: Path) -> None:
    """A file that appeared in the meantime belongs to another sync."""
    with pytest.raises(LockedError) as error:
        StateStore.create(path, ACCOUNTS)

    assert 75 == error.value.status


def test_another_version_is_left_alone(path: Path) -> None:
    """A file of another version is refused and not changed."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StateError, match="version 99"):
        StateStore.open(path, ACCOUNTS)

    assert before == path.read_bytes()


def test_other_accounts_are_refused(path: Path) -> None:
    """The memory of one site is never used for another."""
    with pytest.raises(StateError, match=r"belongs to|remembers") as error:
        StateStore.open(path, {"Chargebee site": "other-test"})

    assert "acme-test" in str(error.value)


@pytest.mark.parametrize("content", [b"not a database" * 99, b"SQLite format 3\0" * 99])
def test_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is no state file is refused and not changed."""
    path = tmp_path / "links.sqlite"
    path.write_bytes(content)
    with pytest.raises(StateError, match=r"did not write|cannot be used"):
        StateStore.open(path, ACCOUNTS)

    assert content == path.read_bytes()


@pytest.mark.parametrize("data", ["{", "[]", '{"left_id": "a", "right_id": "b"}'])
def test_another_row_is_refused(path: Path, data: str) -> None:
    """A link that the sync did not write is not used."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE links SET data = ?", [data])

    with pytest.raises(StateError, match="did not write"):
        StateStore.open(path, ACCOUNTS)


def test_a_missing_row_is_detected(path: Path) -> None:
    """A row that is no longer there is damage too."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM links")

    with pytest.raises(StateError, match="its digest differs"):
        StateStore.open(path, ACCOUNTS)


def read_content(path: Path) -> list[tuple[Link, tuple[Issue, ...]]]:
    """Return what a state file holds, as a sync sees it."""
    with closing(StateStore.read(path)) as store:
        return [
            (link, store.get_issues("item", link.left_id))
            for link in store.links.list_of("item")
        ]


def test_a_damaged_byte_is_detected_or_without_effect(tmp_path: Path) -> None:
    """A state file with one other byte is refused, or holds the same as before."""
    path = tmp_path / "links.sqlite"
    with closing(StateStore.create(path, ACCOUNTS)) as store:
        for number in range(40):
            left_id = f"item-{number}"
            store.save_link("item", Link(left_id, "b", {"name|name": ("x", None)}))
            issue = Issue(left_id, IssueKind.WAITING, "It waits.")
            store.replace_issues("item", left_id, [issue])
    whole, expected = path.read_bytes(), read_content(path)
    undetected = []
    for place in range(0, len(whole), 101):
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        path.write_bytes(damaged)
        with suppress(StateError):
            undetected += [place] if read_content(path) != expected else []

    assert [] == undetected


def test_only_its_owner_may_read_it(path: Path) -> None:
    """The state holds personal data: the file and its folder are private."""
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


def test_a_creation_that_was_killed_leaves_no_state(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run after a kill during the creation begins anew."""
    world.customer()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", _kill)
        with pytest.raises(KilledError):
            world.sync()

    assert 1 == world.sync().counts["created"]


def _kill(*_: object) -> None:
    raise KilledError


def test_a_state_of_the_earlier_version_is_read(tmp_path: Path) -> None:
    """A file of version 2 keeps its links, orders, issues and cursors."""
    path = tmp_path / "links.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(_VERSION_2)
    with closing(StateStore.open(path, ACCOUNTS)) as store:
        found = (
            store.links.by_left("item", "a"),
            store.links.list_superseded("order"),
            [*store.list_issues("item"), *store.list_issues("order")],
            store.get_cursor("item", "Invoiced"),
        )

    assert (
        Link("a", "b", {"name|name": ("x", None)}, "Invoiced"),
        [SupersededOrder("7", "o", "inv-o")],
        [
            Issue("a", IssueKind.LATER, "a: no answer", "1", ("b",)),
            Issue("8", IssueKind.DECISION, "8: two", "", ("o1", "o2")),
        ],
        5,
    ) == found


def test_a_migrated_state_is_opened_again(tmp_path: Path) -> None:
    """After the migration, the file is one of the present version."""
    path = tmp_path / "links.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(_VERSION_2)
    StateStore.open(path, ACCOUNTS).close()

    assert [(Link("a", "b", {"name|name": ("x", None)}, "Invoiced"), 1)] == [
        (link, len(issues)) for link, issues in read_content(path)
    ]


_VERSION_2 = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE links (
    kind TEXT, left_id TEXT, right_id TEXT NOT NULL, base TEXT NOT NULL,
    gone TEXT NOT NULL, PRIMARY KEY (kind, left_id), UNIQUE (kind, right_id)
);
CREATE TABLE retired (
    kind TEXT, right_id TEXT, left_id TEXT NOT NULL, invoice_id TEXT NOT NULL,
    PRIMARY KEY (kind, right_id)
);
CREATE TABLE issues (
    kind TEXT, left_id TEXT, place INTEGER, sort TEXT NOT NULL, text TEXT NOT NULL,
    needs TEXT NOT NULL, about TEXT NOT NULL, PRIMARY KEY (kind, left_id, place)
);
CREATE TABLE cursors (
    kind TEXT, side TEXT, value INTEGER NOT NULL, PRIMARY KEY (kind, side)
);
INSERT INTO meta VALUES ('version', '2'), ('Chargebee site', 'acme-test');
INSERT INTO links VALUES ('item', 'a', 'b', '{"name|name": ["x", null]}', 'Invoiced');
INSERT INTO retired VALUES ('order', 'o', '7', 'inv-o');
INSERT INTO issues VALUES ('item', 'a', 0, 'later', 'a: no answer', '1', '["b"]');
INSERT INTO issues VALUES ('order', '8', 0, 'contested', '8: two', '', '["o1", "o2"]');
INSERT INTO cursors VALUES ('item', 'Invoiced', 5);
"""


def test_a_restored_backup_loses_and_duplicates_nothing(world: World) -> None:
    """After an older state is restored, the next run creates no duplicate."""
    person = world.customer()
    world.sync()
    backup = world.path.read_bytes()
    world.left("PATCH", f"/customers/{person}", {"currency": "usd"})
    world.customer(name="Grace Hopper")
    world.sync()
    world.path.write_bytes(backup)
    world.sync()

    assert 2 == len(world.live("customer"))


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
        StateStore.open(tmp_path / "links.sqlite", ACCOUNTS)


def test_a_run_refuses_another_version_before_any_call(world: World) -> None:
    """Nothing is asked of the two systems with a memory that cannot be read."""
    world.customer()
    world.sync()
    with closing(sqlite3.connect(world.path)) as db, db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="of version"):
        world.sync()

    assert [] == world.calls
