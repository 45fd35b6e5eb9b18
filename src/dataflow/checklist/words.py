"""The words of QA for what a document names, and what is known of those things.

This is the one place that knows record types and properties of the two vendors on the
way from the document to the features. A record type or a property that is not here is
still transcribed, in the document's own name for it and without what only knowledge of
it allows.
"""

from __future__ import annotations

from dataclasses import dataclass

from dataflow.checklist.document import PropertyRow, Section


@dataclass(frozen=True, slots=True)
class Word:
    """A noun."""

    one: str
    many: str

    @property
    def a(self) -> str:
        """Return the noun with its indefinite article."""
        return f"{'an' if self.one[0] in 'aeiou' else 'a'} {self.one}"


#: The record type that the customer of another record is of.
CUSTOMER = "Customers person"
#: The record type of what is sold.
ITEM = "Items"

_WORDS = {
    CUSTOMER: Word("person", "persons"),
    "Customer": Word("customer", "customers"),
    "Invoices": Word("invoice", "invoices"),
    "Order": Word("order", "orders"),
    ITEM: Word("item", "items"),
    "Item": Word("item", "items"),
}

#: Edits of something else: properties that no sync needs for itself, with a value.
#: Never one of a mark, metadata, an id, a type or a status. In a value, `{}` is a word
#: that nothing else has: the names of Chargebee's items are taken once (documented).
_OTHER_EDITS = {
    CUSTOMER: (
        ("phone", "555-0100"),
        ("notes", "Prefers the telephone"),
        ("name", "Ada Lovelace"),
        ("email", "ada@example.com"),
    ),
    "Customer": (("last_name", "Lovelace"), ("email", "lovelace@example.com")),
    "Invoices": (("notes", "Handle with care"), ("purchase_order", "PO-7")),
    "Order": (("note", "Ring twice"),),
    ITEM: (("description", "Now in blue"), ("name", "Blue widget {}")),
    "Item": (("description", "Now in green"), ("name", "Green widget {}")),
}

#: What is edited together with those, in one call.
_FURTHER_EDITS = {
    CUSTOMER: (
        ("number", "C-{}"),
        ("attention_to", "Grace Hopper"),
        ("address1", "1 Main Street"),
        ("city", "Oslo"),
    ),
    "Customer": (("first_name", "Ada"), ("company", "Engines"), ("phone", "555-0101")),
    "Invoices": (
        ("number", "I-{}"),
        ("name", "Second invoice"),
        ("due_date", "2000000000"),
    ),
    "Order": (("status", "shipped"), ("tracking_id", "T-7")),
    "Item": (("external_name", "Widget in green"), ("unit", "dozen")),
}

#: What the vendors' APIs refuse to change once the record is there: an invoice's
#: customer (unconfirmed), and on an order both (documented: no call takes them).
_READ_ONLY = {
    ("Invoices", "customer"),
    ("Order", "customer_id"),
    ("Order", "currency_code"),
}


def word_for(record_type: str) -> Word:
    """Return the noun for a record type of the document."""
    plain = record_type.lower()
    return _WORDS.get(record_type, Word(plain, f"{plain}s"))


def other_edits(record_type: str, listed: set[str]) -> tuple[tuple[str, str], ...]:
    """Return properties outside the `listed` ones that may be edited, with a value."""
    edits = _OTHER_EDITS.get(record_type, ())
    return tuple(edit for edit in edits if edit[0] not in listed)


def many_edits(record_type: str, listed: set[str]) -> tuple[tuple[str, str], ...]:
    """Return properties outside the `listed` ones that may be edited all at once."""
    further = _FURTHER_EDITS.get(record_type, ())
    edits = (edit for edit in further if edit[0] not in listed)
    return (*other_edits(record_type, listed), *edits)


def comes_in_sorts(record_type: str) -> bool:
    """Tell whether it is known what may be unusual about a record of this type."""
    return record_type in _OTHER_EDITS


def can_be_strange(record_type: str) -> bool:
    """Tell whether a record of this type can be made that is nobody's counterpart."""
    return record_type in {"Customer", "Item", "Order"}


def is_read_only(record_type: str, name: str) -> bool:
    """Tell whether the vendor's API is known to refuse an edit of this property."""
    return (record_type, name) in _READ_ONLY


def has_customer(section: Section) -> bool:
    """Tell whether a left record of this section belongs to a customer."""
    return section.left == "Invoices"


@dataclass(frozen=True, slots=True)
class Example:
    """One value in the spelling of either side, as the feature shows it."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Examples:
    """Values of one property: at first, once edited on either side, the neighbour's.

    `given` tells whether a record is made with the value; otherwise it comes with the
    record itself.
    """

    first: Example
    edited_left: Example
    edited_right: Example
    neighbour: Example
    given: bool = True


#: Currencies that the features use: code by code in either side's spelling.
EUR, GBP, JPY, USD = (
    Example(code, code.upper()) for code in ("eur", "gbp", "jpy", "usd")
)

_CURRENCIES = Examples(
    first=EUR,
    edited_left=GBP,
    edited_right=USD,
    neighbour=JPY,
    given=False,
)
_ITS = Example("its customer", "its customer")
_ANOTHER = Example("another customer", "another customer")
_REFERENCES = Examples(_ITS, _ANOTHER, _ANOTHER, _ITS, given=False)


def _plain(first: str, left: str, right: str, neighbour: str) -> Examples:
    return Examples(
        Example(first, first),
        Example(left, left),
        Example(right, right),
        Example(neighbour, neighbour),
    )


_BY_PAIR = {
    ("currency", "currency_code"): _CURRENCIES,
    ("currency", "preferred_currency_code"): _CURRENCIES,
    ("customer", "customer_id"): _REFERENCES,
    ("email", "email"): _plain(
        "first@example.com", "second@example.com", "third@example.com", "n@example.com"
    ),
}
_BY_TYPE = {
    "string": _plain("First", "Second", "Third", "Neighbour"),
    "integer": _plain("1", "2", "3", "4"),
    "float": _plain("1.5", "2.5", "3.5", "4.5"),
    "boolean": _plain("true", "false", "false", "true"),
}


def examples_for(row: PropertyRow) -> Examples | None:
    """Return values to try this row with, or None where none are known to be right."""
    if not row.is_pair:
        return None
    return _BY_PAIR.get((row.left, row.right), _BY_TYPE.get(row.type))
