"""Render the checklist of a document, as JSON or as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich import box
from rich.table import Table

from dataflow.checklist.document import Document, Section
from dataflow.checklist.features import WrittenFeature
from dataflow.checklist.transcript import read_section


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
    feature = read_section(section, document)
    return {
        "number": section.number,
        "id": section.id,
        "left": section.left,
        "right": section.right,
        "not_exercised": feature.not_exercised,
        "statements": [asdict(statement) for statement in section.statements],
        "properties": [asdict(row) for row in section.properties],
        "checks": list(_checks(section, feature)),
        "questions": list(feature.questions),
    }


def _checks(section: Section, feature: WrittenFeature) -> Iterator[dict[str, str]]:
    # Each statement has one rule.
    forms = (statement.form for statement in section.statements)
    form_of = dict(zip(feature.rules, forms, strict=True))
    for scenario in feature.scenarios:
        yield {
            "id": scenario.ids[0],
            "standing": scenario.bases[0],
            "form": form_of[scenario.rule],
            "title": scenario.name,
            "not_exercised": scenario.not_exercised,
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
    for heading in ("checks", "questions"):
        table.add_column(heading, justify="right")
    for section in document.sections:
        table.add_row(*_row(section, read_section(section, document)))
    return table


def _row(section: Section, feature: WrittenFeature) -> tuple[str, ...]:
    rows = [f"{row.left} = {row.right}" for row in section.properties]
    return (
        str(section.number),
        section.id,
        "\n".join(statement.form for statement in section.statements),
        "\n".join(rows) or "none",
        str(len(feature.scenarios)),
        str(len(feature.questions)),
    )


def list_not_exercised(document: Document) -> Iterator[str]:
    """Yield a sentence for each reason why checks of a section are not exercised."""
    for section in document.sections:
        scenarios = read_section(section, document).scenarios
        counts = Counter(each.not_exercised for each in scenarios)
        for reason, count in counts.items():
            if reason:
                yield f"{section.id}: {count} checks not exercised: {reason}."
