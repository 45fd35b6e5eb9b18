"""Chargebee: who is let in, how it says no, and what is done only once."""

from __future__ import annotations

import json
from collections.abc import Callable

import chargebee
import httpx
import pytest

from tests.contract.chargebee.site import Site, refused


@pytest.mark.documented("chargebee.authentication.key-is-basic-user")
def test_the_key_is_the_user_name(site: Site) -> None:
    """The key is the user name of HTTP Basic: another one answers 401."""
    path = f"/customers/{site.customer()['id']}"
    answers = [site.raw.get(path), site.raw.get(path, auth=("x", ""))]

    assert [200, 401] == [answer.status_code for answer in answers]


@pytest.mark.unconfirmed
def test_a_wrong_key_has_an_error_without_type(site: Site) -> None:
    """The refusal of a key has a code and no type."""
    error = site.raw.get("/customers", auth=("x", "")).json()

    assert ("api_authentication_failed", False) == (
        error["api_error_code"],
        "type" in error,
    )


@pytest.mark.sdk("chargebee.record.unknown")
@pytest.mark.parametrize("kind", ["Customer", "Item", "Invoice", "Order"])
def test_an_unknown_id_answers_404(kind: str, site: Site) -> None:
    """An id that nothing has answers 404."""
    resource, gone = getattr(site.sdk, kind), site.new("gone")

    assert (404, "resource_not_found") == refused(lambda: resource.retrieve(gone))[:2]


@pytest.mark.documented("chargebee.path.unknown")
def test_an_unknown_path_answers_404(site: Site) -> None:
    """A path that no call has answers 404."""
    assert 404 == site.raw.get("/nope").status_code


@pytest.mark.documented("chargebee.path.wrong-method")
def test_put_is_not_supported(site: Site) -> None:
    """A customer cannot be PUT."""
    answer = site.raw.put(f"/customers/{site.customer()['id']}")

    assert (405, "http_method_not_supported") == (
        answer.status_code,
        answer.json()["api_error_code"],
    )


@pytest.mark.documented("chargebee.parameter.wrong-value")
@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("email", "ada"),
        ("first_name", "x" * 151),
        ("auto_collection", "maybe"),
        ("net_term_days", "soon"),
    ],
)
def test_a_wrong_value_is_refused(param: str, value: str, site: Site) -> None:
    """A malformed or too long parameter answers 400 and its name."""
    found = refused(lambda: site.customer(**{param: value}))

    assert (400, "param_wrong_value", param) == found


@pytest.mark.documented("chargebee.parameter.wrong-value")
def test_a_missing_value_is_refused(site: Site) -> None:
    """A call without a parameter that it needs answers 400 and its name."""
    found = refused(lambda: site.sdk.ItemFamily.create({"name": site.new("Tools")}))

    assert (400, "param_wrong_value", "id") == found


@pytest.mark.unconfirmed("chargebee.parameter.unknown-ignored")
def test_an_unknown_parameter_is_ignored(site: Site) -> None:
    """A parameter that a call does not have is ignored without a word."""
    assert "shoe_size" not in site.customer(shoe_size=43)


@pytest.mark.documented
def test_an_error_has_two_forms(site: Site) -> None:
    """An error about a parameter has an older form beside the newer one."""
    keys = {
        *("message", "type", "api_error_code", "param"),
        *("error_code", "error_msg", "error_param", "http_status_code"),
    }
    answer = site.raw.post("/customers", data={"email": "ada"})

    assert set() == keys - answer.json().keys()


@pytest.mark.sdk("chargebee.record.duplicate")
def test_a_taken_id_is_a_duplicate(site: Site) -> None:
    """A taken id answers 400 duplicate_entry."""
    taken = site.customer()["id"]

    assert (400, "duplicate_entry", "id") == refused(lambda: site.customer(id=taken))


@pytest.mark.sdk("chargebee.record.duplicate")
def test_a_taken_id_has_an_older_code(site: Site) -> None:
    """The older code of a taken id is param_not_unique."""
    taken = site.customer()["id"]
    with pytest.raises(chargebee.InvalidRequestError) as caught:
        site.customer(id=taken)

    assert "param_not_unique" == caught.value.error_code


@pytest.mark.sdk
def test_configurations_name_the_site(site: Site) -> None:
    """The site says its name, and that its catalog is of the second version."""
    found = site.sdk.Configuration.list().configurations[0]

    assert "v2" == found.product_catalog_version


@pytest.mark.sdk
def test_currencies_are_listed(site: Site) -> None:
    """The site lists its currencies, in upper case."""
    codes = [row.currency.currency_code for row in site.sdk.Currency.list().list]

    assert {"USD", "EUR"} <= set(codes)


@pytest.mark.unconfirmed("chargebee.currency.taken")
def test_a_currency_is_added_once(site: Site) -> None:
    """A currency that the site has already is refused like a taken id."""
    sent = {"currency_code": "EUR", "forex_type": "auto"}

    assert (400, "duplicate_entry", "currency_code") == refused(
        lambda: site.sdk.Currency.create(sent)
    )


@pytest.mark.unconfirmed("chargebee.currency-code.not-enabled")
def test_another_currency_is_refused(site: Site) -> None:
    """A currency that the site does not list cannot be used."""
    codes = {row.currency.currency_code for row in site.sdk.Currency.list().list}
    other = next(code for code in ("UZS", "MNT", "KZT") if code not in codes)

    assert (400, "param_wrong_value", "currency_code") == refused(
        lambda: site.invoice(currency_code=other)
    )


@pytest.mark.unconfirmed("chargebee.request.unreadable")
def test_an_odd_form_is_refused(site: Site) -> None:
    """A form that is not UTF-8 gets an error in JSON like any other."""
    path = f"/customers/{site.customer()['id']}"
    answer = site.raw.post(
        path,
        content=b"company=%FF%FE",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert (400, "invalid_request") == (
        answer.status_code,
        answer.json().get("api_error_code"),
    )


# Too many calls

#: Documented: calls that a test site answers in a minute; it is closed to all then.
A_MINUTE, PER_MINUTE = 61, 150


@pytest.fixture
def too_many(site: Site, later: Callable[[float], None]) -> httpx.Response:
    """Return the answer to a call too many, and wait until the site is open again."""
    later(A_MINUTE)
    for _ in range(2 * PER_MINUTE):
        answer = site.raw.get("/configurations")
        if answer.status_code != httpx.codes.OK:
            break
    later(A_MINUTE)
    return answer


@pytest.mark.documented("chargebee.trouble.too-many-calls")
def test_too_many_calls_are_refused(too_many: httpx.Response) -> None:
    """A call beyond the limit of a minute answers 429."""
    assert (429, "api_request_limit_exceeded", "operation_failed") == (
        too_many.status_code,
        too_many.json().get("api_error_code"),
        too_many.json().get("type"),
    )


@pytest.mark.unconfirmed("chargebee.trouble.calls-of-a-minute")
def test_nobody_says_how_long_to_wait(too_many: httpx.Response) -> None:
    """The refusal of a call too many does not say when to come back."""
    assert (429, False) == (too_many.status_code, "retry-after" in too_many.headers)


# Forms


@pytest.mark.documented
def test_an_object_says_what_it_is(site: Site) -> None:
    """A record stands under the name of its kind, and says it too."""
    made = site.customer()
    answer = site.raw.get(f"/customers/{made['id']}").json()

    assert "customer" == answer["customer"]["object"]


@pytest.mark.recorded
def test_what_is_absent_is_left_out(site: Site) -> None:
    """A record does not show what it does not have."""
    assert "email" not in site.customer()


@pytest.mark.sdk
def test_an_empty_value_clears(site: Site) -> None:
    """None is sent as an empty text, and empties a property."""
    made = site.customer(company="Acme")
    site.update(made, company=None)

    assert "company" not in site.read(made)


@pytest.mark.documented
def test_what_is_not_sent_stays(site: Site) -> None:
    """An update leaves alone what it does not name."""
    made = site.customer(company="Acme")
    site.update(made, first_name="Ada")

    assert "Acme" == site.read(made)["company"]


@pytest.mark.documented
def test_metadata_is_json(site: Site) -> None:
    """A customer's metadata is sent as JSON, and read back as an object."""
    made = site.customer(meta_data=json.dumps({"Other": [1, "a"]}))

    assert {"Other": [1, "a"]} == site.read(made)["meta_data"]


# Idempotency keys


@pytest.mark.documented("chargebee.idempotency.replay")
def test_a_repeated_creation_makes_one_record(site: Site) -> None:
    """The second creation with one key answers with the first record."""
    headers = {"chargebee-idempotency-key": site.new("key")}
    ids = [
        site.sdk.Customer.create({"first_name": "Ada"}, headers=headers).customer.id
        for _ in range(2)
    ]

    assert ids[0] == ids[1]


@pytest.mark.documented
@pytest.mark.parametrize(("calls", "replayed"), [(1, None), (2, "true")])
def test_a_replay_says_so(calls: int, replayed: str | None, site: Site) -> None:
    """An answer that is given again has a header that says so."""
    headers = {"chargebee-idempotency-key": site.new("key")}
    for _ in range(calls):
        answer = site.raw.post("/customers", data={"company": "A"}, headers=headers)

    assert replayed == answer.headers.get("chargebee-idempotency-replayed")


@pytest.mark.documented("chargebee.idempotency.other-payload")
def test_a_key_is_for_one_payload(site: Site) -> None:
    """A key that comes back with another payload is refused."""
    headers = {"chargebee-idempotency-key": site.new("key")}
    answers = [
        site.raw.post("/customers", data={"company": name}, headers=headers)
        for name in ("A", "B")
    ]

    assert answers[1].is_client_error


@pytest.mark.unconfirmed
def test_a_used_key_answers_422(site: Site) -> None:
    """The refusal of a used key is 422, where one site was seen to answer 400."""
    headers = {"chargebee-idempotency-key": site.new("key")}
    answers = [
        site.raw.post("/customers", data={"company": name}, headers=headers)
        for name in ("A", "B")
    ]

    assert 422 == answers[1].status_code


@pytest.mark.unconfirmed("chargebee.idempotency.refusal-replayed")
def test_a_refusal_is_replayed(site: Site) -> None:
    """A refusal is given again to its key."""
    headers = {"chargebee-idempotency-key": site.new("key")}
    for _ in range(2):
        answer = site.raw.post("/customers", data={"email": "ada"}, headers=headers)

    assert (400, "true") == (
        answer.status_code,
        answer.headers.get("chargebee-idempotency-replayed"),
    )


@pytest.mark.unconfirmed("chargebee.idempotency.key-too-long")
def test_a_key_has_at_most_100_characters(site: Site) -> None:
    """A key of 101 characters is refused."""
    headers = {"chargebee-idempotency-key": "k" * 101}
    answer = site.raw.post("/customers", data={"company": "A"}, headers=headers)

    assert 400 == answer.status_code
