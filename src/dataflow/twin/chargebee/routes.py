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
from dataflow.twin.chargebee.vendor_calls import load_vendor_calls
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

#: The paths of all calls of the vendor, built or not.
_PATHS = frozenset(path for _method, path in load_vendor_calls())


def find_operation(method: str, path: str) -> tuple[str, Operation, str]:
    """Return the route and the operation of a call, and the id in its path if any."""
    patterns = _list_patterns(path)
    for pattern, record_id in patterns:
        if method in ROUTES.get(pattern, ()):
            return pattern, ROUTES[pattern][method], record_id
        # A literal call of the vendor, such as `customers/move`, names no record.
        if (method, pattern) in load_vendor_calls():
            raise NotBuiltError(f"the call {method} /{pattern}")
    if patterns and UNBUILT.has(method, path.removeprefix(PREFIX)):
        raise NotBuiltError(f"the call {method} {find_route(path)}")
    if not any(pattern in ROUTES for pattern, _ in patterns):
        raise not_found(behaviours.UNKNOWN_PATH)
    text = f"{method} is not supported here"
    code = "http_method_not_supported"
    raise RefusalError(405, code, text, behaviours.WRONG_METHOD)


def _list_patterns(path: str) -> list[tuple[str, str]]:
    """Return the patterns that fit a path, and the id in it, the literal one first."""
    if not path.startswith(PREFIX):
        return []
    below = path.removeprefix(PREFIX)
    steps = below.split("/")
    if len(steps) == 1 or not steps[1] or ID in steps:
        return [(below, "")]
    return [(below, ""), ("/".join([steps[0], ID, *steps[2:]]), steps[1])]


def find_route(path: str) -> str:
    """Return the route of a path, as `/customers/{id}`, or the path that has none."""
    known = (ROUTES, _PATHS)
    patterns = [pattern for pattern, _ in _list_patterns(path)]
    found = (f"/{each}" for paths in known for each in patterns if each in paths)
    return next(found, path)
