"""The plain sync broken on purpose: one class a fault, one sentence each.

Each class changes one step of the right sync; its docstring says what goes wrong, and
its name, in lower case with hyphens, is what `--broken` calls it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress

from tests.strangers.api import Record, RefusedError
from tests.strangers.plain import KINDS, Pair, PlainSync


class DropsCurrencyEdits(PlainSync):
    """An edit of an invoice's currency is never carried over."""

    def settle(self, key: str, invoice: Record) -> None:
        """Leave a linked pair as it is."""


class UndoesCurrencyEdits(PlainSync):
    """An edit of an invoice's currency is overwritten with the order's old one."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        """Write the old currency back into the invoice instead."""
        del invoice, values
        self.write_back(key, {"currency": self.pairs["orders"][key]["currency"]})


class LeavesReplacedOrderAlive(PlainSync):
    """An order that has been replaced stays beside the new one."""

    def retire(self) -> None:
        """Remove nothing."""


class OverwritesNeighbour(PlainSync):
    """An edit of one invoice's currency rewrites every other order into it as well."""

    def settle(self, key: str, invoice: Record) -> None:
        """Leave alone what was overwritten, so that the harm lasts."""
        if key not in self.memory.setdefault("overwritten", []):
            super().settle(key, invoice)

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        """Replace every other order too."""
        super().replace(key, invoice, values)
        for other, neighbour in self.here["orders"].items():
            pair = self.pairs["orders"].get(other, {"id": ""})
            if other != key and pair["id"] in self.there["orders"]:
                currency = {"currency": values["currency"]}
                wrong = self.values_here(neighbour) | currency
                super().replace(other, neighbour, wrong)
                self.memory["overwritten"].append(other)


class TakesCompaniesForPersons(PlainSync):
    """A company gets a counterpart like a person."""

    def is_person(self, customer: Record) -> bool:
        """Take every customer for a person."""
        return "type" in customer


class CopiesLowerCase(PlainSync):
    """A currency is written to Chargebee in lower case, as Invoiced spells it."""

    def code(self, currency: str) -> str:
        """Spell it in lower case."""
        return currency.lower()


class SwapsTwoOrders(PlainSync):
    """The `reference_id`s of the two newest orders are exchanged."""

    def serve_all(self) -> None:
        """Exchange them whenever a new order has appeared."""
        known = len(self.pairs["orders"])
        super().serve_all()
        newest = list(self.pairs["orders"])[-2:]
        if len(self.pairs["orders"]) > max(known, 1):
            for key, other in zip(newest, reversed(newest), strict=True):
                order = self.pairs["orders"][key]["id"]
                self.chargebee.edit("orders", order, {"reference_id": other})


class NamesAnotherCustomer(PlainSync):
    """Every order is made for the first customer that turns up in Chargebee."""

    def customer_of(self, invoice: Record) -> str:
        """Return the first customer, if the right one is there."""
        first = next(iter(self.there["customers"]), "")
        return first if super().customer_of(invoice) else ""


class MissesSecondPage(PlainSync):
    """Only the first page of each list of Invoiced is read."""

    def read(self, kind: str) -> list[Record]:
        """Return the first page."""
        records, _ = self.invoiced.page(kind, 1)
        return records


class NeverCreatesItems(PlainSync):
    """Items get no counterpart."""

    def serve_item(self, key: str, item: Record) -> None:
        """Do nothing."""


class LosesWaitingInvoice(PlainSync):
    """An invoice that comes before its customer is linked never gets an order."""

    def serve_all(self) -> None:
        """Serve invoices first, and remember them as done."""
        self.serve("orders", self.serve_invoice)
        for key in self.here["orders"]:
            done = {"id": "", "carrier": "", "count": "0"}
            self.pairs["orders"].setdefault(key, done)
        self.serve("customers", self.serve_customer)
        self.serve("items", self.serve_item)


class IgnoresExisting(PlainSync):
    """Records that were there before the very first run never get a counterpart."""

    def look(self) -> None:
        """Note what is there at the first look."""
        super().look()
        found = {kind: list(records) for kind, records in self.here.items()}
        self.memory.setdefault("existing", found)

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        """Want only what was not there then."""
        existing = self.memory["existing"][kind]
        return key not in existing and super().is_wanted(kind, key, record)


class ServesOnlyItsFirstRun(PlainSync):
    """Nothing that is new or edited after the first run is carried over."""

    def run(self) -> None:
        """Run once."""
        if not self.memory.get("served"):
            super().run()
        self.memory["served"] = True


class LeavesOldCustomersOut(PlainSync):
    """A customer from before the start is ignored though a new invoice names it."""

    def referred(self) -> dict[str, set[str]]:
        """Refer to nothing."""
        return {}


class ReportsSuccessDoesNothing(PlainSync):
    """Every run ends well and none does anything."""

    def run(self) -> None:
        """Do nothing."""


class EndsWithAnError(PlainSync):
    """Everything is done, and each run says that it failed."""

    def run(self) -> None:
        """Complain in the end."""
        super().run()
        self.complaints.append("something went wrong, said for no reason")


class DuplicatesOnSecondRun(PlainSync):
    """A later run makes a second counterpart, under another mark."""

    def run(self) -> None:
        """Give each pair of earlier runs another counterpart, once."""
        known = {(kind, key) for kind in KINDS for key in self.pairs[kind]}
        super().run()
        doubled = self.memory.setdefault("doubled", [])
        for kind, key in sorted(known):
            if f"{kind}/{key}" not in doubled and key in self.here[kind]:
                doubled.append(f"{kind}/{key}")
                self.double(kind, key)

    def double(self, kind: str, key: str) -> None:
        """Make the second counterpart."""
        mark = json.dumps({"invoiced_id": key})
        if kind == "customers":
            self.chargebee.post(kind, kind, {"last_name": "Twice", "meta_data": mark})
        elif kind == "items":
            twice = {"id": f"{key}-twice", "name": f"{key} twice", "metadata": mark}
            family = {"type": "charge", "item_family_id": self.memory["family"]}
            self.chargebee.post(kind, kind, twice | family)
        else:
            pair = self.pairs[kind][key]
            invoice = self.here[kind][key]
            self.make_order(key, invoice, self.values_here(invoice), 1000)
            self.pairs[kind][key] = pair


class EchoesForEver(PlainSync):
    """Every run writes something new on every counterpart."""

    def run(self) -> None:
        """Count the runs on the counterparts."""
        known = [(kind, key) for kind in KINDS for key in self.pairs[kind]]
        super().run()
        self.memory["runs"] = self.memory.get("runs", 0) + 1
        for kind, key in known:
            _scribble(self, kind, key, str(self.memory["runs"]))


class EchoesInInvoiced(PlainSync):
    """Every run saves every linked record of Invoiced anew, with the values it has."""

    def run(self) -> None:
        """Save what was linked before."""
        known = [(kind, key) for kind in KINDS for key in self.pairs[kind]]
        super().run()
        for kind, key in known:
            self.save(kind, key)

    def save(self, kind: str, key: str) -> None:
        """Save one record, if it is there and open."""
        field = {"customers": "name", "items": "name", "orders": "currency"}[kind]
        record = self.here[kind].get(key, {})
        with suppress(RefusedError):
            self.invoiced.edit(KINDS[kind], key, {field: record.get(field)})


class _Reacts(PlainSync):
    """Does something wrong to a pair whose record has been saved on one side."""

    def run(self) -> None:
        """Compare the time stamps with those of the last run."""
        ids = {(kind, key): pair["id"] for kind, key, pair in self.all_pairs()}
        super().run()
        seen = self.memory.setdefault("seen", {})
        for kind, key, pair in list(self.all_pairs()):
            name, now = f"{kind}/{key}", self.stamp(kind, key, pair)
            kept = ids.get((kind, key)) == pair["id"]
            if kept and name in seen and now not in (None, seen[name]):
                self.react(kind, key, pair)
            seen[name] = now

    def all_pairs(self) -> Iterator[tuple[str, str, Pair]]:
        """Yield kind, Invoiced id and pair of everything that is linked."""
        for kind in KINDS:
            for key, pair in self.pairs[kind].items():
                yield kind, key, pair

    def stamp(self, kind: str, key: str, pair: Pair) -> int | None:
        """Return when the watched side was saved last, if it is still there."""
        del pair
        stamp: int | None = self.here[kind].get(key, {}).get("updated_at")
        return stamp

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Do the wrong thing."""
        raise NotImplementedError


class BreaksPairOnUnrelatedEdit(_Reacts):
    """An edit in Invoiced of what is not synchronised deletes the counterpart."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Delete the counterpart, and never look at the pair again."""
        del key
        self.chargebee.end(kind, pair["id"], "delete")


class BreaksPairOnEditInChargebee(BreaksPairOnUnrelatedEdit):
    """An edit in Chargebee of what is not synchronised deletes the counterpart."""

    def stamp(self, kind: str, key: str, pair: Pair) -> int | None:
        """Watch the other side."""
        del key
        stamp: int | None = self.there[kind].get(pair["id"], {}).get("updated_at")
        return stamp


class SpreadsEditsToNeighbours(_Reacts):
    """An edit in Invoiced changes the counterparts of all other records of its kind."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Write on the others."""
        del pair
        for other in self.pairs[kind]:
            if other != key:
                _scribble(self, kind, other, f"after {key}")


def _scribble(sync: PlainSync, kind: str, key: str, text: str) -> None:
    """Write a text on a live counterpart where nothing synchronised stands."""
    field = {"customers": "phone", "items": "description", "orders": "note"}[kind]
    counterpart = sync.pairs[kind][key]["id"]
    if counterpart in sync.there[kind]:
        sync.chargebee.edit(kind, counterpart, {field: text})


def _name(fault: type[PlainSync]) -> str:
    """Return `DropsCurrencyEdits` as `drops-currency-edits`."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in fault.__name__)[1:]


#: The broken syncs by the name that `--broken` knows.
BROKEN: dict[str, type[PlainSync]] = {
    _name(fault): fault
    for fault in (
        BreaksPairOnEditInChargebee,
        BreaksPairOnUnrelatedEdit,
        CopiesLowerCase,
        DropsCurrencyEdits,
        DuplicatesOnSecondRun,
        EchoesForEver,
        EchoesInInvoiced,
        EndsWithAnError,
        IgnoresExisting,
        LeavesOldCustomersOut,
        LeavesReplacedOrderAlive,
        LosesWaitingInvoice,
        MissesSecondPage,
        NamesAnotherCustomer,
        NeverCreatesItems,
        OverwritesNeighbour,
        ReportsSuccessDoesNothing,
        ServesOnlyItsFirstRun,
        SpreadsEditsToNeighbours,
        SwapsTwoOrders,
        TakesCompaniesForPersons,
        UndoesCurrencyEdits,
    )
}

#: What goes wrong in each of them, in one sentence.
FAULTS: dict[str, str] = {name: str(fault.__doc__) for name, fault in BROKEN.items()}
