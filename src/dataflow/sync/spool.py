"""Keep the records of a list in a temporary file, so that memory holds none of them."""

from __future__ import annotations

import itertools
import pickle
import sqlite3
import threading
from collections.abc import Callable, Iterator, MutableMapping

from dataflow.sync.clients.http import Record


class RecordSpool(MutableMapping[str, Record]):
    """Records by id, in the order in which they were added; threads may share it.

    `check` is called before a record is added, and may raise.
    """

    def __init__(self, check: Callable[[], None] = lambda: None) -> None:
        self._check = check
        # An empty name is a private file, which ends with the connection (documented).
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._lock = threading.Lock()
        self._ids: dict[str, int] = {}
        self._places = itertools.count()
        self._db.execute("CREATE TABLE records (place INTEGER PRIMARY KEY, body BLOB)")
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("BEGIN")

    def __getitem__(self, record_id: str) -> Record:
        """Return a record; raises KeyError."""
        place = self._ids[record_id]
        select = "SELECT body FROM records WHERE place = ?"
        with self._lock:
            (body,) = self._db.execute(select, (place,)).fetchone()
        record: Record = pickle.loads(body)  # noqa: S301 - written by this process
        return record

    def __setitem__(self, record_id: str, record: Record) -> None:
        """Add a record, or replace it."""
        self._check()
        with self._lock:
            place = self._ids.setdefault(record_id, next(self._places))
            insert = "INSERT OR REPLACE INTO records VALUES (?, ?)"
            self._db.execute(insert, (place, pickle.dumps(record)))

    def __delitem__(self, record_id: str) -> None:
        """Remove a record; raises KeyError."""
        del self._ids[record_id]

    def __contains__(self, record_id: object) -> bool:
        """Return whether a record was added, without reading it."""
        return record_id in self._ids

    def __iter__(self) -> Iterator[str]:
        """Return the ids."""
        return iter(self._ids)

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self._ids)

    def close(self) -> None:
        """Remove the file."""
        self._db.close()
