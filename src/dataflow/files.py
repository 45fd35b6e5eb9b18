"""Replace files whole, and give tests a temporary folder without waits for a disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    """Put a text in the place of whatever the file holds; raises `OSError`."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
