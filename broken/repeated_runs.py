"""Broken syncs that never stop writing, or go wrong in a later run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from broken.api import Record, RefusedError, TryAgainError
from broken.common import (
    CountingSync,
    EarlierPairsSync,
    ReactingSync,
    RememberingSync,
    create_second,
    delete_others,
    write_note,
)
from broken.entries import broken
from broken.plain import KINDS, Pair, PlainSync

_THIRD_RUN = 3


@broken("echoes for ever", "*.every.sync-again")
class EchoesForEver(EarlierPairsSync):
    """Every run writes something new on every counterpart."""

    def act_on_pair(self, kind: str, key: str) -> None:
        write_note(self, kind, key, str(self.number))


@broken("echoes for ever", "*.every.sync-again")
class EchoesInInvoiced(EarlierPairsSync):
    """Every run saves every linked record of Invoiced anew, with the values it has."""

    def act_on_pair(self, kind: str, key: str) -> None:
        self.save(kind, key)

    def save(self, kind: str, key: str) -> None:
        field = {"customers": "name", "items": "name", "orders": "currency"}[kind]
        record = self.here[kind].get(key, {})
        with suppress(RefusedError):
            self.invoiced.edit(KINDS[kind], key, {field: record.get(field)})


@broken("echoes for ever", "*.every.sync-again")
class CountsRunsInInvoiced(EarlierPairsSync):
    """Every run writes its number into the metadata of every linked record."""

    def act_on_pair(self, kind: str, key: str) -> None:
        with suppress(RefusedError):
            number = {"metadata": {"run": str(self.number)}}
            self.invoiced.edit(KINDS[kind], key, number)


@broken(
    "echoes for ever",
    "customers-person-customer.other.phone-in-invoiced",
    "customers-person-customer.other.notes-in-invoiced",
    "customers-person-customer.other.last_name-in-chargebee",
    "customers-person-customer.other.on-both",
)
class EchoesFromTheThirdRun(EarlierPairsSync):
    """From the third run on, every run writes something new on every person."""

    def act_on_pair(self, kind: str, key: str) -> None:
        if kind == "customers" and self.number >= _THIRD_RUN:
            write_note(self, kind, key, str(self.number))


@broken("deletes what nobody deleted", "*.kept.deleted-in-invoiced")
class DeletionInInvoicedTakesAll(RememberingSync):
    """A deletion in Invoiced deletes the counterparts of all other records."""

    def serve_all(self) -> None:
        for kind, key in self.list_pairs():
            if key not in self.here[kind] and self.is_first_time(kind, key):
                delete_others(self, kind, key)
        super().serve_all()


@broken("deletes what nobody deleted", "*.kept.deleted-in-chargebee")
class DeletionInChargebeeTakesAll(RememberingSync):
    """A deletion in Chargebee deletes the counterparts of all other records."""

    def serve_all(self) -> None:
        for kind, key in self.list_pairs():
            gone = self.pairs[kind][key]["id"] not in self.there[kind]
            if gone and self.is_first_time(kind, key):
                delete_others(self, kind, key)
        super().serve_all()


@broken(
    "deletes what nobody deleted",
    "customers-person-customer.every.company",
    "invoices-order.every.draft",
)
class DeletesWhatItLeavesOut(PlainSync):
    """A company and a draft, which get no counterpart, are deleted from Invoiced."""

    def serve_all(self) -> None:
        super().serve_all()
        companies = [
            key
            for key, customer in self.here["customers"].items()
            if not self.is_person(customer)
        ]
        drafts = [key for key, each in self.here["orders"].items() if each["draft"]]
        for kind, keys in (("customers", companies), ("orders", drafts)):
            for key in keys:
                with suppress(RefusedError):
                    self.invoiced.delete(KINDS[kind], key)


@broken("creates twice", "*.kept.deleted-in-chargebee")
class MakesTwoForOneDeleted(RememberingSync):
    """A counterpart that was deleted in Chargebee is made anew, and then again."""

    def serve_all(self) -> None:
        for kind, key in self.list_pairs():
            gone = self.pairs[kind][key]["id"] not in self.there[kind]
            if gone and self.is_first_time(kind, key):
                create_second(self, kind, key)
                create_second(self, kind, key, 2)
        super().serve_all()


@broken("works only for a while", "items-item.kept.made-anew")
class BuriesForGood(RememberingSync):
    """An item that was deleted loses its item, and gets none when it is made anew."""

    def serve_all(self) -> None:
        gone = self.memory.setdefault("buried", [])
        for key, pair in self.pairs["items"].items():
            if key not in self.here["items"] and key not in gone:
                gone.append(key)
                if pair["id"] in self.there["items"]:
                    self.chargebee.remove("items", pair["id"], "delete")
        super().serve_all()


@broken("takes one for another", "customers-person-customer.kept.becomes-a-company")
class DoublesFormerPersons(RememberingSync):
    """A person who becomes a company gets a second counterpart."""

    def serve_all(self) -> None:
        super().serve_all()
        for key in self.pairs["customers"]:
            customer = self.here["customers"].get(key)
            former = customer is not None and not self.is_person(customer)
            if former and self.is_first_time("customers", key):
                create_second(self, "customers", key)


@broken("breaks a pair", "invoices-order.other.customers-phone-in-invoiced")
class LosesOrdersWithReplacedCustomer(ReactingSync):
    """An edited person gets a new customer, and the orders of the old one end."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        if kind != "customers":
            return
        for invoice, order in self.pairs["orders"].items():
            if str(self.here["orders"].get(invoice, {}).get("customer")) == key:
                self.chargebee.remove("orders", order["id"], "delete")
        self.chargebee.remove(kind, pair["id"], "delete")
        again = {"id": f"{key}-again", "meta_data": f'{{"invoiced_id": "{key}"}}'}
        self.link(kind, key, self.chargebee.create(kind, again))


@broken("reports wrongly", "*.every.sync-again")
class IsNeverDone(PlainSync):
    """Everything is done, and each run asks to be run again."""

    def run(self) -> None:
        super().run()
        raise TryAgainError("there may be more to do")


_FIFTH, _EIGHTH = 5, 8


@broken("echoes for ever", "*.every.sync-again")
class EchoesFromTheFifthRun(EarlierPairsSync):
    """From the fifth run on, every run writes something new on everything."""

    def act_on_pair(self, kind: str, key: str) -> None:
        if self.number >= _FIFTH:
            write_note(self, kind, key, str(self.number))


@broken("creates twice", "*.every.sync-again")
class DoublesOnTheEighthRun(EarlierPairsSync):
    """The eighth run makes a second counterpart of everything."""

    def act_on_pair(self, kind: str, key: str) -> None:
        if self.number == _EIGHTH and key in self.here[kind]:
            create_second(self, kind, key)


@broken("echoes for ever", "invoices-order.kept.goes-on")
class ReplacesForEver(PlainSync):
    """Once edited, an invoice's order is replaced anew in every run."""

    def update_pair(self, key: str, invoice: Record) -> None:
        before = self.pairs["orders"][key]["count"]
        super().update_pair(key, invoice)
        if before == self.pairs["orders"][key]["count"] != "1":
            self.replace(key, invoice, self.values_here(invoice))


@broken("echoes for ever", "invoices-order.every.sync-again")
class BillsAgainEachRun(CountingSync):
    """Every run makes one more unpaid invoice in Chargebee for each order."""

    def run(self) -> None:
        known = list(self.pairs["orders"])
        super().run()
        for key in known:
            invoice = self.here["orders"].get(key)
            if invoice and self.values_here(invoice)["customer"]:
                name = f"again-{key}-{self.number}"
                self.create_carrier(name, invoice, self.values_here(invoice))


@broken("misses records", "*.every.edited-before")
class SkipsWhatWasEditedBefore(PlainSync):
    """What was edited before the sync saw it gets no counterpart."""

    def read_both(self) -> None:
        super().read_both()
        seen = self.memory.setdefault("known", [])
        late = self.memory.setdefault("late", [])
        for kind in KINDS:
            for key, record in self.here[kind].items():
                name = f"{kind}/{key}"
                if name not in seen and record["updated_at"] != record["created_at"]:
                    late.append(name)
                seen.append(name)

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        late = f"{kind}/{key}" in self.memory["late"]
        return not late and super().is_wanted(kind, key, record)


@broken("ends what it made", "*.every.new-record")
class EndsItsOwnCounterparts(EarlierPairsSync):
    """A counterpart is archived, cancelled or deleted by the run after its own."""

    def act_on_pair(self, kind: str, key: str) -> None:
        if self.is_first_time(kind, key):
            self.end_one(kind, self.pairs[kind][key]["id"])

    def end_one(self, kind: str, key: str) -> None:
        if kind == "items":
            self.chargebee.edit(kind, key, {"status": "archived"})
        else:
            self.chargebee.remove(kind, key, "delete")


class NumberingSync(RememberingSync):
    """Writes the number of each run into the metadata of Invoiced records."""

    def run(self) -> None:
        super().run()
        for kind, key in self.find_records():
            number = {"metadata": {"run": str(self.number)}}
            with suppress(RefusedError):
                self.invoiced.edit(KINDS[kind], key, number)

    def find_records(self) -> Iterator[tuple[str, str]]:
        """Yield kind and id of the records to write to."""
        raise NotImplementedError


@broken("echoes for ever", "invoices-order.every.draft")
class EchoesOnDrafts(NumberingSync):
    """Every run writes something new on every draft."""

    def find_records(self) -> Iterator[tuple[str, str]]:
        for key, invoice in self.here["orders"].items():
            if invoice["draft"]:
                yield "orders", key


@broken("echoes for ever", "invoices-order.every.of-a-company")
class EchoesOnCompanies(NumberingSync):
    """Every run writes something new on every company's invoice."""

    def find_records(self) -> Iterator[tuple[str, str]]:
        for key, invoice in self.here["orders"].items():
            if not self.is_of_person(invoice):
                yield "orders", key


@broken("echoes for ever", "invoices-order.kept.paid")
class EchoesOnThePaid(RememberingSync):
    """Every run writes something new on the order of every invoice that is paid."""

    def run(self) -> None:
        super().run()
        for kind, key in self.list_pairs():
            if kind == "orders" and self.here[kind].get(key, {}).get("paid"):
                write_note(self, kind, key, str(self.number))


@broken("echoes for ever", "*.kept.deleted-in-chargebee")
class EchoesOnTheBereft(NumberingSync):
    """Every run writes something new on a record whose counterpart is gone."""

    def find_records(self) -> Iterator[tuple[str, str]]:
        for kind, key in self.list_pairs():
            if self.pairs[kind][key]["id"] not in self.there[kind]:
                yield kind, key
