"""Invoiced's record types, and the variants of their records.

Only what both APIs accept: issued invoices are open, due a year ahead, and have a total
above zero; names and numbers differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dataflow.record_types.model import RecordType

#: The record type of the customer of other records.
PERSON = "Customers person"
#: The record type of what is sold.
ITEM = "Items"

#: By the name in the document.
RECORD_TYPES: Mapping[str, RecordType] = {
    PERSON: RecordType(
        "person",
        "persons",
        edits=(
            ("phone", "555-0100"),
            ("notes", "Prefers the telephone"),
            ("name", "Ada Lovelace"),
            ("email", "ada@example.com"),
        ),
        further_edits=(
            ("number", "C-{}"),
            ("attention_to", "Grace Hopper"),
            ("address1", "1 Main Street"),
            ("city", "Oslo"),
        ),
    ),
    "Invoices": RecordType(
        "invoice",
        "invoices",
        edits=(("notes", "Handle with care"), ("purchase_order", "PO-7")),
        further_edits=(
            ("number", "I-{}"),
            ("name", "Second invoice"),
            ("due_date", "2000000000"),
        ),
        # Unconfirmed.
        read_only=frozenset({"customer"}),
        has_customer=True,
    ),
    ITEM: RecordType(
        "item",
        "items",
        edits=(("description", "Now in blue"), ("name", "Blue widget {}")),
    ),
}

YEAR = 365 * 24 * 60 * 60

#: An amount in major units that every currency can hold, with no decimals.
UNIT_COST = 40

#: A moment before any record of the checklist was created: the first of January 2020.
LONG_AGO = 1577836800

#: Metadata of another owner on each record: a sync may add its own marks beside it.
METADATA: Mapping[str, str] = {"kept_by": "somebody else"}

#: Types of customers that Invoiced may take (unconfirmed), and that are no persons.
ORGANISATIONS = ("government", "non_profit")

#: Currencies of customers; the currency of an invoice differs from its customer's.
CURRENCIES = ("usd", "eur")

#: Records that differ a little from most, by noun. `{}` is a name of their own, and
#: `{last}` its last word.
VARIANTS: Mapping[str, Sequence[Mapping[str, object]]] = {
    "person": (
        {"name": "Ünal Ødegård-O'Neil {}"},
        {"name": '"Al" & <Sons> {}'},
        {"name": "Cher-{last}"},
        {"name": "Maximiliana " * 9 + "{}"},
        {"email": "family@example.com", "phone": "+47 555 0100"},
        {"email": "family@example.com"},
        {"currency": None},
        {"number": "N° {last}/7"},
        {"address1": "1 Storgata", "city": "Tromsø", "country": "NO"},
    ),
    "item": (
        {"name": "Größe 木 {}"},
        {"name": "Very large " * 7 + "{}"},
        {"unit_cost": 0},
        {"currency": None},
        {"unit_cost": 19.99, "description": "Half a dozen"},
        {"type": "service"},
        {"id": "part:{last}-7_B"},
    ),
    "invoice": (
        {"items": [{"name": "Widget", "quantity": 3, "unit_cost": 19.99}]},
        {"items": [{"name": n, "quantity": 1, "unit_cost": 7} for n in ("A", "B")]},
        {"items": [{"name": "Sample", "quantity": 1, "unit_cost": 0}]},
        {"items": [{"name": n, "unit_cost": c} for n, c in (("A", 40), ("B", -7))]},
        {"number": "N° {last}/7"},
        {"due_date": None},
        {"payment_terms": "NET 30", "due_date": None},
        {"date": LONG_AGO, "due_date": LONG_AGO},
        {"discounts": [{"amount": 5}], "taxes": [{"amount": 3.85}]},
        {"purchase_order": "PO-7", "notes": 'Say "hello" & <smile>'},
    ),
}
