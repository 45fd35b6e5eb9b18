"""The rows of the state, with a digest that detects damage."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from dataflow.sync.state_file import make_damaged_error, translate_errors

#: The key of each table that the digest covers. `audit` only grows.
KEYS: Mapping[str, tuple[str, ...]] = {
    "meta": ("name",),
    "links": ("kind", "left_id"),
    "superseded": ("kind", "right_id"),
    "issues": ("kind", "left_id"),
    "decisions": ("kind", "left_id"),
    "cursors": ("kind", "side"),
    "forgotten": ("kind", "left_id"),
}

#: The row of `meta` with the digest of all other rows.
_DIGEST = "digest"


class StateRows:
    """The tables of an open state. Threads may share them.

    The digest is the sum (exclusive or) of the digests of all rows, so that a change
    needs only those of the row before and after.
    """

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path, self.db = path, db
        self._lock = threading.RLock()
        self._depth = 0
        self._digest = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Store the changes of the block together, or none of them."""
        with self._lock, translate_errors(self.path):
            if self._depth:
                yield
                return
            before = self._digest
            try:
                with self.db:
                    self.db.execute("BEGIN")
                    self._depth += 1
                    yield
                    if self._digest != before:
                        self.store_digest()
            except BaseException:
                self._digest = before
                raise
            finally:
                self._depth = 0

    def put(self, table: str, key: tuple[str, ...], value: object) -> None:
        """Store the row of a key in place of the earlier one, or delete it for None."""
        where = " AND ".join(f"{column} = ?" for column in KEYS[table])
        with self.transaction():
            # The names of tables and columns are constants.
            select = f"SELECT * FROM {table} WHERE {where}"  # noqa: S608
            old = self.db.execute(select, key).fetchone()
            if old is not None:
                self._digest ^= hash_row(table, old)
            if value is None:
                self.db.execute(f"DELETE FROM {table} WHERE {where}", key)  # noqa: S608
                return
            row = (*key, _encode(value))
            marks = ", ".join("?" * len(row))
            self.db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)  # noqa: S608
            self._digest ^= hash_row(table, row)

    def read(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table, and add them to the digest."""
        for row in self.db.execute(f"SELECT * FROM {table}"):  # noqa: S608
            if row[0] != _DIGEST or table != "meta":
                self._digest ^= hash_row(table, row)
                yield row

    def verify(self) -> None:
        """Raise StateError if the rows read are not those that were written."""
        select = "SELECT value FROM meta WHERE name = ?"
        row = self.db.execute(select, (_DIGEST,)).fetchone()
        if row is None or row[0] != f"{self._digest:016x}":
            raise make_damaged_error(self.path, "its digest differs")

    def store_digest(self) -> None:
        """Store the digest of the rows as they are now."""
        insert = "INSERT OR REPLACE INTO meta VALUES (?, ?)"
        self.db.execute(insert, (_DIGEST, f"{self._digest:016x}"))


def make_first_rows(values: Mapping[str, str]) -> dict[str, str]:
    """Return the rows of `meta` of an empty state with these values."""
    digest = 0
    for row in values.items():
        digest ^= hash_row("meta", row)
    return {**values, _DIGEST: f"{digest:016x}"}


def hash_row(table: str, row: tuple[object, ...]) -> int:
    """Return the digest of one row."""
    text = repr((table, *row)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def _encode(value: object) -> object:
    if isinstance(value, (str, int)):
        return value
    return msgspec.json.encode(value).decode()
