"""What a run holds, in files for the next run: after SIGKILL, a run cleans up nothing.

A file names the run's process, and a process group or the mark of a locked account. A
process is identified by its id and the time of its start, which Linux has in /proc; on
other systems nothing is recorded.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

#: The variable of a program with the token of the run that started it.
TOKEN = "DATAFLOW_RUN"  # noqa: S105 - the name of it

#: The fields of /proc/PID/stat behind the name: group, and start since boot.
_GROUP, _START = 2, 19
_PROC = Path("/proc")
_PRIVATE = 0o700
#: A lock has expired long before.
_KEPT_SECONDS = 24 * 60 * 60

_token = secrets.token_hex(8)


class _Held(msgspec.Struct, frozen=True):
    """What a process holds: a group with its leader's start, or a run mark."""

    machine: str
    process: int
    start: str
    token: str
    group: int = 0
    group_start: str = ""
    mark: str = ""


def run_token() -> dict[str, str]:
    """Return the variable that identifies the programs of this process."""
    return {TOKEN: _token}


@contextmanager
def record_group(leader: int) -> Iterator[None]:
    """Record a process group as that of this run."""
    with _recorded(group=leader, group_start=_start_of(leader) or ""):
        yield


@contextmanager
def record_lock(mark: str) -> Iterator[None]:
    """Record the mark with which this run locks an account."""
    with _recorded(mark=mark):
        yield


def pop_killed_groups() -> list[int]:
    """Return the groups of killed runs that still exist, and forget them."""
    found = []
    for path, held in _find_killed():
        if held.group and _is_same_group(held):
            found.append(held.group)
        if held.group or time.time() - path.stat().st_mtime > _KEPT_SECONDS:
            path.unlink(missing_ok=True)
    return found


def is_killed(mark: str) -> bool:
    """Return whether the run of this mark was killed on this machine."""
    return any(held.mark == mark for _, held in _find_killed())


@contextmanager
def _recorded(
    *, group: int = 0, group_start: str = "", mark: str = ""
) -> Iterator[None]:
    start = _start_of(os.getpid())
    folder = _open_folder() if start else None
    if folder is None:
        yield
        return
    held = _Held(
        machine=_machine(),
        process=os.getpid(),
        start=start or "",
        token=_token,
        group=group,
        group_start=group_start,
        mark=mark,
    )
    path = folder / f"{os.getpid()}-{group or mark}.json"
    with suppress(OSError):
        path.write_bytes(msgspec.json.encode(held))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _open_folder() -> Path | None:
    """Return the folder of this user's records, None if another user may write it."""
    folder = Path(tempfile.gettempdir(), f"dataflow-runs-{os.getuid()}")
    try:
        folder.mkdir(mode=_PRIVATE, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    is_private = (status.st_uid, status.st_mode & 0o777) == (os.getuid(), _PRIVATE)
    return folder if is_private and not folder.is_symlink() else None


def _find_killed() -> Iterator[tuple[Path, _Held]]:
    """Yield the records of processes that have ended without a removal."""
    folder = _open_folder()
    for path in sorted(folder.glob("*.json")) if folder else ():
        with suppress(OSError, msgspec.DecodeError):
            held = msgspec.json.decode(path.read_bytes(), type=_Held)
            if held.machine == _machine() and _start_of(held.process) != held.start:
                yield path, held


def _is_same_group(held: _Held) -> bool:
    """Return whether a group is the recorded one: ids of processes are used again."""
    if _start_of(held.group) == held.group_start:
        return True
    mark = f"{TOKEN}={held.token}".encode()
    members = (path for path in _PROC.glob("[0-9]*") if _is_in(path, held.group))
    return any(mark in _read(path / "environ").split(b"\0") for path in members)


def _is_in(process: Path, group: int) -> bool:
    fields = _stat(process)
    return len(fields) > _GROUP and fields[_GROUP] == str(group)


def _start_of(process: int) -> str | None:
    """Return when a process started; None without such a process, or as a zombie."""
    fields = _stat(_PROC / str(process))
    return fields[_START] if len(fields) > _START and fields[0] != "Z" else None


def _stat(process: Path) -> list[str]:
    # The name, in parentheses, may contain anything.
    return _read(process / "stat").decode("utf-8", "replace").rpartition(")")[2].split()


def _machine() -> str:
    """Return this start of this machine, and the name space of its process ids."""
    boot = _read(_PROC / "sys/kernel/random/boot_id").decode().strip()
    with suppress(OSError):
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    return boot


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
