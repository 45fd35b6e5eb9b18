"""Invoiced: items of the catalogue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.invoiced.account import Account, refused

#: Keys that are always there, with the types of their values.
SHOWN = {
    "id": str,
    "object": str,
    "name": str,
    "unit_cost": int,
    "taxes": list,
    "discountable": bool,
    "taxable": bool,
    "metadata": dict,
    "created_at": int,
}


@pytest.mark.documented("invoiced.item.shape")
def test_an_item_shows(account: Account) -> None:
    """A new item has these keys, with values of these types."""
    made = account.item()

    assert SHOWN == {key: type(made.get(key)) for key in SHOWN}


@pytest.mark.documented("invoiced.item.id")
def test_the_caller_chooses_the_id(account: Account) -> None:
    """An item has the id that it was sent with."""
    chosen = account.new("paper")

    assert chosen == account.item(id=chosen)["id"]


@pytest.mark.unconfirmed("invoiced.item.id-given")
def test_an_id_is_given(account: Account) -> None:
    """An item without an id is given one of six letters and digits."""
    given = account.sdk.Item.create(name="Paper")["id"]

    assert (6, True) == (len(given), given.isalnum())


@pytest.mark.unconfirmed("invoiced.item.id-format")
@pytest.mark.parametrize("chosen", ["x", "a.b", "a b"])
def test_an_odd_id_is_refused(chosen: str, account: Account) -> None:
    """An id of one letter, or with a dot or a space, is refused."""
    assert (400, "id") == refused(lambda: account.item(id=chosen))


@pytest.mark.unconfirmed("invoiced.item.id-taken")
def test_ids_are_unique(account: Account) -> None:
    """An id that an item has is refused."""
    taken = account.item()["id"]

    assert (400, "id") == refused(lambda: account.item(id=taken))


@pytest.mark.unconfirmed("invoiced.item.name")
def test_an_item_needs_a_name(account: Account) -> None:
    """An item without a name is refused."""
    chosen = account.new("paper")

    assert (400, "name") == refused(lambda: account.sdk.Item.create(id=chosen))


@pytest.mark.unconfirmed("invoiced.item.strict")
@pytest.mark.parametrize("key", ["shoe_size", "created_at"])
def test_an_unknown_key_is_refused(key: str, account: Account) -> None:
    """A key that items do not have is refused, unlike on customers."""
    assert (400, "request") == refused(lambda: account.item(**{key: 1}))


@pytest.mark.unconfirmed("invoiced.item.currency-default")
def test_a_free_item_has_no_currency(account: Account) -> None:
    """An item without a price has no currency."""
    assert account.item()["currency"] is None


@pytest.mark.unconfirmed("invoiced.item.currency-default")
def test_a_priced_item_has_a_currency(account: Account) -> None:
    """An item with a price takes the account's currency."""
    assert 3 == len(account.item(unit_cost=5)["currency"])


@pytest.mark.documented("invoiced.item.editable")
@pytest.mark.parametrize(
    ("key", "value"),
    [("name", "Card"), ("description", "Thick"), ("type", "service")],
)
def test_some_of_it_can_be_edited(key: str, value: str, account: Account) -> None:
    """An item's name, description and type can be edited."""
    made = account.item()
    made.save(**{key: value})

    assert value == account.read(made)[key]


@pytest.mark.unconfirmed("invoiced.item.fixed")
@pytest.mark.parametrize(
    ("key", "value"), [("unit_cost", 9), ("currency", "eur"), ("taxable", False)]
)
def test_the_rest_is_ignored(key: str, value: object, account: Account) -> None:
    """An edit of the price, the currency or the taxes is accepted and ignored."""
    made = account.item(unit_cost=5, currency="usd")
    before = made[key]
    made.save(**{key: value})

    assert before == account.read(made)[key]


@pytest.mark.unconfirmed("invoiced.item.fixed", "invoiced.patch.bumps")
def test_an_ignored_edit_bumps(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH of the price alone moves updated_at."""
    made = account.item(unit_cost=5, currency="usd")
    before = made["updated_at"]
    later(2)
    made.save(unit_cost=9)

    assert before < account.read(made)["updated_at"]


@pytest.mark.unconfirmed("invoiced.item.archived")
def test_a_deleted_item_can_be_read(account: Account) -> None:
    """A deleted item can still be retrieved, and shows nothing of it."""
    made = account.item()
    before = dict(account.read(made))
    account.raw.delete(f"/items/{made['id']}")

    assert before.keys() == account.read(made).keys()


@pytest.mark.unconfirmed("invoiced.item.archived")
def test_a_deleted_item_is_not_listed(account: Account) -> None:
    """A deleted item is in the list of the archived ones alone."""
    made = account.item()
    account.raw.delete(f"/items/{made['id']}")
    mine = {"id": made["id"]}

    assert ([], [made["id"]]) == (
        account.listed("Item", filter=mine),
        account.listed("Item", filter=mine, archived=1),
    )


@pytest.mark.unconfirmed("invoiced.item.id-taken", "invoiced.item.archived")
def test_a_deleted_items_id_is_free(account: Account) -> None:
    """The id of a deleted item can be given again: that is how prices change."""
    made = account.item(unit_cost=5, currency="usd")
    account.raw.delete(f"/items/{made['id']}")
    account.item(id=made["id"], unit_cost=9, currency="usd")

    assert 9 == account.read(made)["unit_cost"]


@pytest.mark.unconfirmed("invoiced.list.updated-after-items")
def test_updated_after_is_ignored(account: Account) -> None:
    """The list of items ignores updated_after, which is documented."""
    made = account.item()
    listed = account.listed(
        "Item", filter={"id": made["id"]}, updated_after=made["updated_at"] + 10
    )

    assert [made["id"]] == listed


@pytest.mark.unconfirmed
def test_items_have_an_older_path(account: Account) -> None:
    """An item is found below /catalog_items too."""
    made = account.item()

    assert 200 == account.raw.get(f"/catalog_items/{made['id']}").status_code
