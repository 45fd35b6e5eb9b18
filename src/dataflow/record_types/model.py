"""What a record type is, and how the records of both vendors form pairs."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from dataflow.errors import FeatureError

#: Properties of one edit, each with a value.
Edits: TypeAlias = tuple[tuple[str, str], ...]
#: The content of a record: values, or what the factory fills in.
Content: TypeAlias = Mapping[str, object]


class Fill(enum.Enum):
    """A value that differs from record to record."""

    NAME = enum.auto()  # a name that no other record has
    NAME_AS_ID = enum.auto()  # the same, as an id
    CURRENCY = enum.auto()
    CUSTOMER = enum.auto()  # the id of the customer
    IN_A_YEAR = enum.auto()  # a year after the customer's creation
    NOW = enum.auto()  # the creation of the first record that it needs


@dataclass(frozen=True, slots=True)
class Values:
    """Values of a property: of a new record, after an edit, of the neighbour.

    `edited_left` and `edited_right` are those after an edit on either side. `given`
    states whether a record is created with the value; otherwise the value follows from
    the record itself.
    """

    first: str
    edited_left: str
    edited_right: str
    neighbour: str
    given: bool = True


#: The values of a property that has none of its own, by type.
BY_TYPE: Mapping[str, Values] = {
    "string": Values("First", "Second", "Third", "Neighbour"),
    "integer": Values("1", "2", "3", "4"),
    "float": Values("1.5", "2.5", "3.5", "4.5"),
    "boolean": Values("true", "false", "false", "true"),
}
EMAIL = Values(
    "first@example.com", "second@example.com", "third@example.com", "n@example.com"
)
#: Times in unix seconds, in the year 2033.
TIME = Values("2000000000", "2001000000", "2002000000", "2003000000")
#: A currency in Invoiced's spelling and in Chargebee's.
CURRENCY = Values("eur", "gbp", "usd", "jpy", given=False)
CURRENCY_CODE = Values("EUR", "GBP", "USD", "JPY", given=False)
REFERENCE = Values(
    "its customer",
    "another customer",
    "another customer",
    "its customer",
    given=False,
)


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a record type.

    `values` replace those of its type. `is_given` states whether a new record takes a
    value, `is_editable` whether a call changes it later, `is_unique` whether no two
    records may have one value.
    """

    name: str
    type: str = "string"
    values: Values | None = None
    is_given: bool = True
    is_editable: bool = True
    is_unique: bool = False

    @property
    def is_computed(self) -> bool:
        """Return whether the vendor computes the value, and no call writes it."""
        return not (self.is_given or self.is_editable or self.values)


def texts(*names: str) -> tuple[Property, ...]:
    """Return properties of type string that each call takes."""
    return tuple(map(Property, names))


def computed(value_type: str, *names: str) -> tuple[Property, ...]:
    """Return properties that the vendor computes."""
    return tuple(
        Property(name, value_type, is_given=False, is_editable=False) for name in names
    )


@dataclass(frozen=True, slots=True)
class Noun:
    """How the lines of a feature name a record that differs from a usual one.

    `content` replaces values of a new record. `customer` is the noun of the customer
    that is created for it. `final` is what is done after the creation. `is_expected`
    states whether every reading of the document gives it a counterpart.
    """

    name: str
    content: Content = field(default_factory=dict)
    customer: str = ""
    final: Literal["", "paid", "voided"] = ""
    is_expected: bool = True


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
    """Return the kind whose Chargebee record has this noun; raises `FeatureError`."""
    for kind in KINDS:
        if kind.name == chargebee_noun:
            return kind
    raise FeatureError(
        f"No record of Chargebee can be created for {chargebee_noun!r}: the nouns are"
        f" {', '.join(kind.name for kind in KINDS)}."
    )


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """A record that another one needs; `mark_field` takes the mark of a run."""

    kind: Kind
    content: Content
    mark_field: str = ""


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record type of a document; without `kind`, the project has no adapter for it.

    `one` and `many` are its nouns; `word` begins the names of new records, whose
    `content` is given, with `nouns` and `variants` for others, and the `prerequisites`
    that are created first. `edits` are properties
    that no sync needs for itself, each with a value: never a mark, metadata, an id, a
    type or a status. `further_edits` are sent together with those in one call. In a
    value, `{}` is a word that occurs nowhere else: the names of Chargebee's items must
    be unique (documented).
    """

    one: str
    many: str
    kind: Kind | None = None
    prerequisites: tuple[Prerequisite, ...] = ()
    mark_field: str = ""
    word: str = ""
    content: Content = field(default_factory=dict)
    nouns: tuple[Noun, ...] = ()
    variants: tuple[Content, ...] = ()
    properties: tuple[Property, ...] = ()
    edits: Edits = ()
    further_edits: Edits = ()

    @property
    def a(self) -> str:
        """Return the noun with its indefinite article."""
        return f"{'an' if self.one[0] in 'aeiou' else 'a'} {self.one}"

    @property
    def has_customer(self) -> bool:
        """Return whether a record needs a customer."""
        return Fill.CUSTOMER in self.content.values()

    def find_property(self, name: str) -> Property | None:
        """Return the property of this name; None if the API has none."""
        return next((each for each in self.properties if each.name == name), None)

    def read_value(self, name: str, value: object) -> object:
        """Return a value of a feature in the type of its property."""
        found = self.find_property(name)
        is_text = found is None or found.type == "string"
        return value if is_text or not isinstance(value, str) else json.loads(value)

    def is_editable(self, name: str) -> bool:
        """Return whether a call may change this property, known or not."""
        found = self.find_property(name)
        return found is None or found.is_editable

    def other_edits(self, listed: set[str]) -> Edits:
        """Return the edits of properties outside the `listed` ones."""
        return _without(self.edits, listed)

    def many_edits(self, listed: set[str]) -> Edits:
        """Return all edits of properties outside the `listed` ones, for one call."""
        return _without(self.edits + self.further_edits, listed)


def _without(edits: Edits, listed: set[str]) -> Edits:
    return tuple(edit for edit in edits if edit[0] not in listed)
