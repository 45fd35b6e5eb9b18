"""Broken syncs that lose or undo an edit, or damage other records because of it."""

from __future__ import annotations

from collections.abc import Mapping

from broken.api import Record
from broken.common import (
    ReactingSync,
    RememberingSync,
    create_second,
    delete_others,
    write_note,
)
from broken.entries import broken
from broken.plain import KINDS, Pair, PlainSync

_CURRENCY_EDIT = "invoices-order.currency.edited-in-invoiced"
_EDITS_IN_INVOICED = (
    "customers-person-customer.other.phone-in-invoiced",
    "customers-person-customer.other.notes-in-invoiced",
    "customers-person-customer.other.name-in-invoiced",
    "customers-person-customer.other.email-in-invoiced",
    "invoices-order.other.notes-in-invoiced",
    "invoices-order.other.purchase_order-in-invoiced",
    "items-item.other.description-in-invoiced",
    "items-item.other.name-in-invoiced",
    "items-item.other.much-in-invoiced",
)
_EDITS_IN_CHARGEBEE = (
    "customers-person-customer.other.last_name-in-chargebee",
    "customers-person-customer.other.email-in-chargebee",
    "invoices-order.other.note-in-chargebee",
    "items-item.other.description-in-chargebee",
    "items-item.other.name-in-chargebee",
)


@broken("loses an edit", _CURRENCY_EDIT)
class DropsCurrencyEdits(PlainSync):
    """An edit of an invoice's currency is never carried over."""

    def update_pair(self, key: str, invoice: Record) -> None:
        """Leave a linked pair as it is."""


@broken("loses an edit", "invoices-order.currency.edited-again-in-invoiced")
class CarriesOnlyTheFirstEdit(PlainSync):
    """The second edit of an invoice's currency is not carried over."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        if self.pairs["orders"][key]["count"] == "1":
            super().replace(key, invoice, values)


@broken("loses an edit", "invoices-order.currency.edited-again-in-invoiced")
class LosesTheThirdEdit(PlainSync):
    """The third edit of an invoice's currency is not carried over."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        if self.pairs["orders"][key]["count"] in {"1", "2"}:
            super().replace(key, invoice, values)


@broken("loses an edit", "invoices-order.currency.edited-again-in-invoiced")
class LosesEditsToYen(PlainSync):
    """An edit of the currency to one without cents is lost."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        if values["currency"] != "JPY":
            super().replace(key, invoice, values)


@broken("loses an edit", _CURRENCY_EDIT)
class UndoesCurrencyEdits(PlainSync):
    """An edit of an invoice's currency is overwritten with the order's old one."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        del invoice, values
        self.write_back(key, {"currency": self.pairs["orders"][key]["currency"]})


@broken("loses an edit", _CURRENCY_EDIT)
class TakesEditsBackNextRun(PlainSync):
    """An edit of the currency is carried over, and undone by the next run."""

    def update_pair(self, key: str, invoice: Record) -> None:
        old = self.memory.setdefault("old", {})
        before = self.pairs["orders"][key]["currency"]
        if key in old:
            self.write_back(key, {"currency": old[key]})
            values = {**self.values_here(invoice), "currency": old.pop(key)}
            self.replace(key, invoice, values)
            return
        super().update_pair(key, invoice)
        if self.pairs["orders"][key]["currency"] != before:
            old[key] = before


@broken("breaks a replacement", _CURRENCY_EDIT)
class LeavesReplacedOrderAlive(PlainSync):
    """An order that has been replaced stays beside the new one."""

    def remove_replaced(self) -> None:
        """Remove nothing."""


@broken("breaks a replacement", "invoices-order.kept.replaced-currency")
class LeavesNotedOrderAlive(PlainSync):
    """An order with a note stays beside the one that replaces it."""

    def remove_replaced(self) -> None:
        replaced = self.memory.setdefault("replaced", [])
        orders = self.there.get("orders", {})
        noted = [p for p in replaced if orders.get(p["id"], {}).get("note")]
        self.memory["replaced"] = [pair for pair in replaced if pair not in noted]
        super().remove_replaced()


@broken("breaks a replacement", _CURRENCY_EDIT)
class RemovesWithoutReplacing(PlainSync):
    """An edit of the currency deletes the order, and no other takes its place."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        del invoice, values
        self.chargebee.remove("orders", self.pairs["orders"][key]["id"], "delete")


@broken("breaks a replacement", _CURRENCY_EDIT)
class ReplacesForTheFirstCustomer(PlainSync):
    """The order that replaces another names the first customer of all."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        first = {"customer": next(iter(self.there["customers"]))}
        super().replace(key, invoice, {**values, **first})


@broken("harms a neighbour", _CURRENCY_EDIT)
class OverwritesNeighbour(PlainSync):
    """An edit of one invoice's currency rewrites every other order into it as well."""

    def update_pair(self, key: str, invoice: Record) -> None:
        if key not in self.memory.setdefault("overwritten", []):
            super().update_pair(key, invoice)

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        super().replace(key, invoice, values)
        for other, neighbour in self.here["orders"].items():
            pair = self.pairs["orders"].get(other, {"id": ""})
            if other != key and pair["id"] in self.there["orders"]:
                currency = {"currency": values["currency"]}
                wrong = self.values_here(neighbour) | currency
                super().replace(other, neighbour, wrong)
                self.memory["overwritten"].append(other)


@broken("harms a neighbour", *_EDITS_IN_INVOICED)
class SpreadsEditsToNeighbours(ReactingSync):
    """An edit in Invoiced changes the counterparts of all other records of its kind."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        del pair
        for other in self.pairs[kind]:
            if other != key:
                write_note(self, kind, other, f"after {key}")


@broken("harms a neighbour", *_EDITS_IN_CHARGEBEE)
class EndsNeighboursOnEditInChargebee(ReactingSync):
    """An edit in Chargebee deletes all other records of its kind there."""

    sides = ("there",)

    def react(self, kind: str, key: str, pair: Pair) -> None:
        del pair
        delete_others(self, kind, key)


@broken("breaks a pair", *_EDITS_IN_INVOICED)
class BreaksPairOnUnrelatedEdit(ReactingSync):
    """An edit in Invoiced of what is not synchronised deletes the counterpart."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        del key
        self.chargebee.remove(kind, pair["id"], "delete")


@broken("breaks a pair", *_EDITS_IN_CHARGEBEE)
class BreaksPairOnEditInChargebee(BreaksPairOnUnrelatedEdit):
    """An edit in Chargebee of what is not synchronised deletes the counterpart."""

    sides = ("there",)


@broken("breaks a pair", "*.other.on-both")
class BreaksPairEditedOnBothSides(BreaksPairOnUnrelatedEdit):
    """A pair that was edited on both sides at once loses its counterpart."""

    sides = ("here", "there")


@broken("breaks a pair", *_EDITS_IN_CHARGEBEE)
class DeletesOriginalOnEditInChargebee(ReactingSync):
    """An edit in Chargebee deletes the record in Invoiced."""

    sides = ("there",)

    def react(self, kind: str, key: str, pair: Pair) -> None:
        del pair
        self.invoiced.delete(KINDS[kind], key)


@broken("breaks a pair", *_EDITS_IN_INVOICED)
class DoublesPairOnEdit(ReactingSync):
    """An edit in Invoiced is taken for a new record: there are two counterparts."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        create_second(self, kind, key, int(pair.get("count", "1")))


@broken("breaks a pair", "invoices-order.other.notes-in-invoiced")
class ResetsCurrencyOnUnrelatedEdit(ReactingSync):
    """An edit of an invoice's notes puts its currency back to dollars."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        del pair
        if kind == "orders":
            self.invoiced.edit("invoices", key, {"currency": "usd"})


@broken("harms a neighbour", "invoices-order.currency.edited-in-invoiced")
class HarmsNeighboursCustomer(PlainSync):
    """A replaced order renames the customers of all other invoices, on both sides."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        super().replace(key, invoice, values)
        for other, pair in self.pairs["customers"].items():
            if other != str(invoice["customer"]):
                self.chargebee.edit("customers", pair["id"], {"last_name": "Harm"})
                self.invoiced.edit("customers", other, {"name": "Harm"})


@broken("loses an edit", "invoices-order.currency.edited-beside-note")
class LosesEditOfBothSides(ReactingSync):
    """Where both sides were edited at once, the invoice's currency stays behind."""

    sides = ("here", "there")

    def update_pair(self, key: str, invoice: Record) -> None:
        pair = self.pairs["orders"][key]
        seen = self.memory.get("seen", {}).get(f"orders/{key}")
        now = self.stamps("orders", key, pair)
        lost = self.memory.setdefault("lost", [])
        if seen and self.is_saved(seen, now):
            lost.append(key)
        if key not in lost:
            super().update_pair(key, invoice)

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Do nothing more."""


_PAGE = 100
_MONTH = 30 * 24 * 60 * 60


@broken("loses an edit", "invoices-order.currency.edited-older-in-invoiced")
class EditsOnlyTheNewest(PlainSync):
    """Only the newest invoice's edits are carried over."""

    def update_pair(self, key: str, invoice: Record) -> None:
        if key == list(self.here["orders"])[-1]:
            super().update_pair(key, invoice)


@broken("loses an edit", "invoices-order.currency.edited-among-many-in-invoiced")
class EditsOnlyOnFirstPage(PlainSync):
    """Edits of invoices beyond the first page are lost."""

    def update_pair(self, key: str, invoice: Record) -> None:
        if key in list(self.here["orders"])[:_PAGE]:
            super().update_pair(key, invoice)


@broken("harms others", "invoices-order.currency.edited-among-many-in-invoiced")
class SpreadsToSameCustomer(PlainSync):
    """An edit of an invoice's currency changes all invoices of that customer."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        super().replace(key, invoice, values)
        for other, theirs in self.here["orders"].items():
            if other != key and theirs["customer"] == invoice["customer"]:
                edit = {"currency": invoice["currency"]}
                self.invoiced.edit("invoices", other, edit)


@broken("loses an edit", "invoices-order.currency.edited-in-several-in-invoiced")
class CarriesOneEditARun(PlainSync):
    """A run carries over one edit of a currency and takes the others for seen."""

    has_replaced = False

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        if self.has_replaced:
            self.memory.setdefault("seen", {})[key] = values["currency"]
            return
        self.has_replaced = True
        super().replace(key, invoice, values)

    def update_pair(self, key: str, invoice: Record) -> None:
        if self.memory.get("seen", {}).get(key) != invoice["currency"].upper():
            super().update_pair(key, invoice)


@broken("loses an edit", "invoices-order.currency.edited-in-several-in-invoiced")
class LosesEditsOfOddIds(PlainSync):
    """Edits of invoices with an odd id are lost."""

    def update_pair(self, key: str, invoice: Record) -> None:
        if int(key) % 2 == 0:
            super().update_pair(key, invoice)


@broken(
    "takes one for another", "invoices-order.currency.edited-in-several-in-invoiced"
)
class SwapsEdits(PlainSync):
    """Where several invoices were edited before a run, they swap their currencies."""

    def serve_all(self) -> None:
        invoices = self.here["orders"]
        edited = [key for key in invoices if self.is_edited(key)]
        codes = [invoices[key]["currency"] for key in edited]
        for key, code in zip(edited, codes[-1:] + codes[:-1], strict=True):
            if code != invoices[key]["currency"]:
                invoices[key]["currency"] = code
                self.invoiced.edit("invoices", key, {"currency": code})
        super().serve_all()

    def is_edited(self, key: str) -> bool:
        pair = self.pairs["orders"].get(key)
        now = self.here["orders"][key]["currency"].upper()
        return pair is not None and pair["currency"] != now


@broken("loses an edit", "invoices-order.currency.edited-back-in-invoiced")
class NeverGoesBack(PlainSync):
    """An edit to a currency that an invoice has had before is lost."""

    def serve_invoice(self, key: str, invoice: Record) -> None:
        had = self.memory.setdefault("had", {}).setdefault(key, [])
        if invoice["currency"] not in had:
            had.append(invoice["currency"])
        super().serve_invoice(key, invoice)

    def update_pair(self, key: str, invoice: Record) -> None:
        if invoice["currency"] == self.memory["had"][key][-1]:
            super().update_pair(key, invoice)


@broken("loses an edit", "invoices-order.currency.edited-late-in-invoiced")
class LosesEditsOfOldInvoices(PlainSync):
    """Edits of an invoice that is older than a month are lost."""

    def update_pair(self, key: str, invoice: Record) -> None:
        if int(invoice["updated_at"]) - int(invoice["created_at"]) < _MONTH:
            super().update_pair(key, invoice)


@broken(
    "works only once",
    "customers-person-customer.kept.goes-on",
    "items-item.kept.goes-on",
)
class StopsAfterAnEdit(ReactingSync):
    """Once a linked record was edited, no new one gets a counterpart."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        del kind, key, pair
        self.memory["stopped"] = True

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        stopped = "stopped" in self.memory
        return not stopped and super().is_wanted(kind, key, record)


@broken("works only for a while", "*.kept.deleted-in-invoiced")
class StopsAfterADeletion(RememberingSync):
    """Once a linked record was deleted in Invoiced, nothing more is done."""

    def serve_all(self) -> None:
        if any(self.is_gone(kind, key) for kind, key in self.list_pairs()):
            self.memory["stopped"] = True
        if "stopped" not in self.memory:
            super().serve_all()

    def is_gone(self, kind: str, key: str) -> bool:
        return key not in self.here[kind]


@broken("works only for a while", "*.kept.deleted-in-chargebee")
class StopsAfterADeletionInChargebee(StopsAfterADeletion):
    """Once a linked record was deleted in Chargebee, nothing more is done."""

    def is_gone(self, kind: str, key: str) -> bool:
        return self.pairs[kind][key]["id"] not in self.there[kind]
