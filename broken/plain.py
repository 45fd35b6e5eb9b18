"""A good sync of another design: each run reads all records and compares them.

It marks a customer and an item by their id, an order by its `reference_id`, and skips
drafts, voided invoices and companies. It shares no code with the reference sync.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from broken.api import Chargebee, Invoiced, Record, RefusedError

#: The kinds of records: the name in Chargebee, and the name in Invoiced.
KINDS = {"customers": "customers", "items": "items", "orders": "invoices"}

#: The state of a pair: the id in Chargebee and, for an order, the id of its backing
#: invoice, the number of orders that the invoice has had, and the last common values.
Pair = dict[str, str]

_SCANS = {
    "customers": {"sort_by[asc]": "created_at"},
    "items": {"status[in]": '["active","archived"]'},
    "orders": {"sort_by[asc]": "created_at"},
}
_FAMILY = "plain"
_NAME_LENGTH = 100
_PART_OF_NAME_LENGTH = 150
_WITHOUT_CENTS = {
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
    *("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
}


class PlainSync:
    """One run: read both sides, then serve customers, items and invoices.

    `memory` is the state that the last run left, empty at first; it is changed in
    place. `since` is in unix seconds. A refusal is added to `complaints` as one
    sentence and does not stop the other records.
    """

    def __init__(
        self, invoiced: Invoiced, chargebee: Chargebee, memory: Record, since: int
    ) -> None:
        self.invoiced = invoiced
        self.chargebee = chargebee
        self.memory = memory
        self.since = since
        self.complaints: list[str] = []
        self.pairs: dict[str, dict[str, Pair]] = {
            kind: memory.setdefault(kind, {}) for kind in KINDS
        }
        self.here: dict[str, dict[str, Record]] = {}
        self.there: dict[str, dict[str, Record]] = {}
        self.mentioned: dict[str, set[str]] = {}

    def run(self) -> None:
        """Synchronise both sides once."""
        self.read_both()
        self.remove_replaced()
        self.serve_all()

    def read_both(self) -> None:
        """Read all records of both sides."""
        for kind, theirs in KINDS.items():
            self.here[kind] = _by_id(self.list_here(theirs))
            found = _by_id(self.list_there(kind))
            self.there[kind] = {key: r for key, r in found.items() if _live(r)}
        self.mentioned = self.find_referenced()

    def list_here(self, kind: str) -> list[Record]:
        """Return all records of one kind in Invoiced."""
        return self.invoiced.list_all(kind)

    def list_there(self, kind: str) -> list[Record]:
        """Return all records of one kind in Chargebee."""
        return self.chargebee.list_all(kind, **_SCANS[kind])

    def serve_all(self) -> None:
        """Serve customers before the invoices that wait for them."""
        self.serve("customers", self.serve_customer)
        self.serve("items", self.serve_item)
        self.serve("orders", self.serve_invoice)

    def serve(self, kind: str, one: Callable[[str, Record], None]) -> None:
        """Serve every record of a kind; a refusal does not stop the others."""
        for key, record in self.here[kind].items():
            try:
                one(key, record)
            except RefusedError as refusal:
                self.complaints.append(f"{KINDS[kind]} {key}: {refusal}")

    # Which records

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        """Return whether a record is new enough to get a counterpart."""
        recent = int(record["created_at"]) >= self.since
        return recent or key in self.mentioned.get(kind, set())

    def find_referenced(self) -> dict[str, set[str]]:
        """Return the ids of what recent invoices refer to, by kind."""
        invoices = [
            invoice
            for invoice in self.here["orders"].values()
            if int(invoice["created_at"]) >= self.since
        ]
        lines = [line for invoice in invoices for line in invoice["items"]]
        return {
            "customers": {str(invoice["customer"]) for invoice in invoices},
            "items": {str(line.get("catalog_item")) for line in lines},
        }

    def is_person(self, customer: Record) -> bool:
        """Return whether a customer of Invoiced gets a counterpart."""
        return bool(customer["type"] == "person")

    # Customers and items

    def serve_customer(self, key: str, customer: Record) -> None:
        """Create the counterpart of a person, once."""
        if key in self.pairs["customers"] or not self.is_person(customer):
            return
        if self.is_wanted("customers", key, customer):
            fields = {"id": key, **_name_in_parts(customer["name"])}
            self.link("customers", key, self.chargebee.create("customers", fields))

    def serve_item(self, key: str, item: Record) -> None:
        """Create the counterpart of an item, once."""
        if key in self.pairs["items"] or not self.is_wanted("items", key, item):
            return
        if not self.memory.get("family"):
            family = {"id": _FAMILY, "name": _FAMILY}
            self.memory["family"] = self.chargebee.create("item_families", family)["id"]
        fields = {
            "id": key,
            "name": self.free_name(key, item["name"]),
            "type": "charge",
            "item_family_id": self.memory["family"],
        }
        self.link("items", key, self.chargebee.create("items", fields))

    def free_name(self, key: str, name: str) -> str:
        """Return the item's name, with its id if another item has that name."""
        taken = {item["name"] for item in self.there["items"].values()}
        if name not in taken and len(name) <= _NAME_LENGTH:
            return name
        end = f" ({key})"
        return name[: _NAME_LENGTH - len(end)] + end

    def link(self, kind: str, key: str, record: Record, **more: str) -> None:
        """Remember a pair."""
        self.there[kind][record["id"]] = record
        self.pairs[kind][key] = {"id": record["id"], **more}

    # Invoices

    def serve_invoice(self, key: str, invoice: Record) -> None:
        """Create the order of an invoice, or synchronise the pair."""
        if invoice["draft"] or invoice["status"] == "voided":
            return
        if key in self.pairs["orders"]:
            self.update_pair(key, invoice)
        elif self.is_wanted("orders", key, invoice) and self.is_of_person(invoice):
            self.create_first_order(key, invoice)

    def is_of_person(self, invoice: Record) -> bool:
        """Return whether the invoice is a person's."""
        customer = self.here["customers"].get(str(invoice["customer"]))
        return customer is not None and self.is_person(customer)

    def create_first_order(self, key: str, invoice: Record) -> None:
        """Create an invoice's first order, if its customer has a counterpart."""
        values = self.values_here(invoice)
        if values["customer"]:
            self.create_order(key, invoice, values, 1)

    def update_pair(self, key: str, invoice: Record) -> None:
        """Propagate what changed since both sides were equal; Invoiced wins."""
        pair = self.pairs["orders"][key]
        order = self.there["orders"].get(pair["id"])
        here = self.values_here(invoice)
        if order is None or not here["customer"]:
            return
        there = values_there(order)
        back = {n: there[n] for n in here if here[n] == pair[n] != there[n]}
        if back:
            self.write_back(key, back)
        pair |= back
        if here | back == there:
            pair |= there
        else:
            self.replace(key, invoice, here | back)

    def values_here(self, invoice: Record) -> dict[str, str]:
        """Return an invoice's listed properties in Chargebee's spelling."""
        return {
            "currency": str(invoice["currency"]).upper(),
            "customer": self.customer_of(invoice),
        }

    def customer_of(self, invoice: Record) -> str:
        """Return the id of the customer in Chargebee, or an empty text."""
        pair = self.pairs["customers"].get(str(invoice["customer"]), {"id": ""})
        return pair["id"] if pair["id"] in self.there["customers"] else ""

    def write_back(self, key: str, values: Mapping[str, str]) -> None:
        """Write changes of Chargebee to an invoice."""
        customers = {p["id"]: key for key, p in self.pairs["customers"].items()}
        edit: dict[str, Any] = {}
        if "currency" in values:
            edit["currency"] = values["currency"].lower()
        if values.get("customer") in customers:
            edit["customer"] = int(customers[values["customer"]])
        self.invoiced.edit("invoices", key, edit)

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        """Replace an order: Chargebee refuses edits of both its properties."""
        old = self.pairs["orders"][key]
        note = self.there["orders"][old["id"]].get("note", "")
        self.create_order(key, invoice, values, int(old["count"]) + 1, note)
        self.memory.setdefault("replaced", []).append(old)
        self.remove_replaced()

    def remove_replaced(self) -> None:
        """Delete replaced orders, and void their backing invoices."""
        replaced = self.memory.setdefault("replaced", [])
        while replaced:
            self.chargebee.remove("orders", replaced[-1]["id"], "delete")
            self.void(replaced[-1]["carrier"])
            replaced.pop()

    def void(self, carrier: str) -> None:
        """Void a backing invoice, where Chargebee allows it."""
        try:
            self.chargebee.remove("invoices", carrier, "void")
        except RefusedError:
            return  # no check counts it, so it may stay

    def create_order(
        self,
        key: str,
        invoice: Record,
        values: Mapping[str, str],
        count: int,
        note: str = "",
    ) -> None:
        """Create an order on an imported invoice, and link it."""
        # An earlier attempt may have left a backing invoice in the old currency.
        name = f"i-{key}-{count}-{values['currency']}"
        carrier = self.create_carrier(name, invoice, values)
        fields = {
            **self.marks(key, invoice, count),
            "invoice_id": carrier,
            "customer_id": values["customer"],
            "status": "queued",
            "created_at": invoice["created_at"],
            "order_date": invoice["date"],
            "shipping_date": invoice["date"],
            **({"note": note} if note else {}),
        }
        order = self.chargebee.create("orders", fields, by="import_order")
        more = {"carrier": carrier, "count": str(count), **values_there(order)}
        self.link("orders", key, order, **more)

    def marks(self, key: str, invoice: Record, count: int) -> dict[str, str]:
        """Return the marks of an order; `count` is 1 for the invoice's first order."""
        del invoice
        return {"id": f"o-{key}-{count}", "reference_id": key}

    def create_carrier(
        self, name: str, invoice: Record, values: Mapping[str, str]
    ) -> str:
        """Import the backing invoice of an order, and return its id."""
        total = in_smallest_unit(invoice["total"], values["currency"])
        fields = {
            "id": name,
            "customer_id": values["customer"],
            "currency_code": self.code(values["currency"]),
            "date": invoice["date"],
            "total": total,
            "status": "payment_due" if total else "paid",
            "line_items[description][0]": f"Invoice {invoice['number']}",
            "line_items[amount][0]": total,
        }
        made = self.chargebee.create("invoices", fields, by="import_invoice")
        return str(made["id"])

    def code(self, currency: str) -> str:
        """Return a currency in the spelling that is written to Chargebee."""
        return currency


def values_there(order: Record) -> dict[str, str]:
    """Return an order's listed properties, the currency in upper case."""
    return {
        "currency": str(order["currency_code"]).upper(),
        "customer": str(order["customer_id"]),
    }


def in_smallest_unit(amount: float, currency: str) -> int:
    """Return an amount of Invoiced, in whole units, in Chargebee's unit."""
    return round(amount if currency in _WITHOUT_CENTS else amount * 100)


def _by_id(records: list[Record]) -> dict[str, Record]:
    return {str(record["id"]): record for record in records}


def _live(record: Record) -> bool:
    ended = {"cancelled", "deleted", "returned", "voided"}
    return not record.get("deleted") and record.get("status") not in ended


def _name_in_parts(name: str) -> dict[str, str]:
    first, _, last = name.strip().rpartition(" ")
    parts = {"first_name": first, "last_name": last}
    return {part: text[:_PART_OF_NAME_LENGTH] for part, text in parts.items() if text}
