"""What must not be in a recording is not in it."""

from __future__ import annotations

import json

import pytest
import requests

from dataflow.evidence.hosts import Hosts
from dataflow.evidence.playing import Recorder, inserted
from dataflow.evidence.scrubbing import Scrubber
from dataflow.twin.http_server import TwinServer
from dataflow.twin.messages import Request, Response

#: The key that the run knows of, and what it is not told about.
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
        with inserted(recorder):
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


@pytest.mark.parametrize("body", IN_A_BODY)
def test_a_secret_in_an_answer_is_hidden(body: dict[str, object]) -> None:
    """A token in an address or by its name, and a known key anywhere, is hidden."""
    text = recorded(body)

    assert (False, False, True) == (SEEDED in text, KEY in text, "[hidden]" in text)


@pytest.mark.parametrize("body", IN_A_BODY)
def test_a_secret_in_a_request_is_hidden(body: dict[str, object]) -> None:
    """What is sent is recorded with the same care as what comes back."""
    text = recorded({}, body=body)

    assert (False, False, True) == (SEEDED in text, KEY in text, "[hidden]" in text)


@pytest.mark.parametrize(
    "query", [f"api_key={SEEDED}", f"card%5Btoken%5D={SEEDED}", f"q=x{KEY}x"]
)
def test_a_secret_in_a_query_is_hidden(query: str) -> None:
    """A key in a query, by its name or its value, is hidden."""
    text = recorded({}, path=f"/customers?{query}")

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
