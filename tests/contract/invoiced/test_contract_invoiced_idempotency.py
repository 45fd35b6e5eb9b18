"""Invoiced: writes that are sent again with the same idempotency key."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.invoiced.account import Account, Record, refused


@pytest.fixture
def create(account: Account) -> Callable[..., Record]:
    """Return what creates a customer with one idempotency key."""
    key = account.new("key")

    def with_key(**params: object) -> Record:
        return account.sdk.Customer.create(idempotency_key=key, **params)

    return with_key


@pytest.mark.sdk("invoiced.idempotency.header")
def test_a_write_can_carry_an_idempotency_key(
    account: Account, create: Callable[..., Record]
) -> None:
    """A creation with an idempotency key is carried out."""
    name = account.new("Ada")

    assert name == account.read(create(name=name))["name"]


@pytest.mark.unconfirmed("invoiced.idempotency.replay")
def test_a_repeated_creation_makes_one_record(
    account: Account, create: Callable[..., Record]
) -> None:
    """The second creation with one key answers with the first record."""
    name = account.new("Ada")
    first, second = create(name=name), create(name=name)

    assert (first, [first["id"]]) == (
        second,
        account.listed("Customer", filter={"name": name}),
    )


@pytest.mark.unconfirmed("invoiced.idempotency.replay")
def test_a_replay_compares_nothing(account: Account) -> None:
    """A key that comes back with another body and path gets the first answer."""
    key = account.new("key")
    first = account.sdk.Customer.create(idempotency_key=key, name="Acme")
    item = account.sdk.Item.create(idempotency_key=key, name="Delivery")

    assert (first["id"], "Acme") == (item["id"], item["name"])


@pytest.mark.unconfirmed("invoiced.idempotency.replay")
def test_a_replay_has_the_first_status(account: Account) -> None:
    """A replayed creation answers 201 again."""
    headers = {"idempotency-key": account.new("key")}
    answers = [
        account.raw.post("/customers", json={"name": "Acme"}, headers=headers)
        for _ in range(2)
    ]

    assert [201, 201] == [answer.status_code for answer in answers]


@pytest.mark.unconfirmed("invoiced.idempotency.replay")
def test_an_edit_is_replayed(account: Account) -> None:
    """A second edit with one key changes nothing."""
    made, key = account.customer(), account.new("key")
    made.save(idempotency_key=key, name="Second")
    made.save(idempotency_key=key, name="Third")

    assert "Second" == account.read(made)["name"]


@pytest.mark.unconfirmed("invoiced.idempotency.replay")
def test_a_refusal_is_replayed(create: Callable[..., Record]) -> None:
    """A key whose first call was refused is refused again, with a good body too."""
    refused(create, type="company")

    assert (400, "name") == refused(create, name="Ada")


@pytest.mark.unconfirmed
def test_a_401_is_not_replayed(account: Account) -> None:
    """A key that met a 401 is as good as new."""
    headers = {"idempotency-key": account.new("key")}
    account.raw.post("/customers", json={}, headers=headers, auth=("WRONG", ""))
    answer = account.raw.post("/customers", json={"name": "Acme"}, headers=headers)

    assert 201 == answer.status_code


@pytest.mark.unconfirmed("invoiced.idempotency.methods")
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_key_goes_with_writes_alone(method: str, account: Account) -> None:
    """An idempotency key on anything but POST and PATCH answers 400."""
    path = f"/customers/{account.customer()['id']}"
    headers = {"idempotency-key": account.new("key")}

    assert 400 == account.raw.request(method, path, headers=headers).status_code


@pytest.mark.unconfirmed("invoiced.idempotency.length")
@pytest.mark.parametrize(
    ("length", "status"), [(5, 400), (6, 201), (64, 201), (65, 400)]
)
def test_a_key_has_6_to_64_characters(
    length: int, status: int, account: Account
) -> None:
    """A shorter or a longer key answers 400."""
    headers = {"idempotency-key": account.new("k")[::-1].ljust(65, "k")[:length]}
    answer = account.raw.post("/customers", json={"name": "A"}, headers=headers)

    assert status == answer.status_code
