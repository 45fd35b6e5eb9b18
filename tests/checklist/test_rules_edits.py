"""Which edits are checked, and which may be refused."""

from __future__ import annotations

import pytest

from tests.checklist.checking import asked, checks_in, steps_of
from tests.checklist.documents import REAL, Row, real_facts

IF_TAKEN = ", if the API lets it"


@pytest.mark.parametrize(
    ("name", "step"),
    [
        (
            "currency.edited-in-invoiced",
            'its "currency" is changed to "gbp" in Invoiced',
        ),
        (
            "currency.edited-in-chargebee",
            f'its "currency_code" is changed to "USD" in Chargebee{IF_TAKEN}',
        ),
        (
            "customer.edited-in-invoiced",
            f'its "customer" is changed to another customer in Invoiced{IF_TAKEN}',
        ),
        (
            "customer.edited-in-chargebee",
            f'its "customer_id" is changed to another customer in Chargebee{IF_TAKEN}',
        ),
    ],
)
def test_an_edit_that_is_refused_is_attempted(name: str, step: str) -> None:
    """What the API is known to refuse is tried, and only that may be refused."""
    assert step in steps_of(name, real_facts())


def test_a_refused_edit_has_two_outcomes() -> None:
    """Where an edit may be refused, the pair agrees on the new value or the old."""
    (check,) = (
        check
        for check in checks_in(real_facts())
        if check.ids[0].endswith("currency.edited-in-chargebee")
    )

    assert "USD if taken, else EUR" == asked(check)[1][2]


def test_another_customer_is_there_before_it_is_needed() -> None:
    """An invoice can only be moved to a customer who is there."""
    assert "another customer" in steps_of("customer.edited-in-invoiced", real_facts())


@pytest.mark.parametrize(
    ("left", "right", "row", "name"),
    [
        ("Items", "Item", ("description", "x", '"string"'), "description-in-invoiced"),
        ("Items", "Item", ("x", "description", '"string"'), "description-in-chargebee"),
        ("Invoices", "Order", ("notes", "x", '"string"'), "notes-in-invoiced"),
        ("Invoices", "Order", ("x", "note", '"string"'), "note-in-chargebee"),
        ("Invoices", "Order", ("notes", "x", "N/A"), "notes-in-invoiced"),
    ],
)
def test_a_listed_property_is_no_other_edit(
    left: str, right: str, row: Row, name: str
) -> None:
    """What is listed, checked or not, is not edited as something else."""
    text = REAL.document(REAL.usual(left, right, [row]))

    assert [] == [
        c.ids[0] for c in checks_in(text) if c.ids[0].endswith(f"other.{name}")
    ]


def test_an_edit_on_both_sides_needs_both() -> None:
    """Without something else to edit on one side, nothing is edited on both."""
    rows = [(name, f"their {name}", '"string"') for name in ("description", "name")]
    text = REAL.document(REAL.usual("Items", "Item", rows))

    assert [] == [
        c.ids[0] for c in checks_in(text) if c.ids[0].endswith("other.on-both")
    ]


@pytest.mark.parametrize(
    "forbidden", ["id", "type", "status", "metadata", "meta_data", "reference_id"]
)
def test_marks_and_the_like_are_not_edited(forbidden: str) -> None:
    """An edit of something else never touches what a sync may need for itself."""
    texts = [
        step.text
        for check in checks_in(real_facts())
        if ".other." in check.ids[0]
        for step in check.steps
    ]

    assert [] == [text for text in texts if f'"{forbidden}"' in text]
