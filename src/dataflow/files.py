"""Replace files whole, and decode JSON files into types."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TypeVar

import msgspec

from dataflow.errors import FileError

T = TypeVar("T")


def write_whole(path: Path, text: str) -> None:
    """Replace the content of a file: a reader finds the old text or the new one.

    Raises `OSError`.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_json(path: Path, kind: type[T], advice: str) -> T:
    """Return the content of a JSON file as a value of this type.

    Raises `FileError` for a file that cannot be read or does not fit; its sentence
    names the file and the place, and ends with the advice.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        reason = error.strerror or str(error)
    except msgspec.DecodeError as error:
        reason = str(error)
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    raise FileError(f"{path} cannot be read ({reason}): {advice}.")
