"""The paths of Chargebee's API, with the operations of each."""

from __future__ import annotations

from collections.abc import Mapping

from dataflow.twin.chargebee import (
    behaviours,
    currencies,
    orders,
    payments,
)
from dataflow.twin.chargebee.calls import Methods, Operation
from dataflow.twin.chargebee.comments import COMMENT
from dataflow.twin.chargebee.customers import CUSTOMER
from dataflow.twin.chargebee.errors import RefusalError, not_found
from dataflow.twin.chargebee.events import EVENT
from dataflow.twin.chargebee.invoices import INVOICE
from dataflow.twin.chargebee.item_families import ITEM_FAMILY
from dataflow.twin.chargebee.item_prices import ITEM_PRICE
from dataflow.twin.chargebee.items import ITEM
from dataflow.twin.chargebee.orders import ORDER
from dataflow.twin.chargebee.unbuilt import UNBUILT
from dataflow.twin.chargebee.vendor_calls import find_vendor_call
from dataflow.twin.unbuilt import NotBuiltError

PREFIX = "/api/v2/"
ID = "{id}"

#: Literal steps precede ids: `/orders/import_order` is not an order of that id.
ROUTES: Mapping[str, Methods] = {
    **COMMENT.routes(),
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
    **CUSTOMER.routes(),
    **EVENT.routes(),
    **ITEM_FAMILY.routes(),
    **ITEM.routes(),
    **ITEM_PRICE.routes(),
    **INVOICE.routes(),
    "transactions/{id}/delete_offline_transaction": {
        "POST": Operation(payments.delete, payments.DELETE)
    },
    "invoices/{id}/orders": {
        "GET": Operation(orders.list_for_invoice, spec=orders.OF_INVOICE)
    },
    **ORDER.routes(),
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
