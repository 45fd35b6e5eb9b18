"""The checks that follow from the statements of a section."""

from __future__ import annotations

from collections import Counter

import pytest

from dataflow.checklist.check import Basis
from tests.checklist.checking import (
    ALWAYS,
    DOCUMENTS,
    STRANGER,
    STRANGERS,
    asked,
    checks_in,
    found,
    sections_in,
    steps_of,
    with_rows,
)
from tests.checklist.documents import MADE_UP, REAL, Writer, all_forms, real_facts

PERSONS = [
    *ALWAYS[:4],
    STRANGER,
    *ALWAYS[4:],
    ("every.company", Basis.INFERRED),
    ("every.company-becomes-a-person", Basis.INFERRED),
    ("other.phone-in-invoiced", Basis.STATED),
    ("other.notes-in-invoiced", Basis.STATED),
    ("other.name-in-invoiced", Basis.STATED),
    ("other.email-in-invoiced", Basis.STATED),
    ("other.last_name-in-chargebee", Basis.STATED),
    ("other.email-in-chargebee", Basis.STATED),
    ("other.much-in-invoiced", Basis.STATED),
    ("other.much-in-chargebee", Basis.STATED),
    ("other.on-both", Basis.STATED),
    ("kept.goes-on", Basis.STATED),
    ("kept.deleted-in-invoiced", Basis.OBSERVED),
    ("kept.deleted-in-chargebee", Basis.OBSERVED),
    ("kept.becomes-a-company", Basis.OBSERVED),
    ("kept.becomes-inactive", Basis.OBSERVED),
]


INVOICES = [
    *ALWAYS[:4],
    STRANGER,
    *ALWAYS[4:],
    ("every.customer-not-linked-yet", Basis.INFERRED),
    ("every.customer-older-than-the-sync", Basis.INFERRED),
    ("every.draft-issued", Basis.INFERRED),
    ("every.paid-before", Basis.STATED),
    ("every.draft", Basis.OBSERVED),
    ("every.voided", Basis.OBSERVED),
    ("every.of-a-company", Basis.OBSERVED),
    ("currency.edited-in-invoiced", Basis.STATED),
    ("currency.edited-in-chargebee", Basis.STATED),
    ("currency.edited-again-in-invoiced", Basis.STATED),
    ("currency.edited-back-in-invoiced", Basis.STATED),
    ("currency.edited-beside-note", Basis.OBSERVED),
    ("currency.edited-after-notes", Basis.STATED),
    ("currency.edited-in-one-second-in-invoiced", Basis.STATED),
    ("currency.edited-older-in-invoiced", Basis.STATED),
    ("currency.edited-late-in-invoiced", Basis.STATED),
    ("currency.edited-among-many-in-invoiced", Basis.STATED),
    ("currency.edited-in-several-in-invoiced", Basis.STATED),
    ("customer.edited-in-invoiced", Basis.STATED),
    ("customer.edited-in-chargebee", Basis.STATED),
    ("other.notes-in-invoiced", Basis.STATED),
    ("other.purchase_order-in-invoiced", Basis.STATED),
    ("other.note-in-chargebee", Basis.STATED),
    ("other.much-in-invoiced", Basis.STATED),
    ("other.much-in-chargebee", Basis.STATED),
    ("other.on-both", Basis.STATED),
    ("other.lines-in-invoiced", Basis.STATED),
    ("other.customers-phone-in-invoiced", Basis.INFERRED),
    ("kept.goes-on", Basis.STATED),
    ("kept.paid", Basis.STATED),
    ("kept.deleted-in-invoiced", Basis.OBSERVED),
    ("kept.deleted-in-chargebee", Basis.OBSERVED),
    ("kept.voided", Basis.OBSERVED),
    ("kept.replaced-currency", Basis.OBSERVED),
    ("currency.new-pair", Basis.STATED),
    ("currency.type", Basis.STATED),
    ("customer.new-pair", Basis.STATED),
    ("customer.type", Basis.STATED),
]


ITEMS = [
    *ALWAYS[:4],
    STRANGER,
    *ALWAYS[4:],
    ("other.description-in-invoiced", Basis.STATED),
    ("other.name-in-invoiced", Basis.STATED),
    ("other.description-in-chargebee", Basis.STATED),
    ("other.name-in-chargebee", Basis.STATED),
    ("other.much-in-invoiced", Basis.STATED),
    ("other.much-in-chargebee", Basis.STATED),
    ("other.on-both", Basis.STATED),
    ("kept.goes-on", Basis.STATED),
    ("kept.made-anew", Basis.INFERRED),
    ("kept.deleted-in-invoiced", Basis.OBSERVED),
    ("kept.deleted-in-chargebee", Basis.OBSERVED),
]


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("customers-person-customer", PERSONS),
        ("invoices-order", INVOICES),
        ("items-item", ITEMS),
    ],
)
def test_a_section_has_its_checks(
    section: str, expected: list[tuple[str, Basis]]
) -> None:
    """Each section has these checks, each with who says that it must hold."""
    assert expected == found(checks_in(real_facts()), section)


def test_unknown_record_types_have_checks() -> None:
    """A section about unknown record types has what needs no knowledge of them."""
    text = MADE_UP.document(MADE_UP.usual("Client", "Account"))

    assert STRANGERS == found(checks_in(text), "client-account")


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS)
def test_ids_are_unique(text: str) -> None:
    """No two checks of a document have one id."""
    ids = Counter(check.ids[0] for check in checks_in(text))

    assert [] == [name for name, count in ids.items() if count > 1]


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS)
def test_titles_are_unique_in_a_section(text: str) -> None:
    """No two checks of a section have one title: only the last of them would run."""
    titles = Counter((c.ids[0].partition(".")[0], c.name) for c in checks_in(text))

    assert [] == [title for title, count in titles.items() if count > 1]


def test_ids_of_the_same_section_differ() -> None:
    """The checks of a section that comes twice have ids of their own."""
    usual = MADE_UP.usual("Client", "Account")
    ids = {check.ids[0] for check in checks_in(MADE_UP.document(usual, usual))}

    assert 2 * len(STRANGERS) == len(ids)


def test_an_id_has_no_white_space() -> None:
    """A check id is one word even where a system's name is of two."""
    writer = Writer("Red Books", "Blue Bill")
    text = writer.document(writer.usual("Client", "Account", [("a", "b", '"string"')]))

    assert [] == [check.ids[0] for check in checks_in(text) if " " in check.ids[0]]


def test_a_company_is_checked_for_persons() -> None:
    """While no section covers companies, one must not turn up as a person's."""
    ids = [check.ids[0] for check in checks_in(real_facts())]

    assert "customers-person-customer.every.company" in ids


def test_a_company_is_not_checked_once_covered() -> None:
    """Once a section covers companies, they have counterparts of their own."""
    text = REAL.document(
        REAL.usual("Customers person", "Customer"),
        REAL.usual("Customers company", "Customer"),
    )

    assert [] == [
        c.ids[0] for c in checks_in(text) if c.ids[0].endswith(".every.company")
    ]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("string", ("First", "Second", "Third")),
        ("integer", ("1", "2", "3")),
        ("float", ("1.5", "2.5", "3.5")),
        ("boolean", ("true", "false", "false")),
    ],
)
def test_a_type_has_values(kind: str, values: tuple[str, str, str]) -> None:
    """A row of a known type is tried with values of that type."""
    text = with_rows(("a", "b", f'"{kind}"'))
    tables = [
        asked(check)[1][1]
        for check in checks_in(text)
        if check.ids[0].partition(".")[2]
        in {"every.new-record", "a.edited-in-redbooks", "a.edited-in-bluebill"}
    ]

    assert list(values) == tables


def test_the_listed_type_is_asked_for() -> None:
    """A value in the right system has the type that the document names."""
    text = with_rows(("a", "b", '"integer"'))

    assert 'the "b" of the record of "Account" is a JSON integer' in steps_of(
        "a.type", text
    )


def test_each_statement_has_a_rule() -> None:
    """Statements become rules one by one, in the document's order."""
    stay = 'A linked record of "{}" and record of "{}" stay in sync'
    kept = f"{stay}, wherever they are edited"
    unknown = "Statement {} is not understood yet"

    assert [
        (
            unknown.format(1),
            unknown.format(2),
            kept.format("Client", "Account"),
            "The listed properties agree",
        ),
        (
            unknown.format(1),
            kept.format("Deal", "Order"),
            "The listed properties agree",
        ),
        (
            'Every record of "Deal" has a record of "Order"',
            kept.format("Deal", "Order"),
            "No property is listed",
        ),
    ] == [section.rules for section in sections_in(all_forms())]
