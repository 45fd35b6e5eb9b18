"""Store the state of the sync between runs, in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Self

import msgspec

from dataflow.sync import state_file
from dataflow.sync.audit import AuditEntry
from dataflow.sync.errors import StateError
from dataflow.sync.model import Decision, Issue, Link, Links, SupersededOrder
from dataflow.sync.state_file import translate_errors
from dataflow.sync.state_rows import StateRows, make_first_rows


class StateStore:
    """The open state, and its links, which the plan reads.

    `accounts` names the accounts that the file belongs to, for messages. Opening raises
    StateError or LockedError and then changes nothing; it detects a file that is
    damaged or cannot be written before any call is made. Threads may share a store.
    """

    def __init__(
        self,
        path: Path,
        accounts: Mapping[str, str],
        db: sqlite3.Connection,
        held: int | None = None,
    ) -> None:
        self.path, self._held = path, held
        self._rows = StateRows(path, db)
        try:
            with translate_errors(path):
                self._read(state_file.read_version(db, path))
            self._check(accounts)
        except BaseException:
            db.close()
            raise

    @classmethod
    def create(cls, path: Path, accounts: Mapping[str, str]) -> Self:
        """Create the file, completely or not at all; raise LockedError if it exists."""
        return cls._open_locked(path, accounts, is_new=True)

    @classmethod
    def open(cls, path: Path, accounts: Mapping[str, str]) -> Self:
        """Open the file, so that no other sync can use it until it is closed."""
        return cls._open_locked(path, accounts, is_new=False)

    @classmethod
    def read(cls, path: Path, accounts: Mapping[str, str] | None = None) -> Self:
        """Return a copy of the state, while a sync may run; no change is stored."""
        with translate_errors(path):
            db = state_file.open_file(path, read_only=True)
            try:
                copy = state_file.copy_to_memory(db)
            finally:
                db.close()
        return cls(path, accounts or {}, copy)

    @classmethod
    def draft(cls, path: Path, accounts: Mapping[str, str]) -> Self:
        """Return an empty state that no file belongs to."""
        db = state_file.open_memory()
        state_file.write_layout(db, make_first_rows(accounts))
        return cls(path, accounts, db)

    @classmethod
    def _open_locked(
        cls, path: Path, accounts: Mapping[str, str], *, is_new: bool
    ) -> Self:
        held = state_file.lock(path)
        try:
            if is_new:
                state_file.create_file(path, make_first_rows(accounts))
            db = state_file.open_file(path)
            store = cls(path, accounts, db, held)
            with translate_errors(path):
                state_file.try_writing(db)
        except BaseException:
            state_file.unlock(held)
            raise
        return store

    def close(self) -> None:
        """Close the file, so that another sync can use it."""
        self._rows.db.close()
        if self._held is not None:
            state_file.unlock(self._held)
            self._held = None

    def transaction(self) -> AbstractContextManager[None]:
        """Store the changes of the block together, or none of them."""
        return self._rows.transaction()

    # Links

    def save_link(self, kind: str, link: Link, *superseded: SupersededOrder) -> None:
        """Store a pair, and with it the orders that its order has superseded."""
        with self.transaction():
            other = self.links.left_of(kind, link.right_id)
            if other is not None and other != link.left_id:
                self.delete_link(kind, other)
            self._rows.put("links", (kind, link.left_id), link)
            for order in superseded:
                self._rows.put("superseded", (kind, order.right_id), order)
        self.links.put(kind, link)
        for order in superseded:
            self.links.supersede(kind, order)

    def delete_link(self, kind: str, left_id: str) -> None:
        """Delete the link of a pair that does not exist any more."""
        self._rows.put("links", (kind, left_id), None)
        self.links.drop(kind, left_id)

    def remove_superseded(self, kind: str, right_id: str) -> None:
        """Delete a superseded order from the list: it was removed in Chargebee."""
        self._rows.put("superseded", (kind, right_id), None)
        self.links.remove_superseded(kind, right_id)

    # Issues, and the decisions of the user

    def list_issues(self, kind: str) -> list[Issue]:
        """Return the open issues of one kind of record."""
        return [
            issue for found in self._issues.get(kind, {}).values() for issue in found
        ]

    def get_issues(self, kind: str, left_id: str) -> tuple[Issue, ...]:
        """Return the open issues of one record."""
        return self._issues.get(kind, {}).get(left_id, ())

    def list_candidate_ids(self, kind: str, left_id: str) -> tuple[str, ...]:
        """Return the Chargebee ids that the issues of one record name."""
        issues = self.get_issues(kind, left_id)
        return tuple(dict.fromkeys(one for x in issues for one in x.candidate_ids))

    def replace_issues(self, kind: str, left_id: str, issues: Sequence[Issue]) -> None:
        """Store the open issues of one record in place of the earlier ones."""
        if self.get_issues(kind, left_id) == tuple(issues):
            return
        self._rows.put("issues", (kind, left_id), tuple(issues) or None)
        known = self._issues.setdefault(kind, {})
        known.pop(left_id, None)
        if issues:
            known[left_id] = tuple(issues)

    def get_decision(self, kind: str, left_id: str) -> Decision | None:
        """Return what the user decided about a record, until it is carried out."""
        return self._decisions.get((kind, left_id))

    def list_decisions(self, kind: str) -> dict[str, Decision]:
        """Return the decisions about records of one kind, by Invoiced id."""
        found = self._decisions.items()
        return {left_id: choice for (name, left_id), choice in found if name == kind}

    def set_decision(self, kind: str, left_id: str, decision: Decision | None) -> None:
        """Store a decision, or delete one that was carried out."""
        if self.get_decision(kind, left_id) == decision:
            return
        self._rows.put("decisions", (kind, left_id), decision)
        self._decisions.pop((kind, left_id), None)
        if decision is not None:
            self._decisions[kind, left_id] = decision

    # The audit log, and what the sync must forget

    def add_audit(self, kind: str, left_id: str, entry: AuditEntry) -> None:
        """Append an entry about one record to the audit log."""
        insert = "INSERT INTO audit (kind, left_id, data) VALUES (?, ?, ?)"
        text = msgspec.json.encode(entry).decode()
        with self.transaction():
            self._rows.db.execute(insert, (kind, left_id, text))

    def list_audit(self, kind: str, left_id: str) -> list[AuditEntry]:
        """Return the entries about one record, the earliest first."""
        select = "SELECT data FROM audit WHERE kind = ? AND left_id = ? ORDER BY id"
        rows = self._rows.db.execute(select, (kind, left_id))
        return [msgspec.json.decode(text, type=AuditEntry) for (text,) in rows]

    def forget(self, kind: str, left_id: str, time: int) -> None:
        """Erase a record from the state and the audit log, and exclude it for ever."""
        delete = "DELETE FROM audit WHERE kind = ? AND left_id = ?"
        with self.transaction():
            for order in self.links.list_superseded(kind, left_id):
                self.remove_superseded(kind, order.right_id)
            if self.links.by_left(kind, left_id) is not None:
                self.delete_link(kind, left_id)
            self.replace_issues(kind, left_id, ())
            self.set_decision(kind, left_id, None)
            self._rows.put("forgotten", (kind, left_id), time)
            self._rows.db.execute(delete, (kind, left_id))
        self._forgotten.add((kind, left_id))
        # A deleted row can be read in the file until it is overwritten.
        with translate_errors(self.path):
            self._rows.db.execute("VACUUM")

    def is_forgotten(self, kind: str, left_id: str) -> bool:
        """Return whether the user wants this record to be forgotten."""
        return (kind, left_id) in self._forgotten

    def list_forgotten(self, kind: str) -> list[str]:
        """Return the Invoiced ids of the records of one kind to be forgotten."""
        return [left_id for name, left_id in self._forgotten if name == kind]

    # Cursors and other values

    def get_cursor(self, kind: str, side: str) -> int | None:
        """Return the time up to which one side was read, in unix seconds."""
        return self._cursors.get((kind, side))

    def set_cursor(self, kind: str, side: str, value: int) -> None:
        """Store the time up to which one side was read and synchronised."""
        if value > (self.get_cursor(kind, side) or 0):
            self._rows.put("cursors", (kind, side), value)
            self._cursors[kind, side] = value

    def get_meta(self, name: str) -> str | None:
        """Return a value that `set_meta` has stored."""
        return self._meta.get(name)

    def set_meta(self, name: str, value: str) -> None:
        """Store a value for a later run to compare with."""
        if value != self.get_meta(name):
            self._rows.put("meta", (name,), value)
            self._meta[name] = value

    # Reading

    def _read(self, version: int) -> None:
        """Read all rows, from an older layout if need be; raises StateError."""
        if version == state_file.VERSION:
            self._load()
            self._rows.verify()
            return
        with self._rows.db as db:
            db.execute("BEGIN")
            state_file.migrate(db, version)
            self._load()
            self._rows.store_digest()

    def _load(self) -> None:
        read, decode = self._rows.read, msgspec.json.decode
        self._meta: dict[str, str] = dict(read("meta"))
        self.links = Links()
        for kind, _, data in read("links"):
            self.links.put(kind, decode(data, type=Link))
        for kind, _, data in read("superseded"):
            self.links.supersede(kind, decode(data, type=SupersededOrder))
        self._issues: dict[str, dict[str, tuple[Issue, ...]]] = {}
        for kind, left_id, data in read("issues"):
            issues = decode(data, type=tuple[Issue, ...])
            self._issues.setdefault(kind, {})[left_id] = issues
        self._decisions: dict[tuple[str, str], Decision] = {
            (kind, left_id): decode(data, type=Decision)
            for kind, left_id, data in read("decisions")
        }
        self._cursors: dict[tuple[str, str], int] = {
            (kind, side): value for kind, side, value in read("cursors")
        }
        self._forgotten = {(kind, left_id) for kind, left_id, _ in read("forgotten")}

    def _check(self, accounts: Mapping[str, str]) -> None:
        for name, value in accounts.items():
            if self._meta.get(name) != value:
                raise StateError(
                    f"{self.path} belongs to {name} {self._meta.get(name)}, not to"
                    f" {value}: give each pair of accounts its own state directory."
                )
