"""A cassette: one file, one scenario, all its exchanges in their order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dataflow.errors import DataflowError
from dataflow.evidence.exchange import Stored
from dataflow.files import write_whole

VERSION = 1
SUFFIX = ".json"


class UnreadableCassetteError(DataflowError):
    """A cassette is damaged."""


class OtherVersionError(DataflowError):
    """A cassette was written by another version of the harness."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a cassette comes from.

    `seed` is what all that varied was drawn from; `hosts` names the host of each
    system; `recorded_at` is ISO 8601 by the target's clock; `assumed` tells what the
    target's answers rest on, in sentences.
    """

    check: str
    seed: str
    target: str
    hosts: Mapping[str, str]
    recorded_at: str
    versions: Mapping[str, str]
    assumed: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in words."""
        versions = ", ".join(f"{name} {text}" for name, text in self.versions.items())
        return f"recorded from {self.target} at {self.recorded_at} with {versions}"


@dataclass(frozen=True, slots=True)
class Cassette:
    """What was recorded, and where it comes from."""

    provenance: Provenance
    exchanges: tuple[tuple[Stored, Stored], ...]


def read_cassette(path: Path) -> Cassette:
    """Read a cassette; one that is damaged or of another version is an error."""
    try:
        held = json.loads(path.read_text("utf-8"))
        if held["version"] != VERSION:
            raise OtherVersionError(
                f"{path} is a cassette of version {held['version']}, and this harness"
                f" reads version {VERSION}: record it anew."
            )
        assumed = tuple(held["provenance"].pop("assumed"))
        provenance = Provenance(**held["provenance"], assumed=assumed)
        exchanges = tuple((e["request"], e["response"]) for e in held["exchanges"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableCassetteError(
            f"{path} cannot be read as a cassette ({error}): take it back from git, or"
            " delete it and record it anew."
        ) from error
    return Cassette(provenance, exchanges)


def write_cassette(path: Path, cassette: Cassette) -> None:
    """Write a cassette, replacing the file whole; equal content is equal bytes."""
    held: dict[str, Any] = {
        "version": VERSION,
        "provenance": asdict(cassette.provenance),
        "exchanges": [
            {"request": request, "response": response}
            for request, response in cassette.exchanges
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(held, indent=1, ensure_ascii=False) + "\n")
