"""Invoiced's record types: nouns, new records, properties, variants, edits.

Only what both APIs accept: issued invoices are open, due a year ahead, and have a total
above zero; names and numbers differ. Sources of the properties: documentation and SDK,
with one account's recorded customers.
"""

from __future__ import annotations

from collections.abc import Mapping

from dataflow.record_types import model
from dataflow.record_types.model import (
    CURRENCY,
    EMAIL,
    REFERENCE,
    TIME,
    Fill,
    Noun,
    Property,
    RecordType,
    computed,
    texts,
)

#: The record type of the customer of other records.
PERSON = "Customers person"
#: The record type of what is sold.
ITEM = "Items"

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

#: By the name in the document. In a variant, `{}` is a name of its own, and `{last}`
#: the last word of that name.
RECORD_TYPES: Mapping[str, RecordType] = {
    PERSON: RecordType(
        "person",
        "persons",
        model.CUSTOMER,
        word="Zoë",
        content={"name": Fill.NAME, "type": "person", "currency": Fill.CURRENCY},
        nouns=(
            Noun("person"),
            *(
                Noun(name, {"type": name}, is_expected=False)
                for name in ("company", *ORGANISATIONS)
            ),
        ),
        variants=(
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
        properties=(
            Property("number", is_unique=True),
            *texts("name", "phone", "notes", "attention_to", "address1"),
            *texts("address2", "city", "state", "postal_code", "tax_id"),
            Property("email", values=EMAIL),
            Property("currency", values=CURRENCY),
            Property("active", "boolean"),
            Property("taxable", "boolean"),
            Property("chase", "boolean"),
            Property("credit_hold", "boolean"),
            Property("credit_limit", "float"),
            *computed("integer", "id", "created_at", "updated_at"),
            *computed("string", "object", "sign_up_url", "statement_url"),
            *computed("string", "statement_pdf_url"),
        ),
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
        model.ORDER,
        word="Number",
        content={
            "customer": Fill.CUSTOMER,
            "currency": Fill.CURRENCY,
            "due_date": Fill.IN_A_YEAR,
            "items": [{"name": "Widget", "quantity": 1, "unit_cost": UNIT_COST}],
            "draft": False,
        },
        nouns=(
            Noun("invoice", customer="person"),
            Noun("invoice of that person", customer="person"),
            Noun("invoice of a new person", customer="person"),
            Noun("paid invoice", customer="person", final="paid"),
            Noun("draft invoice", {"draft": True}, "person", is_expected=False),
            Noun("voided invoice", {}, "person", final="voided", is_expected=False),
            Noun("invoice of a company", customer="company", is_expected=False),
        ),
        variants=(
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
        properties=(
            Property("currency", values=CURRENCY),
            Property("customer", values=REFERENCE, is_editable=False),  # unconfirmed
            Property("number", is_unique=True),
            *texts("name", "notes", "purchase_order", "payment_terms"),
            Property("date", "integer", TIME),
            Property("due_date", "integer", TIME),
            *computed("boolean", "paid"),
            *computed("float", "subtotal", "total", "balance"),
            *computed("string", "object", "status", "url", "payment_url", "pdf_url"),
            *computed("integer", "id", "attempt_count", "created_at", "updated_at"),
        ),
        edits=(("notes", "Handle with care"), ("purchase_order", "PO-7")),
        further_edits=(
            ("number", "I-{}"),
            ("name", "Second invoice"),
            ("due_date", "2000000000"),
        ),
    ),
    ITEM: RecordType(
        "item",
        "items",
        model.ITEM,
        word="Widget",
        content={
            "id": Fill.NAME_AS_ID,
            "name": Fill.NAME,
            "currency": Fill.CURRENCY,
            "unit_cost": UNIT_COST,
        },
        nouns=(Noun("item"),),
        variants=(
            {"name": "Größe 木 {}"},
            {"name": "Very large " * 7 + "{}"},
            {"unit_cost": 0},
            {"currency": None},
            {"unit_cost": 19.99, "description": "Half a dozen"},
            {"type": "service"},
            {"id": "part:{last}-7_B"},
        ),
        properties=(
            *texts("name", "description", "gl_account"),
            # Documented: an edit takes name, description, type and metadata alone.
            Property("currency", values=CURRENCY, is_editable=False),
            Property("unit_cost", "float", is_editable=False),
            Property("taxable", "boolean", is_editable=False),
            Property("discountable", "boolean", is_editable=False),
            *computed("string", "object"),
            *computed("integer", "created_at", "updated_at"),
        ),
        edits=(("description", "Now in blue"), ("name", "Blue widget {}")),
    ),
}
