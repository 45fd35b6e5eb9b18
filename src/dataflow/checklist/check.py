"""The model of a check and its scenario."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from dataflow.checklist.document import Form

Table: TypeAlias = tuple[tuple[str, ...], ...]


class Basis(enum.StrEnum):
    """Why a check must hold."""

    STATED = "stated"  # in the document
    INFERRED = "inferred"  # a conclusion of QA
    OBSERVED = "observed"  # the document leaves it open: reported, not judged


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a scenario, with the table below it."""

    keyword: str
    text: str
    table: Table = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a statement; its id never changes."""

    id: str
    basis: Basis
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One statement, its title, its checks and its open questions."""

    form: Form
    title: str
    checks: tuple[Check, ...] = ()
    questions: tuple[str, ...] = ()
