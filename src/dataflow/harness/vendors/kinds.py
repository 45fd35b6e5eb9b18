"""The three kinds of pair, and how each vendor's SDK names them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of pair: an Invoiced record and the Chargebee record linked to it.

    `name` is the Chargebee record's noun, and its key in the answers of that API;
    `left` is the Invoiced record's noun.
    """

    name: str
    left: str
    invoiced_class: str
    chargebee_class: str


CUSTOMER = Kind("customer", "customer", "Customer", "Customer")
ORDER = Kind("order", "invoice", "Invoice", "Order")
ITEM = Kind("item", "item", "Item", "Item")

KINDS = (CUSTOMER, ORDER, ITEM)

#: What carries an order in Chargebee: of no pair, and nothing of Invoiced.
CARRIER = Kind("invoice", "", "", "Invoice")

#: What an item of Chargebee is in.
FAMILY = Kind("item_family", "", "", "ItemFamily")


def kind_of(chargebee_noun: str) -> Kind:
    """Return the kind whose Chargebee record has this noun."""
    return next(kind for kind in KINDS if kind.name == chargebee_noun)
