"""Writes that are sent to the Invoiced twin as forms."""

from __future__ import annotations

from typing import Any

import invoiced
import pytest

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.api import InvoicedTwin
from tests.twin.invoiced.calling import Raw, rests_on


def test_a_form_creates_a_customer(invoiced_raw: Raw) -> None:
    """A form is as good as JSON; what looks like a number stays a text in a text."""
    sent = {"name": "42", "chase": "false", "metadata[a]": "b"}
    made = invoiced_raw("POST", "/customers", data=sent).json()

    assert ("42", False, {"a": "b"}) == (made["name"], made["chase"], made["metadata"])


def test_a_form_has_lines(invoiced_raw: Raw, invoiced_client: invoiced.Client) -> None:
    """Lines are numbered, and their amounts are numbers."""
    customer = invoiced_client.Customer.create(name="Acme")
    sent = {
        "customer": customer["id"],
        "items[0][name]": "Paper",
        "items[0][unit_cost]": "1.25",
        "items[1][unit_cost]": "2",
        "items[1][quantity]": "3",
    }
    made = invoiced_raw("POST", "/invoices", data=sent).json()

    assert 7.25 == made["total"]


def test_a_text_is_no_number_in_json(invoiced_raw: Raw) -> None:
    """In JSON, a number that is sent as a text is still refused."""
    sent = {"name": "Acme", "chase": "false"}

    assert 400 == invoiced_raw("POST", "/customers", json=sent).status_code


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded"]
)
def test_json_by_another_name_is_refused(
    invoiced_raw: Raw, invoiced_twin: InvoicedTwin, kind: str | None
) -> None:
    """JSON that is sent as something else is refused, which is only assumed.

    The disease: a program that forgets the header works on the twin alone.
    """
    headers = {} if kind is None else {"content-type": kind}
    body = '{"name": "Acme"}'
    answer = invoiced_raw("POST", "/customers", data=body, headers=headers)

    assert (400, True) == (answer.status_code, rests_on(invoiced_twin, b.BODY_TYPE))


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON"]
)
def test_json_may_say_more_of_its_type(invoiced_raw: Raw, kind: str) -> None:
    """The content type of JSON may name a charset, in letters of any case."""
    headers, body = {"content-type": kind}, '{"name": "Acme"}'
    answer = invoiced_raw("POST", "/customers", data=body, headers=headers)

    assert 201 == answer.status_code


def test_what_a_form_rests_on_is_noted(
    invoiced_raw: Raw, invoiced_twin: InvoicedTwin
) -> None:
    """That texts of a form become numbers is only assumed."""
    invoiced_raw("POST", "/customers", data={"name": "Acme"})

    assert rests_on(invoiced_twin, b.FORM_TEXTS)


@pytest.mark.parametrize("word", ["false", "0"])
def test_no_in_a_form_is_no(
    invoiced_raw: Raw,
    invoiced_client: invoiced.Client,
    invoice: Any,  # noqa: ANN401
    word: str,
) -> None:
    """A form can reopen a closed invoice, and say that it is no draft."""
    invoice.save(closed=True)
    sent = {"closed": word, "draft": word}
    invoiced_raw("PATCH", f"/invoices/{invoice['id']}", data=sent)

    assert invoiced_client.Invoice.retrieve(invoice["id"])["closed"] is False


@pytest.mark.parametrize(
    "body", ["name=", "=", "a[b=c", "items[][name]=x", "a" + "[b]" * 5000]
)
def test_an_odd_form_is_refused(invoiced_raw: Raw, body: str) -> None:
    """A form without a name in it creates no customer."""
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = invoiced_raw("POST", "/customers", data=body, headers=kind)

    assert (400, "name") == (answer.status_code, answer.json()["param"])
