"""Chargebee: item families, items and item prices."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.chargebee.site import Site, refused

#: Keys that are always there, with the types of their values.
SHOWN = {
    "id": str,
    "object": str,
    "name": str,
    "status": str,
    "type": str,
    "item_family_id": str,
    "is_shippable": bool,
    "is_giftable": bool,
    "enabled_for_checkout": bool,
    "item_applicability": str,
    "metered": bool,
    "channel": str,
    "metadata": dict,
    "resource_version": int,
    "updated_at": int,
}


@pytest.mark.recorded
def test_an_item_shows(site: Site) -> None:
    """A new item has these keys, with values of these types."""
    made = site.item()

    assert SHOWN == {key: type(made.get(key)) for key in SHOWN}


@pytest.mark.recorded
def test_an_item_shows_no_time_of_creation(site: Site) -> None:
    """An item has no created_at."""
    assert "created_at" not in site.item()


@pytest.mark.recorded
def test_a_family_shows(site: Site) -> None:
    """A new family has its name, its status and its version."""
    shown = {"id", "name", "status", "resource_version", "updated_at", "object"}

    assert set() == shown - site.family().keys()


@pytest.mark.recorded
def test_a_price_shows_its_item(site: Site) -> None:
    """A price shows its item's id, type and family."""
    item = site.item()
    made = site.price(item)

    assert (item["id"], item["type"], item["item_family_id"]) == (
        made["item_id"],
        made["item_type"],
        made["item_family_id"],
    )


@pytest.mark.documented("chargebee.parameter.wrong-value")
@pytest.mark.parametrize("param", ["id", "name", "type"])
def test_an_item_needs(param: str, site: Site) -> None:
    """An item without its id, name or type is refused."""
    found = refused(lambda: site.item(**{param: ""}))

    assert (400, "param_wrong_value", param) == found


@pytest.mark.unconfirmed("chargebee.reference.unknown")
def test_an_unknown_family_is_refused(site: Site) -> None:
    """An item of a family that is not there answers 404."""
    gone = site.new("gone")

    assert 404 == refused(lambda: site.item(item_family_id=gone))[0]


@pytest.mark.documented("chargebee.record.duplicate-name")
def test_names_of_items_are_unique(site: Site) -> None:
    """An item with the name of another is refused."""
    taken = site.item()["name"]

    assert (400, "duplicate_entry", "name") == refused(lambda: site.item(name=taken))


@pytest.mark.unconfirmed
def test_an_archived_items_name_stays_taken(site: Site) -> None:
    """An item with the name of an archived one is refused."""
    made = site.item()
    site.update(made, status="archived")

    assert 400 == refused(lambda: site.item(name=made["name"]))[0]


@pytest.mark.unconfirmed("chargebee.item-price.duplicate-name")
def test_names_of_prices_are_unique(site: Site) -> None:
    """A price with the name of another is refused."""
    item = site.item()
    taken = site.price(item)["name"]

    assert (400, "duplicate_entry", "name") == refused(
        lambda: site.price(item, name=taken)
    )


@pytest.mark.unconfirmed("chargebee.item-price.needs-currency-and-period")
@pytest.mark.parametrize(
    ("kind", "param"),
    [("charge", "currency_code"), ("plan", "period"), ("addon", "period_unit")],
)
def test_a_price_needs(kind: str, param: str, site: Site) -> None:
    """A price needs its currency, that of a plan or an addon its period."""
    item = site.item(type=kind)
    period = {} if kind == "charge" else {"period": 1, "period_unit": "month"}

    assert (400, "param_wrong_value", param) == refused(
        lambda: site.price(item, **{**period, param: None})
    )


@pytest.mark.unconfirmed("chargebee.item.description-without-scripts")
def test_a_description_loses_its_scripts(site: Site) -> None:
    """A description keeps its tags, and loses what would be run."""
    made = site.item(description="<b>Hard</b><script>alert(1)</script>")

    assert "<b>Hard</b>" == made["description"]


@pytest.mark.documented("chargebee.parameter.wrong-value")
def test_a_description_has_500_letters(site: Site) -> None:
    """A description of more than 500 letters is refused, its tags left out."""
    found = refused(lambda: site.item(description="x" * 501))

    assert (400, "param_wrong_value", "description") == found


# Edits


@pytest.mark.documented
@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("description", "Long"),
        ("external_name", "A nail"),
        ("is_shippable", True),
        ("status", "archived"),
        ("unit", "box"),
    ],
)
def test_an_item_can_be_edited(param: str, value: Any, site: Site) -> None:  # noqa: ANN401
    """An update changes this property of an item."""
    made = site.item()
    site.update(made, **{param: value})

    assert value == site.read(made)[param]


@pytest.mark.documented
def test_an_item_can_change_its_family(site: Site) -> None:
    """An update moves an item to another family."""
    made, family = site.item(), site.family()["id"]
    site.update(made, item_family_id=family)

    assert family == site.read(made)["item_family_id"]


@pytest.mark.unconfirmed("chargebee.parameter.unknown-ignored")
def test_the_type_is_not_edited(site: Site) -> None:
    """An update that carries a type is accepted, and leaves it alone."""
    made = site.item(type="charge")
    site.update(made, type="plan")

    assert "charge" == site.read(made)["type"]


@pytest.mark.unconfirmed("chargebee.parameter.cannot-be-emptied")
def test_the_name_cannot_be_emptied(site: Site) -> None:
    """An update to an empty name is refused."""
    made = site.item()

    assert (400, "param_wrong_value", "name") == refused(
        lambda: site.update(made, name=None)
    )


@pytest.mark.documented
def test_metadata_is_json(site: Site) -> None:
    """An item's metadata is sent as JSON, and read back as an object."""
    made = site.item(metadata=json.dumps({"Other": 1}))

    assert {"Other": 1} == site.read(made)["metadata"]


@pytest.mark.recorded("chargebee.record.version")
def test_a_change_renews_the_version(site: Site) -> None:
    """An update renews the version, of which updated_at is the seconds."""
    made = site.item()
    now = site.update(made, description="Long")

    assert (True, now["resource_version"] // 1000) == (
        made["resource_version"] < now["resource_version"],
        now["updated_at"],
    )


@pytest.mark.sdk
def test_a_price_can_be_edited(site: Site) -> None:
    """An update changes the amount of a price."""
    made = site.price(site.item())
    site.update(made, price=250)

    assert 250 == site.read(made)["price"]


# The end of an item


@pytest.mark.documented
def test_a_deleted_item_says_so(site: Site) -> None:
    """A deleted item has the status deleted."""
    made = site.item()
    site.delete(made)

    assert "deleted" == site.read(made)["status"]


@pytest.mark.unconfirmed("chargebee.item.delete-refused-while-priced")
@pytest.mark.parametrize("status", ["active", "archived"])
def test_an_item_with_a_price_stays(status: str, site: Site) -> None:
    """An item that has a price is not deleted, be it an archived one."""
    made = site.item()
    site.update(site.price(made), status=status)

    assert 409 == refused(lambda: site.delete(made))[0]


@pytest.mark.unconfirmed("chargebee.item-family.delete-refused-while-used")
def test_a_family_with_an_item_stays(site: Site) -> None:
    """A family that has items is not deleted."""
    family = site.family()
    site.item(item_family_id=family["id"])

    assert 409 == refused(lambda: site.delete(family))[0]


@pytest.mark.unconfirmed("chargebee.item.deleted-id-and-name-free")
def test_a_deleted_items_id_and_name_are_free(site: Site) -> None:
    """Id and name of a deleted item can be given again."""
    made = site.item()
    site.delete(made)
    again = site.item(id=made["id"], name=made["name"])

    assert "active" == again["status"]


@pytest.mark.unconfirmed("chargebee.record.deleted-id-stays-taken")
def test_a_deleted_familys_id_stays_taken(site: Site) -> None:
    """The id of a deleted family cannot be given again."""
    made = site.family()
    site.delete(made)

    assert 400 == refused(lambda: site.family(id=made["id"]))[0]
