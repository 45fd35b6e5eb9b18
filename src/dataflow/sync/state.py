"""Store the state of the sync between runs, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from dataflow.errors import LockedError
from dataflow.sync.errors import StateError
from dataflow.sync.model import Base, Issue, IssueKind, Link, Links, SupersededOrder

#: SQLite's codes for errors of the disk and of permissions, not of the content.
_IO_ERRORS = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}

#: The version of the layout.
VERSION = "3"

_LAYOUT = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE links (
    kind TEXT, left_id TEXT, right_id TEXT NOT NULL, base TEXT NOT NULL,
    gone TEXT NOT NULL, money TEXT NOT NULL,
    PRIMARY KEY (kind, left_id), UNIQUE (kind, right_id)
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
)
"""


def has_state(path: Path) -> bool:
    """Return whether there is a state file; raises StateError."""
    with _translate_os_errors(path):
        try:
            return path.stat().st_size > 0
        except FileNotFoundError:
            return False


class StateStore:
    """The open state file, and its links, which the plan reads.

    `accounts` names the accounts that the file belongs to, for messages. Opening raises
    StateError or LockedError and then changes nothing; it detects a file that cannot be
    written before any call is made.
    """

    def __init__(
        self, path: Path, accounts: Mapping[str, str], *, is_new: bool = False
    ) -> None:
        self.path = path
        self._db = _open_locked(path)
        try:
            with _translate_errors(path):
                if is_new:
                    self._write_layout(accounts)
                self._check(accounts)
                self._load()
                if not is_new:
                    self._try_writing()
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def create(cls, path: Path, accounts: Mapping[str, str]) -> Self:
        """Create the file, completely or not at all; raise LockedError if it exists."""
        with _translate_os_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        return cls(path, accounts, is_new=True)

    def close(self) -> None:
        """Close the file, so that another sync can use it."""
        self._db.close()

    def save_link(self, kind: str, link: Link, *superseded: SupersededOrder) -> None:
        """Store a pair, and with it the orders that its order has superseded."""
        with self.transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, ?, ?)",
                (kind, *_encode_link(link)),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO retired VALUES (?, ?, ?, ?)",
                [(kind, x.right_id, x.left_id, x.invoice_id) for x in superseded],
            )
        self.links.put(kind, link)
        for order in superseded:
            self.links.supersede(kind, order)

    def delete_link(self, kind: str, left_id: str) -> None:
        """Delete the link of a pair that does not exist any more."""
        self._execute("DELETE FROM links WHERE kind = ? AND left_id = ?", kind, left_id)
        self.links.drop(kind, left_id)

    def remove_superseded(self, kind: str, right_id: str) -> None:
        """Delete a superseded order from the list: it was removed in Chargebee."""
        delete = "DELETE FROM retired WHERE kind = ? AND right_id = ?"
        self._execute(delete, kind, right_id)
        self.links.remove_superseded(kind, right_id)

    def list_issues(self, kind: str) -> list[Issue]:
        """Return the open issues of one kind of record."""
        return [
            issue for found in self._issues.get(kind, {}).values() for issue in found
        ]

    def list_candidate_ids(self, kind: str, left_id: str) -> tuple[str, ...]:
        """Return the Chargebee ids that the issues of one record name."""
        issues = self._issues.get(kind, {}).get(left_id, ())
        return tuple(dict.fromkeys(one for x in issues for one in x.candidate_ids))

    def replace_issues(self, kind: str, left_id: str, issues: Sequence[Issue]) -> None:
        """Store the open issues of one record in place of the earlier ones."""
        known = self._issues.setdefault(kind, {})
        if known.get(left_id, ()) == tuple(issues):
            return
        rows = [
            (kind, left_id, place, *_encode_issue(x)) for place, x in enumerate(issues)
        ]
        with self.transaction():
            self._db.execute(
                "DELETE FROM issues WHERE kind = ? AND left_id = ?", (kind, left_id)
            )
            self._db.executemany(
                "INSERT INTO issues VALUES (?, ?, ?, ?, ?, ?, ?)", rows
            )
        known.pop(left_id, None)
        if issues:
            known[left_id] = tuple(issues)

    def get_cursor(self, kind: str, side: str) -> int | None:
        """Return the time up to which one side was read, in unix seconds."""
        return self._cursors.get((kind, side))

    def set_cursor(self, kind: str, side: str, value: int) -> None:
        """Store the time up to which one side was read and synchronised."""
        if value <= (self.get_cursor(kind, side) or 0):
            return
        insert = "INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)"
        self._db.execute(insert, (kind, side, value))
        self._cursors[kind, side] = value

    def get_meta(self, name: str) -> str | None:
        """Return a value that `set_meta` has stored."""
        return self._meta.get(name)

    def set_meta(self, name: str, value: str) -> None:
        """Store a value for a later run to compare with."""
        if value == self.get_meta(name):
            return
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
        self._meta[name] = value

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Store the changes of the block together, or none of them."""
        with _translate_errors(self.path), self._db:
            self._db.execute("BEGIN")
            yield

    def _write_layout(self, accounts: Mapping[str, str]) -> None:
        if self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise _make_locked_error(self.path)
        with self.transaction():
            for statement in _LAYOUT.split(";"):
                self._db.execute(statement)
            rows = {"version": VERSION, **accounts}
            self._db.executemany("INSERT INTO meta VALUES (?, ?)", rows.items())

    def _try_writing(self) -> None:
        """Fail if a change could not be stored; change nothing."""
        self._db.execute("BEGIN")
        self._db.execute("CREATE TABLE trial (value TEXT)")
        # Rolled back without a commit: the journal has been written by then.
        self._db.execute("ROLLBACK")

    def _execute(self, statement: str, *values: object) -> None:
        with self.transaction():
            self._db.execute(statement, values)

    def _check(self, accounts: Mapping[str, str]) -> None:
        self._meta = dict(self._db.execute("SELECT name, value FROM meta"))
        found = self._meta.get("version")
        if found != VERSION:
            raise StateError(
                f"{self.path} is a state file of version {found}, and this sync reads"
                f" version {VERSION}: move it away to start with an empty memory."
            )
        for name, value in accounts.items():
            if self._meta.get(name) != value:
                raise StateError(
                    f"{self.path} belongs to {name} {self._meta.get(name)}, not to"
                    f" {value}: give each pair of accounts its own state directory."
                )

    def _load(self) -> None:
        self.links = Links()
        for kind, *columns in self._db.execute("SELECT * FROM links"):
            self.links.put(kind, _decode_link(*columns))
        for kind, right_id, left_id, invoice_id in self._db.execute(
            "SELECT * FROM retired"
        ):
            self.links.supersede(kind, SupersededOrder(left_id, right_id, invoice_id))
        self._issues: dict[str, dict[str, tuple[Issue, ...]]] = {}
        for (
            kind,
            left_id,
            _,
            issue_kind,
            text,
            needs,
            candidate_ids,
        ) in self._db.execute("SELECT * FROM issues ORDER BY kind, left_id, place"):
            ids = tuple(json.loads(candidate_ids))
            issue = Issue(left_id, IssueKind(issue_kind), text, needs, ids)
            known = self._issues.setdefault(kind, {})
            known[left_id] = (*known.get(left_id, ()), issue)
        self._cursors: dict[tuple[str, str], int] = {
            (kind, side): value
            for kind, side, value in self._db.execute("SELECT * FROM cursors")
        }


def _open_locked(path: Path) -> sqlite3.Connection:
    """Open the file, locked against other processes until the connection is closed."""
    with _translate_errors(path):
        db = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("BEGIN EXCLUSIVE")
            db.execute("COMMIT")
        except BaseException:
            db.close()
            raise
    return db


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    """Turn an error of SQLite or of decoding into one sentence with advice."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translate(path, error) from None
    except (ValueError, TypeError, AttributeError) as error:
        raise StateError(
            f"{path} holds something that the sync did not write ({error}): move it"
            " away to start with an empty memory."
        ) from None


def _translate(path: Path, error: sqlite3.Error) -> LockedError | StateError:
    # The lower byte is the code, the other bytes give details (documented).
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_BUSY:
        return _make_locked_error(path)
    if code in _IO_ERRORS:
        return StateError(
            f"{path} cannot be written as the state file ({error}): see that the disk"
            " has room, and that the file and its directory may be written."
        )
    return StateError(
        f"{path} cannot be used as a state file ({error}): move it away to start with"
        " an empty memory."
    )


def _make_locked_error(path: Path) -> LockedError:
    return LockedError(
        f"Another sync is working with {path}: let it finish, then start again."
    )


@contextmanager
def _translate_os_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StateError(
            f"{str(path.parent)!r} cannot be used as the state directory ({reason}):"
            " choose another."
        ) from None


def _encode_issue(issue: Issue) -> tuple[str, ...]:
    return issue.kind.value, issue.text, issue.needs, json.dumps(issue.candidate_ids)


def _encode_link(link: Link) -> tuple[str, ...]:
    base = json.dumps(link.base, sort_keys=True)
    return link.left_id, link.right_id, base, link.deleted_in, link.money


def _decode_link(left_id: str, right_id: str, base: str, *others: str) -> Link:
    values: Base = {name: (one, two) for name, (one, two) in json.loads(base).items()}
    return Link(left_id, right_id, values, *others)
