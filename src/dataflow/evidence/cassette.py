"""A cassette: one file, one scenario, all its exchanges in their order."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataflow.errors import DataflowError
from dataflow.evidence.exchange import Stored

VERSION = 1
SUFFIX = ".json"


class UnreadableCassetteError(DataflowError):
    """A cassette is damaged, or of another version."""


@dataclass(frozen=True, slots=True)
class Cassette:
    """What was recorded; `provenance` says when, where, and with which versions."""

    provenance: Mapping[str, Any]
    exchanges: tuple[tuple[Stored, Stored], ...]

    @property
    def seed(self) -> str:
        """Return the seed from which all that varied was drawn."""
        return str(self.provenance["seed"])


def read_cassette(path: Path) -> Cassette:
    """Read a cassette; raises `UnreadableCassetteError`, never guesses."""
    try:
        held = json.loads(path.read_text("utf-8"))
        provenance = held["provenance"]
        exchanges = tuple((e["request"], e["response"]) for e in held["exchanges"])
        version = held["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableCassetteError(
            f"{path} cannot be read as a cassette ({error}): take it back from git, or"
            " record it anew."
        ) from error
    if version != VERSION:
        raise UnreadableCassetteError(
            f"{path} is a cassette of version {version}, and this harness reads"
            f" version {VERSION}: record it anew."
        )
    return Cassette(provenance, exchanges)


def write_cassette(path: Path, cassette: Cassette) -> None:
    """Write a cassette, replacing the file whole; equal content is equal bytes."""
    held = {
        "version": VERSION,
        "provenance": dict(cassette.provenance),
        "exchanges": [
            {"request": request, "response": response}
            for request, response in cassette.exchanges
        ],
    }
    text = json.dumps(held, indent=1, ensure_ascii=False) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".recording-")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)
