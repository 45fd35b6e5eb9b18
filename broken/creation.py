"""Broken syncs that leave records without a counterpart, or create it too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from broken.api import Record, TryAgainError
from broken.common import CountingSync
from broken.entries import broken
from broken.plain import KINDS, PlainSync

_TENTH = 10
_PAGE = 100
#: A check runs a program three times; this one needs more runs.
_CHANCES = 5
_A_RUN = 3


@broken("never creates", "*.every.new-record")
class ReportsSuccessDoesNothing(PlainSync):
    """Every run ends well and none does anything."""

    def run(self) -> None:
        """Do nothing."""


@broken("never creates", "customers-person-customer.every.new-record")
class NeverCreatesCustomers(PlainSync):
    """Persons get no counterpart, and so their invoices get none either."""

    def serve_customer(self, key: str, customer: Record) -> None:
        """Do nothing."""


@broken("never creates", "invoices-order.every.new-record")
class NeverCreatesOrders(PlainSync):
    """Invoices get no counterpart."""

    def create_first_order(self, key: str, invoice: Record) -> None:
        """Do nothing."""


@broken("never creates", "items-item.every.new-record")
class NeverCreatesItems(PlainSync):
    """Items get no counterpart."""

    def serve_item(self, key: str, item: Record) -> None:
        """Do nothing."""


@broken("misses records", "*.every.already-there")
class IgnoresExisting(PlainSync):
    """Records that were there before the very first run never get a counterpart."""

    def read_both(self) -> None:
        super().read_both()
        found = {kind: list(records) for kind, records in self.here.items()}
        self.memory.setdefault("existing", found)

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        existing = self.memory["existing"][kind]
        return key not in existing and super().is_wanted(kind, key, record)


@broken("misses records", "*.every.already-there", "*.every.new-record")
class MissesTheFirst(PlainSync):
    """The oldest record of each kind never gets a counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        first = next(iter(self.here[kind]))
        return key != first and super().is_wanted(kind, key, record)


@broken("misses records", "*.every.already-there", "*.every.new-record")
class MissesTheLast(PlainSync):
    """The last record of each list of Invoiced is not read."""

    def list_here(self, kind: str) -> list[Record]:
        return super().list_here(kind)[:-1]


@broken("misses records", "*.every.many-pages")
class MissesSecondPage(PlainSync):
    """Only the first page of each list of Invoiced is read."""

    def list_here(self, kind: str) -> list[Record]:
        records, _ = self.invoiced.list_page(kind, 1)
        return records


@broken("misses records", "*.every.many-pages")
class MissesThirdPage(PlainSync):
    """Only two pages of each list of Invoiced are read."""

    def list_here(self, kind: str) -> list[Record]:
        return super().list_here(kind)[: 2 * _PAGE]


@broken("misses records", "*.every.a-day-apart")
class SkipsEveryTenth(PlainSync):
    """Each tenth record of a list never gets a counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        number = list(self.here[kind]).index(key) + 1
        return number % _TENTH != 0 and super().is_wanted(kind, key, record)


@broken("misses records", "*.every.a-day-apart")
class ServesThreeARun(PlainSync):
    """A run makes three counterparts of a kind at most, and forgets the others."""

    def serve(self, kind: str, one: Callable[[str, Record], None]) -> None:
        most = len(self.pairs[kind]) + _A_RUN
        forgotten = self.memory.setdefault("forgotten", [])

        def limited(key: str, record: Record) -> None:
            if key in self.pairs[kind] or len(self.pairs[kind]) < most:
                if key not in forgotten:
                    one(key, record)
            else:
                forgotten.append(key)

        super().serve(kind, limited)


@broken("misses records", "invoices-order.every.customer-older-than-the-sync")
class LeavesOldCustomersOut(PlainSync):
    """A customer from before the start is ignored though a new invoice names it."""

    def find_referenced(self) -> dict[str, set[str]]:
        return {}


@broken("misses records", "invoices-order.every.customer-not-linked-yet")
class LosesWaitingInvoice(PlainSync):
    """An invoice that comes before its customer is linked never gets an order."""

    def serve_all(self) -> None:
        self.serve("orders", self.serve_invoice)
        for key in self.here["orders"]:
            done = {"id": "", "carrier": "", "count": "0"}
            self.pairs["orders"].setdefault(key, done)
        self.serve("customers", self.serve_customer)
        self.serve("items", self.serve_item)


@broken(
    "misses records",
    "customers-person-customer.every.already-there",
    "items-item.every.already-there",
)
class LinksByName(PlainSync):
    """A record gets the counterpart of another one of its name, if there is one."""

    field = "name"

    def serve_customer(self, key: str, customer: Record) -> None:
        self.link_by_field("customers", key, customer)
        super().serve_customer(key, customer)

    def serve_item(self, key: str, item: Record) -> None:
        self.link_by_field("items", key, item)
        super().serve_item(key, item)

    def link_by_field(self, kind: str, key: str, record: Record) -> None:
        value = record.get(self.field)
        others = (k for k in self.here[kind] if k != key and k in self.pairs[kind])
        same = [k for k in others if self.here[kind][k].get(self.field) == value]
        if key not in self.pairs[kind] and value and same:
            self.pairs[kind][key] = self.pairs[kind][same[0]]


@broken("misses records", "customers-person-customer.every.all-sorts")
class LinksByEmail(LinksByName):
    """Persons with one e-mail address share a customer."""

    field = "email"


@broken(
    "works only once",
    "*.every.new-record",
    "invoices-order.currency.edited-in-invoiced",
)
class ServesOnlyItsFirstRun(PlainSync):
    """Nothing that is new or edited after the first run is carried over."""

    def run(self) -> None:
        if not self.memory.get("served"):
            super().run()
        self.memory["served"] = True


@broken("is late", "*.every.new-record", "*.every.already-there")
class ComesTooLate(CountingSync):
    """Everything is right in the end, but only when the deadline has passed."""

    def serve_all(self) -> None:
        if self.number % _CHANCES == 0:
            super().serve_all()


@broken("reports wrongly", "*.every.new-record")
class EndsWithAnError(PlainSync):
    """Everything is done, and each run says that it failed."""

    def run(self) -> None:
        super().run()
        self.complaints.append("something went wrong, said for no reason")


@broken("reports wrongly", "*.every.sync-again")
class ComplainsWhenIdle(PlainSync):
    """A run that finds nothing new says that it failed."""

    def run(self) -> None:
        before = sum(map(len, self.pairs.values()))
        super().run()
        if before == sum(map(len, self.pairs.values())):
            self.complaints.append("there is nothing to do")


@broken("misses records", "invoices-order.every.draft-issued")
class NeverServesFormerDrafts(PlainSync):
    """An invoice that was seen as a draft never gets an order."""

    def serve_invoice(self, key: str, invoice: Record) -> None:
        drafts = self.memory.setdefault("drafts", [])
        if invoice["draft"]:
            drafts.append(key)
        if key not in drafts:
            super().serve_invoice(key, invoice)


@broken("misses records", "customers-person-customer.every.company-becomes-a-person")
class NeverServesFormerCompanies(PlainSync):
    """A person that was seen as a company never gets a counterpart."""

    def serve_customer(self, key: str, customer: Record) -> None:
        companies = self.memory.setdefault("companies", [])
        if not self.is_person(customer):
            companies.append(key)
        if key not in companies:
            super().serve_customer(key, customer)


_HOUR = 3600
_SATURDAY = 5


@broken("misses records", "*.every.same-second")
class MissesTheSameSecond(PlainSync):
    """What is saved in the second of the newest record that was seen is missed."""

    def read_both(self) -> None:
        super().read_both()
        stamps = [int(r["updated_at"]) for k in KINDS for r in self.here[k].values()]
        self.memory["seen_to"] = self.memory.get("next", -1)
        self.memory["next"] = max(stamps, default=-1)

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        late = int(record["created_at"]) != self.memory["seen_to"]
        return late and super().is_wanted(kind, key, record)


@broken("loses an edit", "invoices-order.currency.edited-in-one-second-in-invoiced")
class LosesEditsOfTheSameSecond(PlainSync):
    """What is edited in the second of the newest invoice that was seen is lost."""

    def read_both(self) -> None:
        super().read_both()
        stamps = [
            int(invoice["updated_at"]) for invoice in self.here["orders"].values()
        ]
        self.memory["edits_to"] = self.memory.get("next_edit", -1)
        self.memory["next_edit"] = max(stamps, default=-1)

    def update_pair(self, key: str, invoice: Record) -> None:
        if int(invoice["updated_at"]) > self.memory["edits_to"]:
            super().update_pair(key, invoice)


@broken("misses records", "*.every.a-day-apart")
class MissesWhatIsAnHourOld(PlainSync):
    """A record that is an hour older than the newest never gets a counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        newest = max(int(r["created_at"]) for k in KINDS for r in self.here[k].values())
        recent = int(record["created_at"]) > newest - _HOUR
        return recent and super().is_wanted(kind, key, record)


@broken("misses records", "*.every.a-day-apart")
class RestsOnWeekends(PlainSync):
    """What is made on a Saturday or a Sunday never gets a counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        made = datetime.fromtimestamp(int(record["created_at"]), UTC)
        working = made.weekday() < _SATURDAY
        return working and super().is_wanted(kind, key, record)


@broken("loses an edit", "invoices-order.currency.edited-late-in-invoiced")
class DoesNotRunOnWeekends(PlainSync):
    """On a Saturday or a Sunday, by its own clock, a run does nothing."""

    def serve_all(self) -> None:
        if datetime.now(UTC).weekday() < _SATURDAY:
            super().serve_all()


@broken(
    "creates twice", "customers-person-customer.every.sync-again", weather="rough:2"
)
class MakesAnewAfterTrouble(PlainSync):
    """A call that was not answered is made again, for another record."""

    def serve_customer(self, key: str, customer: Record) -> None:
        try:
            super().serve_customer(key, customer)
        except TryAgainError:
            self.chargebee.post("customers", "customers", {"last_name": "Again"})
            raise


@broken("creates twice", "invoices-order.every.already-there", weather="storm:8")
class DoublesOrderAfterLostAnswer(PlainSync):
    """An order whose answer was lost is made once more, under a new id."""

    def create_first_order(self, key: str, invoice: Record) -> None:
        tries = self.memory.setdefault("tries", {})
        tries[key] = tries.get(key, 0) + 1
        values = self.values_here(invoice)
        if values["customer"]:
            self.create_order(key, invoice, values, tries[key])


@broken("misses records", "items-item.every.already-there", weather="rough:1")
class GivesUpAfterTrouble(PlainSync):
    """A record that could not be served at once is never served."""

    def serve_item(self, key: str, item: Record) -> None:
        tried: list[str] = self.memory.setdefault("tried", [])
        if key not in tried:
            tried.append(key)
            super().serve_item(key, item)
