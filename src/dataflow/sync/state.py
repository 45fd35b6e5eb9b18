"""Store what the sync remembers between runs, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from dataflow.sync.errors import (
    DamagedStateError,
    StateDirectoryError,
    StateInUseError,
    StateOfAnotherVersionError,
    StateOfOtherAccountsError,
    StateUnwritableError,
)
from dataflow.sync.model import Base, Issue, IssueKind, Link, Links, SupersededOrder

#: What SQLite calls the faults of the disk and of permissions, not of the content.
_OUTSIDE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


def has_state(path: Path) -> bool:
    """Tell whether there is a state file; raises StateDirectoryError."""
    with _reachable(path):
        try:
            return path.stat().st_size > 0
        except FileNotFoundError:
            return False


def make_directory(path: Path) -> None:
    """Make the directory of the state file; raises StateDirectoryError."""
    with _reachable(path):
        path.parent.mkdir(parents=True, exist_ok=True)


def open_locked(path: Path) -> sqlite3.Connection:
    """Open the file for nobody else, until the connection is closed."""
    with translate_errors(path):
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
def translate_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says into one sentence, with the advice that fits."""
    try:
        yield
    except sqlite3.Error as error:
        raise _describe(path, error) from None
    except (ValueError, TypeError, AttributeError) as error:
        raise DamagedStateError(
            f"{path} holds something that the sync did not write ({error}): move it"
            " away to start with an empty memory."
        ) from None


def make_in_use_error(path: Path) -> StateInUseError:
    """Return the error for a file that somebody else works with."""
    return StateInUseError(
        f"Another sync is working with {path}: let it finish, then start again."
    )


def _describe(path: Path, error: sqlite3.Error) -> Exception:
    # The lower byte is the code, the rest says more about it (documented).
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_BUSY:
        return make_in_use_error(path)
    if code in _OUTSIDE:
        return StateUnwritableError(
            f"{path} cannot be written as the state file ({error}): see that the disk"
            " has room, and that the file and its directory may be written."
        )
    return DamagedStateError(
        f"{path} cannot be used as a state file ({error}): move it away to start with"
        " an empty memory."
    )


@contextmanager
def _reachable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise StateDirectoryError(
            f"{str(path.parent)!r} cannot be used as the state directory ({why}):"
            " choose another."
        ) from None


#: Of the file's layout.
VERSION = "2"

_LAYOUT = """
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
)
"""


class StateStore:
    """The open state file, and the links in it as the plan reads them.

    `accounts` names the accounts that the file belongs to, in words for people.
    Opening raises one of the classes in `sync.errors`; nothing is changed then. A
    file that cannot be written is noticed here, before anything else is.
    """

    def __init__(self, path: Path, accounts: Mapping[str, str]) -> None:
        self.path = path
        self._db = open_locked(path)
        try:
            with translate_errors(path):
                self._check(accounts)
                self._load()
            self._try_writing()
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def create(cls, path: Path, accounts: Mapping[str, str]) -> Self:
        """Make the file, whole or not at all, and open it.

        Raises StateInUseError when somebody else has made it in the meantime.
        """
        make_directory(path)
        with closing(open_locked(path)) as db, translate_errors(path), db:
            if db.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise make_in_use_error(path)
            db.execute("BEGIN")
            for statement in _LAYOUT.split(";"):
                db.execute(statement)
            rows = {"version": VERSION, **accounts}
            db.executemany("INSERT INTO meta VALUES (?, ?)", rows.items())
        return cls(path, accounts)

    def close(self) -> None:
        """Let others have the file."""
        self._db.close()

    def save_link(self, kind: str, link: Link, *retired: SupersededOrder) -> None:
        """Remember a pair, and with it the orders that its order has replaced."""
        with self._once():
            self._db.execute(
                "INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, ?)",
                (kind, link.left_id, link.right_id, _text(link.base), link.deleted_in),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO retired VALUES (?, ?, ?, ?)",
                [(kind, one.right_id, one.left_id, one.invoice_id) for one in retired],
            )
        self.links.put(kind, link)
        for one in retired:
            self.links.supersede(kind, one)

    def delete_link(self, kind: str, left_id: str) -> None:
        """Forget a pair of which nothing is left."""
        with self._once():
            self._db.execute(
                "DELETE FROM links WHERE kind = ? AND left_id = ?", (kind, left_id)
            )
        self.links.drop(kind, left_id)

    def remove_superseded(self, kind: str, right_id: str) -> None:
        """Forget a replaced order that has been cleared away."""
        with self._once():
            self._db.execute(
                "DELETE FROM retired WHERE kind = ? AND right_id = ?", (kind, right_id)
            )
        self.links.remove_superseded(kind, right_id)

    def list_issues(self, kind: str) -> list[Issue]:
        """Return what stands open, for one kind of record."""
        return [one for issues in self._issues.get(kind, {}).values() for one in issues]

    def list_issue_ids(self, kind: str, left_id: str) -> tuple[str, ...]:
        """Return the Chargebee ids that the issues of one record are about."""
        issues = self._issues.get(kind, {}).get(left_id, ())
        return tuple(
            dict.fromkeys(one for issue in issues for one in issue.candidate_ids)
        )

    def replace_issues(self, kind: str, left_id: str, issues: Sequence[Issue]) -> None:
        """Remember what stands open for one record, in place of what stood before."""
        known = self._issues.setdefault(kind, {})
        if known.get(left_id, ()) == tuple(issues):
            return
        with self._once():
            self._db.execute(
                "DELETE FROM issues WHERE kind = ? AND left_id = ?", (kind, left_id)
            )
            self._db.executemany(
                "INSERT INTO issues VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (kind, left_id, place, *_columns(one))
                    for place, one in enumerate(issues)
                ],
            )
        known.pop(left_id, None)
        if issues:
            known[left_id] = tuple(issues)

    def get_cursor(self, kind: str, side: str) -> int | None:
        """Return up to when one side was read, in unix seconds of that vendor."""
        return self._cursors.get((kind, side))

    def set_cursor(self, kind: str, side: str, value: int) -> None:
        """Remember up to when one side was read and everything landed."""
        if value <= (self.get_cursor(kind, side) or 0):
            return
        with self._once():
            self._db.execute(
                "INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)", (kind, side, value)
            )
        self._cursors[kind, side] = value

    def get_meta(self, name: str) -> str | None:
        """Return what was noted under a name by `know`."""
        return self._meta.get(name)

    def set_meta(self, name: str, value: str) -> None:
        """Note what a later run will have to compare with."""
        if value == self.get_meta(name):
            return
        with self._once():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
        self._meta[name] = value

    def _try_writing(self) -> None:
        """Fail where a change could not be remembered; nothing is changed."""
        with translate_errors(self.path):
            self._db.execute("BEGIN")
            self._db.execute("CREATE TABLE trial (value TEXT)")
            # Taken back before the file is evidence: the journal has been written then.
            self._db.execute("ROLLBACK")

    @contextmanager
    def _once(self) -> Iterator[None]:
        with translate_errors(self.path), self._db:
            self._db.execute("BEGIN")
            yield

    def _check(self, accounts: Mapping[str, str]) -> None:
        self._meta = dict(self._db.execute("SELECT name, value FROM meta"))
        found = self._meta.get("version")
        if found != VERSION:
            raise StateOfAnotherVersionError(
                f"{self.path} is a state file of version {found}, and this sync reads"
                f" version {VERSION}: move it away to start with an empty memory."
            )
        for name, value in accounts.items():
            if self._meta.get(name) != value:
                raise StateOfOtherAccountsError(
                    f"{self.path} belongs to {name} {self._meta.get(name)}, not to"
                    f" {value}: give each pair of accounts its own state directory."
                )

    def _load(self) -> None:
        self.links = Links()
        for kind, left_id, right_id, base, gone in self._db.execute(
            "SELECT * FROM links"
        ):
            self.links.put(kind, Link(left_id, right_id, _base(base), gone))
        for kind, right_id, left_id, invoice_id in self._db.execute(
            "SELECT * FROM retired"
        ):
            self.links.supersede(kind, SupersededOrder(left_id, right_id, invoice_id))
        self._issues: dict[str, dict[str, tuple[Issue, ...]]] = {}
        for kind, left_id, _, sort, text, needs, about in self._db.execute(
            "SELECT * FROM issues ORDER BY kind, left_id, place"
        ):
            issue = Issue(
                left_id, IssueKind(sort), text, needs, tuple(json.loads(about))
            )
            known = self._issues.setdefault(kind, {})
            known[left_id] = (*known.get(left_id, ()), issue)
        self._cursors: dict[tuple[str, str], int] = {
            (kind, side): value
            for kind, side, value in self._db.execute("SELECT * FROM cursors")
        }


def _columns(issue: Issue) -> tuple[str, ...]:
    about = json.dumps(issue.candidate_ids)
    return issue.kind.value, issue.text, issue.needs, about


def _text(base: Mapping[str, object]) -> str:
    return json.dumps(base, sort_keys=True)


def _base(text: str) -> Base:
    return {name: (left, right) for name, (left, right) in json.loads(text).items()}
