"""Chargebee: writes that are sent again with the same idempotency key."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.contract.chargebee.site import Site

#: A header that says that an answer is given again.
REPLAYED = "chargebee-idempotency-replayed"


@pytest.fixture
def write(site: Site) -> Callable[..., httpx.Response]:
    """Return what posts a form with one idempotency key."""
    headers = {"chargebee-idempotency-key": site.new("key")}

    def post(path: str = "/customers", **form: str) -> httpx.Response:
        return site.raw.post(path, data=form, headers=headers)

    return post


@pytest.mark.documented("chargebee.idempotency.replay")
def test_a_repeated_creation_makes_one_record(
    site: Site, later: Callable[[float], None]
) -> None:
    """The second creation with one key answers with the first record."""
    headers, company = {"chargebee-idempotency-key": site.new("key")}, site.new("Acme")
    answers = []
    for _ in range(2):
        create = site.sdk.Customer.create
        answers.append(create({"company": company}, headers=dict(headers)))
        later(2)

    assert answers[0].customer.raw_data == answers[1].customer.raw_data
    assert (True, 1) == (
        answers[1].is_idempotency_replayed,
        len(site.listed("customer", company={"is": company})),
    )


@pytest.mark.documented
@pytest.mark.parametrize(("calls", "replayed"), [(1, None), (2, "true")])
def test_a_replay_says_so(
    calls: int, replayed: str | None, write: Callable[..., httpx.Response]
) -> None:
    """An answer that is given again has a header that says so."""
    *_, last = [write(company="A") for _ in range(calls)]

    assert replayed == last.headers.get(REPLAYED)


@pytest.mark.unconfirmed
def test_a_read_has_no_key(site: Site) -> None:
    """A key on a read has no effect."""
    headers = {"chargebee-idempotency-key": site.new("key")}
    *_, last = [site.raw.get("/customers", headers=headers) for _ in range(2)]

    assert (200, False) == (last.status_code, REPLAYED in last.headers)


@pytest.mark.unconfirmed
def test_another_key_writes_again(site: Site) -> None:
    """The same write under another key is made again."""
    company = site.new("Acme")
    for _ in range(2):
        headers = {"chargebee-idempotency-key": site.new("key")}
        site.raw.post("/customers", data={"company": company}, headers=headers)

    assert 2 == len(site.listed("customer", company={"is": company}))


@pytest.mark.documented("chargebee.idempotency.other-payload")
@pytest.mark.parametrize("other", ["payload", "path"])
def test_a_key_is_for_one_call(
    other: str, site: Site, write: Callable[..., httpx.Response]
) -> None:
    """A key that comes back with another payload or for another call is refused."""
    write(company="A")
    path = f"/customers/{site.customer()['id']}"
    answer = write(company="B") if other == "payload" else write(path, company="A")

    assert answer.is_client_error


@pytest.mark.unconfirmed
def test_a_used_key_answers_422(write: Callable[..., httpx.Response]) -> None:
    """The refusal of a used key is 422, where one site was seen to answer 400."""
    write(company="A")
    answer = write(company="B")

    assert (422, "unable_to_process_request") == (
        answer.status_code,
        answer.json()["api_error_code"],
    )


@pytest.mark.unconfirmed("chargebee.idempotency.refusal-replayed")
def test_a_refusal_is_replayed(write: Callable[..., httpx.Response]) -> None:
    """A refusal is given again to its key."""
    *_, last = [write(email="ada") for _ in range(2)]

    assert (400, "true") == (last.status_code, last.headers.get(REPLAYED))


@pytest.mark.unconfirmed("chargebee.idempotency.key-too-long")
@pytest.mark.parametrize(("length", "status"), [(100, 200), (101, 400)])
def test_a_key_has_at_most_100_characters(length: int, status: int, site: Site) -> None:
    """A key of 101 characters is refused."""
    headers = {"chargebee-idempotency-key": site.new("key").ljust(length, "k")}
    answer = site.raw.post("/customers", data={"company": "A"}, headers=headers)

    assert status == answer.status_code


@pytest.mark.unconfirmed("chargebee.idempotency.key-in-use")
def test_a_key_in_use_is_refused(site: Site, at_once: Callable[..., list[int]]) -> None:
    """A write answers 409 while another one with its key is in progress."""
    key = site.new("key")

    assert [200, 409] == at_once(2, "POST", "/customers", chargebee_idempotency_key=key)
