"""Keep the records of a list in a temporary file, so that memory holds few of them."""

from __future__ import annotations

import os
import pickle
import tempfile
import threading
from collections.abc import Callable, Iterator, MutableMapping

from dataflow.sync.clients.http import Record

#: The bytes of a list that memory holds; a longer list is in a file.
HELD_BYTES = 1_000_000


class RecordSpool(MutableMapping[str, Record]):
    """Records by id, in the order in which they were added; threads may share it.

    `check` is called before a record is added, and may raise.
    """

    def __init__(self, check: Callable[[], None] = lambda: None) -> None:
        self._check = check
        # The file has no name, and ends when it is closed.
        self._file = tempfile.SpooledTemporaryFile(HELD_BYTES)  # noqa: SIM115
        self._lock = threading.Lock()
        self._places: dict[str, int] = {}

    def __getitem__(self, record_id: str) -> Record:
        """Return a record; raises KeyError."""
        with self._lock:
            self._file.seek(self._places[record_id])
            record: Record = pickle.load(self._file)  # noqa: S301 - of this process
        return record

    def __setitem__(self, record_id: str, record: Record) -> None:
        """Add a record, or replace it."""
        self._check()
        with self._lock:
            self._places[record_id] = self._file.seek(0, os.SEEK_END)
            self._file.write(pickle.dumps(record))

    def __delitem__(self, record_id: str) -> None:
        """Remove a record; raises KeyError."""
        del self._places[record_id]

    def __contains__(self, record_id: object) -> bool:
        """Return whether a record was added, without reading it."""
        return record_id in self._places

    def __iter__(self) -> Iterator[str]:
        """Return the ids."""
        return iter(self._places)

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self._places)

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
