"""Asks a program for the list of its syncs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from dataflow.errors import DataflowError

_Read = TypeVar("_Read")

_SECONDS = 30


def listed(
    program: Path, read: Callable[[Any], _Read], what: str, error: type[DataflowError]
) -> _Read:
    """Return what is read from the JSON that a Python program shows with `--list`.

    Raises `error`, which says `what` the program does not show.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the program that the person names
            [sys.executable, str(program), "--list"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
        return read(json.loads(done.stdout))
    except (
        OSError,
        subprocess.SubprocessError,
        ValueError,
        LookupError,
        TypeError,
    ) as trouble:
        raise error(
            f"{program} --list does not show {what} ({type(trouble).__name__}): run"
            " this command from the project's folder, or name the program with"
            " --program."
        ) from trouble
