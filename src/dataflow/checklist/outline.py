"""Render the checklist of a document, as JSON or as a table."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich import box
from rich.table import Table

from dataflow.checklist.check import CheckRule
from dataflow.checklist.checks import derive_rules
from dataflow.checklist.document import Document, Section


def as_json(document: Document) -> dict[str, Any]:
    """Return the document and its checks."""
    return {
        "title": document.title,
        "generated": document.generated,
        "systems": [document.left_system, document.right_system],
        "other_headings": list(document.other_headings),
        "sections": [_section(section, document) for section in document.sections],
    }


def _section(section: Section, document: Document) -> dict[str, Any]:
    rules = derive_rules(section, document)
    return {
        "number": section.number,
        "id": section.id,
        "left": section.left,
        "right": section.right,
        "statements": [asdict(statement) for statement in section.statements],
        "properties": [asdict(row) for row in section.properties],
        "checks": [
            {"id": c.id, "standing": c.basis, "form": rule.form, "title": c.title}
            for rule in rules
            for c in rule.checks
        ],
        "questions": [question for rule in rules for question in rule.questions],
    }


def as_table(document: Document) -> Table:
    """Return a table of the sections: their contents, and the number of checks."""
    table = Table(
        title=document.title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        collapse_padding=True,
        pad_edge=False,
    )
    for heading in ("", "section", "statements", "properties"):
        # A long line is folded; an id is never truncated.
        table.add_column(heading, overflow="fold", no_wrap=heading == "section")
    table.add_column("checks", justify="right")
    table.add_column("questions", justify="right")
    for section in document.sections:
        table.add_row(*_row(section, derive_rules(section, document)))
    return table


def _row(section: Section, rules: tuple[CheckRule, ...]) -> tuple[str, ...]:
    rows = [f"{row.left} = {row.right}" for row in section.properties]
    return (
        str(section.number),
        section.id,
        "\n".join(statement.form for statement in section.statements),
        "\n".join(rows) or "none",
        str(sum(len(rule.checks) for rule in rules)),
        str(sum(len(rule.questions) for rule in rules)),
    )
