"""Chargebee: who is let in, and how it says no."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.contract.chargebee.site import Record, Site, refused, taken, wrong


def said(answer: httpx.Response) -> tuple[int, str]:
    """Return status and error code of an answer."""
    return answer.status_code, answer.json().get("api_error_code")


@pytest.mark.documented("chargebee.authentication.key-is-basic-user")
def test_the_key_is_the_user_name(site: Site) -> None:
    """The key is the user name of HTTP Basic: another one answers 401."""
    path = f"/customers/{site.customer()['id']}"
    answers = [site.raw.get(path), site.raw.get(path, auth=("x", ""))]

    assert [200, 401] == [answer.status_code for answer in answers]


@pytest.mark.documented("chargebee.authentication.key-is-basic-user")
@pytest.mark.parametrize("header", ["", "Bearer test_key", "Basic !", "Basic /w=="])
def test_a_call_without_a_key_is_refused(header: str, site: Site) -> None:
    """A call without a key that can be read is refused."""
    url = f"{site.raw.base_url}customers"
    answer = httpx.get(url, headers={"authorization": header})

    assert 401 == answer.status_code


@pytest.mark.unconfirmed
def test_a_wrong_key_has_an_error_without_type(site: Site) -> None:
    """The refusal of a key has a code and no type."""
    error = site.raw.get("/customers", auth=("x", "")).json()

    assert ("api_authentication_failed", False) == (
        error["api_error_code"],
        "type" in error,
    )


@pytest.mark.documented("chargebee.path.unknown")
@pytest.mark.parametrize(
    "path", ["", "/unicorns", "/customers/", "/customers/ada/hug", "../v1/customers"]
)
def test_an_unknown_path_answers_404(path: str, site: Site) -> None:
    """A path that no call has answers 404, and so does another version of the API."""
    url = httpx.URL(str(site.raw.base_url).rstrip("/") + "/").join(path.lstrip("/"))
    answer = site.raw.get(url)

    assert (404, "resource_not_found") == said(answer)


@pytest.mark.documented("chargebee.path.wrong-method")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/customers/ada/delete"),
        ("POST", "/configurations"),
        ("PUT", "/customers/ada"),
        ("DELETE", "/orders/1"),
        ("PATCH", "/items/hammer"),
    ],
)
def test_a_wrong_method_is_refused(method: str, path: str, site: Site) -> None:
    """A path that another method serves answers 405."""
    answer = site.raw.request(method, path)

    assert (405, "http_method_not_supported") == said(answer)


# Parameters


@pytest.mark.documented
@pytest.mark.parametrize(
    ("param", "longest"),
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
def test_a_text_has_a_greatest_length(param: str, longest: int, site: Site) -> None:
    """A text of the greatest length is kept."""
    currency = param == "preferred_currency_code"
    text = "EUR" if currency else site.new("x").ljust(longest, "x")[-longest:]

    assert text == site.customer(**{param: text})[param]


@pytest.mark.documented("chargebee.parameter.wrong-value")
@pytest.mark.parametrize(
    ("param", "value"),
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
        ("meta_data", "{'key': 'V'}"),  # a dict as the client sends it
        ("meta_data", "[]"),
        ("meta_data", "NaN"),
        ("meta_data", '{"a":1e999}'),
        ("meta_data", "[" * 9000),
        ("meta_data", '{"a":' * 200 + "1" + "}" * 200),
    ],
    ids=lambda text: text[:20],
)
def test_a_wrong_value_is_refused(param: str, value: str, site: Site) -> None:
    """A malformed or too long parameter answers 400 and its name."""
    answer = site.raw.post("/customers", data={param: value})

    assert wrong(param.removesuffix("[0]")) == (*said(answer), answer.json()["param"])


@pytest.mark.documented("chargebee.parameter.wrong-value")
@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("item_family", ("id", "name")),
        ("item", ("id", "name", "type", "item_family_id")),
        (
            "invoice",
            ("id", "customer_id", "currency_code", "date", "total", "line_items"),
        ),
        (
            "order",
            ("invoice_id", "status", "created_at", "order_date", "shipping_date"),
        ),
    ],
)
def test_a_missing_value_is_refused(
    kind: str, params: tuple[str, ...], site: Site
) -> None:
    """A call without a parameter that it needs answers 400 and its name."""
    assert [wrong(param) for param in params] == [
        refused(site.make, kind, **{param: ""}) for param in params
    ]


@pytest.mark.unconfirmed("chargebee.parameter.unknown-ignored")
@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("customer", {"shoe_size": 43}),
        ("customer", {"id": "eve"}),
        ("item", {"id": "mallet"}),
        ("item", {"type": "plan"}),
        ("item", {"metered": "true"}),
        ("order", {"total": 7}),
    ],
)
def test_an_unknown_parameter_is_ignored(kind: str, params: Record, site: Site) -> None:
    """A parameter that an update does not have is ignored without a word."""
    made = site.make(kind)
    site.update(made, **params)

    assert {key: made.get(key) for key in params} == {
        key: site.read(made).get(key) for key in params
    }


@pytest.fixture
def duplicate(site: Site) -> Record:
    """Return the error about an id that is taken, and the id."""
    used = site.customer()["id"]
    return {"id": used, **site.raw.post("/customers", data={"id": used}).json()}


@pytest.mark.documented
def test_an_error_has_two_forms(duplicate: Record) -> None:
    """An error about a parameter has an older form beside the newer one."""
    newer = {"message", "type", "api_error_code", "param"}
    older = {"error_code", "error_msg", "error_param", "http_status_code"}

    assert newer | older == duplicate.keys() - {"id"}


@pytest.mark.unconfirmed
def test_both_forms_say_the_same(duplicate: Record) -> None:
    """The newer message names the parameter, the older one stands beside it."""
    said = f"The value {duplicate['id']} is already present."

    assert (f"id: {said}", "invalid_request", said, "id", 400) == (
        duplicate["message"],
        duplicate["type"],
        duplicate["error_msg"],
        duplicate["error_param"],
        duplicate["http_status_code"],
    )


@pytest.mark.unconfirmed("chargebee.request.unreadable")
@pytest.mark.parametrize(
    "form",
    [b"\xff\xfe", b"company=%FF%FE", b"company=%zz", b"company=%", b"a&" * 20_000],
    ids=lambda form: form[:12].decode("ascii", "replace"),
)
def test_an_odd_form_is_refused(form: bytes, site: Site) -> None:
    """A form that cannot be decoded gets an error in JSON, and changes nothing."""
    made = site.customer()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = site.raw.post(f"/customers/{made['id']}", content=form, headers=kind)

    assert ((400, "invalid_request"), made) == (said(answer), site.read(made))


# The site


@pytest.mark.sdk
def test_configurations_name_the_site(site: Site) -> None:
    """The site says its name, and that its catalog is of the second version."""
    found = site.sdk.Configuration.list().configurations[0]

    assert (site.sdk.env.site, "v2") == (found.domain, found.product_catalog_version)


@pytest.mark.sdk
def test_currencies_are_listed(site: Site) -> None:
    """The site lists its currencies, in upper case, and says which is its own."""
    rows = site.rows("currency")

    assert {"USD", "EUR"} <= {row["currency_code"] for row in rows}
    assert 1 == sum(row["is_base_currency"] for row in rows)


@pytest.mark.unconfirmed("chargebee.currency.taken")
def test_a_currency_is_added_once(site: Site) -> None:
    """A currency that the site has already is refused like a taken id."""
    sent = {"currency_code": "EUR", "forex_type": "auto"}

    assert taken("currency_code") == refused(site.sdk.Currency.create, sent)


@pytest.mark.documented("chargebee.currency-code.not-enabled")
@pytest.mark.parametrize("kind", ["customer", "invoice", "item_price"])
def test_another_currency_is_refused(kind: str, site: Site) -> None:
    """A currency that the site does not list cannot be used."""
    codes = {row["currency_code"] for row in site.rows("currency")}
    other = next(code for code in ("UZS", "MNT", "KZT") if code not in codes)
    param = f"{'preferred_' if kind == 'customer' else ''}currency_code"

    assert wrong(param) == refused(site.make, kind, **{param: other})


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
        *said(too_many),
        too_many.json().get("type"),
    )


@pytest.mark.documented("chargebee.trouble.too-many-calls")
def test_a_refusal_has_the_time_of_the_next_attempt(too_many: httpx.Response) -> None:
    """The refusal of a call too many has Retry-After, in whole seconds."""
    assert (429, True) == (
        too_many.status_code,
        too_many.headers.get("retry-after", "").isdecimal(),
    )


#: Documented: the reads, and the writes, that a test site answers at once.
AT_ONCE = 50


@pytest.mark.documented("chargebee.trouble.calls-at-once")
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/configurations"), ("POST", "/customers")]
)
def test_fifty_calls_are_answered_at_once(
    method: str, path: str, at_once: Callable[..., list[int]]
) -> None:
    """A read or write beyond the fifty that are answered at once is refused."""
    assert [*[200] * AT_ONCE, 429] == at_once(AT_ONCE + 1, method, path)
