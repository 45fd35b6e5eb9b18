"""How the records of a scenario are made in Invoiced, noun by noun.

Only what both APIs accept: issued invoices are open, due a year ahead, and have a total
above zero; names and numbers differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from dataflow.harness.vendors.invoiced_account import InvoicedAccount
from dataflow.harness.vendors.kinds import CUSTOMER, ITEM, ORDER, Kind

Record: TypeAlias = dict[str, Any]

YEAR = 365 * 24 * 60 * 60

#: An amount in major units that every currency can hold, with no decimals.
UNIT_COST = 40

#: A moment before any record of the checklist was made: the first of January 2020.
LONG_AGO = 1577836800

#: What somebody else keeps on a record: a sync may add marks of its own beside it.
METADATA = {"kept_by": "somebody else"}
NO_MARKS: Mapping[str, str] = {}

#: Records that are like most and a little unlike them; `{}` is a name of their own, and
#: `{last}` its last word.
SORTS: Mapping[str, Sequence[Mapping[str, object]]] = {
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

#: Types of customers that Invoiced may take (unconfirmed), and no person is of.
ORGANISATIONS = ("government", "non_profit")

#: Currencies of customers; an invoice's own is another one.
CURRENCIES = ("usd", "eur")


@dataclass(eq=False)
class Made:
    """A record that a scenario has made in Invoiced.

    `expected` tells whether it must get a counterpart under every reading of the
    document; `record` is how it read when the scenario had made it, and `written` names
    what was written of it: the rest is the vendor's. `deleted` tells whether the
    scenario has deleted it, on either side.
    """

    kind: Kind
    noun: str
    record: Record
    expected: bool = True
    customer: Made | None = None
    written: frozenset[str] = frozenset()
    deleted: bool = False

    @property
    def id(self) -> str:
        """Return the Invoiced id, as text."""
        return str(self.record["id"])

    def __str__(self) -> str:
        """Return the noun and the id, as messages name a record."""
        return f"{self.noun} {self.id}"


class Kitchen:
    """Makes records; `name` gives each a name of its own, `marks` are left on it."""

    def __init__(
        self,
        account: InvoicedAccount,
        name: Callable[[str], str],
        marks: Mapping[str, str] = NO_MARKS,
    ) -> None:
        self._account = account
        self._name = name
        self._metadata = {**METADATA, **marks}

    def name(self, word: str) -> str:
        """Return a name that no other record has."""
        return self._name(word)

    def filled(self, value: object) -> object:
        """Return a value with `{}` replaced by a word that nothing else has."""
        if not isinstance(value, str):
            return value
        return value.replace("{}", self._name("word").rpartition(" ")[2])

    def make(
        self,
        noun: str,
        currency: str,
        values: Mapping[str, object],
        customer: Made | None = None,
    ) -> Made:
        """Make the record that a feature calls by this noun.

        `customer` is whose invoice it is; without one, an invoice gets a new person.
        """
        if noun in {"person", "company", *ORGANISATIONS}:
            return self._customer(noun, currency, values)
        if noun == "item":
            return self._item(noun, currency, values)
        # An invoice need not be in its customer's currency: a sync must not guess so.
        theirs = next(code for code in CURRENCIES if code != currency)
        owner = customer or self._customer(_owner(noun), theirs, {})
        return self._invoice(noun, currency, values, owner)

    def make_anew(self, made: Made) -> None:
        """Make a deleted record once more, with the values that it was made with."""
        values = {name: made.record[name] for name in sorted(made.written)}
        made.record = self._account.create(made.kind, values)
        made.deleted = False

    def _customer(self, noun: str, currency: str, values: Mapping[str, object]) -> Made:
        name = self._name("Zoë")
        first = {
            "name": name,
            "type": noun,
            "currency": currency,
            "metadata": self._metadata,
        }
        all_values = first | _named(values, name)
        return self._made(CUSTOMER, noun, all_values, expected=noun == "person")

    def _item(self, noun: str, currency: str, values: Mapping[str, object]) -> Made:
        name = self._name("Widget")
        first = {
            "id": name.replace(" ", "_"),
            "name": name,
            "currency": currency,
            "unit_cost": UNIT_COST,
            "metadata": self._metadata,
        }
        return self._made(ITEM, noun, first | _named(values, name))

    def _invoice(
        self, noun: str, currency: str, values: Mapping[str, object], customer: Made
    ) -> Made:
        first = {
            "customer": customer.record["id"],
            "currency": currency,
            "due_date": customer.record["created_at"] + YEAR,
            "items": [{"name": "Widget", "quantity": 1, "unit_cost": UNIT_COST}],
            "draft": noun.startswith("draft"),
            "metadata": self._metadata,
        }
        expected = noun in {"invoice", "paid invoice"} or noun.endswith("person")
        own = _named(values, self._name("Number")) if "number" in values else values
        made = self._made(ORDER, noun, first | dict(own), customer, expected=expected)
        if noun.startswith(("voided", "paid")):
            self._end(made)
        return made

    def _end(self, invoice: Made) -> None:
        if invoice.noun.startswith("voided"):
            self._account.void(invoice.id)
        else:
            self._account.pay(invoice.record)
        invoice.record = self._account.get(ORDER, invoice.id) or invoice.record

    def _made(
        self,
        kind: Kind,
        noun: str,
        values: Mapping[str, object],
        customer: Made | None = None,
        *,
        expected: bool = True,
    ) -> Made:
        record = self._account.create(kind, values)
        written = frozenset(values)
        return Made(kind, noun, record, expected, customer, written)


def _named(values: Mapping[str, object], name: str) -> dict[str, object]:
    """Return the values, with what names a record filled in where it is a form."""
    last = name.rpartition(" ")[2]
    forms = ((field, values.get(field)) for field in ("id", "name", "number"))
    own = {
        field: form.format(name, last=last)
        for field, form in forms
        if isinstance(form, str)
    }
    return {**values, **own}


def _owner(invoice_noun: str) -> str:
    return "company" if invoice_noun.endswith("company") else "person"
