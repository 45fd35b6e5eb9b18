"""A recording contains no secret and no real address."""

from __future__ import annotations

import json

import pytest
import requests

from dataflow.network.hosts import Hosts
from dataflow.recordings.replay import Recorder, insert_cassette
from dataflow.recordings.scrub import Scrubber
from dataflow.twin.http_server import TwinServer
from dataflow.twin.messages import Request, Response

#: A key that the run knows, and a secret that it does not know.
KEY, SEEDED = "seeded-key-of-an-account", "s3cr3t-of-a-test"


def recorded(
    answer: object,
    headers: dict[str, str] | None = None,
    *,
    path: str = "/customers",
    body: object = None,
) -> str:
    """Return the text of an exchange, made with a key and a cookie."""

    def app(_: Request) -> Response:
        return Response(200, json.dumps(answer).encode(), headers or {})

    with TwinServer(app) as server:
        recorder = Recorder(
            Scrubber(Hosts({server.url: "invoiced.twin"}), {KEY: "Invoiced"})
        )
        with insert_cassette(recorder):
            requests.post(
                f"{server.url}{path}",
                json=body,
                auth=(KEY, ""),
                headers={"Cookie": f"session={SEEDED}"},
                timeout=1,
            )
    return json.dumps(recorder.exchanges)


IN_A_BODY = [
    {"url": f"https://acme.invoiced.com/invoices/{SEEDED}"},
    {"pdf_url": f"https://acme.invoiced.com/invoices/{SEEDED}/pdf"},
    {"list": [{"statement_url": f"https://acme.invoiced.com/statements/{SEEDED}"}]},
    {"api_key": SEEDED},
    {"nested": {"access_token": SEEDED}},
    {"said": f"the key is {KEY}."},
]


def exchanged(kind: str, value: object) -> str:
    """Return the text of an exchange with a value in its answer, body or query."""
    if kind == "answer":
        return recorded(value)
    if kind == "body":
        return recorded({}, body=value)
    return recorded({}, path=f"/customers?{value}")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("answer", body) for body in IN_A_BODY),
        *(("body", body) for body in IN_A_BODY),
        ("query", f"api_key={SEEDED}"),
        ("query", f"card%5Btoken%5D={SEEDED}"),
        ("query", f"q=x{KEY}x"),
    ],
)
def test_a_secret_is_hidden(kind: str, value: object) -> None:
    """A token in an address or by its name, and a known key anywhere, is hidden."""
    text = exchanged(kind, value)

    assert (False, False, True) == (SEEDED in text, KEY in text, "[hidden]" in text)


def test_keys_and_cookies_are_not_recorded() -> None:
    """Neither a key, nor a cookie of either side, nor the machine is recorded."""
    text = recorded({}, {"Set-Cookie": f"session={SEEDED}", "X-Machine": SEEDED})

    assert (False, False) == (SEEDED in text, KEY in text)


def test_the_headers_that_the_sdks_need_stay() -> None:
    """The links and the total count of a list are recorded."""
    text = recorded({}, {"Link": '<http://x>; rel="self"', "X-Total-Count": "7"})

    assert '"x-total-count": "7"' in text
    assert '"link"' in text


def test_the_real_address_is_not_recorded() -> None:
    """The recording names its host, and not the port where it happened to listen."""
    assert "127.0.0.1" not in recorded({"list": []})


def test_a_value_without_a_secret_stays() -> None:
    """Only secrets are hidden."""
    body = {"name": "Ada", "notes": "url", "website_url": "https://example.com/"}

    assert body == Scrubber(Hosts({})).body(body)
