"""The sign-off sheet: what was checked, on what evidence, and what was not checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from dataflow.checklist.check import Basis
from dataflow.harness.run_record import CheckRecord, Wait
from dataflow.harness.verdicts import Verdict

#: Increased when a reader of the old form would misunderstand the new one.
VERSION: Literal[1] = 1

#: How much depends on a check, by its basis: the words are Allure's.
SEVERITIES: Mapping[Basis, str] = {
    Basis.STATED: "critical",
    Basis.INFERRED: "normal",
    Basis.OBSERVED: "minor",
}

Outcome = Literal["PASSED", "WARNED", "FAILED"]
Meaning = Literal["reviewed", "accepted", "rejected"]


EvidenceKind = Literal["live", "recorded", "twin only", "none"]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What the verdict of a check rests on; `assumed` are numbers of assumptions."""

    kind: EvidenceKind
    source: str = ""
    at: datetime | None = None
    age: str = ""
    assumed: tuple[int, ...] = ()


class SheetCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One check; `link` leads to it in the report of Allure."""

    id: str
    title: str
    severity: str
    owner: str
    verdict: Verdict
    evidence: Evidence
    category: str = ""
    reason: str = ""
    waiver: str = ""
    link: str = ""


class SheetStatement(msgspec.Struct, frozen=True):
    """One statement of the document."""

    text: str
    checks: tuple[SheetCheck, ...]


class SheetSection(msgspec.Struct, frozen=True):
    """One section of the document."""

    number: int
    name: str
    statements: tuple[SheetStatement, ...]


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs, when, and the meaning of the signature."""

    by: str
    meaning: Meaning
    at: datetime
    role: str = ""
    comment: str = ""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """All that is signed; `model` is the hash of what the document states.

    `observations` and `questions` are pairs of a place and a sentence.
    """

    version: Literal[1]
    document: str
    generated: str
    model: str
    commit: str
    is_clean: bool
    target: str
    sync: str
    sync_version: str
    start: datetime
    end: datetime
    is_whole: bool
    outcome: Outcome
    headline: str
    evidence: tuple[str, ...]
    sections: tuple[SheetSection, ...]
    other_tests: str = ""
    waivers: tuple[str, ...] = ()
    observations: tuple[tuple[str, str], ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    questions: tuple[tuple[str, str], ...] = ()
    assumptions: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    waits: tuple[Wait, ...] = ()
    changes: tuple[str, ...] | None = None
    approval: Approval | None = None

    def list_checks(self) -> list[SheetCheck]:
        """Return the checks in the order of the document."""
        return [
            check
            for section in self.sections
            for statement in section.statements
            for check in statement.checks
        ]


def judge_run(verdicts: set[Verdict]) -> Outcome:
    """Return the outcome of a checklist: only one that was run and holds has passed."""
    if Verdict.FAILS in verdicts:
        return "FAILED"
    passed = bool(verdicts) and all(verdict.is_pass for verdict in verdicts)
    return "PASSED" if passed else "WARNED"


def list_changes(before: Sheet, now: Sheet) -> list[str]:
    """Return what differs in the checks: gone, new, with another verdict."""
    was = {check.id: check.verdict for check in before.list_checks()}
    found = {check.id: check.verdict for check in now.list_checks()}
    changed = [
        f"{check} was *{was[check]}*, and is *{verdict}*"
        for check, verdict in found.items()
        if check in was and was[check] != verdict
    ]
    gone = [f"{check} is gone" for check in was if check not in found]
    new = [f"{check} is new" for check in found if check not in was]
    return [*gone, *new, *changed]


def describe_age(at: datetime, now: datetime) -> str:
    """Return the age of some evidence in days."""
    days = max(0, (now - at).days)
    return "today" if days == 0 else "1 day" if days == 1 else f"{days} days"


def shorten_reason(check: CheckRecord) -> str:
    """Return the first lines of why a check does not hold."""
    text = check.message or check.reason
    return "\n".join(text.splitlines()[:3])
