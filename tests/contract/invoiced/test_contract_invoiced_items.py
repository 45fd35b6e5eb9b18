"""Invoiced: items of the catalogue."""

from __future__ import annotations

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import Account, Record, refused

unconfirmed, documented = pytest.mark.unconfirmed, pytest.mark.documented
MISFIT = unconfirmed("invoiced.body.value-misfit")
CURRENCY = unconfirmed("invoiced.currency.checked")
STRICT = unconfirmed("invoiced.item.strict")


# Ids


@pytest.mark.documented("invoiced.item.id")
@pytest.mark.parametrize("chosen", ["{}", "A-b_c:9{}", "{:x<80}"])
def test_the_caller_chooses_the_id(chosen: str, account: Account) -> None:
    """Letters, digits, dashes, underscores and colons make an id."""
    chosen = chosen.format(account.new("paper"))

    assert chosen == account.read(account.item(id=chosen))["id"]


@pytest.mark.unconfirmed("invoiced.item.id-given")
def test_an_id_is_given(account: Account) -> None:
    """Items without ids are given different ones, of six letters and digits."""
    given = {account.sdk.Item.create(name="Paper")["id"] for _ in range(2)}

    assert [(6, True)] * 2 == [(len(each), each.isalnum()) for each in given]


@pytest.mark.unconfirmed("invoiced.item.id-format")
@pytest.mark.parametrize("chosen", ["x", "a.b", "a b", "a/b", "ä-b", "", 12])
def test_an_odd_id_is_refused(chosen: object, account: Account) -> None:
    """An id of one letter, or with a dot or a space, is refused."""
    assert (400, "id") == refused(account.item, id=chosen)


@pytest.mark.unconfirmed("invoiced.item.id-taken")
def test_ids_are_unique(account: Account) -> None:
    """An id that an item has is refused."""
    taken = account.item()["id"]

    assert (400, "id") == refused(account.item, id=taken)


# Fields


@cases(
    "sent, param",
    [
        ({"type": "service"}, "name", unconfirmed("invoiced.item.name")),
        ({"name": ""}, "name", documented("invoiced.name.length")),
        ({"name": "D", "colour": "red"}, "request", STRICT),
        ({"name": "D", "object": "item"}, "request", STRICT),
        ({"name": "D", "created_at": 1}, "request", STRICT),
        ({"name": "D", "unit_cost": 10**12}, "unit_cost", MISFIT),
        (
            {"name": "D", "currency": "xyz"},
            None,
            unconfirmed("invoiced.currency.checked"),
        ),
    ],
)
def test_an_item_that_does_not_fit_is_refused(
    sent: Record, param: str | None, account: Account
) -> None:
    """A wrong value, and a key that items do not have, answer 400."""
    assert (400, param) == refused(account.sdk.Item.create, **sent)


@pytest.mark.unconfirmed("invoiced.body.value-cast")
@pytest.mark.parametrize(("sent", "stored"), [("5", 5), (True, 1), ("five", 0)])
def test_a_price_of_another_type_is_cast(
    sent: object, stored: int, account: Account
) -> None:
    """A price that is no number is cast to one."""
    assert stored == account.item(unit_cost=sent)["unit_cost"]


@pytest.mark.unconfirmed("invoiced.item.strict")
def test_an_edit_with_an_unknown_key_is_refused(account: Account) -> None:
    """An unknown key in a PATCH of an item answers 400."""
    assert (400, "request") == refused(account.item().save, updated_at=1)


@pytest.mark.unconfirmed("invoiced.item.currency-default")
@cases(
    "sent, currency",
    [
        ({"unit_cost": 0}, None),
        ({"unit_cost": 5, "currency": "EUR"}, "eur"),
        ({"currency": "EUR"}, "eur"),
    ],
)
def test_a_free_item_has_no_currency(
    sent: Record, currency: str | None, account: Account
) -> None:
    """An item that costs nothing has no currency unless told."""
    assert currency == account.item(**sent)["currency"]


@pytest.mark.unconfirmed("invoiced.item.currency-default")
def test_a_priced_item_has_a_currency(account: Account) -> None:
    """An item with a price takes the account's currency."""
    invoice = account.sdk.Invoice.create(customer=account.customer()["id"])

    assert invoice["currency"] == account.item(unit_cost=5)["currency"]


# Edits


@pytest.mark.documented("invoiced.item.editable")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "Card"),
        ("description", "Thick"),
        ("type", "service"),
        ("metadata", {"a": "1"}),
        ("gl_account", "4000"),
        ("avalara_tax_code", "T1"),
    ],
)
def test_some_of_it_can_be_edited(key: str, value: object, account: Account) -> None:
    """An item's name, description, type and metadata can be edited."""
    made = account.item()
    made.save(**{key: value})

    assert value == account.read(made)[key]


@pytest.mark.unconfirmed("invoiced.item.fixed")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("unit_cost", 9),
        ("currency", "eur"),
        ("taxable", False),
        ("discountable", False),
        ("taxes", ["vat"]),
    ],
)
def test_the_rest_is_ignored(key: str, value: object, account: Account) -> None:
    """An edit of the price, the currency or the taxes is accepted and ignored."""
    made = account.item(unit_cost=5, currency="usd")
    before = made[key]
    made.save(**{key: value})

    assert before == account.read(made)[key]


# The end of an item


@pytest.fixture
def archived(account: Account) -> Record:
    """Return an item, as it was before it was deleted."""
    made = account.item(unit_cost=5, currency="usd")
    account.raw.delete(f"/items/{made['id']}")
    return made


@pytest.mark.unconfirmed("invoiced.item.archived")
def test_a_deleted_item_can_be_read(archived: Record, account: Account) -> None:
    """A deleted item can still be retrieved, and shows nothing of it."""
    assert archived == account.read(archived)


@pytest.mark.unconfirmed("invoiced.item.archived")
def test_a_deleted_item_is_not_listed(archived: Record, account: Account) -> None:
    """A deleted item is in the list of the archived ones alone, which has no others."""
    other = account.item()["id"]
    mine = {"id": archived["id"]}

    assert [[], [archived["id"]], [archived["id"]], []] == [
        account.listed("Item", filter=mine),
        account.listed("Item", filter=mine, archived=1),
        account.listed("Item", filter={**mine, "archived": 1}),
        account.listed("Item", filter={"id": other}, archived=1),
    ]


@pytest.mark.unconfirmed("invoiced.item.id-taken", "invoiced.item.archived")
def test_a_deleted_items_id_is_free(archived: Record, account: Account) -> None:
    """The id of a deleted item can be given again; the archive keeps the former."""
    account.item(id=archived["id"], unit_cost=9, currency="usd")
    mine = {"id": archived["id"]}
    former, _ = account.sdk.Item.list(filter=mine, archived=1)

    assert (9, [5]) == (
        account.read(archived)["unit_cost"],
        [item["unit_cost"] for item in former],
    )


@pytest.mark.unconfirmed
def test_items_have_an_older_path(account: Account) -> None:
    """An item is found below /catalog_items too."""
    made = account.item()

    assert made == account.raw.get(f"/catalog_items/{made['id']}").json()
