"""Finds the project from a folder inside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dataflow.errors import FileError

_HARNESS = b"dataflow.harness.plugin"


def find_project() -> Path | None:
    """Return the nearest folder, from the current one upwards, that has a checklist."""
    here = Path.cwd()
    return next((each for each in (here, *here.parents) if is_project(each)), None)


def is_project(folder: Path) -> bool:
    """Return whether a folder has features, and a conftest.py with the harness."""
    conftest = folder / "conftest.py"
    return (
        (folder / "features").is_dir()
        and conftest.is_file()
        and _HARNESS in conftest.read_bytes()
    )


def get_project() -> Path:
    """Return the project of the current folder; raise `FileError` if it is in none."""
    root = find_project()
    if root is None:
        raise FileError(
            f"{Path.cwd()} is in no project: start the command in {describe_project()}."
        )
    return root


def describe_project() -> str:
    """Return the folder of the project, or how to recognise it."""
    root = find_project()
    return str(root or "the project's folder, which has conftest.py and features")


def in_project(*parts: str) -> Callable[[], Path]:
    """Return a function for the default of an option: a path in the project.

    The path is relative in the project's own folder, and where there is no project.
    """

    def locate() -> Path:
        root = find_project()
        return Path(*parts) if root in {None, Path.cwd()} else Path(root, *parts)

    return locate
