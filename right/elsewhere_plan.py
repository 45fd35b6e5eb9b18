"""The tasks that synchronise both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from broken.api import Chargebee, Invoiced, Record
from right.elsewhere_writes import (
    create_customer,
    create_item,
    create_order,
    remove_order,
)

_ENDED = {"deleted", "cancelled", "voided", "returned"}


@dataclass(frozen=True)
class Task:
    """One task for the record of this kind with this Invoiced id."""

    kind: str
    key: str
    perform: Callable[[Chargebee], None]


@dataclass(frozen=True)
class Snapshot:
    """The records of both sides; live ones in Chargebee by the id in their mark."""

    persons: dict[str, Record]
    items: dict[str, Record]
    invoices: dict[str, Record]
    customers_there: dict[str, list[Record]]
    items_there: dict[str, list[Record]]
    orders_there: dict[str, list[Record]]
    since: int

    def is_wanted(self, record: Record, *references: str) -> bool:
        """Return whether a record is new, or a new invoice refers to it.

        `references` are the properties of an invoice or its lines that may refer to it.
        """
        recent = (i for i in self.invoices.values() if i["created_at"] >= self.since)
        return record["created_at"] >= self.since or any(
            str(named.get(reference)) == str(record["id"])
            for invoice in recent
            for named in (invoice, *invoice["items"])
            for reference in references
        )


def read_both(invoiced: Invoiced, chargebee: Chargebee, since: int) -> Snapshot:
    """Read all records of both sides; `since` is in unix seconds."""
    here = {
        kind: {str(record["id"]): record for record in invoiced.list_all(kind)}
        for kind in ("invoices", "customers", "items")
    }
    oldest_first = {"sort_by[asc]": "created_at"}
    not_deleted = {"status[in]": '["active","archived"]'}
    customers = chargebee.list_all("customers", **oldest_first)
    items = chargebee.list_all("items", **not_deleted)
    orders = chargebee.list_all("orders", **oldest_first)
    return Snapshot(
        here["customers"],
        here["items"],
        here["invoices"],
        _by_mark(customers, lambda each: each.get("meta_data", {}).get("invoiced_id")),
        _by_mark(items, lambda each: each.get("metadata", {}).get("invoiced_id")),
        _by_mark(orders, lambda each: each.get("reference_id")),
        since,
    )


def plan(both: Snapshot) -> list[Task]:
    """Return all tasks: customers, then items, then orders."""
    customers = list(_customers(both))
    coming = {task.key for task in customers}
    return [*customers, *_items(both), *_orders(both, coming)]


def _customers(both: Snapshot) -> Iterator[Task]:
    for key, person in both.persons.items():
        is_new = person["type"] == "person" and key not in both.customers_there
        if is_new and both.is_wanted(person, "customer"):
            yield Task("customers", key, partial(create_customer, person))


def _items(both: Snapshot) -> Iterator[Task]:
    names = {each["name"] for found in both.items_there.values() for each in found}
    for key, item in both.items.items():
        if key not in both.items_there and both.is_wanted(item, "catalog_item"):
            yield Task("items", key, partial(create_item, item, item["name"] in names))
            names.add(item["name"])


def _orders(both: Snapshot, coming: set[str]) -> Iterator[Task]:
    """Yield the tasks of invoices; those of `coming` customers wait for them."""
    for key, invoice in both.invoices.items():
        owner = str(invoice["customer"])
        orders = both.orders_there.get(key, [])
        if not _counts(both, invoice, orders):
            continue
        for customer in both.customers_there.get(owner, [])[:1]:
            wanted = (invoice["currency"].upper(), str(customer["id"]))
            right = [order for order in orders if _says(order) == wanted][:1]
            if len(orders) != 1 or not right:
                yield Task(
                    "orders", key, partial(_settle, invoice, orders, right, wanted)
                )
        if owner in coming:
            yield Task("orders", key, _wait)


def _counts(both: Snapshot, invoice: Record, orders: list[Record]) -> bool:
    """Return whether an invoice has an order or must have one."""
    if invoice["draft"] or invoice["status"] == "voided":
        return False
    owner = both.persons.get(str(invoice["customer"]), {})
    return bool(orders) or (owner.get("type") == "person" and both.is_wanted(invoice))


def _settle(
    invoice: Record,
    orders: list[Record],
    right: list[Record],
    wanted: tuple[str, str],
    chargebee: Chargebee,
) -> None:
    """Keep or create the one right order, then remove the others."""
    if not right:
        note = " ".join(order["note"] for order in orders if order.get("note"))
        create_order(invoice, wanted, note, chargebee)
    for order in orders:
        if order not in right:
            remove_order(order, chargebee)


def _wait(_chargebee: Chargebee) -> None:
    """Do nothing: the next run sees the customer that this run creates."""


def _says(order: Record) -> tuple[str, str]:
    return order["currency_code"].upper(), order["customer_id"]


def _by_mark(
    records: list[Record], mark: Callable[[Record], Any]
) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        if not record.get("deleted") and record.get("status") not in _ENDED:
            found.setdefault(str(mark(record)), []).append(record)
    return found
