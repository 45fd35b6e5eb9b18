"""The broken and the good syncs, as the programs that hold them list them."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from dataflow.errors import DataflowError, SettingsError
from dataflow.harness.targets.weather import Severity

#: How long a program may take to list its syncs, in seconds.
_SECONDS = 30


class BrokenSync(msgspec.Struct, frozen=True, rename={"description": "says"}):
    """A fault, and the checks that must detect it; `known_gap` states why none does."""

    name: str
    kind: str
    description: str
    caught_by: tuple[str, ...]
    known_gap: str = msgspec.field(name="hole", default="")
    weather: str = "fair"


class Catalogue(msgspec.Struct, frozen=True):
    """All broken syncs, and the checks that no fault can fail, with the reasons."""

    broken: tuple[BrokenSync, ...]
    blind: Mapping[str, str]


class GoodSync(msgspec.Struct, frozen=True):
    """One good sync: its speciality, the text of `--sync`, and its weather in turn."""

    name: str
    description: str
    sync: str
    skies: tuple[Severity, ...] = (Severity.ROUGH,)


#: Lost answers and cut pages are for this one alone: it claims to withstand them.
REFERENCE = GoodSync(
    "reference",
    "The project's own sync.",
    "reference",
    (Severity.ROUGH, Severity.STORM),
)


class _Program(msgspec.Struct, frozen=True):
    """A good sync as its program lists it; `command` is for Python."""

    name: str
    says: str
    command: tuple[str, ...]


def read_catalogue(program: Path, checks: Sequence[str]) -> Catalogue:
    """Return the catalogue that a program lists; the features have these `checks`."""
    listed = _list(program, "a catalogue of broken syncs", Catalogue)
    return expand_patterns(listed, checks)


def expand_patterns(listed: Catalogue, checks: Sequence[str]) -> Catalogue:
    """Return a catalogue in which each pattern is replaced by the checks it matches."""
    for check in listed.blind:
        _match("the checks that no fault can fail", [check], checks)
    return Catalogue(
        tuple(
            msgspec.structs.replace(
                each, caught_by=_match(each.name, each.caught_by, checks)
            )
            for each in listed.broken
        ),
        listed.blind,
    )


def read_good_syncs(program: Path) -> tuple[GoodSync, ...]:
    """Return the reference sync, and those that a program lists."""
    listed = _list(program, "a list of good syncs", tuple[_Program, ...])
    commands = [(each, f"python: {shlex.join(each.command)}") for each in listed]
    return REFERENCE, *(GoodSync(each.name, each.says, to) for each, to in commands)


def read_mutants(program: Path) -> Mapping[str, str]:
    """Return the mutants that a program lists, each with what differs."""
    return _list(program, "a list of mutants", dict[str, str], "--list-mutants")


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_Sync = TypeVar("_Sync", bound=_Named)
_Listed = TypeVar("_Listed")


def choose(
    syncs: Iterable[_Sync], names: Collection[str], noun: str, command: str
) -> tuple[_Sync, ...]:
    """Return the syncs of these names, or all; `command` lists them by their `noun`."""
    by_name = {each.name: each for each in syncs}
    unknown = sorted(set(names) - by_name.keys())
    if unknown:
        raise SettingsError(
            f"The {noun} {unknown[0]!r} is unknown: `{command} --list` shows the names."
        )
    return tuple(each for name, each in by_name.items() if not names or name in names)


def _list(
    program: Path, content: str, kind: type[_Listed], option: str = "--list"
) -> _Listed:
    """Decode what a Python program prints with an option."""
    try:
        done = subprocess.run(  # noqa: S603 - the program that the user names
            [sys.executable, str(program), option],
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        )
        return msgspec.json.decode(done.stdout, type=kind)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
        raise DataflowError(
            f"{program} {option} did not print {content} ({type(error).__name__}): run"
            " this command from the root of the project, or name the program with"
            " --program."
        ) from error


def _match(
    name: str, patterns: Sequence[str], checks: Sequence[str]
) -> tuple[str, ...]:
    for pattern in patterns:
        if not any(fnmatchcase(check, pattern) for check in checks):
            raise DataflowError(
                f"The catalogue names {pattern!r} for {name}, but no feature has this"
                " check: correct the catalogue."
            )
    return tuple(c for c in checks if any(fnmatchcase(c, p) for p in patterns))
