"""The folder of the results of one run, which no other run writes meanwhile."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

import pytest

#: The folder below the root of the project, unless --reports names another one.
REPORTS = Path("reports")

_OPTION = "--reports"
_LOCK = ".lock"
_HELD = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the folder."""
    parser.getgroup("checklist").addoption(
        _OPTION,
        type=Path,
        metavar="DIR",
        help="the folder of the results; default: reports, for one run at a time",
    )


def get_reports_folder(config: pytest.Config) -> Path:
    """Return the folder of the results."""
    named: Path | None = config.getoption(_OPTION, None)
    if named is None:
        return config.rootpath / REPORTS
    return config.invocation_params.dir / named


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Hold the folder of a run; refuse one that cannot be written."""
    if uses_reports_folder(config) and not is_worker(config):
        folder = get_reports_folder(config)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            TemporaryFile(dir=folder).close()
            config.stash[_HELD] = hold(folder, sys.stderr.write)
        except OSError as error:
            raise pytest.UsageError(
                f"{folder} cannot be written ({error.strerror}), so that the results"
                f" would be lost: make it writable, or use {_OPTION} DIR."
            ) from error


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the next run write into the folder."""
    if _HELD in config.stash:
        os.close(config.stash[_HELD])
        del config.stash[_HELD]


def hold(folder: Path, say: Callable[[str], object]) -> int:
    """Return the lock of a folder, after the run that has it has ended."""
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(
            f"Another run writes its results into {folder}: this one waits until it"
            f" has ended. With {_OPTION} DIR, it has a folder of its own.\n"
        )
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def is_worker(config: pytest.Config) -> bool:
    """Return whether this process is a worker of pytest-xdist."""
    return hasattr(config, "workerinput")


def uses_reports_folder(config: pytest.Config) -> bool:
    """Return whether results go there: not in tests, nor with a named record."""
    is_named = config.getoption("--run-record", None) is not None
    is_nested = "PYTEST_CURRENT_TEST" in os.environ
    return not (config.option.collectonly or is_nested or is_named)
