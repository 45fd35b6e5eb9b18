"""Commands that a user can paste into a shell."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path

#: The characters with a meaning between double quotes.
_SPECIAL = frozenset('"$`\\!\n')


def write_command(program: str, words: Iterable[str], folder: Path) -> str:
    """Return a line that runs a program of this environment in a folder."""
    path = Path(sys.executable).with_name(program)
    start = [shorten(path, folder)]
    if not path.is_file():
        start = [shorten(Path(sys.executable), folder), "-m", program]
    return " ".join(map(_quote, [*start, *words]))


def shorten(path: Path, folder: Path) -> str:
    """Return a path as it is named in a folder."""
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _quote(word: str) -> str:
    """Return a word for a shell, in double quotes if nothing in it is special."""
    quoted = shlex.quote(word)
    return quoted if quoted == word or _SPECIAL & set(word) else f'"{word}"'
