"""The file in which the state of both twins is kept from one time to the next."""

from __future__ import annotations

from pathlib import Path

from dataflow.errors import DataflowError
from dataflow.files import write_whole
from dataflow.twin.pair import KEYS
from dataflow.twin.state import (
    State,
    StateError,
    as_text,
    from_text,
)


class StateFileError(DataflowError):
    """The state file cannot be read, or not be written."""


def read_state(path: Path) -> State:
    """Return what the file holds; no file is the state of empty twins.

    Raises `StateFileError` for a file that is damaged, or of another version.
    """
    try:
        return from_text(path.read_text("utf-8"), KEYS)
    except FileNotFoundError:
        return State()
    except OSError as error:
        raise StateFileError(
            f"{path} cannot be read ({error.strerror}): name a file that can."
        ) from error
    except (UnicodeDecodeError, StateError) as error:
        raise unfit(path, error) from error


def unfit(path: Path, error: Exception) -> StateFileError:
    """Return the error about a file that holds no state that the twins can have."""
    reason = str(error).rstrip(".")
    return StateFileError(
        f"{path} holds no state of these twins ({reason}): move it away to begin with"
        " empty ones."
    )


def write_state(path: Path, state: State) -> None:
    """Replace the file whole; raises `StateFileError`."""
    try:
        write_whole(path, as_text(state))
    except OSError as error:
        raise StateFileError(
            f"{path} cannot be written ({error.strerror}): name a file in a folder"
            " that is there and can be."
        ) from error
