"""Writes that are sent again with the same idempotency key."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twin.chargebee.acme import Acme

KEY = {"chargebee-idempotency-key": "k1"}
REPLAYED = "chargebee-idempotency-replayed"


def create(acme: Acme, **params: str) -> Any:  # noqa: ANN401
    """Create a customer under the key."""
    return acme.sdk.Customer.create(params, headers=dict(KEY))


def test_the_first_answer_is_no_replay(acme: Acme) -> None:
    """The first answer has no header that the SDK would take for a replay."""
    assert REPLAYED not in acme.raw.post("customers", headers=KEY).headers


def test_the_second_answer_is_a_replay(acme: Acme) -> None:
    """The SDK takes the second answer for a replay."""
    create(acme)

    assert create(acme).is_idempotency_replayed is True


def test_a_replay_is_the_first_answer(acme: Acme) -> None:
    """A replay has the record of the first answer."""
    first = create(acme).customer.raw_data
    acme.clock.advance(60)

    assert first == create(acme).customer.raw_data


def test_a_replay_writes_nothing(acme: Acme) -> None:
    """A write that is replayed leaves one record."""
    create(acme)
    create(acme)

    assert 1 == len(acme.ids("Customer"))


def test_a_refusal_is_replayed(acme: Acme) -> None:
    """A refusal is given again like any other answer, which is unconfirmed."""
    for _ in range(2):
        acme.raw.post("customers", data={"email": "ada"}, headers=KEY)

    assert "chargebee.idempotency.refusal-replayed" in acme.met()


@pytest.mark.parametrize(("seconds", "made"), [(1799, 1), (1800, 2)])
def test_a_key_is_forgotten(acme: Acme, seconds: int, made: int) -> None:
    """A key is remembered for thirty minutes."""
    create(acme)
    acme.clock.advance(seconds)
    create(acme)

    assert made == len(acme.ids("Customer"))


def test_another_key_writes_again(acme: Acme) -> None:
    """The same write under another key is made again."""
    create(acme)
    acme.raw.post("customers", headers={**KEY, "chargebee-idempotency-key": "k2"})

    assert 2 == len(acme.ids("Customer"))


def test_another_payload_is_refused(acme: Acme) -> None:
    """A key that comes back with another payload is refused."""
    acme.raw.post("customers", data={"first_name": "Ada"}, headers=KEY)
    answer = acme.raw.post("customers", data={"first_name": "Eve"}, headers=KEY)

    assert (422, "unable_to_process_request") == (
        answer.status_code,
        answer.json()["api_error_code"],
    )


def test_another_path_is_refused(acme: Acme) -> None:
    """A key that comes back with another call is refused."""
    acme.customer(id="ada")
    acme.raw.post("customers", headers=KEY)

    assert 422 == acme.raw.post("customers/ada", headers=KEY).status_code


def test_a_read_has_no_key(acme: Acme) -> None:
    """A key on a read has no effect."""
    acme.raw.get("customers", headers=KEY)

    assert REPLAYED not in acme.raw.get("customers", headers=KEY).headers


@pytest.mark.parametrize(("length", "status"), [(100, 200), (101, 400)])
def test_a_key_has_a_greatest_length(acme: Acme, length: int, status: int) -> None:
    """A key of more than a hundred characters is refused."""
    key = {"chargebee-idempotency-key": "k" * length}

    assert status == acme.raw.post("customers", headers=key).status_code


def test_a_reset_forgets_keys(acme: Acme) -> None:
    """A key that was used before a reset is new after it."""
    create(acme)
    acme.twin.reset()
    create(acme)

    assert 1 == len(acme.ids("Customer"))
