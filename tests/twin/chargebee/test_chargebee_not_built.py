"""What Chargebee has and its twin lacks, and what Chargebee drops."""

from __future__ import annotations

import pytest

from dataflow.twin.messages import UNBUILT_HEADER
from tests.cases import cases
from tests.contract.chargebee.site import Site


@cases(
    "method, path, params, what",
    {
        "call": (
            "POST",
            "/customers/ada/relationships",
            {},
            "the call POST /customers/{id}/relationships",
        ),
        "literal": ("POST", "/customers/move", {}, "the call POST /customers/move"),
        "method": ("POST", "/invoices", {}, "the call POST /invoices"),
        "more": ("GET", "/credit_notes", {}, "the call GET /credit_notes"),
        "parameter": (
            "POST",
            "/customers",
            {"card[number]": "4111"},
            "the parameter card[number] of POST /customers",
        ),
        "row": (
            "POST",
            "/customers/ada",
            {"tax_providers_fields[field_id][0]": "x"},
            "the parameter tax_providers_fields[field_id][0] of POST /customers/{id}",
        ),
        "filter": (
            "GET",
            "/customers",
            {"relationship[parent_id][is]": "x"},
            "the parameter relationship[parent_id][is] of GET /customers",
        ),
    },
)
def test_what_is_not_built_is_no_answer_of_the_vendor(
    method: str, path: str, params: dict[str, str], what: str, ada: Site
) -> None:
    """A call or parameter that is not built answers 501 and names itself."""
    given = {"params" if method == "GET" else "data": params}
    answer = ada.raw.request(method, path, **given)  # type: ignore[arg-type]
    sentence = f"The twin of Chargebee does not have {what}, which Chargebee has."

    assert (501, sentence) == (answer.status_code, answer.headers[UNBUILT_HEADER])
    assert {"message": sentence} == answer.json()


@pytest.mark.parametrize("path", ["/unicorns", "/customers/ada/hug"])
def test_an_unknown_call_is_the_vendors_refusal(path: str, ada: Site) -> None:
    """A call that Chargebee does not have answers 404, without the twin's header."""
    answer = ada.raw.get(path)

    assert (404, False) == (answer.status_code, UNBUILT_HEADER in answer.headers)


def test_what_is_not_built_changes_nothing(ada: Site) -> None:
    """A write with a parameter that is not built writes nothing."""
    unbuilt = {"tax_providers_fields[field_id][0]": "x"}
    ada.raw.post("/customers/ada", data={"phone": "1", **unbuilt})

    assert "phone" not in ada.read({"id": "ada", "object": "customer"})


def test_an_unbuilt_answer_is_not_kept_for_a_key(ada: Site) -> None:
    """An idempotency key that met what is not built can be used again."""
    key = {"chargebee-idempotency-key": "k"}
    ada.raw.post("/customers", data={"card[number]": "4111"}, headers=key)
    answer = ada.raw.post("/customers", data={"id": "bob"}, headers=key)

    assert "bob" == answer.json()["customer"]["id"]


def test_a_price_with_tiers_is_not_sold_here(ada: Site) -> None:
    """A charge invoice for a price with tiers, which Chargebee sells, answers 501."""
    tier = {"starting_unit": 1, "price": 100}
    made = ada.price(ada.item(), pricing_model="tiered", price=None, tiers=[tier])
    data = {
        "customer_id": "ada",
        "currency_code": "USD",
        "item_prices[item_price_id][0]": made["id"],
    }
    path = "/invoices/create_for_charge_items_and_charges"

    assert 501 == ada.raw.post(path, data=data).status_code
