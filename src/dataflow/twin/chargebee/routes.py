"""Which rule serves a method and a path."""

from __future__ import annotations

from collections.abc import Mapping

from dataflow.twin.chargebee import (
    behaviours,
    charges,
    customers,
    events,
    families,
    invoice_import,
    invoices,
    item_prices,
    items,
    merging,
    orders,
    payments,
    settings,
)
from dataflow.twin.chargebee.calls import Rule
from dataflow.twin.chargebee.errors import RefusalError, not_found

PREFIX = "/api/v2/"
ID = "{id}"

#: Literal steps go before ids: `/orders/import_order` is not an order of that id.
ROUTES: Mapping[str, Mapping[str, Rule]] = {
    "configurations": {"GET": settings.configurations},
    "currencies": {"POST": settings.create},
    "currencies/list": {"GET": settings.list_all},
    "currencies/{id}": {"GET": settings.retrieve, "POST": settings.update},
    "customers": {"GET": customers.list_all, "POST": customers.create},
    "customers/merge": {"POST": merging.merge},
    "customers/{id}": {"GET": customers.retrieve, "POST": customers.update},
    "customers/{id}/update_billing_info": {"POST": customers.update_billing_info},
    "customers/{id}/delete": {"POST": customers.delete},
    "events": {"GET": events.list_all},
    "events/{id}": {"GET": events.retrieve},
    "item_families": {"GET": families.list_all, "POST": families.create},
    "item_families/{id}": {"GET": families.retrieve, "POST": families.update},
    "item_families/{id}/delete": {"POST": families.delete},
    "items": {"GET": items.list_all, "POST": items.create},
    "items/{id}": {"GET": items.retrieve, "POST": items.update},
    "items/{id}/delete": {"POST": items.delete},
    "item_prices": {"GET": item_prices.list_all, "POST": item_prices.create},
    "item_prices/{id}": {"GET": item_prices.retrieve, "POST": item_prices.update},
    "item_prices/{id}/delete": {"POST": item_prices.delete},
    "invoices": {"GET": invoices.list_all},
    "invoices/create_for_charge_items_and_charges": {"POST": charges.create},
    "invoices/import_invoice": {"POST": invoice_import.import_invoice},
    "invoices/{id}": {"GET": invoices.retrieve},
    "invoices/{id}/record_payment": {"POST": payments.record_payment},
    "invoices/{id}/void": {"POST": invoices.void},
    "invoices/{id}/delete": {"POST": invoices.delete},
    "invoices/{id}/orders": {"GET": orders.list_for_invoice},
    "orders": {"GET": orders.list_all, "POST": orders.create},
    "orders/import_order": {"POST": orders.import_order},
    "orders/{id}": {"GET": orders.retrieve, "POST": orders.update},
    "orders/{id}/cancel": {"POST": orders.cancel},
    "orders/{id}/delete": {"POST": orders.delete},
}


def route(method: str, path: str) -> tuple[Rule, str]:
    """Return the rule for a call, and the id in its path or an empty text."""
    if not path.startswith(PREFIX):
        raise not_found(behaviours.UNKNOWN_PATH)
    steps = path.removeprefix(PREFIX).split("/")
    found = [way for way in _ways(steps) if way[0] in ROUTES]
    for pattern, record_id in found:
        if method in ROUTES[pattern]:
            return ROUTES[pattern][method], record_id
    if not found:
        raise not_found(behaviours.UNKNOWN_PATH)
    text = f"{method} is not supported here"
    code = "http_method_not_supported"
    raise RefusalError(405, code, text, behaviours.WRONG_METHOD)


def _ways(steps: list[str]) -> list[tuple[str, str]]:
    """Return the patterns that a path may fit, the literal one first."""
    literal = ("/".join(steps), "")
    if len(steps) == 1 or not steps[1] or ID in steps:
        return [literal]
    return [literal, ("/".join([steps[0], ID, *steps[2:]]), steps[1])]


def route_of(path: str) -> str:
    """Return the route of a path, as `/customers/{id}`, or the path that has none."""
    steps = path.removeprefix(PREFIX).split("/")
    known = [pattern for pattern, _ in _ways(steps) if pattern in ROUTES]
    return f"/{known[0]}" if known and path.startswith(PREFIX) else path
