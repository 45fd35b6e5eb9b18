"""The checks, rules and questions of a document, for the tests of the checklist."""

from __future__ import annotations

from dataflow.checklist.check import Basis
from dataflow.checklist.document import Document
from dataflow.checklist.features import WrittenFeature, WrittenScenario
from dataflow.checklist.reader import parse_document
from dataflow.checklist.transcript import read_section
from tests.checklist.documents import MADE_UP, Row, all_forms, real_facts

#: The checks that every section of the three known forms has.
ALWAYS = [
    ("every.new-record", Basis.STATED),
    ("every.already-there", Basis.STATED),
    ("every.all-sorts", Basis.STATED),
    ("every.edited-before", Basis.STATED),
    ("every.many-pages", Basis.STATED),
    ("every.full-page", Basis.STATED),
    ("every.a-day-apart", Basis.STATED),
    ("every.same-second", Basis.STATED),
    ("every.sync-again", Basis.INFERRED),
]


STRANGER = ("every.stranger", Basis.INFERRED)


#: What asks for knowledge of the record type.
KNOWN = {"every.all-sorts", "every.edited-before"}


#: Of a section about record types that are not known.
STRANGERS = [
    *(check for check in ALWAYS if check[0] not in KNOWN),
    ("kept.deleted-in-redbooks", Basis.OBSERVED),
    ("kept.deleted-in-bluebill", Basis.OBSERVED),
]


DOCUMENTS = {"real": real_facts(), "made up": all_forms()}


def sections(document: Document) -> list[WrittenFeature]:
    """Return what the sections of a document are transcribed to."""
    return [read_section(section, document) for section in document.sections]


def sections_in(text: str) -> list[WrittenFeature]:
    """Return what the sections of a document's text are transcribed to."""
    return sections(parse_document(text))


def checks_in(text: str) -> list[WrittenScenario]:
    """Return the checks of all sections of a document's text."""
    return [check for section in sections_in(text) for check in section.scenarios]


def section_of(*statements: str) -> str:
    """Return a made-up document of one section with these statements."""
    return MADE_UP.document(MADE_UP.section("Client", "Account", *statements))


def with_rows(*rows: Row) -> str:
    """Return a made-up document whose one section lists these properties."""
    return MADE_UP.document(MADE_UP.usual("Client", "Account", rows))


def found(checks: list[WrittenScenario], section: str) -> list[tuple[str, Basis]]:
    """Return the ids of a section's checks, without the section, and the standings."""
    return [
        (check.ids[0].removeprefix(f"{section}."), check.bases[0])
        for check in checks
        if check.ids[0].partition(".")[0] == section
    ]


def steps_of(name: str, text: str) -> list[str]:
    """Return the lines of the one check whose id ends with this name."""
    (check,) = (c for c in checks_in(text) if c.ids[0].partition(".")[2] == name)
    return [step.text for step in check.steps]


def questions_in(text: str) -> list[str]:
    """Return the open questions of all sections."""
    return [each for section in sections_in(text) for each in section.questions]


def asked(check: WrittenScenario) -> tuple[tuple[str, ...], ...]:
    """Return the table of what a check asks of the pairs."""
    (table,) = (s.table for s in check.steps if s.text.startswith("each has exactly"))
    return table
