"""What the Invoiced twin refuses before it looks at a record."""

from __future__ import annotations

import base64
import json

import invoiced
import pytest
from invoiced.errors import ApiError, AuthenticationError

from dataflow.twin.clock import ManualClock
from dataflow.twin.evidence import Evidence
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.customers import READERS as CUSTOMER
from dataflow.twin.invoiced.invoices import READERS as INVOICE
from dataflow.twin.invoiced.items import EDITABLE, FIXED
from dataflow.twin.messages import Request, Response
from tests.twin.invoiced.calling import JSON, KEY, Raw, refused, rests_on


def ask(twin: InvoicedTwin, method: str, path: str, body: object) -> Response:
    """Ask a twin directly, without a server between."""
    token = base64.b64encode(f"{KEY}:".encode()).decode()
    sent = b"" if body is None else json.dumps(body).encode()
    headers = {"authorization": f"Basic {token}", **JSON}
    return twin.handle(Request(method, path, headers=headers, body=sent))


def test_another_key_is_not_let_in(invoiced_server: TwinServer) -> None:
    """A wrong key answers 401 and shows six of its characters."""
    client = invoiced.Client("INVALID")
    client.api_url = invoiced_server.url

    with pytest.raises(AuthenticationError) as caught:
        client.Customer.list()

    assert {
        "type": "invalid_request",
        "message": "We could not authenticate you with the API Key: INV*LID",
    } == caught.value.error


def test_a_short_key_is_not_shown(invoiced_raw: Raw) -> None:
    """A key of six characters or fewer is masked as a whole."""
    answer = invoiced_raw("GET", "/customers", auth=("SECRET", ""))

    assert answer.json()["message"].endswith(": ******")


@pytest.mark.parametrize("authorization", [None, "Bearer " + KEY, "Basic ???"])
def test_no_key_is_not_let_in(invoiced_raw: Raw, authorization: str | None) -> None:
    """A call without a key answers 401 and says where a key goes."""
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = invoiced_raw("GET", "/customers", auth=None, headers=headers)

    assert 401 == answer.status_code
    assert answer.json()["message"].startswith("Missing API key!")


def test_every_answer_names_its_realm(invoiced_raw: Raw) -> None:
    """Also a success carries the headers that were read about."""
    headers = invoiced_raw("GET", "/customers").headers

    assert 'Basic realm="Invoiced"' == headers["WWW-Authenticate"]


def test_curl_is_answered_for_people(invoiced_raw: Raw) -> None:
    """An answer to curl has a line for each key, and says the same."""
    by_hand = invoiced_raw("GET", "/nope", headers={"User-Agent": "curl/8.5.0"})
    answer = invoiced_raw("GET", "/nope")

    assert (4, answer.json()) == (by_hand.text.count("\n"), by_hand.json())


def test_nothing_stays_nothing_for_curl(invoiced_raw: Raw) -> None:
    """A delete by hand answers without a body."""
    made = invoiced_raw("POST", "/customers", json={"name": "Acme"}).json()
    headers = {"User-Agent": "curl/8.5.0"}
    answer = invoiced_raw("DELETE", f"/customers/{made['id']}", headers=headers)

    assert (204, b"") == (answer.status_code, answer.content)


@pytest.mark.parametrize(
    "path", ["/", "/nope", "/customers/", "/customers/1/nope", "/items/a/void"]
)
def test_an_unknown_path_is_not_found(invoiced_raw: Raw, path: str) -> None:
    """A path that is no route answers 404 and repeats it."""
    answer = invoiced_raw("GET", path)

    expected = {
        "type": "invalid_request",
        "message": f"Request was not recognized: GET {path}",
    }
    assert (404, expected) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/customers/1"),
        ("POST", "/invoices/1"),
        ("DELETE", "/items"),
        ("PATCH", "/customers"),
        ("GET", "/invoices/1/void"),
    ],
)
def test_a_wrong_method_is_not_allowed(
    invoiced_client: invoiced.Client, method: str, path: str
) -> None:
    """A known path with another method answers 405."""
    with pytest.raises(ApiError) as caught:
        invoiced_client.request(method, path)

    assert 405 == caught.value.status_code


@pytest.mark.parametrize("kind", ["Customer", "Invoice", "Item"])
@pytest.mark.parametrize("identifier", ["77", "none", "1" * 40, "٣"])
def test_an_unknown_id_is_not_found(
    invoiced_client: invoiced.Client, kind: str, identifier: str
) -> None:
    """An id that does not exist answers 404, whatever it looks like."""
    resource = getattr(invoiced_client, kind)

    assert (404, None) == refused(lambda: resource.retrieve(identifier))


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"7",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"credit_limit": 1e999}',
        b'{"credit_limit": ' + b"9" * 5000 + b"}",
        b'{"metadata": ' + b'{"a":' * 40 + b"1" + b"}" * 41,
        b"[" * 100_000,
    ],
)
def test_a_malformed_body_is_refused(
    invoiced_raw: Raw, invoiced_twin: InvoicedTwin, body: bytes
) -> None:
    """A body that is no JSON object answers 400, which is unconfirmed."""
    answer = invoiced_raw("POST", "/customers", data=body, headers=JSON)

    assert (400, "invalid_request") == (answer.status_code, answer.json()["type"])
    assert rests_on(invoiced_twin, b.BODY_MALFORMED)


def test_a_body_may_be_missing(invoiced_raw: Raw) -> None:
    """A POST without a body is one with an empty object."""
    assert "name" == invoiced_raw("POST", "/customers").json()["param"]


#: What nobody should send, in any field.
JUNK: list[object] = [
    *(None, True, False, 0, -1, 1, 1.5, 10**30, 1e300, "", " ", "x", "x" * 300),
    *("usd", "a@b.example", "NET 9999", "\ud800", "0", [], [[]], [None], [{}], {}),
    *({"a": {}}, {"id": 1_000_001}, [{"id": "x"}], [{"amount": 1e11}]),
    *([{"unit_cost": 1e11, "quantity": 1e11}], [{"catalog_item": []}], [{"tax": {}}]),
]
OTHERS = ("customer", "items", "taxes", "tax", "discounts", "discount")


@pytest.mark.parametrize("junk", JUNK, ids=repr)
@pytest.mark.parametrize(
    ("path", "good", "fields"),
    [
        ("/customers", {"name": "A"}, [*CUSTOMER]),
        ("/invoices", {"customer": 1_000_001, "draft": True}, [*INVOICE, *OTHERS]),
        ("/items", {"name": "A"}, [*EDITABLE, *FIXED]),
    ],
)
def test_no_value_makes_the_twin_fail(
    path: str, good: dict[str, object], fields: list[str], junk: object
) -> None:
    """Whatever a field is set to, the twin takes or refuses it, and reads it back."""
    twin = InvoicedTwin(ManualClock(), key=KEY)
    ask(twin, "POST", "/customers", {"name": "A"})
    record = json.loads(ask(twin, "POST", path, good).body)
    one = f"{path}/{record['id']}"
    statuses = set()
    for field in fields:
        new = ask(twin, "POST", path, {**good, field: junk})
        edit = ask(twin, "PATCH", one, {field: junk})
        listed = ask(twin, "GET", path, None)
        statuses |= {new.status, edit.status, listed.status}

    assert statuses <= {200, 201, 400}


def test_the_unconfirmed_can_be_listed() -> None:
    """What a real account must confirm has names, each of them once."""
    found = [x.name for x in b.ALL if x.evidence is Evidence.UNCONFIRMED]

    assert "invoiced.invoice.customer-immutable" in found
    assert len(b.ALL) == len({behaviour.name for behaviour in b.ALL})


def test_a_twin_without_a_host_links_to_its_own_address() -> None:
    """A request that does not say where it was sent to gets links to `url`."""
    twin = InvoicedTwin(ManualClock(), key="k", url="http://twin.invalid")

    answer = twin.handle(
        Request("GET", "/items", headers={"authorization": "Basic azo="})
    )
    assert answer.headers["Link"].startswith("<http://twin.invalid/items?page=1>")
