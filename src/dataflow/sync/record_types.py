"""The record types that the reference sync knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dataflow.sync.errors import MappingError


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: left is Invoiced, right is Chargebee.

    `left_fixed` and `right_fixed` are the properties that the API does not let the sync
    edit; if `replaceable`, a fixed right property is changed by a new record that
    replaces the old one. `customer_field` is the left property that names the customer,
    whose counterpart has to exist first. `right_events` are the events of Chargebee
    that contain an edited record (sdk).
    """

    name: str
    left_type: str
    right_type: str
    left_path: str
    right_path: str
    left_name: str
    right_name: str
    mark: str
    left_fixed: frozenset[str] = frozenset()
    right_fixed: frozenset[str] = frozenset()
    replaceable: bool = False
    customer_field: str = ""
    left_filters_by_time: bool = True
    right_list_query: Mapping[str, str] = field(default_factory=dict)
    right_events: tuple[str, ...] = ("created", "updated")


CUSTOMER = Kind(
    name="customer",
    left_type="Customers person",
    right_type="Customer",
    left_path="/customers",
    right_path="/customers",
    left_name="customer",
    right_name="customer",
    mark="meta_data.invoiced_id",
    left_fixed=frozenset({"id", "created_at", "updated_at"}),
    right_fixed=frozenset({"id", "created_at", "updated_at"}),
    right_list_query={"include_deleted": "true"},
    right_events=("created", "changed"),
)

ITEM = Kind(
    name="item",
    left_type="Items",
    right_type="Item",
    left_path="/items",
    right_path="/items",
    left_name="item",
    right_name="item",
    mark="metadata.invoiced_id",
    # Invoiced answers an edit of these with 200 and ignores it (unconfirmed).
    left_fixed=frozenset(
        {"id", "currency", "unit_cost", "taxable", "discountable", "taxes"}
    ),
    right_fixed=frozenset({"id", "type", "is_giftable", "metered"}),
    # The filter is documented for items, but does not exist (unconfirmed): read all.
    left_filters_by_time=False,
    # Items have no include_deleted (sdk).
    right_list_query={"status[in]": '["active","archived","deleted"]'},
)

ORDER = Kind(
    name="order",
    left_type="Invoices",
    right_type="Order",
    left_path="/invoices",
    right_path="/orders",
    left_name="invoice",
    right_name="order",
    mark="reference_id",
    left_fixed=frozenset({"id", "customer", "created_at", "updated_at"}),
    # Customer and currency come from the order's invoice and never change (documented).
    right_fixed=frozenset({"id", "customer_id", "currency_code"}),
    replaceable=True,
    customer_field="customer",
    right_list_query={"include_deleted": "true"},
    right_events=("created", "updated", "cancelled", "delivered", "returned", "resent"),
)

#: In the order of synchronisation: orders refer to customers.
KINDS = (CUSTOMER, ITEM, ORDER)


def find_kind(left_type: str, right_type: str) -> Kind:
    """Return the kind of two record types of the checklist; raises MappingError."""
    for kind in KINDS:
        if (kind.left_type, kind.right_type) == (left_type, right_type):
            return kind
    known = ", ".join(f"{kind.left_type} to {kind.right_type}" for kind in KINDS)
    raise MappingError(
        f"This sync does not know {left_type!r} to {right_type!r}: it knows {known}."
    )
