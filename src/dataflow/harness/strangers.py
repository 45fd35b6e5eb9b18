"""Makes records in Chargebee that no sync has made: they are nobody's counterpart."""

from __future__ import annotations

from typing import Any, TypeAlias

from dataflow.harness.chargebee_site import ChargebeeSite
from dataflow.harness.kinds import FAMILY, ITEM, Kind

Record: TypeAlias = dict[str, Any]


def make_stranger(site: ChargebeeSite, kind: Kind, name: str) -> Record:
    """Make a customer, or an item in a family of its own, of this name."""
    if kind is not ITEM:
        return site.create(kind, {"last_name": name})
    key = name.replace(" ", "-")
    family = site.create(FAMILY, {"id": f"family-{key}", "name": name})
    values = {"id": key, "name": name, "type": "charge"}
    return site.create(kind, {**values, "item_family_id": family["id"]})
