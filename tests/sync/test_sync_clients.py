"""What the clients send, and what they make of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest

from dataflow.errors import DataflowError, SettingsError, TryAgainError
from dataflow.sync.clients.chargebee import Chargebee, encode_form
from dataflow.sync.clients.connection import HttpConnection, open_connection
from dataflow.sync.clients.invoiced import Invoiced
from dataflow.sync.errors import (
    DuplicateError,
    KeyRefusedError,
    MappingError,
    NotFoundError,
    RefusedError,
)
from dataflow.sync.record_types import CUSTOMER, ITEM, ORDER, find_kind
from tests.sync.world import World, connected, read_list


def answering(status: int, body: object = None, **headers: str) -> HttpConnection:
    """Return a connection that gets one answer to everything."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return connected(lambda _: httpx.Response(status, content=content, headers=headers))


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"message": "no", "param": "name"}, RefusedError),
        (400, {"message": "no", "api_error_code": "duplicate_entry"}, DuplicateError),
        (400, {"message": "no", "error_code": "param_not_unique"}, DuplicateError),
        (401, {"message": "who?"}, KeyRefusedError),
        (402, {"message": "no"}, RefusedError),
        (403, {"message": "no"}, RefusedError),
        (404, {"message": "gone"}, NotFoundError),
        (404, {"message": "no", "api_error_code": "site_not_found"}, RefusedError),
        (409, {"message": "no"}, RefusedError),
        (429, {"message": "slow down"}, TryAgainError),
        (500, {"message": "oh"}, TryAgainError),
        (502, b"<html>", TryAgainError),
        (400, b"<html>", RefusedError),
        (301, b"", RefusedError),
        (200, b"<html>", TryAgainError),
        (200, [], TryAgainError),
        (200, {}, TryAgainError),
    ],
)
def test_each_answer_has_its_error(
    status: int, body: object, error: type[DataflowError]
) -> None:
    """The status, the codes and the shape of an answer name what went wrong."""
    with pytest.raises(error) as caught:
        Chargebee.over(answering(status, body)).get(CUSTOMER, "7")

    assert error is type(caught.value)


def test_no_answer_asks_for_another_try() -> None:
    """A host that cannot be reached is named, and may be there later."""

    def down(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(TryAgainError, match=r"http://a\.test") as error:
        Invoiced.over(connected(down)).get(CUSTOMER, "7")

    assert isinstance(error.value, TryAgainError)


def test_a_refusal_carries_what_was_said() -> None:
    """Vendor, status, message and parameter are there to be told."""
    body = {"message": "too long", "param": "email"}
    with pytest.raises(RefusedError) as error:
        Chargebee.over(answering(400, body)).create(CUSTOMER, {})

    assert ("Chargebee", 400, "too long", "email") == (
        error.value.vendor,
        error.value.status_code,
        error.value.message,
        error.value.param,
    )


def test_fractions_are_exact() -> None:
    """An amount is the digits that were sent, not the nearest binary number."""
    record = Invoiced.over(answering(200, b'{"id": 1, "total": 0.1}')).get(ORDER, "1")

    assert Decimal("0.1") == record["total"]


def test_the_key_is_the_user_name() -> None:
    """Both vendors take the key as the Basic user name, without a password."""
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json={"id": 7})

    transport = httpx.MockTransport(handle)
    Invoiced.over(HttpConnection("http://a.test", "KEY", transport)).get(CUSTOMER, "7")

    assert ["Basic S0VZOg=="] == seen


def test_nested_values_become_flat_fields() -> None:
    """Attribute first and index second, and JSON where JSON is asked for."""
    params = {
        "line_items": {"amount": [1, 2]},
        "meta_data": {"invoiced_id": "7"},
        "shipping_address": {"city": "Turin", "object": "shipping_address"},
        "company": None,
        "on": True,
    }

    assert {
        "line_items[amount][0]": "1",
        "line_items[amount][1]": "2",
        "meta_data": '{"invoiced_id": "7"}',
        "shipping_address[city]": "Turin",
        "company": "",
        "on": "true",
    } == encode_form(params)


def test_fractions_stay_fractions() -> None:
    """What an answer holds can be sent back: a fraction of its metadata for one."""
    sent: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request.content.decode())
        return httpx.Response(200, content=b'{"id": 7, "metadata": {"rate": 1.5}}')

    invoiced = Invoiced.over(connected(handle))
    record = invoiced.get(CUSTOMER, "7")
    invoiced.patch(CUSTOMER, "7", {"metadata": record["metadata"]})

    assert ['{"metadata": {"rate": 1.5}}', '{"rate": 1.5}', "100"] == [
        sent[1],
        encode_form({"meta_data": record["metadata"]})["meta_data"],
        encode_form({"price": Decimal("1E+2")})["price"],
    ]


def test_a_fraction_that_would_change_is_refused() -> None:
    """More digits than JSON carries safely are never sent rounded."""
    exact = Decimal("0.1234567890123456789")
    with pytest.raises(MappingError) as error:
        encode_form({"meta_data": {"rate": exact}})

    assert str(exact) in str(error.value)


def test_a_password_in_an_address_is_not_shown() -> None:
    """What is told about a host out of reach may end up in a log."""

    def down(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    url = "http://user:secret@a.test"
    connection = HttpConnection(url, "KEY", httpx.MockTransport(down))
    with pytest.raises(TryAgainError, match=r"http://a\.test") as error:
        Invoiced.over(connection).get(CUSTOMER, "7")

    assert "secret" not in str(error.value)


def test_an_unusable_proxy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of a kind that needs more than is installed is no traceback."""
    monkeypatch.setenv("HTTP_PROXY", "socks5://user:secret@x:1")
    for name in ("no_proxy", "NO_PROXY"):  # set by the guard of a run
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError) as error:
        open_connection("http://a.test", "KEY")

    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://a.test", "http://proxy.test:3128"),
        ("http://b.test", None),
        ("http://127.0.0.1:80", None),
    ],
    ids=["host", "exempt", "loopback"],
)
def test_the_proxy_of_the_environment_is_used(
    url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection uses it, but not to hosts of NO_PROXY and not to loopback."""
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "proxy.test:3128")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "b.test")
    used: list[object] = []
    monkeypatch.setattr(httpx, "HTTPTransport", lambda **each: used.append(each))
    open_connection(url, "KEY")

    assert [{"verify": False, "proxy": proxy}] == used


def test_billing_info_is_sent_whole() -> None:
    """A customer's address is sent with its VAT number, in a call of its own."""
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.url.path} {request.content.decode()}")
        return httpx.Response(200, json={"customer": {"id": "7", "vat_number": "GB1"}})

    params = {"billing_address": {"city": "Turin"}, "phone": "1"}
    Chargebee.over(connected(handle)).update(CUSTOMER, "7", params)

    billing = "vat_number=GB1&billing_address%5Bcity%5D=Turin"
    assert [
        "/customers/7 ",
        f"/customers/7/update_billing_info {billing}",
        "/customers/7 phone=1",
    ] == seen


def test_a_deleted_invoice_is_found_by_the_list(world: World) -> None:
    """An invoice that answers 404 is looked up in the list with the deleted ones."""
    person = world.right("POST", "/customers")["customer"]["id"]
    bill = {"id": "inv", "customer_id": person, "currency_code": "EUR", "date": 1}
    line = {"line_items": {"description": ["Tea"], "amount": [5]}}
    world.right("POST", "/invoices/import_invoice", **bill, total=5, **line)
    world.right("POST", "/invoices/inv/delete")
    site = Chargebee.over(world.connect_right())

    assert site.invoice("inv")["deleted"] is True


def test_an_unknown_invoice_is_not_found(world: World) -> None:
    """An invoice that no list has raises NotFoundError."""
    with pytest.raises(NotFoundError):
        Chargebee.over(world.connect_right()).invoice("inv")

    assert "GET /invoices" == world.calls[-1]


def test_an_id_cannot_leave_its_place() -> None:
    """An id with a slash is no path of its own."""
    seen: list[bytes] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path)
        return httpx.Response(200, json={"item": {"id": "a/b"}})

    Chargebee.over(connected(handle)).get(ITEM, "a/b")

    assert [b"/items/a%2Fb"] == seen


def test_chargebees_pages_are_followed_to_the_end() -> None:
    """The token of a page leads to the next one until there is none."""

    def handle(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("offset", 0))
        more = {"next_offset": str(page + 1)} if page < 2 else {}
        return httpx.Response(200, json={"list": [{"item": {"id": str(page)}}], **more})

    records, _ = read_list(Chargebee.over(connected(handle)), ITEM)

    assert ["0", "1", "2"] == [record["id"] for record in records]


def test_deleted_records_are_asked_for() -> None:
    """Deletions in Chargebee are seen in its lists."""
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        params = request.url.params
        seen.append(params.get("include_deleted") or params["status[in]"])
        return httpx.Response(200, json={"list": []})

    for kind in (CUSTOMER, ORDER, ITEM):
        read_list(Chargebee.over(connected(handle)), kind)

    assert ["true", "true", '["active","archived","deleted"]'] == seen


def test_invoiceds_pages_are_followed_to_the_end() -> None:
    """Pages are asked for by number, wherever a link would lead."""

    def handle(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        link = '<http://evil.test/>; rel="next"' if page < 3 else ""
        headers = {"link": f'{link}, <http://a>; rel="last"', "x-total-count": "3"}
        return httpx.Response(200, json=[{"id": page}], headers=headers)

    records, _ = read_list(Invoiced.over(connected(handle)), CUSTOMER)

    assert [1, 2, 3] == [record["id"] for record in records]


def test_a_list_that_shrank_is_read_again() -> None:
    """A record pushed over the edge of a page by a deletion is not missed."""
    readings = iter([[1, 3], [2, 3]])

    def handle(_: httpx.Request) -> httpx.Response:
        body = [{"id": number} for number in next(readings)]
        return httpx.Response(200, json=body, headers={"x-total-count": "3"})

    records, _ = read_list(Invoiced.over(connected(handle)), CUSTOMER)

    assert [1, 3, 2] == [record["id"] for record in records]


def test_items_are_read_in_full() -> None:
    """Invoiced does not cut its items by time, so no time is sent."""
    seen: list[bool] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append("updated_after" in request.url.params)
        return httpx.Response(200, json=[])

    for kind in (ITEM, CUSTOMER):
        read_list(Invoiced.over(connected(handle)), kind, 1)

    assert [False, True] == seen


def test_unknown_record_types_are_named() -> None:
    """A section that the sync has no words for is refused with what it knows."""
    with pytest.raises(MappingError) as error:
        find_kind("Plans", "Plan")

    assert "'Plans' to 'Plan'" in str(error.value)


def test_every_write_asks_for_no_email(world: World) -> None:
    """Chargebee has a header for this, and the sync sends it with each write."""
    world.invoice(world.customer())
    world.item()
    asked: dict[str, set[str | None]] = {}

    def look(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        headers = asked.setdefault(request.method, set())
        headers.add(request.headers.get("chargebee-event-email"))
        return answer()

    with world.failing(look):
        world.sync()

    assert {"GET": {None}, "POST": {"all-disabled"}} == asked
