"""Items, their families and their prices."""

from __future__ import annotations

import pytest

from tests.twin.chargebee.acme import Acme, refused


@pytest.mark.parametrize("name", ["id", "name", "type", "item_family_id"])
def test_an_item_needs(shop: Acme, name: str) -> None:
    """An item without its id, name, type or family is refused."""
    answer = refused(lambda: shop.item(**{name: ""}))

    assert (400, "param_wrong_value", name) == answer


@pytest.mark.parametrize("name", ["id", "name"])
def test_a_family_needs(acme: Acme, name: str) -> None:
    """A family without its id or name is refused."""
    answer = refused(lambda: acme.family(**{name: ""}))

    assert (400, "param_wrong_value", name) == answer


def test_what_was_created_can_be_retrieved(shop: Acme) -> None:
    """An item is retrieved as its creation answered."""
    made = shop.item()

    assert made == shop.retrieved("Item", "hammer")


def test_an_item_shows_no_creation(shop: Acme) -> None:
    """An item does not say when it was created."""
    assert "created_at" not in shop.item()


def test_an_unknown_type_is_refused(shop: Acme) -> None:
    """An item of an unknown type is refused."""
    answer = refused(lambda: shop.item(type="thing"))

    assert (400, "param_wrong_value", "type") == answer


def test_an_unknown_family_is_refused(shop: Acme) -> None:
    """An item of a family that is not there is refused with 404."""
    answer = refused(lambda: shop.item(item_family_id="toys"))

    assert (404, "resource_not_found", "item_family_id") == answer


def test_a_taken_id_is_refused(shop: Acme) -> None:
    """An id that another item has is refused as a duplicate."""
    shop.item()

    answer = refused(lambda: shop.item(name="Mallet"))

    assert (400, "duplicate_entry", "id") == answer


def test_a_taken_name_is_refused(shop: Acme) -> None:
    """A name that another item has is refused as a duplicate."""
    shop.item()

    answer = refused(lambda: shop.item(id="mallet"))

    assert (400, "duplicate_entry", "name") == answer


def test_an_item_is_not_renamed_to_a_taken_name(shop: Acme) -> None:
    """An update to a name that another item has is refused as a duplicate."""
    shop.item()
    shop.item(id="mallet", name="Mallet")

    answer = refused(lambda: shop.sdk.Item.update("mallet", {"name": "Hammer"}))

    assert (400, "duplicate_entry", "name") == answer


def test_an_item_may_keep_its_name(shop: Acme) -> None:
    """An update to the item's own name is accepted."""
    shop.item()
    shop.sdk.Item.update("hammer", {"name": "Hammer"})

    assert "Hammer" == shop.retrieved("Item", "hammer")["name"]


def test_a_name_that_was_given_up_is_free(shop: Acme) -> None:
    """A name that an item had before it was renamed can be given again."""
    shop.item()
    shop.sdk.Item.update("hammer", {"name": "Mallet"})

    assert "Hammer" == shop.item(id="another")["name"]


@pytest.mark.parametrize(
    ("name", "value"), [("id", "mallet"), ("type", "plan"), ("metered", "true")]
)
def test_an_update_does_not_change(shop: Acme, name: str, value: str) -> None:
    """An item's id, type and metering stay as they were created."""
    made = shop.item()
    shop.raw.post("items/hammer", data={name: value})

    assert made[name] == shop.retrieved("Item", "hammer")[name]


def test_a_name_is_not_emptied(shop: Acme) -> None:
    """An update that empties the name is refused."""
    shop.item()

    answer = refused(lambda: shop.sdk.Item.update("hammer", {"name": ""}))

    assert (400, "param_wrong_value", "name") == answer


def test_an_item_moves_to_another_family(shop: Acme) -> None:
    """An item's family can be changed."""
    shop.item()
    shop.family(id="toys", name="Toys")
    shop.sdk.Item.update("hammer", {"item_family_id": "toys"})

    assert "toys" == shop.retrieved("Item", "hammer")["item_family_id"]


def test_an_archived_item_says_since_when(shop: Acme) -> None:
    """An item that is archived notes the time."""
    shop.item()
    shop.clock.advance(5)
    shop.sdk.Item.update("hammer", {"status": "archived"})

    item = shop.retrieved("Item", "hammer")
    assert item["updated_at"] == item["archived_at"]


def test_a_deleted_item_says_so(shop: Acme) -> None:
    """A deleted item has the status deleted."""
    shop.item()

    assert "deleted" == shop.sdk.Item.delete("hammer").item.raw_data["status"]


def test_a_deleted_item_frees_its_id_and_name(shop: Acme) -> None:
    """The id and the name of a deleted item can be given again."""
    shop.item()
    shop.sdk.Item.delete("hammer")

    assert "active" == shop.item()["status"]


def test_a_deleted_item_stays_beside_its_successor(shop: Acme) -> None:
    """A deleted item is still listed by status when its id is given again."""
    shop.item()
    shop.sdk.Item.delete("hammer")
    shop.item()

    found = shop.listed("Item", status={"in": ["active", "deleted"]})
    assert ["deleted", "active"] == [item["status"] for item in found]


def test_a_priced_item_is_not_deleted(shop: Acme) -> None:
    """An item with a price is not deleted."""
    shop.item()
    shop.price()

    answer = refused(lambda: shop.sdk.Item.delete("hammer"))

    assert (409, "invalid_state_for_request", None) == answer


def test_an_item_whose_price_is_deleted_can_be_deleted(shop: Acme) -> None:
    """An item is deleted once its prices are."""
    shop.item()
    shop.price()
    shop.sdk.ItemPrice.delete("hammer-usd")
    shop.sdk.Item.delete("hammer")

    assert "deleted" == shop.retrieved("Item", "hammer")["status"]


def test_a_family_with_items_is_not_deleted(shop: Acme) -> None:
    """A family that has items is not deleted."""
    shop.item()

    answer = refused(lambda: shop.sdk.ItemFamily.delete("tools"))

    assert (409, "invalid_state_for_request", None) == answer


def test_an_empty_family_is_deleted(shop: Acme) -> None:
    """A family without items is deleted, and vanishes from its list."""
    shop.sdk.ItemFamily.delete("tools")

    assert [] == shop.ids("ItemFamily")


def test_a_family_is_renamed(shop: Acme) -> None:
    """A family's name can be changed."""
    shop.sdk.ItemFamily.update("tools", {"name": "Instruments"})

    assert "Instruments" == shop.retrieved("ItemFamily", "tools")["name"]


def test_a_price_takes_type_and_family_of_its_item(shop: Acme) -> None:
    """A price shows its item's type and family."""
    shop.item()
    price = shop.price()

    assert ("charge", "tools") == (price["item_type"], price["item_family_id"])


def test_a_price_is_changed(shop: Acme) -> None:
    """A price can be changed."""
    shop.item()
    shop.price(price=100, currency_code="EUR")
    shop.sdk.ItemPrice.update("hammer-usd", {"price": 200})

    assert 200 == shop.retrieved("ItemPrice", "hammer-usd")["price"]


def test_a_price_of_an_unknown_item_is_refused(shop: Acme) -> None:
    """A price of an item that is not there is refused with 404."""
    answer = refused(shop.price)

    assert (404, "resource_not_found", "item_id") == answer


def test_a_price_with_a_taken_name_is_refused(shop: Acme) -> None:
    """A name that another price has is refused as a duplicate."""
    shop.item()
    shop.price()

    answer = refused(lambda: shop.price(id="another"))

    assert (400, "duplicate_entry", "name") == answer


# Descriptions


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
def test_scripts_are_cut_out(shop: Acme, sent: str, kept: str) -> None:
    """A description keeps its tags, and loses what would be run."""
    assert kept == shop.item(description=sent)["description"]


@pytest.mark.parametrize(("letters", "is_kept"), [(500, True), (501, False)])
def test_a_description_has_500_letters(
    shop: Acme, letters: int, *, is_kept: bool
) -> None:
    """The tags of a description are not counted as its text."""
    sent = f"<p>{'x' * letters}</p>"
    shop.item()
    if is_kept:
        shop.sdk.Item.update("hammer", {"description": sent})
    else:
        refused(lambda: shop.sdk.Item.update("hammer", {"description": sent}))

    kept = shop.retrieved("Item", "hammer").get("description")
    assert is_kept == (kept == sent)


# What a price needs


@pytest.mark.parametrize(
    ("kind", "sent", "param"),
    [
        ("charge", {"currency_code": None}, "currency_code"),
        ("plan", {"period_unit": "month"}, "period"),
        ("addon", {"period": 1}, "period_unit"),
    ],
)
def test_a_price_needs(
    shop: Acme, kind: str, sent: dict[str, object], param: str
) -> None:
    """A price has a currency, and that of a plan or an addon a period."""
    shop.item(type=kind)

    assert (400, "param_wrong_value", param) == refused(lambda: shop.price(**sent))


def test_a_price_keeps_its_currency(shop: Acme) -> None:
    """The currency of a price cannot be emptied."""
    shop.item()
    shop.price()
    empty = {"currency_code": None}

    assert (400, "param_wrong_value", "currency_code") == refused(
        lambda: shop.sdk.ItemPrice.update("hammer-usd", empty)
    )
