"""Chargebee's record types."""

from __future__ import annotations

from collections.abc import Mapping

from dataflow.record_types.model import RecordType

#: By the name in the document.
RECORD_TYPES: Mapping[str, RecordType] = {
    "Customer": RecordType(
        "customer",
        "customers",
        edits=(("last_name", "Lovelace"), ("email", "lovelace@example.com")),
        further_edits=(
            ("first_name", "Ada"),
            ("company", "Engines"),
            ("phone", "555-0101"),
        ),
        has_factory=True,
    ),
    "Order": RecordType(
        "order",
        "orders",
        edits=(("note", "Ring twice"),),
        further_edits=(("status", "shipped"), ("tracking_id", "T-7")),
        # Documented: no call takes them.
        read_only=frozenset({"customer_id", "currency_code"}),
        has_factory=True,
    ),
    "Item": RecordType(
        "item",
        "items",
        edits=(("description", "Now in green"), ("name", "Green widget {}")),
        further_edits=(("external_name", "Widget in green"), ("unit", "dozen")),
        has_factory=True,
    ),
}
