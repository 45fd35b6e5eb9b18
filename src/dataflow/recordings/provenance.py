"""When and at which commit each cassette was recorded: it differs in each recording.

A cassette depends on the code alone, so that two recordings can be compared. What does
not is in one file beside the cassettes.
"""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec

from dataflow.files import read_json, write_whole

#: The file in the folder of the cassettes.
PROVENANCE = "provenance.json"

#: How long git may take.
_GIT_SECONDS = 10


class Origin(msgspec.Struct, frozen=True):
    """The machine's time of a recording, ISO 8601, and the commit, empty if unknown."""

    recorded_at: str
    commit: str = ""


def read_origins(folder: Path) -> dict[str, Origin]:
    """Return the origin of each cassette by its check; raises `FileError`."""
    path = folder / PROVENANCE
    if not path.exists():
        return {}
    return read_json(path, dict[str, Origin], "restore it from git")


def parse_origins(text: str) -> dict[str, Origin]:
    """Return the origins in a text that git has; raises `msgspec.DecodeError`."""
    return msgspec.json.decode(text, type=dict[str, Origin])


def write_origins(folder: Path, origins: Mapping[str, Origin]) -> None:
    """Replace the file; raises `OSError`."""
    encoded = msgspec.json.encode(dict(sorted(origins.items())))
    text = msgspec.json.format(encoded, indent=1).decode()
    write_whole(folder / PROVENANCE, f"{text}\n")


def add_origin(folder: Path, check: str, origin: Origin) -> None:
    """Store the origin of one cassette; raises `FileError` and `OSError`."""
    write_origins(folder, {**read_origins(folder), check: origin})


# Once per process: the runs that are forked from a server share the answer.
@functools.cache
def find_commit(root: Path) -> str:
    """Return the commit that is checked out, `-dirty` beside changes, if git knows."""
    command = "git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"
    try:
        done = subprocess.run(  # noqa: S603 - nothing in it comes from outside
            command,
            cwd=root,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            capture_output=True,
            text=True,
            check=False,
            timeout=_GIT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
