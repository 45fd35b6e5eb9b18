"""Derive the checks and the open questions of a section."""

from __future__ import annotations

from dataflow.checklist.check import CheckRule
from dataflow.checklist.document import Document, Form, Section
from dataflow.checklist.templates import every, kept, listed
from dataflow.checklist.templates.scenario import Scene

_RULES = {
    Form.EVERY: every.rule,
    Form.KEPT_IN_SYNC: kept.rule,
    Form.PROPERTIES: listed.rule,
}

_QUESTION = (
    "Statement {number} of this section has a form that is not known yet, so nothing"
    " checks it. What does it ask for?"
)
_TWICE = (
    "Statement {number} of this section has the form of an earlier one and is not"
    " checked by itself. Does it ask for anything more?"
)


def derive_rules(section: Section, document: Document) -> tuple[CheckRule, ...]:
    """Return one rule for each statement of the section, in order."""
    scene = Scene(section, document)
    seen: set[Form] = set()
    rules = []
    for number, statement in enumerate(section.statements, start=1):
        if statement.form not in _RULES:
            rules.append(_left_open(number, "is not understood yet", _QUESTION))
        elif statement.form in seen:
            # A second statement of a form would give two checks one id.
            rules.append(_left_open(number, "repeats an earlier one", _TWICE))
        else:
            rules.append(_RULES[statement.form](scene))
        seen.add(statement.form)
    return tuple(rules)


def _left_open(number: int, what: str, question: str) -> CheckRule:
    return CheckRule(
        Form.UNRECOGNISED,
        f"Statement {number} {what}",
        questions=(question.format(number=number),),
    )
