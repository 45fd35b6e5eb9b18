"""A cassette: one file, one scenario, all its exchanges in their order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from dataflow.errors import DataflowError
from dataflow.files import write_whole
from dataflow.recordings.provenance import Origin
from dataflow.recordings.scrub import Stored

VERSION = 2
SUFFIX = ".json"
SYSTEMS = ("Invoiced", "Chargebee")

#: The target of a recording of the twins on simulated time.
TWIN = "twin"
#: The target of a recording in which nothing but accounts of both vendors answered.
ACCOUNTS = "sandbox accounts of both vendors"


class CassetteError(DataflowError):
    """A cassette is missing, damaged, of another check, or cannot be written.

    `has_other_version` is true for one that another version of the harness wrote.
    """

    has_other_version = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a cassette comes from.

    `seed` determines all that varies; `hosts` has the host of each system;
    `recorded_at` is ISO 8601 by the target's clock; `assumed` are sentences on what
    the target's answers rest on.
    """

    check: str
    seed: str
    target: str
    hosts: Mapping[str, str]
    recorded_at: str
    versions: Mapping[str, str]
    assumed: tuple[str, ...]

    @property
    def is_of_accounts(self) -> bool:
        """Return whether real accounts have answered."""
        return self.target == ACCOUNTS

    def describe(self, origin: Origin | None) -> str:
        """Return the source of the answers, with the times of machine and vendors."""
        versions = ", ".join(f"{name} {text}" for name, text in self.versions.items())
        vendors = self.recorded_at.partition("T")[0]
        machine = origin and origin.recorded_at.partition("T")[0]
        source = "twins of both APIs" if self.target == TWIN else self.target
        if self.target == TWIN:
            when = f"on {machine or 'an unknown date'} (twin time {vendors})"
        else:
            when = f"on {machine or vendors}"
        return f"recorded from {source} {when} with {versions}"


@dataclass(frozen=True, slots=True)
class Cassette:
    """The exchanges of one scenario, and where they come from.

    `compared` is the number of records of both accounts that were compared as a whole:
    a replay knows the calls alone, and rests on the comparison of the recording.
    """

    provenance: Provenance
    exchanges: tuple[tuple[Stored, Stored], ...]
    compared: int = 0


def read_cassette(path: Path, shown: str) -> Cassette:
    """Read a cassette; raises `CassetteError`, which calls it `shown`."""
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise _unreadable(shown, error) from error
    return parse_cassette(text, shown)


def parse_cassette(text: str, shown: str) -> Cassette:
    """Read the text of a cassette; its errors are those of `read_cassette`."""
    try:
        held = _decode(text)
        version = held["version"]
        if version == VERSION:
            compared = int(held.get("compared", 0))
            provenance = _provenance(held["provenance"])
            return Cassette(provenance, _exchanges(held), compared)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise _unreadable(shown, error) from error
    other = CassetteError(
        f"{shown} is a cassette of version {version}, but this harness reads version"
        f" {VERSION}: record it again."
    )
    other.has_other_version = True
    raise other


def _decode(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        # Python reads more than JSON, such as NaN, and names the place of an error.
        return json.loads(text)


def _unreadable(shown: str, error: Exception) -> CassetteError:
    return CassetteError(
        f"{shown} is not a valid cassette ({_why(error)}): restore it from git, or"
        " delete it and record it again."
    )


def write_cassette(path: Path, cassette: Cassette) -> None:
    """Write a cassette and replace the file whole; equal content is equal bytes."""
    held: dict[str, Any] = {
        "version": VERSION,
        "provenance": asdict(cassette.provenance),
        "compared": cassette.compared,
        "exchanges": [
            {"request": request, "response": response}
            for request, response in cassette.exchanges
        ],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(held, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise CassetteError(
            f"{path} cannot be written ({error.strerror}): check the free space and the"
            " permissions of the folder."
        ) from error


def _provenance(held: Mapping[str, Any]) -> Provenance:
    texts = ("check", "seed", "target", "recorded_at")
    tables = ("hosts", "versions")
    _be("provenance", held, dict.fromkeys(texts, str) | dict.fromkeys(tables, dict))
    for name in tables:
        _be(name, held[name], dict.fromkeys(held[name], str))
    _be("hosts", held["hosts"], dict.fromkeys(SYSTEMS, str))
    return Provenance(**{**held, "assumed": tuple(map(str, held["assumed"]))})


def _exchanges(held: Mapping[str, Any]) -> tuple[tuple[Stored, Stored], ...]:
    for number, each in enumerate(held["exchanges"], 1):
        what = f"exchange {number}"
        _be(what, each, {"request": dict, "response": dict})
        _be(what, each["request"], dict.fromkeys(("method", "host", "path"), str))
        _be(what, {"headers": {}, **each["response"]}, {"status": int, "headers": dict})
    return tuple((each["request"], each["response"]) for each in held["exchanges"])


def _be(what: str, held: Any, wanted: Mapping[str, type]) -> None:  # noqa: ANN401 - JSON
    """Raise `TypeError` unless this is an object with values of these types."""
    if not isinstance(held, dict):
        raise TypeError(f"{what} is {held!r}")
    for name, kind in wanted.items():
        if not isinstance(held.get(name), kind):
            raise TypeError(f"{name} of {what} is {held.get(name)!r}")


def _why(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
