"""What a record type is, and how the records of both vendors form pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

#: Properties of one edit, each with a value.
Edits: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record type of a document: its nouns, and what is known of its properties.

    `edits` are properties that no sync needs for itself, each with a value: never a
    mark, metadata, an id, a type or a status. `further_edits` are sent together with
    those in one call. In a value, `{}` is a word that occurs nowhere else: the names
    of Chargebee's items must be unique (documented). The vendor's API refuses to
    change `read_only` properties. `has_factory` states whether a record can be created
    that is the counterpart of no other.
    """

    one: str
    many: str
    edits: Edits = ()
    further_edits: Edits = ()
    read_only: frozenset[str] = frozenset()
    has_customer: bool = False
    has_factory: bool = False

    @property
    def a(self) -> str:
        """Return the noun with its indefinite article."""
        return f"{'an' if self.one[0] in 'aeiou' else 'a'} {self.one}"

    @property
    def has_variants(self) -> bool:
        """Return whether unusual records of this type are known."""
        return bool(self.edits)

    def other_edits(self, listed: set[str]) -> Edits:
        """Return the edits of properties outside the `listed` ones."""
        return _without(self.edits, listed)

    def many_edits(self, listed: set[str]) -> Edits:
        """Return all edits of properties outside the `listed` ones, for one call."""
        return _without(self.edits + self.further_edits, listed)


def _without(edits: Edits, listed: set[str]) -> Edits:
    return tuple(edit for edit in edits if edit[0] not in listed)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of pair: an Invoiced record and the Chargebee record linked to it.

    `name` is the Chargebee record's noun, and its key in the answers of that API;
    `left` is the Invoiced record's noun. The classes are those of the SDKs.
    """

    name: str
    left: str
    invoiced_class: str
    chargebee_class: str


CUSTOMER = Kind("customer", "customer", "Customer", "Customer")
ORDER = Kind("order", "invoice", "Invoice", "Order")
ITEM = Kind("item", "item", "Item", "Item")

KINDS = (CUSTOMER, ORDER, ITEM)

#: Chargebee's invoice of an order: part of no pair, and not in Invoiced.
CARRIER = Kind("invoice", "", "", "Invoice")

#: Chargebee's group of items.
FAMILY = Kind("item_family", "", "", "ItemFamily")


def kind_of(chargebee_noun: str) -> Kind:
    """Return the kind whose Chargebee record has this noun."""
    return next(kind for kind in KINDS if kind.name == chargebee_noun)
