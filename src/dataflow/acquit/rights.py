"""The right syncs: the reference, and those that a program tells of."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataflow.errors import DataflowError
from dataflow.harness.targets.weather import Severity
from dataflow.prove.listing import listed


class NoRightSyncsError(DataflowError):
    """The program does not tell which right syncs there are."""


class NoSuchRightSyncError(DataflowError):
    """A name is of no right sync."""


@dataclass(frozen=True, slots=True)
class Right:
    """A right sync: what is special about it, and what `--sync` takes to run it.

    `skies` is the weather that it is to stand, in turn.
    """

    name: str
    says: str
    sync: str
    skies: tuple[Severity, ...] = (Severity.ROUGH,)


#: Lost answers and cut pages are for this one alone: it says that it can stand them.
REFERENCE = Right(
    "reference",
    "The project's own sync.",
    "reference",
    (Severity.ROUGH, Severity.STORM),
)


def read_rights(program: Path) -> tuple[Right, ...]:
    """Return the reference and what the program tells; raises `NoRightSyncsError`."""
    what = "which right syncs there are"
    return (REFERENCE, *listed(program, rights_of, what, NoRightSyncsError))


def rights_of(told: Iterable[Mapping[str, Any]]) -> tuple[Right, ...]:
    """Return the right syncs that a program tells, each with a command for Python."""
    return tuple(
        Right(each["name"], each["says"], _command(each["command"])) for each in told
    )


def chosen(rights: Sequence[Right], names: Collection[str]) -> tuple[Right, ...]:
    """Return the right syncs of these names, or all where there is none.

    Raises `NoSuchRightSyncError`.
    """
    unknown = sorted(set(names) - {each.name for each in rights})
    if unknown:
        raise NoSuchRightSyncError(
            f"There is no right sync {unknown[0]!r}: `dataflow acquit --list` shows the"
            " names."
        )
    return tuple(each for each in rights if not names or each.name in names)


def _command(words: Sequence[str]) -> str:
    return f"python: {shlex.join(words)}"
