"""The paths of Chargebee's API, with the operations of each."""

from __future__ import annotations

from collections.abc import Mapping

from dataflow.twin.chargebee import (
    behaviours,
    comments,
    currencies,
    customers,
    events,
    invoice_import,
    invoices,
    order_lines,
    orders,
    payments,
)
from dataflow.twin.chargebee.calls import Methods, Operation
from dataflow.twin.chargebee.errors import RefusalError, not_found
from dataflow.twin.chargebee.item_families import ITEM_FAMILY
from dataflow.twin.chargebee.item_prices import ITEM_PRICE
from dataflow.twin.chargebee.items import ITEM
from dataflow.twin.chargebee.unbuilt import UNBUILT
from dataflow.twin.chargebee.vendor_calls import find_vendor_call
from dataflow.twin.unbuilt import NotBuiltError

PREFIX = "/api/v2/"
ID = "{id}"

#: Literal steps precede ids: `/orders/import_order` is not an order of that id.
ROUTES: Mapping[str, Methods] = {
    "comments": {
        "GET": Operation(comments.list_all, comments.OF_ENTITY, comments.LISTING),
        "POST": Operation(comments.create, comments.CREATE),
    },
    "comments/{id}": {"GET": comments.retrieve},
    "comments/{id}/delete": {"POST": Operation(comments.delete)},
    "configurations": {"GET": Operation(currencies.configurations)},
    "currencies": {"POST": Operation(currencies.create, currencies.CREATE)},
    "currencies/list": {"GET": Operation(currencies.list_all)},
    "currencies/{id}": {
        "GET": Operation(currencies.retrieve),
        "POST": Operation(currencies.update, currencies.UPDATE),
    },
    "custom_field_configs": {
        "GET": Operation(currencies.list_custom_fields, currencies.ENTITY)
    },
    "customers": {
        "GET": customers.list_all,
        "POST": Operation(customers.create, customers.CREATE, entity="customer"),
    },
    "customers/merge": {"POST": Operation(customers.merge, customers.MERGE)},
    "customers/{id}": {
        "GET": customers.retrieve,
        "POST": Operation(customers.update, customers.CHANGE, entity="customer"),
    },
    "customers/{id}/update_billing_info": {
        "POST": Operation(customers.update_billing_info, customers.BILLING_INFO)
    },
    "customers/{id}/delete": {"POST": Operation(customers.delete, customers.DELETE)},
    "events": {"GET": Operation(events.list_all, events.PERIOD, events.LISTING)},
    "events/{id}": {"GET": Operation(events.retrieve)},
    **ITEM_FAMILY.routes("item_families"),
    **ITEM.routes("items"),
    **ITEM_PRICE.routes("item_prices"),
    "invoices": {"GET": invoices.list_all},
    "invoices/create_for_charge_items_and_charges": {
        "POST": Operation(invoices.create, invoices.CREATE, entity="invoice")
    },
    "invoices/import_invoice": {
        "POST": Operation(
            invoice_import.import_invoice, invoice_import.IMPORT, entity="invoice"
        )
    },
    "invoices/{id}": {"GET": Operation(invoices.retrieve)},
    "invoices/{id}/record_payment": {
        "POST": Operation(payments.record_payment, payments.RECORD)
    },
    "transactions/{id}/delete_offline_transaction": {
        "POST": Operation(payments.delete, payments.DELETE)
    },
    "invoices/{id}/remove_payment": {
        "POST": Operation(payments.remove_payment, payments.REMOVE)
    },
    "invoices/{id}/void": {"POST": Operation(invoices.void, invoices.VOID)},
    "invoices/{id}/delete": {"POST": Operation(invoices.delete, invoices.DELETE)},
    "invoices/{id}/orders": {
        "GET": Operation(orders.list_for_invoice, spec=orders.OF_INVOICE)
    },
    "orders": {
        "GET": orders.list_all,
        "POST": Operation(orders.create, order_lines.CREATE),
    },
    "orders/import_order": {"POST": Operation(orders.import_order, order_lines.IMPORT)},
    "orders/{id}": {
        "GET": orders.retrieve,
        "POST": Operation(orders.update, order_lines.UPDATE),
    },
    "orders/{id}/cancel": {"POST": Operation(orders.cancel, order_lines.CANCEL)},
    "orders/{id}/delete": {"POST": Operation(orders.delete)},
}


def find_operation(method: str, path: str) -> tuple[str, Operation, str]:
    """Return the route and the operation of a call, and the id in its path if any."""
    matches = _match_routes(path)
    below = path.removeprefix(PREFIX)
    known = find_vendor_call(method, below) if path.startswith(PREFIX) else None
    for pattern, record_id in matches:
        # A literal call of the vendor, such as `customers/move`, names no record.
        if method in ROUTES[pattern] and (known is None or known.path == pattern):
            return pattern, ROUTES[pattern][method], record_id
    if known:
        raise NotBuiltError(f"the call {method} /{known.path}")
    if path.startswith(PREFIX) and UNBUILT.has(method, below):
        raise NotBuiltError(f"the call {method} {find_route(path)}")
    if not matches:
        raise not_found(behaviours.UNKNOWN_PATH)
    text = f"{method} is not supported here"
    code = "http_method_not_supported"
    raise RefusalError(405, code, text, behaviours.WRONG_METHOD)


def _match_routes(path: str) -> list[tuple[str, str]]:
    """Return the routes that a path matches and the id in it, the literal one first."""
    if not path.startswith(PREFIX):
        return []
    steps = path.removeprefix(PREFIX).split("/")
    patterns = [("/".join(steps), "")]
    if len(steps) > 1 and steps[1] and ID not in steps:
        patterns.append(("/".join([steps[0], ID, *steps[2:]]), steps[1]))
    return [match for match in patterns if match[0] in ROUTES]


def find_route(path: str) -> str:
    """Return the route of a path, as `/customers/{id}`, or the path that has none."""
    matches = _match_routes(path)
    if matches:
        return f"/{matches[0][0]}"
    below = path.removeprefix(PREFIX)
    calls = (find_vendor_call(method, below) for method in ("GET", "POST"))
    return next((f"/{call.path}" for call in calls if call), path)
