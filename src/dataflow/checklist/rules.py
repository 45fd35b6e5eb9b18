"""From a section's statements to its rules: the whole checklist of the section."""

from __future__ import annotations

from dataflow.checklist import every, kept, listed
from dataflow.checklist.check import Rule
from dataflow.checklist.model import Document, Form, Section
from dataflow.checklist.scene import Scene

_RULES = {
    Form.EVERY: every.rule,
    Form.KEPT_IN_SYNC: kept.rule,
    Form.PROPERTIES: listed.rule,
}

_QUESTION = (
    "Statement {number} of this section has a form that is not known yet, so nothing"
    " checks it. What does it ask for?"
)


def rules_of(section: Section, document: Document) -> tuple[Rule, ...]:
    """Return one rule for each statement of the section, in the document's order."""
    scene = Scene(section, document)
    seen: set[Form] = set()
    rules = []
    for number, statement in enumerate(section.statements, start=1):
        # A form that comes twice would give two checks one id.
        known = statement.form in _RULES and statement.form not in seen
        rules.append(
            _RULES[statement.form](scene) if known else _not_understood(number)
        )
        seen.add(statement.form)
    return tuple(rules)


def _not_understood(number: int) -> Rule:
    return Rule(
        Form.UNRECOGNISED,
        f"Statement {number} is not understood yet",
        questions=(_QUESTION.format(number=number),),
    )
