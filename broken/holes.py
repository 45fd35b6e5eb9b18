"""Broken syncs that no check notices yet, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from broken.api import Record, TryAgainError
from broken.entries import broken
from broken.manners import Reacts, Remembers
from broken.plain import KINDS, Pair, PlainSync

_HOUR = 3600
_SATURDAY = 5


@broken(
    "creates twice",
    hole="counterparts are found by their marks, and nobody counts what bears none",
)
class DoublesWithoutMark(Remembers):
    """Each person gets a second customer that bears no mark."""

    def run(self) -> None:
        """Make the second one."""
        super().run()
        for kind, key in self.known():
            if kind == "customers" and self.is_first_time(kind, key):
                self.chargebee.post(kind, kind, {"last_name": "Copy"})


@broken("creates twice", hole="no check counts the records of Invoiced")
class DoublesInInvoiced(Remembers):
    """Each person is made once more in Invoiced, as a company."""

    def run(self) -> None:
        """Make the company."""
        super().run()
        for kind, key in self.known():
            if kind == "customers" and self.is_first_time(kind, key):
                name = self.here[kind][key]["name"]
                self.invoiced.make(kind, {"name": name, "type": "company"})


@broken("creates twice", hole="the twins lose no answer while the checklist runs")
class MakesAnewAfterTrouble(PlainSync):
    """A call that was not answered is made again, for another record."""

    def serve_customer(self, key: str, customer: Record) -> None:
        """Make one without the right id where the first try failed."""
        try:
            super().serve_customer(key, customer)
        except TryAgainError:
            self.chargebee.post("customers", "customers", {"last_name": "Again"})
            raise


@broken(
    "harms a neighbour",
    hole="of the neighbour only the invoice is compared, not its customer",
)
class HarmsNeighboursCustomer(PlainSync):
    """A replaced order renames the customers of all other invoices, on both sides."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        """Rename them."""
        super().replace(key, invoice, values)
        for other, pair in self.pairs["customers"].items():
            if other != str(invoice["customer"]):
                self.chargebee.edit("customers", pair["id"], {"last_name": "Harm"})
                self.invoiced.edit("customers", other, {"name": "Harm"})


@broken(
    "names another",
    hole="whether it has an order is reported, and not whom the order names",
)
class GivesCompaniesOrdersToAnother(PlainSync):
    """An invoice of a company gets an order of the first person."""

    def is_persons(self, invoice: Record) -> bool:
        """Take every invoice for a person's."""
        return "customer" in invoice

    def customer_of(self, invoice: Record) -> str:
        """Return the first customer where there is no right one."""
        right = super().customer_of(invoice)
        return right or next(iter(self.there["customers"]), "")


@broken(
    "loses an edit",
    hole="no check edits a listed property while the other side is edited too",
)
class LosesEditOfBothSides(Reacts):
    """Where both sides were edited at once, the invoice's currency stays behind."""

    sides = ("here", "there")

    def settle(self, key: str, invoice: Record) -> None:
        """Leave alone what was edited on both sides."""
        pair = self.pairs["orders"][key]
        seen = self.memory.get("seen", {}).get(f"orders/{key}")
        now = self.stamps("orders", key, pair)
        lost = self.memory.setdefault("lost", [])
        if seen and self.is_saved(seen, now):
            lost.append(key)
        if key not in lost:
            super().settle(key, invoice)

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Do no more than that."""


@broken("misses records", hole="no check issues a draft that the sync has seen")
class NeverServesFormerDrafts(PlainSync):
    """An invoice that was seen as a draft never gets an order."""

    def serve_invoice(self, key: str, invoice: Record) -> None:
        """Remember drafts for good."""
        drafts = self.memory.setdefault("drafts", [])
        if invoice["draft"]:
            drafts.append(key)
        if key not in drafts:
            super().serve_invoice(key, invoice)


@broken("misses records", hole="no check makes a person of a company")
class NeverServesFormerCompanies(PlainSync):
    """A person that was seen as a company never gets a counterpart."""

    def serve_customer(self, key: str, customer: Record) -> None:
        """Remember companies for good."""
        companies = self.memory.setdefault("companies", [])
        if not self.is_person(customer):
            companies.append(key)
        if key not in companies:
            super().serve_customer(key, customer)


@broken(
    "misses records",
    hole="time moves on before each run, so nothing is saved in the second of one",
)
class MissesTheSameSecond(PlainSync):
    """What is saved in the second of the newest record that was seen is missed."""

    def look(self) -> None:
        """Note how far the last run has seen."""
        super().look()
        stamps = [int(r["updated_at"]) for k in KINDS for r in self.here[k].values()]
        self.memory["seen_to"] = self.memory.get("next", -1)
        self.memory["next"] = max(stamps, default=-1)

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        """Want what is later."""
        late = int(record["created_at"]) != self.memory["seen_to"]
        return late and super().is_wanted(kind, key, record)


@broken("misses records", hole="all records of a check are minutes old at most")
class MissesWhatIsAnHourOld(PlainSync):
    """A record that is an hour older than the newest never gets a counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        """Want what is younger."""
        newest = max(int(r["created_at"]) for k in KINDS for r in self.here[k].values())
        recent = int(record["created_at"]) > newest - _HOUR
        return recent and super().is_wanted(kind, key, record)


@broken("misses records", hole="the twins' clock shows the same day in every check")
class RestsOnWeekends(PlainSync):
    """What is made on a Saturday or a Sunday never gets a counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        """Want what was made on a working day."""
        made = datetime.fromtimestamp(int(record["created_at"]), UTC)
        working = made.weekday() < _SATURDAY
        return working and super().is_wanted(kind, key, record)


@broken(
    "breaks a pair",
    hole="the checks that edit a person have no invoice of that person",
)
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


@broken(
    "overwrites with nothing",
    hole="of an edited record no property is compared that the document does not list",
)
class EmptiesTheEditedRecord(Reacts):
    """An edit of a person in Invoiced empties another property of that person."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Empty it."""
        del pair
        if kind == "customers":
            self.invoiced.edit(kind, key, {"currency": None})


@broken(
    "overwrites with nothing",
    hole="no check writes into the metadata of Invoiced, where a mark may stand",
)
class WipesMetadata(PlainSync):
    """All that stands in the metadata of a linked record of Invoiced is lost."""

    def link(self, kind: str, key: str, record: Record, **more: str) -> None:
        """Put something else in its place."""
        super().link(kind, key, record, **more)
        self.invoiced.edit(KINDS[kind], key, {"metadata": {"mine": "1"}})


@broken(
    "swaps two records",
    hole="the document lists no property of persons by which two could be told apart",
)
class SwapsNamesOfPersons(PlainSync):
    """The customer of a person bears the name of another person."""

    def serve_customer(self, key: str, customer: Record) -> None:
        """Take the name of the first other person."""
        others = [r for k, r in self.here["customers"].items() if k != key]
        other = next(iter(others), customer)
        super().serve_customer(key, {**customer, "name": other["name"]})


@broken("reports wrongly", hole="a program may ask to be run again without an end")
class IsNeverDone(PlainSync):
    """Everything is done, and each run asks to be run again."""

    def run(self) -> None:
        """Ask in the end."""
        super().run()
        raise TryAgainError("there may be more to do")
