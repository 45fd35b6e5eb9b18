"""Broken syncs that copy a wrong value, or refer to a wrong record."""

from __future__ import annotations

from collections.abc import Mapping

from broken.api import Record
from broken.entries import broken
from broken.plain import PlainSync

_NEW_PAIRS = (
    "invoices-order.currency.new-pair",
    "invoices-order.customer.new-pair",
)
_ID_LENGTH = 12


@broken("copies wrongly", *_NEW_PAIRS)
class CopiesLowerCase(PlainSync):
    """A currency is written to Chargebee in lower case, as Invoiced spells it."""

    def code(self, currency: str) -> str:
        return currency.lower()


@broken("copies wrongly", "invoices-order.currency.new-pair")
class KnowsOnlyDollars(PlainSync):
    """Every order is made in dollars."""

    def code(self, currency: str) -> str:
        del currency
        return "USD"


@broken("copies wrongly", "invoices-order.currency.new-pair")
class TakesCurrencyOfCustomer(PlainSync):
    """An order is made in the currency of its customer, not of its invoice."""

    def create_carrier(
        self, name: str, invoice: Record, values: Mapping[str, str]
    ) -> str:
        customer = self.here["customers"][str(invoice["customer"])]
        currency = {"currency": str(customer["currency"]).upper()}
        return super().create_carrier(name, invoice, {**values, **currency})


class _RespellsItemIds(PlainSync):
    """Creates items under another id."""

    def spelled(self, key: str) -> str:
        """Return the other id."""
        raise NotImplementedError

    def serve_item(self, key: str, item: Record) -> None:
        if key not in self.pairs["items"]:
            other = self.spelled(key)
            super().serve_item(other, item)
            pair = self.pairs["items"].pop(other, {"id": other})
            self.pairs["items"][key] = pair


@broken("copies wrongly", "items-item.every.new-record")
class TruncatesItemIds(_RespellsItemIds):
    """The id of an item is cut after twelve characters."""

    def spelled(self, key: str) -> str:
        return key[:_ID_LENGTH]


@broken("copies wrongly", "items-item.every.new-record")
class LowersItemIds(_RespellsItemIds):
    """The id of an item is written in lower case."""

    def spelled(self, key: str) -> str:
        return key.lower()


@broken("copies wrongly", "invoices-order.every.new-record")
class CutsReferences(PlainSync):
    """The last digit of the invoice's id is cut from the mark on its order."""

    def link(self, kind: str, key: str, record: Record, **more: str) -> None:
        super().link(kind, key, record, **more)
        if kind == "orders":
            self.chargebee.edit(kind, record["id"], {"reference_id": key[:-1]})


@broken("names another", "invoices-order.customer.new-pair")
class NamesAnotherCustomer(PlainSync):
    """Every order is made for the first customer that turns up in Chargebee."""

    def customer_of(self, invoice: Record) -> str:
        first = next(iter(self.there["customers"]), "")
        return first if super().customer_of(invoice) else ""


@broken("names another", "invoices-order.every.already-there")
class NamesTheNewestCustomer(PlainSync):
    """Every order is made for the customer that came last."""

    def customer_of(self, invoice: Record) -> str:
        last = next(reversed(self.there["customers"]), "")
        return last if super().customer_of(invoice) else ""


@broken("names another", "invoices-order.customer.new-pair")
class NamesAnUnlinkedCustomer(PlainSync):
    """Every order is made for a customer that is no person's counterpart."""

    def customer_of(self, invoice: Record) -> str:
        if not super().customer_of(invoice):
            return ""
        if "nobody" not in self.memory:
            nobody = self.chargebee.post("customers", "customers", {"last_name": "X"})
            self.memory["nobody"] = nobody["id"]
        return str(self.memory["nobody"])


@broken(
    "swaps two records",
    *_NEW_PAIRS,
    "invoices-order.every.already-there",
    "invoices-order.every.a-day-apart",
)
class SwapsTwoOrders(PlainSync):
    """The `reference_id`s of the two newest orders are exchanged."""

    def serve_all(self) -> None:
        known = len(self.pairs["orders"])
        super().serve_all()
        newest = list(self.pairs["orders"])[-2:]
        if len(self.pairs["orders"]) > max(known, 1):
            for key, other in zip(newest, reversed(newest), strict=True):
                order = self.pairs["orders"][key]["id"]
                self.chargebee.edit("orders", order, {"reference_id": other})


@broken("names another", "invoices-order.every.of-a-company")
class GivesCompaniesOrdersToAnother(PlainSync):
    """An invoice of a company gets an order of the first person."""

    def is_of_person(self, invoice: Record) -> bool:
        return "customer" in invoice

    def customer_of(self, invoice: Record) -> str:
        right = super().customer_of(invoice)
        return right or next(iter(self.there["customers"]), "")


@broken(
    "swaps two records",
    "customers-person-customer.every.new-record",
    "customers-person-customer.every.already-there",
)
class SwapsNamesOfPersons(PlainSync):
    """The customer of a person bears the name of another person."""

    def serve_customer(self, key: str, customer: Record) -> None:
        others = [r for k, r in self.here["customers"].items() if k != key]
        other = next(iter(others), customer)
        super().serve_customer(key, {**customer, "name": other["name"]})
