"""Idempotency keys of the Invoiced twin."""

from __future__ import annotations

import invoiced
import pytest

from dataflow.twin.clock import ManualClock
from tests.twin.invoiced.calling import Raw, refused

DAY = 86_400


def test_a_key_creates_once(invoiced_client: invoiced.Client) -> None:
    """A second creation with one key answers with the first customer."""
    create = invoiced_client.Customer.create
    made = [create(idempotency_key="abc-123", name="Acme") for _ in range(2)]

    assert made[0] == made[1]
    assert 1 == invoiced_client.Customer.list()[1].total_count


def test_a_replay_has_the_first_status(invoiced_raw: Raw) -> None:
    """A replayed creation answers 201 again."""
    headers = {"Idempotency-Key": "abc-123"}
    for _ in range(2):
        answer = invoiced_raw(
            "POST", "/customers", json={"name": "Acme"}, headers=headers
        )

    assert 201 == answer.status_code


def test_a_key_does_not_look_at_the_body(invoiced_client: invoiced.Client) -> None:
    """Another body, and another path, get the first answer too."""
    invoiced_client.Customer.create(idempotency_key="abc-123", name="Acme")
    item = invoiced_client.Item.create(idempotency_key="abc-123", name="Delivery")

    assert "Acme" == item["name"]


def test_an_edit_is_replayed(
    invoiced_client: invoiced.Client, invoiced_clock: ManualClock
) -> None:
    """A second edit with one key changes nothing."""
    customer = invoiced_client.Customer.create(name="Acme")
    customer.save(idempotency_key="abc-123", name="Second")
    invoiced_clock.advance(5)
    customer.save(idempotency_key="abc-123", name="Third")

    read = invoiced_client.Customer.retrieve(customer["id"])
    assert "Second" == read["name"]


def test_a_refusal_is_replayed(invoiced_client: invoiced.Client) -> None:
    """A key that met a 400 meets it again, although the body is right now."""
    create = invoiced_client.Customer.create
    refused(lambda: create(idempotency_key="abc-123"))

    answer = refused(lambda: create(idempotency_key="abc-123", name="Acme"))

    assert (400, "name") == answer


def test_a_401_is_not_replayed(
    invoiced_client: invoiced.Client, invoiced_raw: Raw
) -> None:
    """A key that met a 401 is as good as new."""
    headers = {"Idempotency-Key": "abc-123"}
    invoiced_raw("POST", "/customers", json={}, headers=headers, auth=("WRONG", ""))

    made = invoiced_client.Customer.create(idempotency_key="abc-123", name="Acme")

    assert "Acme" == made["name"]


@pytest.mark.parametrize(("wait", "expected"), [(DAY - 1, "Acme"), (DAY, "Other")])
def test_a_key_lasts_a_day(
    invoiced_client: invoiced.Client,
    invoiced_clock: ManualClock,
    wait: int,
    expected: str,
) -> None:
    """After 24 hours a key is as good as new."""
    create = invoiced_client.Customer.create
    create(idempotency_key="abc-123", name="Acme")
    invoiced_clock.advance(wait)

    assert expected == create(idempotency_key="abc-123", name="Other")["name"]


@pytest.mark.parametrize(
    ("length", "accepted"), [(5, False), (6, True), (64, True), (65, False)]
)
def test_a_key_has_6_to_64_characters(
    invoiced_raw: Raw,
    length: int,
    accepted: bool,  # noqa: FBT001
) -> None:
    """A shorter or a longer key answers 400."""
    answer = invoiced_raw(
        "POST",
        "/customers",
        json={"name": "Acme"},
        headers={"Idempotency-Key": "k" * length},
    )

    assert (201 if accepted else 400) == answer.status_code


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_key_goes_with_writes_alone(
    invoiced_client: invoiced.Client, invoiced_raw: Raw, method: str
) -> None:
    """A key on anything but POST and PATCH answers 400."""
    customer = invoiced_client.Customer.create(name="Acme")

    answer = invoiced_raw(
        method,
        f"/customers/{customer['id']}",
        headers={"Idempotency-Key": "abc-123"},
    )

    assert 400 == answer.status_code
