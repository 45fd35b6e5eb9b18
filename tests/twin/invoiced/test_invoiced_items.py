"""Items of the Invoiced twin."""

from __future__ import annotations

import invoiced
import pytest

from dataflow.twin.clock import START, ManualClock
from tests.twin.invoiced.calling import refused

#: The documented item, with the values that the twin fills in.
ITEM: dict[str, object] = {
    "avalara_location_code": None,
    "avalara_tax_code": None,
    "created_at": START,
    "currency": "usd",
    "description": None,
    "discountable": True,
    "gl_account": None,
    "id": "delivery",
    "metadata": {},
    "name": "Delivery",
    "object": "item",
    "taxable": True,
    "taxes": [],
    "type": "service",
    "unit_cost": 100,
    "updated_at": START,
}


def test_an_item_is_as_documented(invoiced_client: invoiced.Client) -> None:
    """A new item has the documented keys and the account's currency."""
    item = invoiced_client.Item.create(
        id="delivery", name="Delivery", type="service", unit_cost=100
    )

    assert ITEM == item


def test_an_item_can_be_read_by_its_id(invoiced_client: invoiced.Client) -> None:
    """The id that the caller chose finds the item."""
    invoiced_client.Item.create(
        id="delivery", name="Delivery", type="service", unit_cost=100
    )

    assert ITEM == invoiced_client.Item.retrieve("delivery")


@pytest.mark.parametrize("identifier", ["ab", "A-b_c:9", "x" * 80])
def test_an_id_is_taken_as_it_is(
    invoiced_client: invoiced.Client, identifier: str
) -> None:
    """Letters, digits, dashes, underscores and colons make an id."""
    item = invoiced_client.Item.create(id=identifier, name="Delivery")

    assert identifier == item["id"]


@pytest.mark.parametrize("identifier", ["a", "a.b", "a b", "a/b", "ä-b", "", 12])
def test_an_odd_id_is_refused(
    invoiced_client: invoiced.Client, identifier: object
) -> None:
    """An id with anything else, or too short, answers 400."""
    answer = refused(lambda: invoiced_client.Item.create(id=identifier, name="D"))

    assert (400, "id") == answer


def test_an_item_without_an_id_is_given_one(invoiced_client: invoiced.Client) -> None:
    """The twin gives six letters and digits."""
    item = invoiced_client.Item.create(name="Delivery")

    assert 6 == len(item["id"])
    assert item["id"].isalnum()


def test_given_ids_differ(invoiced_client: invoiced.Client) -> None:
    """Two items without ids are given two."""
    ids = {invoiced_client.Item.create(name="Delivery")["id"] for _ in range(2)}

    assert 2 == len(ids)


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "D", "colour": "red"}, "request"),
        ({"name": "D", "object": "item"}, "request"),
        ({"name": "D", "created_at": 1}, "request"),
        ({"name": "D", "unit_cost": "5"}, "unit_cost"),
        ({"name": "D", "unit_cost": True}, "unit_cost"),
        ({"name": "D", "currency": "xyz"}, None),
        ({"name": "D", "taxes": ["vat"]}, "taxes"),
    ],
)
def test_an_item_that_does_not_fit_is_refused(
    invoiced_client: invoiced.Client, sent: dict[str, object], param: str | None
) -> None:
    """A wrong value or an unknown key answers 400."""
    answer = refused(lambda: invoiced_client.Item.create(**sent))

    assert (400, param) == answer


@pytest.mark.parametrize(
    ("sent", "currency"),
    [
        ({"unit_cost": 5}, "usd"),
        ({"unit_cost": 0}, None),
        ({"unit_cost": 5, "currency": "EUR"}, "eur"),
        ({"currency": "EUR"}, "eur"),
    ],
)
def test_only_a_priced_item_takes_the_accounts_currency(
    invoiced_client: invoiced.Client, sent: dict[str, object], currency: str | None
) -> None:
    """An item that costs nothing has no currency unless told."""
    item = invoiced_client.Item.create(name="Delivery", **sent)

    assert currency == item["currency"]


def test_an_id_is_unique(invoiced_client: invoiced.Client) -> None:
    """The id of a live item answers 400, param id."""
    invoiced_client.Item.create(id="delivery", name="Delivery")

    answer = refused(lambda: invoiced_client.Item.create(id="delivery", name="B"))

    assert (400, "id") == answer


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Express"),
        ("description", "By bicycle"),
        ("type", "product"),
        ("metadata", {"a": "1"}),
        ("gl_account", "4000"),
        ("avalara_tax_code", "T1"),
    ],
)
def test_some_fields_can_be_edited(
    invoiced_client: invoiced.Client, field: str, value: object
) -> None:
    """A PATCH of what is editable is stored."""
    invoiced_client.Item.create(id="delivery", name="Delivery").save(**{field: value})

    assert value == invoiced_client.Item.retrieve("delivery")[field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unit_cost", 7),
        ("currency", "eur"),
        ("taxable", False),
        ("discountable", False),
        ("taxes", ["vat"]),
    ],
)
def test_other_fields_are_silently_kept(
    invoiced_client: invoiced.Client, field: str, value: object
) -> None:
    """A PATCH of what is not editable answers 200 and changes nothing."""
    item = invoiced_client.Item.create(id="delivery", name="Delivery", unit_cost=5)
    before = item[field]
    item.save(**{field: value})

    assert before == item[field]


def test_an_ignored_edit_moves_updated_at(
    invoiced_client: invoiced.Client, invoiced_clock: ManualClock
) -> None:
    """A PATCH that is ignored moves updated_at all the same."""
    item = invoiced_client.Item.create(id="delivery", name="Delivery")
    invoiced_clock.advance(5)
    item.save(unit_cost=7)

    assert START + 5 == item["updated_at"]


def test_an_edit_with_an_unknown_key_is_refused(
    invoiced_client: invoiced.Client,
) -> None:
    """An unknown key in a PATCH of an item answers 400."""
    item = invoiced_client.Item.create(id="delivery", name="Delivery")

    assert (400, "request") == refused(lambda: item.save(updated_at=1))


def test_a_deleted_item_can_still_be_read(invoiced_client: invoiced.Client) -> None:
    """GET of a deleted item answers 200, and does not tell."""
    invoiced_client.Item.create(id="delivery", name="Delivery").delete()

    assert "archived" not in invoiced_client.Item.retrieve("delivery")


def test_a_deleted_item_leaves_the_list(invoiced_client: invoiced.Client) -> None:
    """The list has no deleted items."""
    invoiced_client.Item.create(id="delivery", name="Delivery").delete()

    assert [] == invoiced_client.Item.list()[0]


@pytest.mark.parametrize("asked", [{"archived": 1}, {"filter": {"archived": 1}}])
def test_deleted_items_can_be_listed(
    invoiced_client: invoiced.Client, asked: dict[str, object]
) -> None:
    """The list of what is archived shows the deleted items alone."""
    invoiced_client.Item.create(id="delivery", name="Delivery").delete()
    invoiced_client.Item.create(id="express", name="Express")

    listed, _ = invoiced_client.Item.list(**asked)
    assert ["delivery"] == [item["id"] for item in listed]


def test_a_deleted_items_id_is_free(invoiced_client: invoiced.Client) -> None:
    """An item can be made anew under the id of a deleted one."""
    invoiced_client.Item.create(id="delivery", name="Delivery", unit_cost=5).delete()
    invoiced_client.Item.create(id="delivery", name="Delivery", unit_cost=7)

    assert 7 == invoiced_client.Item.retrieve("delivery")["unit_cost"]


def test_the_replaced_item_stays_archived(invoiced_client: invoiced.Client) -> None:
    """The archive keeps the item whose id was taken again."""
    invoiced_client.Item.create(id="delivery", name="Delivery", unit_cost=5).delete()
    invoiced_client.Item.create(id="delivery", name="Delivery", unit_cost=7)

    listed, _ = invoiced_client.Item.list(archived=1)
    assert [5] == [item["unit_cost"] for item in listed]


def test_items_have_a_second_path(invoiced_client: invoiced.Client) -> None:
    """Items answer under /catalog_items too."""
    invoiced_client.Item.create(id="delivery", name="Delivery")

    answer = invoiced_client.request("GET", "/catalog_items/delivery")

    assert "Delivery" == answer["body"]["name"]
