"""Refusals: their form, and what every call checks."""

from __future__ import annotations

import httpx
import pytest
from chargebee import APIError, InvalidRequestError
from chargebee.main import Chargebee

from tests.twin.chargebee.acme import SITE, Acme, refused


def test_a_refusal_says_everything_twice(acme: Acme) -> None:
    """A refusal has the vendor's form, with what older clients read."""
    acme.customer(id="ada")
    answer = acme.raw.post("customers", data={"id": "ada"})

    assert {
        "message": "id: The value ada is already present.",
        "type": "invalid_request",
        "api_error_code": "duplicate_entry",
        "param": "id",
        "error_code": "param_not_unique",
        "error_msg": "The value ada is already present.",
        "error_param": "id",
        "http_status_code": 400,
    } == answer.json()


def test_a_refusal_is_the_sdks_own_error(acme: Acme) -> None:
    """The SDK takes a refusal for an invalid request."""
    acme.customer(id="ada")

    with pytest.raises(InvalidRequestError):
        acme.customer(id="ada")


def test_a_wrong_key_is_refused(acme: Acme) -> None:
    """A call with another key is refused, without a type."""
    stranger = Chargebee(api_key="another", site=SITE, protocol="http")
    stranger.env.api_endpoint = acme.sdk.env.api_endpoint

    with pytest.raises(APIError) as error:
        stranger.Customer.list()

    assert (401, "api_authentication_failed", None) == (
        error.value.http_status_code,
        error.value.api_error_code,
        error.value.type,
    )


@pytest.mark.parametrize("header", ["", "Bearer test_key", "Basic !", "Basic /w=="])
def test_a_call_without_a_key_is_refused(acme: Acme, header: str) -> None:
    """A call without a key that can be read is refused."""
    answer = httpx.get(
        f"{acme.raw.base_url}customers", headers={"authorization": header}
    )

    assert 401 == answer.status_code


@pytest.mark.parametrize("path", ["", "unicorns", "customers/", "customers/ada/hug"])
def test_an_unknown_path_is_not_found(acme: Acme, path: str) -> None:
    """A path that no call has answers 404."""
    answer = acme.raw.get(path)

    assert (404, "resource_not_found") == (
        answer.status_code,
        answer.json()["api_error_code"],
    )


def test_a_path_of_another_version_is_not_found(acme: Acme) -> None:
    """A path below another version of the API answers 404."""
    url = str(acme.raw.base_url).replace("/v2/", "/v1/")

    assert 404 == acme.raw.get(f"{url}customers").status_code


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "customers/ada/delete"),
        ("POST", "configurations"),
        ("PUT", "customers/ada"),
        ("DELETE", "orders/1"),
        ("PATCH", "items/hammer"),
    ],
)
def test_a_wrong_method_is_refused(acme: Acme, method: str, path: str) -> None:
    """A path that another method serves answers 405."""
    answer = acme.raw.request(method, path)

    assert (405, "http_method_not_supported") == (
        answer.status_code,
        answer.json()["api_error_code"],
    )


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("id", 50),
        ("first_name", 150),
        ("company", 250),
        ("phone", 50),
        ("preferred_currency_code", 3),
        ("vat_number", 20),
        ("invoice_notes", 2000),
    ],
)
def test_a_text_has_a_greatest_length(acme: Acme, name: str, longest: int) -> None:
    """A text of the greatest length is kept."""
    assert "x" * longest == acme.customer(**{name: "x" * longest})[name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "x" * 51),
        ("first_name", "x" * 151),
        ("email", f"{'x' * 60}@example.com"),
        ("email", "ada"),
        ("email", "ada@example"),
        ("auto_collection", "perhaps"),
        ("allow_direct_debit", "yes"),
        ("net_term_days", "soon"),
        ("net_term_days", "-1"),
        ("net_term_days", "1.5"),
        ("net_term_days", "١"),  # noqa: RUF001  a digit of another script
        ("billing_address[zip]", "x" * 21),
        ("billing_address", "London"),
        ("first_name[0]", "Ada"),
        ("meta_data", "[]"),
        ("meta_data", "NaN"),
        ("meta_data", '{"a":1e999}'),
        ("meta_data", "[" * 9000),
        ("meta_data", '{"a":' * 200 + "1" + "}" * 200),
    ],
)
def test_a_malformed_parameter_is_refused(acme: Acme, name: str, value: str) -> None:
    """A parameter that is malformed or too long is refused by its name."""
    answer = acme.raw.post("customers", data={name: value})

    assert (400, "param_wrong_value", name.removesuffix("[0]")) == (
        answer.status_code,
        answer.json()["api_error_code"],
        answer.json()["param"],
    )


@pytest.mark.parametrize("value", ["1767603600000", "today", "-1"])
def test_a_time_is_in_seconds(shop: Acme, value: str) -> None:
    """A time that is not in seconds is refused."""
    answer = refused(lambda: shop.order(order_date=value))

    assert (400, "param_wrong_value", "order_date") == answer


@pytest.mark.parametrize(
    "body", [b"", b'{"first_name": "Ada"}', b"a[=1&]b=2&[c]=3&d[]=4", b"&&==;"]
)
def test_nonsense_is_answered(acme: Acme, body: bytes) -> None:
    """A body that is no form counts as one without parameters."""
    assert 200 == acme.raw.post("customers", content=body).status_code


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"first_name=%ff",
        b"first_name=%zz",
        b"first_name=%",
        b"a&" * 20_000,
    ],
)
def test_a_garbled_form_is_refused(acme: Acme, body: bytes) -> None:
    """A body that cannot be decoded as a form is refused, and changes nothing."""
    answer = acme.raw.post("customers", content=body)

    assert (400, "invalid_request", []) == (
        answer.status_code,
        answer.json()["api_error_code"],
        acme.ids("Customer"),
    )


def test_a_refusal_notes_what_it_rests_on(shop: Acme) -> None:
    """A refusal that is only assumed is noted as unconfirmed."""
    shop.order(id="o1")
    refused(lambda: shop.sdk.Order.update("o1", {"currency_code": "USD"}))

    assert "chargebee.order.customer-immutable" in shop.met()


def test_a_site_tells_its_name(acme: Acme) -> None:
    """A site tells its name and the version of its catalog."""
    (one,) = acme.sdk.Configuration.list().configurations

    assert ("acme-test", "v2") == (one.domain, one.product_catalog_version)


def test_a_site_tells_its_currencies(acme: Acme) -> None:
    """A site lists its currencies, its own first."""
    first = acme.sdk.Currency.list().list[0].currency

    assert ("USD", True) == (first.currency_code, first.is_base_currency)
