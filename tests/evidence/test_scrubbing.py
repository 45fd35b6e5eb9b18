"""What must not be in a recording is not in it."""

from __future__ import annotations

import json

import pytest
import requests

from dataflow.evidence.hosts import Hosts
from dataflow.evidence.playing import Recorder, inserted
from dataflow.evidence.scrubbing import scrubbed
from dataflow.twin.server import TwinServer
from dataflow.twin.wire import Request, Response

SEEDED = "s3cr3t-of-a-test"


def recorded(answer: dict[str, object], headers: dict[str, str]) -> str:
    """Return the text of an exchange in which everything may hold the secret."""

    def app(_: Request) -> Response:
        return Response(200, json.dumps(answer).encode(), headers)

    with TwinServer(app) as server:
        recorder = Recorder(Hosts({server.url: "invoiced.twin"}), "x")
        with inserted(recorder):
            requests.get(
                f"{server.url}/customers",
                auth=(SEEDED, ""),
                headers={"Cookie": f"session={SEEDED}"},
                timeout=1,
            )
    return json.dumps(recorder.exchanges)


@pytest.mark.parametrize(
    "answer",
    [
        {"url": f"https://acme.invoiced.com/invoices/{SEEDED}"},
        {"pdf_url": f"https://acme.invoiced.com/invoices/{SEEDED}/pdf"},
        {"list": [{"statement_url": f"https://acme.invoiced.com/statements/{SEEDED}"}]},
        {"api_key": SEEDED},
        {"nested": {"access_token": SEEDED}},
    ],
)
def test_a_token_in_a_body_is_cut(answer: dict[str, object]) -> None:
    """A token in a body, in an address or by its name, is not recorded."""
    assert SEEDED not in recorded(answer, {})


def test_keys_and_cookies_are_not_recorded() -> None:
    """Neither a key, nor a cookie of either side, is recorded."""
    text = recorded({}, {"Set-Cookie": f"session={SEEDED}", "X-Machine": SEEDED})

    assert SEEDED not in text


def test_the_headers_that_the_sdks_need_stay() -> None:
    """The links and the total count of a list are recorded."""
    text = recorded({}, {"Link": '<http://x>; rel="self"', "X-Total-Count": "7"})

    assert '"x-total-count": "7"' in text
    assert '"link"' in text


def test_the_real_address_is_not_recorded() -> None:
    """The recording names its host, and not the port where it happened to listen."""
    assert "127.0.0.1" not in recorded({"list": []}, {})


def test_a_value_without_a_secret_stays() -> None:
    """Only tokens are cut."""
    body = {"name": "Ada", "notes": "url", "website_url": "https://example.com/"}

    assert body == scrubbed(body)
