"""Chargebee: item families, items and item prices."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cases import cases
from tests.contract.chargebee.site import (
    WRONG_STATE,
    Record,
    Site,
    refused,
    taken,
    unknown,
    wrong,
)


@pytest.mark.unconfirmed("chargebee.reference.unknown")
@pytest.mark.parametrize(
    ("kind", "param"), [("item", "item_family_id"), ("item_price", "item_id")]
)
def test_an_unknown_parent_is_refused(kind: str, param: str, site: Site) -> None:
    """An item of no family, and a price of no item, answer 404."""
    gone = site.new("gone")

    assert unknown(param) == refused(site.make, kind, **{param: gone})


@cases(
    "kind, params",
    {
        "type": ("item", {"type": "thing"}),
        "500-letters": ("item", {"description": "x" * 501}),
        "500-without-tags": ("item", {"description": f"<p>{'x' * 501}</p>"}),
    },
)
@pytest.mark.documented("chargebee.parameter.wrong-value")
def test_a_wrong_value_is_refused(kind: str, params: Record, site: Site) -> None:
    """A type must be known, and a description have at most 500 letters."""
    assert wrong(next(iter(params))) == refused(site.make, kind, **params)


@pytest.mark.documented("chargebee.item-price.needs-currency-and-period")
@pytest.mark.parametrize(
    ("kind", "param"),
    [
        ("charge", "currency_code"),
        ("charge", "price"),
        ("plan", "period"),
        ("addon", "period_unit"),
    ],
)
def test_a_price_needs(kind: str, param: str, site: Site) -> None:
    """A price needs its currency, that of a plan or an addon its period."""
    item = site.item(type=kind)
    period = {} if kind == "charge" else {"period": 1, "period_unit": "month"}

    assert wrong(param) == refused(site.price, item, **{**period, param: None})


TIER: Record = {"starting_unit": 1, "price": 100}


@pytest.mark.documented("chargebee.item-price.one-per-currency-and-period")
@pytest.mark.parametrize(
    ("kind", "first", "second", "is_refused"),
    [
        ("charge", {}, {}, True),
        ("charge", {}, {"currency_code": "EUR"}, False),
        ("plan", {"period_unit": "month"}, {"period_unit": "month"}, True),
        ("plan", {"period_unit": "month"}, {"period_unit": "year"}, False),
    ],
)
def test_an_item_has_one_price_per_currency_and_period(
    kind: str, first: Record, second: Record, site: Site, *, is_refused: bool
) -> None:
    """A second price of an item in one currency and period is refused."""
    item = site.item(type=kind)
    period = {} if kind == "charge" else {"period": 1}
    made = site.price(item, **period, **first)
    if is_refused:
        assert 400 == refused(site.price, item, **period, **second)[0]
    else:
        assert made["id"] != site.price(item, **period, **second)["id"]


@pytest.mark.documented("chargebee.item-price.one-per-currency-and-period")
def test_a_price_cannot_become_a_second_one(site: Site) -> None:
    """An update to the currency of another price of the item is refused."""
    item = site.item()
    site.price(item)
    other = site.price(item, currency_code="EUR")

    assert 400 == refused(site.update, other, currency_code="USD")[0]


@pytest.mark.documented("chargebee.item-price.tiers-of-tiered-models")
@pytest.mark.parametrize("model", ["tiered", "volume", "stairstep"])
def test_a_tiered_price_has_tiers(model: str, site: Site) -> None:
    """The price of a tiered model is in its tiers."""
    made = site.price(site.item(), pricing_model=model, price=None, tiers=[TIER])

    assert 100 == site.read(made)["tiers"][0]["price"]


@pytest.mark.documented("chargebee.item-price.tiers-of-tiered-models")
@pytest.mark.parametrize("model", ["flat_fee", "per_unit"])
def test_other_models_have_no_tiers(model: str, site: Site) -> None:
    """Tiers of a price without a tiered model are refused."""
    item = site.item()

    assert wrong("tiers") == refused(
        site.price, item, pricing_model=model, tiers=[TIER]
    )


# Names


@cases(
    "make",
    {
        "item": (
            lambda site: site.item(name=site.item()["name"]),
            pytest.mark.documented("chargebee.record.duplicate-name"),
        ),
        "renamed-item": (
            lambda site: site.update(site.item(), name=site.item()["name"]),
            pytest.mark.documented("chargebee.record.duplicate-name"),
        ),
        "archived-item": (
            lambda site: site.item(
                name=site.update(site.item(), status="archived")["name"]
            ),
            pytest.mark.unconfirmed,
        ),
        "price": (
            lambda site: site.make("item_price", name=site.make("item_price")["name"]),
            pytest.mark.documented("chargebee.item-price.duplicate-name"),
        ),
    },
)
def test_a_name_is_given_once(make: Callable[[Site], Record], site: Site) -> None:
    """A name that another item or price has is refused as a duplicate."""
    assert taken("name") == refused(make, site)


@pytest.mark.unconfirmed
def test_a_former_name_is_free(site: Site) -> None:
    """An item may keep its name, and one that it had before can be given again."""
    made = site.item()
    site.update(made, name=made["name"])
    site.update(made, name=site.new("Mallet"))

    assert made["name"] == site.item(name=made["name"])["name"]


@pytest.mark.unconfirmed("chargebee.parameter.cannot-be-emptied")
@pytest.mark.parametrize(
    ("kind", "param"), [("item", "name"), ("item_price", "currency_code")]
)
def test_what_is_needed_cannot_be_emptied(kind: str, param: str, site: Site) -> None:
    """An update that empties a name or a price's currency is refused."""
    made = site.make(kind)

    assert wrong(param) == refused(site.update, made, **{param: ""})


# Descriptions


@pytest.mark.unconfirmed("chargebee.item.description-without-scripts")
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("<b>Hard</b>", "<b>Hard</b>"),
        ("a < b", "a < b"),
        ("Hard<script>alert(1)</script> steel", "Hard steel"),
        ("Hard<STYLE type='x'>b {}</style >", "Hard"),
        ("Hard<script>alert(1)", "Hard"),
    ],
)
def test_a_description_loses_its_scripts(sent: str, kept: str, site: Site) -> None:
    """A description keeps its tags, and loses what would be run."""
    assert kept == site.item(description=sent)["description"]


@pytest.mark.documented("chargebee.parameter.wrong-value")
@pytest.mark.parametrize(("letters", "is_kept"), [(500, True), (501, False)])
def test_a_description_has_500_letters(
    letters: int, site: Site, *, is_kept: bool
) -> None:
    """The tags of a description are not counted as its text."""
    sent = f"<p>{'x' * letters}</p>"
    made = site.item()
    if is_kept:
        site.update(made, description=sent)
    else:
        refused(site.update, made, description=sent)

    assert is_kept == (sent == site.read(made).get("description"))


# Edits


@pytest.mark.documented
@pytest.mark.parametrize(
    ("kind", "param", "value"),
    [
        ("item", "description", "Long"),
        ("item", "external_name", "A nail"),
        ("item", "is_shippable", True),
        ("item", "status", "archived"),
        ("item", "unit", "box"),
        ("item_family", "description", "Long"),
    ],
)
def test_an_item_can_be_edited(kind: str, param: str, value: Any, site: Site) -> None:  # noqa: ANN401
    """An update changes this property of an item or a family."""
    made = site.make(kind)
    site.update(made, **{param: value})

    assert value == site.read(made)[param]


@pytest.mark.documented
def test_a_family_is_renamed(site: Site) -> None:
    """A family's name can be changed."""
    made, name = site.family(), site.new("Instruments")
    site.update(made, name=name)

    assert name == site.read(made)["name"]


@pytest.mark.documented
def test_an_item_can_change_its_family(site: Site) -> None:
    """An update moves an item to another family."""
    made, family = site.item(), site.family()["id"]
    site.update(made, item_family_id=family)

    assert family == site.read(made)["item_family_id"]


@pytest.mark.unconfirmed
def test_an_archived_item_says_since_when(
    site: Site, later: Callable[[float], None]
) -> None:
    """An item that is archived notes the time."""
    made = site.item()
    later(2)
    now = site.update(made, status="archived")

    assert (True, now["updated_at"]) == (
        made["updated_at"] < now["archived_at"],
        now["archived_at"],
    )


@pytest.mark.documented
def test_metadata_is_json(site: Site) -> None:
    """An item's metadata is sent as JSON, and read back as an object."""
    made = site.item(metadata=json.dumps({"Other": 1}))

    assert {"Other": 1} == site.read(made)["metadata"]


# The end of an item


@pytest.mark.unconfirmed("chargebee.item.delete-refused-while-priced")
@pytest.mark.parametrize("status", ["active", "archived"])
def test_an_item_with_a_price_stays(status: str, site: Site) -> None:
    """An item that has a price is not deleted, be it an archived one."""
    made = site.item()
    site.update(site.price(made), status=status)

    assert WRONG_STATE == refused(site.delete, made)


@pytest.mark.unconfirmed("chargebee.item.delete-refused-while-priced")
def test_an_item_without_prices_goes(site: Site) -> None:
    """An item is deleted once its prices are."""
    made = site.item()
    site.delete(site.price(made))
    site.delete(made)

    assert "deleted" == site.read(made)["status"]


@pytest.mark.documented("chargebee.item-family.delete-refused-while-used")
@pytest.mark.parametrize(("status", "stays"), [("active", True), ("archived", False)])
def test_a_family_with_an_active_item_stays(
    status: str, site: Site, *, stays: bool
) -> None:
    """A family that has an active item is not deleted; an archived one may be."""
    family = site.family()
    site.update(site.item(item_family_id=family["id"]), status=status)
    if stays:
        assert WRONG_STATE == refused(site.delete, family)
    else:
        assert "deleted" == site.delete(family)["status"]


@pytest.mark.documented("chargebee.item.deleted-id-and-name-free")
def test_a_deleted_familys_id_and_name_are_free(site: Site) -> None:
    """Id and name of a deleted family can be given again."""
    made = site.family()
    site.delete(made)

    assert "active" == site.family(id=made["id"], name=made["name"])["status"]


@pytest.mark.documented("chargebee.item.deleted-id-and-name-free")
def test_a_deleted_items_id_and_name_are_free(site: Site) -> None:
    """Id and name of a deleted item can be given again; both items are listed then."""
    made = site.item()
    site.delete(made)
    site.item(id=made["id"], name=made["name"])
    both = site.rows(
        "item", id={"is": made["id"]}, status={"in": ["active", "deleted"]}
    )

    assert ["active", "deleted"] == [item["status"] for item in both]
