"""Replace files whole, decode JSON files, and open fast temporary folders."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from dataflow.errors import FileError

T = TypeVar("T")

#: A file system in memory: Linux has it, other systems do not.
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - only a parent for TemporaryDirectory


@contextmanager
def fast_temporary_folder(parent: Path = IN_MEMORY) -> Iterator[Path]:
    """Yield a temporary folder in memory, or on disk where `parent` is not writable.

    A state file waits for the disk at each write; in memory these waits cost nothing.
    """
    usable = parent if os.access(parent, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="dataflow-", dir=usable) as folder:
        yield Path(folder)


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
