"""The state file as a file: where it is, who has it, and what SQLite says of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dataflow.sync.errors import (
    DamagedStateError,
    StateDirectoryError,
    StateInUseError,
    StateUnwritableError,
)

#: What SQLite calls the faults of the disk and of permissions, not of the content.
_OUTSIDE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


def is_there(path: Path) -> bool:
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


def locked(path: Path) -> sqlite3.Connection:
    """Open the file for nobody else, until the connection is closed."""
    with readable(path):
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
def readable(path: Path) -> Iterator[None]:
    """Turn what SQLite says into one sentence, with the advice that fits."""
    try:
        yield
    except sqlite3.Error as error:
        raise _told(path, error) from None
    except (ValueError, TypeError, AttributeError) as error:
        raise DamagedStateError(
            f"{path} holds something that the sync did not write ({error}): move it"
            " away to start with an empty memory."
        ) from None


def in_use(path: Path) -> StateInUseError:
    """Return the error for a file that somebody else works with."""
    return StateInUseError(
        f"Another sync is working with {path}: let it finish, then start again."
    )


def _told(path: Path, error: sqlite3.Error) -> Exception:
    # The lower byte is the code, the rest says more about it (documented).
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_BUSY:
        return in_use(path)
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
