"""Open the SQLite file of the state: its lock, layout, versions and errors."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from dataflow.errors import LockedError
from dataflow.sync.errors import StateError

#: SQLite's codes for errors of the disk and of permissions, not of the content.
_IO_ERRORS = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}

#: Seconds to wait for a command that reads the file.
_PATIENCE = 30

#: The first version that has `PRAGMA user_version`.
_FIRST = 3

#: The layout of the first version. Rows hold JSON, so that a new field of a link or an
#: issue needs no new column. Each table is one tree without an index: a damaged page
#: is a row that is missing or different, which the digest detects.
_LAYOUT = """
CREATE TABLE meta (
    name TEXT PRIMARY KEY, value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE links (
    kind TEXT, left_id TEXT, data TEXT NOT NULL, PRIMARY KEY (kind, left_id)
) WITHOUT ROWID;
CREATE TABLE superseded (
    kind TEXT, right_id TEXT, data TEXT NOT NULL, PRIMARY KEY (kind, right_id)
) WITHOUT ROWID;
CREATE TABLE issues (
    kind TEXT, left_id TEXT, data TEXT NOT NULL, PRIMARY KEY (kind, left_id)
) WITHOUT ROWID;
CREATE TABLE decisions (
    kind TEXT, left_id TEXT, data TEXT NOT NULL, PRIMARY KEY (kind, left_id)
) WITHOUT ROWID;
CREATE TABLE cursors (
    kind TEXT, side TEXT, value INTEGER NOT NULL, PRIMARY KEY (kind, side)
) WITHOUT ROWID;
CREATE TABLE forgotten (
    kind TEXT, left_id TEXT, time INTEGER NOT NULL, PRIMARY KEY (kind, left_id)
) WITHOUT ROWID;
CREATE TABLE audit (id INTEGER PRIMARY KEY, kind TEXT, left_id TEXT, data TEXT);
CREATE INDEX audit_of ON audit (kind, left_id)
"""

#: From the version before `_FIRST`, whose rows had a column for each field.
_FROM_COLUMNS = f"""
ALTER TABLE meta RENAME TO old_meta;
ALTER TABLE links RENAME TO old_links;
ALTER TABLE issues RENAME TO old_issues;
ALTER TABLE cursors RENAME TO old_cursors;
{_LAYOUT};
INSERT INTO meta SELECT name, value FROM old_meta WHERE name <> 'version';
INSERT INTO links SELECT kind, left_id, json_object(
    'left_id', left_id, 'right_id', right_id, 'base', json(base), 'deleted_in', gone
) FROM old_links;
INSERT INTO superseded SELECT kind, right_id, json_object(
    'left_id', left_id, 'right_id', right_id, 'invoice_id', invoice_id
) FROM retired;
INSERT INTO issues SELECT kind, left_id, json_group_array(json_object(
    'left_id', left_id,
    'kind', CASE sort WHEN 'contested' THEN 'decision' ELSE sort END,
    'text', text, 'needs', needs,
    'candidate_ids', json(about)
)) FROM (SELECT * FROM old_issues ORDER BY place) GROUP BY kind, left_id;
INSERT INTO cursors SELECT kind, side, value FROM old_cursors;
DROP TABLE old_meta;
DROP TABLE old_links;
DROP TABLE old_issues;
DROP TABLE old_cursors;
DROP TABLE retired
"""  # noqa: S608 - constants only

#: The statements from each version to the next one.
MIGRATIONS = {_FIRST - 1: _FROM_COLUMNS}

#: The version that this sync reads and writes.
VERSION = max(MIGRATIONS) + 1


def has_state(path: Path) -> bool:
    """Return whether there is a state file; raises StateError."""
    with translate_os_errors(path):
        try:
            return path.stat().st_size > 0
        except FileNotFoundError:
            return False


def lock(path: Path) -> int:
    """Return a file descriptor that holds the lock of a state file until it is closed.

    Raises LockedError while another sync holds it. The lock has a file of its own, so
    that other commands can read the state during a run.
    """
    with translate_os_errors(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise make_locked_error(path) from None
    return held


def create_file(path: Path, rows: dict[str, str]) -> None:
    """Create the file whole, or not at all: raise LockedError if it exists."""
    temporary = path.with_suffix(".new")
    with translate_os_errors(path):
        temporary.unlink(missing_ok=True)
        os.close(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with translate_errors(path):
        db = sqlite3.connect(temporary)
        try:
            # Kept in the file: a commit waits for the disk once, not several times.
            db.execute("PRAGMA journal_mode = WAL")
            write_layout(db, rows)
        finally:
            db.close()
    with translate_os_errors(path):
        if has_state(path):
            raise make_locked_error(path)
        temporary.replace(path)


def write_layout(db: sqlite3.Connection, rows: dict[str, str]) -> None:
    """Write an empty state with these rows of `meta`."""
    with db:
        for statement in _LAYOUT.split(";"):
            db.execute(statement)
        db.executemany("INSERT INTO meta VALUES (?, ?)", rows.items())
        db.execute(f"PRAGMA user_version = {VERSION}")


def open_file(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the file without a change to it."""
    mode = "ro" if read_only else "rw"
    with translate_errors(path):
        return sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}",
            uri=True,
            timeout=_PATIENCE,
            isolation_level=None,
            check_same_thread=False,
        )


def open_memory() -> sqlite3.Connection:
    """Open a database that no file belongs to."""
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def copy_to_memory(db: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy of an open state that no file belongs to."""
    copy = open_memory()
    db.backup(copy)
    return copy


def read_version(db: sqlite3.Connection, path: Path) -> int:
    """Return the version of the layout; raise StateError for one without migrations."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if not version:
        # The earliest versions are a row of `meta`.
        row = db.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()
        version = int(row[0]) if row else 0
    if version != VERSION and version not in MIGRATIONS:
        raise StateError(
            f"{path} is a state file of version {version}, and this sync reads versions"
            f" {min(MIGRATIONS)} to {VERSION}: use the sync that wrote it, or move it"
            " away to start with an empty state."
        )
    return int(version)


def migrate(db: sqlite3.Connection, version: int) -> None:
    """Bring the layout from this version to the present one, in a transaction."""
    for step in range(version, VERSION):
        for statement in MIGRATIONS[step].split(";"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {VERSION}")


def try_writing(db: sqlite3.Connection) -> None:
    """Fail if a change could not be stored; change nothing."""
    db.execute("BEGIN")
    db.execute("CREATE TABLE trial (value TEXT)")
    # Rolled back without a commit: the journal has been written by then.
    db.execute("ROLLBACK")


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn an error of SQLite or of decoding into one sentence with advice."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translate(path, error) from None
    except (ValueError, TypeError, AttributeError) as error:
        raise make_damaged_error(path, str(error)) from None


@contextmanager
def translate_os_errors(path: Path) -> Iterator[None]:
    """Turn an error of the file system into one sentence with advice."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StateError(
            f"{str(path.parent)!r} cannot be used as the state directory ({reason}):"
            " choose another."
        ) from None


def make_damaged_error(path: Path, reason: str) -> StateError:
    """Return the error of a file with another content than the sync wrote."""
    return StateError(
        f"{path} holds something that the sync did not write ({reason}): restore a"
        " backup, or move it away to start with an empty state."
    )


def make_locked_error(path: Path) -> LockedError:
    """Return the error of a state file that another sync uses."""
    return LockedError(
        f"Another sync is working with {path}: let it finish, then start again."
    )


def unlock(held: int) -> None:
    """Release a lock."""
    with suppress(OSError):
        os.close(held)


def _translate(path: Path, error: sqlite3.Error) -> LockedError | StateError:
    # The lower byte is the code, the other bytes give details (documented).
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_BUSY:
        return make_locked_error(path)
    if code in _IO_ERRORS:
        return StateError(
            f"{path} cannot be written as the state file ({error}): see that the disk"
            " has room, and that the file and its directory may be written."
        )
    return StateError(
        f"{path} cannot be used as a state file ({error}): restore a backup, or move it"
        " away to start with an empty state."
    )
