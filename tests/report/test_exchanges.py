"""The log of exchanges: requests and answers, readable and without keys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataflow.harness.step_exchanges import StepExchanges
from dataflow.network.hooks import Exchange
from dataflow.report.exchanges import render_exchanges


def call(  # noqa: PLR0913 - the parts of an exchange
    *,
    method: str = "GET",
    path: str = "/items",
    query: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    status: int = 200,
    answer: bytes = b"",
) -> Exchange:
    """Return an exchange with Invoiced."""
    return Exchange("Invoiced", method, path, query, body, status, answer)


def details(*calls: Exchange) -> list[str]:
    """Return the lines of these calls, below their step."""
    text = render_exchanges([StepExchanges("When it is so", list(calls))])
    return text.partition("===== When it is so\n\n")[2].splitlines()


def answered(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return the lines of an answer in JSON."""
    lines = details(call(answer=json.dumps(value).encode()))
    return [line.removeprefix("  < ") for line in lines if line.startswith("  < ")]


def test_no_exchange_is_no_text() -> None:
    """Steps without a call leave nothing to attach."""
    assert "" == render_exchanges([StepExchanges("Given nothing")])


def test_the_overview_comes_first() -> None:
    """Each call has a line below its step, numbered through."""
    text = render_exchanges(
        [
            StepExchanges("Given one", [call()]),
            StepExchanges("When two", [call(), call()]),
        ]
    )

    assert [
        "Given one",
        "     1  200  Invoiced GET /items",
        "",
        "When two",
        "     2  200  Invoiced GET /items",
        "     3  200  Invoiced GET /items",
        "",
    ] == text.splitlines()[:7]


def test_a_call_is_shown_in_full() -> None:
    """Method, path, query, body, status and answer are there."""
    told = details(
        call(
            method="POST",
            query=(("page", "2"),),
            body=b'{"name": "Ada"}',
            status=201,
            answer=b'{"id": 7}',
        )
    )

    assert [
        "1  Invoiced POST /items",
        "  ? page = 2",
        '  > name = "Ada"',
        "201 Created",
        "  < id = 7",
        "",
    ] == told


def test_a_form_reads_like_json() -> None:
    """The pairs of a form are lines, decoded."""
    told = details(call(method="POST", body=b"first_name=Ada+K&line_items%5B0%5D=1"))

    assert ["  > first_name = Ada K", "  > line_items[0] = 1"] == told[1:3]


def test_values_keep_their_types() -> None:
    """Text, number, truth and emptiness can be distinguished."""
    value = {"a": "1", "b": 1, "c": True, "d": {}, "e": [{"f": 0.5}]}

    assert ['a = "1"', "b = 1", "c = true", "d = {}", "e[0].f = 0.5"] == answered(value)


def test_null_values_share_a_line() -> None:
    """All null values are named in one line."""
    value = {"a": None, "b": 1, "c": [{"d": None}, {"d": None}]}

    assert ["b = 1", "null: a, c[].d"] == answered(value)


def test_a_long_page_is_cut() -> None:
    """A page of many records shows the first, and how many there are."""
    told = answered([{"id": number} for number in range(100)])

    assert ["[0].id = 0", "[1].id = 1", "[2].id = 2", "[...] 97 more"] == told


def test_an_answer_seen_before_is_referred_to() -> None:
    """A long answer is written once."""
    answer = json.dumps({"notes": "x" * 300}).encode()

    told = details(call(answer=answer), call(answer=answer))
    assert "  < the same as in 1" in told


@pytest.mark.parametrize("name", ["api_key", "client_secret", "token", "cookie"])
def test_a_value_whose_name_is_secret_is_hidden(name: str) -> None:
    """The value of a key is hidden in bodies, forms and queries."""
    secret = {name: "abc"}
    body = json.dumps(secret).encode()

    told = details(
        call(query=((name, "abc"),), body=f"{name}=abc".encode(), answer=body)
    )
    assert "abc" not in "\n".join(told)


def test_a_link_to_a_page_is_cut() -> None:
    """The token in the address of a page is hidden."""
    told = answered(
        {"pdf_url": "https://acme.invoiced.com/invoices/IZmXbVOPyvfD3GPBmyd6FwXY/pdf"}
    )

    assert ['pdf_url = "https://acme.invoiced.com/invoices/[hidden]/pdf"'] == told


@pytest.mark.parametrize("answer", [b"<html>no</html>", b"", b"\xff\x00", b"3"])
def test_any_answer_can_be_shown(answer: bytes) -> None:
    """An answer that is neither JSON nor a form is no error."""
    assert "1  Invoiced GET /items" == details(call(answer=answer))[0]
