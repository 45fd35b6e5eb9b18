"""What a check is: a thing that can be verified about a statement."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from dataflow.checklist.document import Form

Table: TypeAlias = tuple[tuple[str, ...], ...]


class Basis(enum.StrEnum):
    """Who says that a check must hold."""

    STATED = "stated"  # the document says so
    INFERRED = "inferred"  # QA concluded it
    OBSERVED = "observed"  # the document leaves it open: reported, not judged


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a scenario, and the table below it."""

    keyword: str
    text: str
    table: Table = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that can be verified about a statement; its id never changes."""

    id: str
    basis: Basis
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One statement in the words of QA, its checks, and what it leaves open."""

    form: Form
    title: str
    checks: tuple[Check, ...] = ()
    questions: tuple[str, ...] = ()
