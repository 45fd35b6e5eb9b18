"""What the sync remembers from one run to the next, in one SQLite file.

Each method that changes something is one transaction: killed at any point, the file
holds either the old or the new. While it is open, nobody else can open it.
"""

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
)
from dataflow.sync.model import Base, Issue, Link, Links, Retired, Sort

#: Of the file's layout.
VERSION = "1"

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
    needs TEXT NOT NULL, PRIMARY KEY (kind, left_id, place)
);
CREATE TABLE cursors (
    kind TEXT, side TEXT, value INTEGER NOT NULL, PRIMARY KEY (kind, side)
)
"""


class Memory:
    """The open state file, and the links in it as the plan reads them.

    `accounts` names the accounts that the file belongs to, in words for people.
    Opening raises one of the classes in `sync.errors`; nothing is written then.
    """

    def __init__(self, path: Path, accounts: Mapping[str, str]) -> None:
        self._path = path
        self._db = _locked(path)
        try:
            with _readable(path):
                self._check(accounts)
                self._load()
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def create(cls, path: Path, accounts: Mapping[str, str]) -> Self:
        """Make the file, whole or not at all, and open it.

        Raises StateInUseError when somebody else has made it in the meantime.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateDirectoryError(
                f"{path.parent} cannot be used as the state directory"
                f" ({error.strerror}): choose another."
            ) from None
        with closing(_locked(path)) as db, _readable(path), db:
            if db.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise _in_use(path)
            db.execute("BEGIN")
            for statement in _LAYOUT.split(";"):
                db.execute(statement)
            rows = {"version": VERSION, **accounts}
            db.executemany("INSERT INTO meta VALUES (?, ?)", rows.items())
        return cls(path, accounts)

    def close(self) -> None:
        """Let others have the file."""
        self._db.close()

    def link(self, kind: str, link: Link, *retired: Retired) -> None:
        """Remember a pair, and with it the orders that its order has replaced."""
        with self._once():
            self._db.execute(
                "INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, ?)",
                (kind, link.left_id, link.right_id, _text(link.base), link.gone),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO retired VALUES (?, ?, ?, ?)",
                [(kind, one.right_id, one.left_id, one.invoice_id) for one in retired],
            )
        self.links.put(kind, link)
        for one in retired:
            self.links.retire(kind, one)

    def cleared(self, kind: str, right_id: str) -> None:
        """Forget a replaced order that has been cleared away."""
        with self._once():
            self._db.execute(
                "DELETE FROM retired WHERE kind = ? AND right_id = ?", (kind, right_id)
            )
        self.links.cleared(kind, right_id)

    def issues(self, kind: str) -> list[Issue]:
        """Return what stands open, for one kind of record."""
        return [one for issues in self._issues.get(kind, {}).values() for one in issues]

    def settle(self, kind: str, left_id: str, issues: Sequence[Issue]) -> None:
        """Remember what stands open for one record, in place of what stood before."""
        known = self._issues.setdefault(kind, {})
        if known.get(left_id, ()) == tuple(issues):
            return
        with self._once():
            self._db.execute(
                "DELETE FROM issues WHERE kind = ? AND left_id = ?", (kind, left_id)
            )
            self._db.executemany(
                "INSERT INTO issues VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (kind, left_id, place, one.sort.value, one.text, one.needs)
                    for place, one in enumerate(issues)
                ],
            )
        known.pop(left_id, None)
        if issues:
            known[left_id] = tuple(issues)

    def cursor(self, kind: str, side: str) -> int | None:
        """Return up to when one side was read, in unix seconds of that vendor."""
        return self._cursors.get((kind, side))

    def advance(self, kind: str, side: str, value: int) -> None:
        """Remember up to when one side was read and everything landed."""
        if value <= (self.cursor(kind, side) or 0):
            return
        with self._once():
            self._db.execute(
                "INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)", (kind, side, value)
            )
        self._cursors[kind, side] = value

    def rows(self, kind: str) -> str | None:
        """Return the listed properties that all pairs of a kind were compared by."""
        return self._meta.get(f"rows of {kind}")

    def know_rows(self, kind: str, rows: str) -> None:
        """Remember the listed properties that all pairs now have been compared by."""
        if rows == self.rows(kind):
            return
        with self._once():
            self._db.execute(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"rows of {kind}", rows)
            )
        self._meta[f"rows of {kind}"] = rows

    @contextmanager
    def _once(self) -> Iterator[None]:
        with _readable(self._path), self._db:
            self._db.execute("BEGIN")
            yield

    def _check(self, accounts: Mapping[str, str]) -> None:
        self._meta = dict(self._db.execute("SELECT name, value FROM meta"))
        found = self._meta.get("version")
        if found != VERSION:
            raise StateOfAnotherVersionError(
                f"{self._path} is a state file of version {found}, and this sync reads"
                f" version {VERSION}: move it away to start with an empty memory."
            )
        for name, value in accounts.items():
            if self._meta.get(name) != value:
                raise StateOfOtherAccountsError(
                    f"{self._path} belongs to {name} {self._meta.get(name)}, not to"
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
            self.links.retire(kind, Retired(left_id, right_id, invoice_id))
        self._issues: dict[str, dict[str, tuple[Issue, ...]]] = {}
        for kind, left_id, _, sort, text, needs in self._db.execute(
            "SELECT * FROM issues ORDER BY kind, left_id, place"
        ):
            issue = Issue(left_id, Sort(sort), text, needs)
            known = self._issues.setdefault(kind, {})
            known[left_id] = (*known.get(left_id, ()), issue)
        self._cursors: dict[tuple[str, str], int] = {
            (kind, side): value
            for kind, side, value in self._db.execute("SELECT * FROM cursors")
        }


def _locked(path: Path) -> sqlite3.Connection:
    """Open the file for nobody else, until the connection is closed."""
    with _readable(path):
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
def _readable(path: Path) -> Iterator[None]:
    """Turn what SQLite says into one sentence."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            raise _in_use(path) from None
        raise DamagedStateError(
            f"{path} cannot be used as a state file ({error}): move it away to start"
            " with an empty memory."
        ) from None
    except (ValueError, TypeError) as error:
        raise DamagedStateError(
            f"{path} holds something that the sync did not write ({error}): move it"
            " away to start with an empty memory."
        ) from None


def _in_use(path: Path) -> StateInUseError:
    return StateInUseError(
        f"Another sync is working with {path}: let it finish, then start again."
    )


def _text(base: Mapping[str, object]) -> str:
    return json.dumps(base, sort_keys=True)


def _base(text: str) -> Base:
    return {name: (left, right) for name, (left, right) in json.loads(text).items()}
