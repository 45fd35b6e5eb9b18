"""The catalogue of broken syncs, as the program that is broken tells it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

from dataflow.errors import DataflowError
from dataflow.prove.listing import listed


class NoCatalogueError(DataflowError):
    """The program does not tell in which ways it can be broken."""


class NoSuchBrokenSyncError(DataflowError):
    """A name is not in the catalogue."""


class NoSuchCheckError(DataflowError):
    """The catalogue names a check that the features do not have."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken sync: what goes wrong, and the ids of the checks that must notice.

    They meet it in this `weather`. `hole` says why nobody notices it yet; it is empty
    where somebody must.
    """

    name: str
    kind: str
    says: str
    caught_by: tuple[str, ...]
    hole: str = ""
    weather: str = "fair"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All broken syncs, and the checks that none can turn red, with the reasons."""

    broken: tuple[Broken, ...]
    blind: Mapping[str, str]


def read_catalogue(program: Path, checks: Sequence[str]) -> Catalogue:
    """Ask the program for its catalogue; `checks` are the ids that the features have.

    Raises `NoCatalogueError` and `NoSuchCheckError`.
    """
    read = partial(catalogue_of, checks=checks)
    return listed(program, read, "a catalogue of broken syncs", NoCatalogueError)


def catalogue_of(told: Mapping[str, Any], checks: Sequence[str]) -> Catalogue:
    """Return the catalogue that a program tells, each `*` written out."""
    broken = tuple(
        Broken(
            name=each["name"],
            kind=each["kind"],
            says=each["says"],
            caught_by=_written_out(each["name"], each["caught_by"], checks),
            hole=each["hole"],
            weather=each["weather"],
        )
        for each in told["broken"]
    )
    for check in told["blind"]:
        _written_out("the list of what no fault can turn red", [check], checks)
    return Catalogue(broken, dict(told["blind"]))


def chosen(broken: Sequence[Broken], names: Collection[str]) -> tuple[Broken, ...]:
    """Return the broken syncs of these names, or all where there is none.

    Raises `NoSuchBrokenSyncError`.
    """
    unknown = sorted(set(names) - {each.name for each in broken})
    if unknown:
        raise NoSuchBrokenSyncError(
            f"There is no broken sync {unknown[0]!r}: `dataflow prove --list` shows"
            " the names."
        )
    return tuple(each for each in broken if not names or each.name in names)


def _written_out(
    name: str, patterns: Sequence[str], checks: Sequence[str]
) -> tuple[str, ...]:
    for pattern in patterns:
        if not any(fnmatchcase(check, pattern) for check in checks):
            raise NoSuchCheckError(
                f"The catalogue names {pattern!r} for {name}, and no feature has that"
                " check: correct the catalogue."
            )
    return tuple(c for c in checks if any(fnmatchcase(c, p) for p in patterns))
