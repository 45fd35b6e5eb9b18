"""The rows under test: those of the features, and made-up ones of every other type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from dataflow.checklist.features import WrittenFeature, read_features
from dataflow.sync.values import SPELLINGS, TYPES

#: Its Invoiced name, its Chargebee name, and the Chargebee type.
Row: TypeAlias = tuple[str, str, str]


class Section(NamedTuple):
    """A section of the checklist: two record types, and their rows."""

    left: str
    right: str
    pairs: tuple[Row, ...] = ()


FEATURES = Path(__file__).parent.parent / "features"

CUSTOMERS = ("Customers person", "Customer")
INVOICES = ("Invoices", "Order")
ITEMS = ("Items", "Item")

#: Between properties that both stand-ins have and let be edited, one a type.
MADE_UP: Mapping[tuple[str, str], tuple[Row, ...]] = {
    CUSTOMERS: (
        ("email", "email", "string"),
        ("phone", "phone", "string"),
        ("currency", "preferred_currency_code", "string"),
        ("owner", "net_term_days", "integer"),
        ("credit_limit", "meta_data.limit", "float"),
        ("taxable", "allow_direct_debit", "boolean"),
    ),
    INVOICES: (
        ("date", "order_date", "timestamp"),
        ("due_date", "shipping_date", "date"),
    ),
    ITEMS: (("name", "name", "string"), ("description", "description", "string")),
}


def listed() -> list[Row]:
    """Return the rows of the features, as the sync is given them."""
    return [row for feature in _features() for row in feature.pairs]


def every() -> list[Row]:
    """Return the listed rows, and one of each type and spelling that there is."""
    return list(dict.fromkeys([*listed(), *_of_each_kind()]))


def rich() -> list[Section]:
    """Return the checklist's sections, each with made-up rows beside the listed."""
    return [
        Section(
            flow.left,
            flow.right,
            (*flow.pairs, *MADE_UP.get((flow.left, flow.right), ())),
        )
        for flow in _features()
    ]


@cache  # Each example asks for the rows; the features do not change in between.
def _features() -> tuple[WrittenFeature, ...]:
    return read_features(FEATURES)


def _of_each_kind() -> Iterator[Row]:
    for left, right in SPELLINGS:
        yield left, right, "string"
    for type_name in TYPES:
        yield "left", "right.below", type_name
