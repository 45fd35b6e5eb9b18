"""Broken syncs that never rest, and those that answer a deletion with harm."""

from __future__ import annotations

from contextlib import suppress

from broken.api import RefusedError, TryAgainError
from broken.entries import broken
from broken.manners import Counts, Reacts, Remembers, end_others, make_second, scribble
from broken.plain import KINDS, Pair, PlainSync

_THIRD_RUN = 3


@broken("echoes for ever", "*.every.sync-again")
class EchoesForEver(Remembers, Counts):
    """Every run writes something new on every counterpart."""

    def run(self) -> None:
        """Count the runs on the counterparts."""
        known = self.known()
        super().run()
        for kind, key in known:
            scribble(self, kind, key, str(self.number))


@broken("echoes for ever", "*.every.sync-again")
class EchoesInInvoiced(Remembers):
    """Every run saves every linked record of Invoiced anew, with the values it has."""

    def run(self) -> None:
        """Save what was linked before."""
        known = self.known()
        super().run()
        for kind, key in known:
            self.save(kind, key)

    def save(self, kind: str, key: str) -> None:
        """Save one record, if it is there and open."""
        field = {"customers": "name", "items": "name", "orders": "currency"}[kind]
        record = self.here[kind].get(key, {})
        with suppress(RefusedError):
            self.invoiced.edit(KINDS[kind], key, {field: record.get(field)})


@broken("echoes for ever", "*.every.sync-again")
class CountsRunsInInvoiced(Remembers, Counts):
    """Every run writes its number into the metadata of every linked record."""

    def run(self) -> None:
        """Count the runs in Invoiced."""
        known = self.known()
        super().run()
        for kind, key in known:
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
class EchoesFromTheThirdRun(Remembers, Counts):
    """From the third run on, every run writes something new on every person."""

    def run(self) -> None:
        """Write on them."""
        known = self.known()
        super().run()
        for kind, key in known:
            if kind == "customers" and self.number >= _THIRD_RUN:
                scribble(self, kind, key, str(self.number))


@broken("deletes what nobody deleted", "*.kept.deleted-in-invoiced")
class DeletionInInvoicedTakesAll(Remembers):
    """A deletion in Invoiced deletes the counterparts of all other records."""

    def serve_all(self) -> None:
        """Delete the others, once."""
        for kind, key in self.known():
            if key not in self.here[kind] and self.is_first_time(kind, key):
                end_others(self, kind, key)
        super().serve_all()


@broken("deletes what nobody deleted", "*.kept.deleted-in-chargebee")
class DeletionInChargebeeTakesAll(Remembers):
    """A deletion in Chargebee deletes the counterparts of all other records."""

    def serve_all(self) -> None:
        """Delete the others, once."""
        for kind, key in self.known():
            gone = self.pairs[kind][key]["id"] not in self.there[kind]
            if gone and self.is_first_time(kind, key):
                end_others(self, kind, key)
        super().serve_all()


@broken(
    "deletes what nobody deleted",
    "customers-person-customer.every.company",
    "invoices-order.every.draft",
)
class DeletesWhatItLeavesOut(PlainSync):
    """A company and a draft, which get no counterpart, are deleted from Invoiced."""

    def serve_all(self) -> None:
        """Delete them in the end."""
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
class MakesTwoForOneDeleted(Remembers):
    """A counterpart that was deleted in Chargebee is made anew, and then again."""

    def serve_all(self) -> None:
        """Make two."""
        for kind, key in self.known():
            gone = self.pairs[kind][key]["id"] not in self.there[kind]
            if gone and self.is_first_time(kind, key):
                make_second(self, kind, key)
                make_second(self, kind, key, 2)
        super().serve_all()


@broken("works only for a while", "items-item.kept.made-anew")
class BuriesForGood(Remembers):
    """An item that was deleted loses its item, and gets none when it is made anew."""

    def serve_all(self) -> None:
        """Delete what is left of a pair, and remember the id for ever."""
        gone = self.memory.setdefault("buried", [])
        for key, pair in self.pairs["items"].items():
            if key not in self.here["items"] and key not in gone:
                gone.append(key)
                if pair["id"] in self.there["items"]:
                    self.chargebee.end("items", pair["id"], "delete")
        super().serve_all()


@broken("takes one for another", "customers-person-customer.kept.becomes-a-company")
class DoublesFormerPersons(Remembers):
    """A person who becomes a company gets a second counterpart."""

    def serve_all(self) -> None:
        """Make a second one."""
        super().serve_all()
        for key in self.pairs["customers"]:
            customer = self.here["customers"].get(key)
            former = customer is not None and not self.is_person(customer)
            if former and self.is_first_time("customers", key):
                make_second(self, "customers", key)


@broken("breaks a pair", "invoices-order.other.customers-phone-in-invoiced")
class LosesOrdersWithReplacedCustomer(Reacts):
    """An edited person gets a new customer, and the orders of the old one end."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Replace the customer by one of another id."""
        if kind != "customers":
            return
        for invoice, order in self.pairs["orders"].items():
            if str(self.here["orders"].get(invoice, {}).get("customer")) == key:
                self.chargebee.end("orders", order["id"], "delete")
        self.chargebee.end(kind, pair["id"], "delete")
        again = {"id": f"{key}-again", "meta_data": f'{{"invoiced_id": "{key}"}}'}
        self.link(kind, key, self.chargebee.make(kind, again))


@broken("reports wrongly", "*.every.sync-again")
class IsNeverDone(PlainSync):
    """Everything is done, and each run asks to be run again."""

    def run(self) -> None:
        """Ask in the end."""
        super().run()
        raise TryAgainError("there may be more to do")
