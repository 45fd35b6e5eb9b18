"""How the records of a scenario are made in Invoiced, noun by noun.

Only what both APIs accept: issued invoices are open, due a year ahead, and have a total
above zero; names and numbers differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from dataflow.harness.invoiced_account import InvoicedAccount
from dataflow.harness.kinds import CUSTOMER, ITEM, ORDER, Kind

Record: TypeAlias = dict[str, Any]

YEAR = 365 * 24 * 60 * 60

#: An amount in major units that every currency can hold, with no decimals.
UNIT_COST = 40

#: Currencies of customers; an invoice's own is another one.
_CURRENCIES = ("usd", "eur")


@dataclass(eq=False)
class Made:
    """A record that a scenario has made in Invoiced.

    `expected` tells whether it must get a counterpart under every reading of the
    document; `record` is how it read when it was new.
    """

    kind: Kind
    noun: str
    record: Record
    expected: bool = True
    customer: Made | None = None

    @property
    def id(self) -> str:
        """Return the Invoiced id, as text."""
        return str(self.record["id"])

    def __str__(self) -> str:
        """Return the noun and the id, as messages name a record."""
        return f"{self.noun} {self.id}"


class Kitchen:
    """Makes records; `name` gives each a name of its own."""

    def __init__(self, account: InvoicedAccount, name: Callable[[str], str]) -> None:
        self._account = account
        self._name = name

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
        if noun in {"person", "company"}:
            return self._customer(noun, currency, values)
        if noun == "item":
            return self._item(currency, values)
        # An invoice need not be in its customer's currency: a sync must not guess so.
        theirs = next(code for code in _CURRENCIES if code != currency)
        owner = customer or self._customer(_owner(noun), theirs, {})
        return self._invoice(noun, currency, values, owner)

    def _customer(self, noun: str, currency: str, values: Mapping[str, object]) -> Made:
        first = {"name": self._name("Zoë"), "type": noun, "currency": currency}
        record = self._account.create(CUSTOMER, first | dict(values))
        return Made(CUSTOMER, noun, record, expected=noun == "person")

    def _item(self, currency: str, values: Mapping[str, object]) -> Made:
        name = self._name("Widget")
        first = {
            "id": name.replace(" ", "_"),
            "name": name,
            "currency": currency,
            "unit_cost": UNIT_COST,
        }
        return Made(ITEM, "item", self._account.create(ITEM, first | dict(values)))

    def _invoice(
        self, noun: str, currency: str, values: Mapping[str, object], customer: Made
    ) -> Made:
        first = {
            "customer": customer.record["id"],
            "currency": currency,
            "due_date": customer.record["created_at"] + YEAR,
            "items": [{"name": "Widget", "quantity": 1, "unit_cost": UNIT_COST}],
            "draft": noun.startswith("draft"),
        }
        record = self._account.create(ORDER, first | dict(values))
        if noun.startswith("voided"):
            self._account.void(str(record["id"]))
        expected = noun == "invoice" or noun.endswith("person")
        return Made(ORDER, noun, record, expected=expected, customer=customer)


def _owner(invoice_noun: str) -> str:
    return "company" if invoice_noun.endswith("company") else "person"
