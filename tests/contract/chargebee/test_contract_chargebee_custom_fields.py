"""Chargebee: custom fields.

A site has the fields that its owner has defined: a run on an account needs the field
cf_colour of type string on each of these entities.
"""

from __future__ import annotations

import pytest

from tests.contract.chargebee.site import Record, Site

KINDS = ("customer", "item_family", "item", "item_price", "invoice")
CUSTOM = pytest.mark.documented("chargebee.site.custom-fields")


@CUSTOM
@pytest.mark.parametrize("kind", KINDS)
def test_a_custom_field_is_created(kind: str, site: Site) -> None:
    """A record is created with a custom field, and shows it flat."""
    assert "red" == site.read(site.make(kind, cf_colour="red"))["cf_colour"]


@CUSTOM
@pytest.mark.parametrize("kind", ["customer", "item_family", "item", "item_price"])
@pytest.mark.parametrize(
    ("sent", "expected"), [("blue", {"cf_colour": "blue"}), (None, {})]
)
def test_a_custom_field_is_updated(
    kind: str, sent: object, expected: Record, site: Site
) -> None:
    """An update changes a custom field, or empties it."""
    made = site.make(kind, cf_colour="red")
    site.update(made, cf_colour=sent)
    now = site.read(made)

    assert expected == {name: now[name] for name in now if name == "cf_colour"}


@CUSTOM
def test_the_custom_fields_are_listed(site: Site) -> None:
    """custom_field_configs lists the fields of an entity."""
    site.customer(cf_colour="red")
    answer = site.raw.get("/custom_field_configs", params={"entity_type": "customer"})
    found = [row["custom_field_config"] for row in answer.json()["list"]]

    assert "string" in [x["datatype"] for x in found if x["api_name"] == "cf_colour"]
