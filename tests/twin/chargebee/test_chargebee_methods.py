"""Every method of Chargebee's own client, called with as little as it takes."""

from __future__ import annotations

import enum
import inspect
import json
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from chargebee.main import Chargebee
from chargebee.model import Model

from dataflow.twin.chargebee import ChargebeeTwin
from dataflow.twin.gateway import LockedTwin
from tests.contract.chargebee.site import A_DATE, Site
from tests.twin.chargebee.conftest import KEY, SITE
from tests.twin.sdk_methods import (
    Exchange,
    call_anyway,
    find_methods,
    is_not_built,
    record_exchanges,
)

#: The id of the one record of each kind.
ID = "x"
#: Values of required parameters that no type describes.
VALUES: Mapping[str, object] = {
    "currency_code": "USD",
    "date": A_DATE,
    "domain": SITE,
    "forex_type": "auto",
    "from_customer_id": "other",
    "id": "new",
    "name": "New",
    "payment_method": "cash",
    "price": 100,
    "status": "queued",
}
#: What answers have beside the client's declarations: recorded in `tests/contract`.
RECORDED = {
    "customer.mrr",
    "invoice.base_currency_code",
    "order.base_currency_code",
    "order.exchange_rate",
}
#: What the smallest call is refused for: the currency exists; no customer, currency,
#: payment or price is named; records depend on it; the site is of the new kind.
REFUSED = {
    "Currency.create": "duplicate_entry",
    "Invoice.create_for_charge_items_and_charges": "param_wrong_value",
    "Invoice.import_invoice": "param_wrong_value",
    "Invoice.record_payment": "param_wrong_value",
    "Invoice.remove_payment": "param_wrong_value",
    "Item.delete": "invalid_state_for_request",
    "ItemFamily.delete": "invalid_state_for_request",
    "ItemPrice.create": "param_wrong_value",
    "Order.create": "invalid_request",
    "Transaction.delete_offline_transaction": "resource_not_found",
}
#: All codes of errors that Chargebee documents, by status.
DOCUMENTED = {
    400: {
        "duplicate_entry", "param_wrong_value", "invalid_request",
        "resource_limit_exhausted", "resource_limit_exceeded",
        "configuration_incompatible", "payment_processing_failed",
        "payment_method_verification_failed", "payment_method_not_present",
        "payment_gateway_currency_incompatible", "payment_intent_invalid",
        "payment_intent_invalid_amount",
    },
    404: {"resource_not_found", "site_not_found"},
    405: {"http_method_not_supported"},
    409: {"invalid_state_for_request"},
    422: {"unable_to_process_request"},
}  # fmt: skip
#: What each error has, documented.
ERROR = {"message", "type", "api_error_code", "error_code", "error_msg"}


def smallest(type_: Any, name: str = "") -> Any:  # noqa: ANN401 - what a client takes
    """Return the smallest value of a type: of a dictionary, its required keys."""
    if name in VALUES:
        return VALUES[name]
    if typing.is_typeddict(type_):
        hints = typing.get_type_hints(type_)
        return {key: smallest(hints[key], key) for key in type_.__required_keys__}
    if typing.get_origin(type_) is list:
        return [smallest(typing.get_args(type_)[0])]
    if isinstance(type_, type) and issubclass(type_, enum.Enum):
        return next(iter(type_))
    return {int: 1, float: 1.0, bool: True}.get(type_, ID)


def find_misfits(value: object, type_: Any, path: str) -> Iterator[str]:  # noqa: ANN401
    """Yield the parts of an answer that the client's classes do not declare so."""
    if isinstance(type_, type) and issubclass(type_, Model):
        hints = typing.get_type_hints(type_) | {"object": str}
        for key, inner in dict(value).items():  # type: ignore[call-overload]
            yield from (
                find_misfits(inner, hints[key], f"{path}.{key}")
                if key in hints
                else {f"{path}.{key}"} - RECORDED
            )
    elif typing.get_origin(type_) is list and isinstance(value, list):
        for each in value:
            yield from find_misfits(each, typing.get_args(type_)[0], path)
    elif isinstance(type_, type) and not isinstance(value, type_):
        yield f"{path} is {value!r}"


def outcome(method: Callable[..., Any], found: list[Exchange]) -> str:
    """Return what the last answer is: not built, fitting, refused, or wrong."""
    if not found:
        return "wrong: no call"
    _, response = found[-1]
    if is_not_built(response):
        return "not built"
    body = json.loads(response.body)
    if response.status != 200:
        code = body["api_error_code"]
        is_documented = code in DOCUMENTED.get(response.status, ())
        return code if is_documented and set(body) >= ERROR else f"wrong: {body}"
    declared = typing.get_type_hints(inspect.signature(method).return_annotation)
    rows = [body]
    if "list" in declared:
        rows, (row,) = body["list"], typing.get_args(declared["list"])
        declared = typing.get_type_hints(row)
    wrong = [
        misfit
        for row in rows
        for name, value in row.items()
        for misfit in find_misfits(value, declared.get(name, Model), name)
    ]
    return f"wrong: {wrong}" if wrong else "fits"


def fill(site: Site) -> Mapping[str, str]:
    """Make a record of each kind, and another customer; return ids that are not `ID`.

    They are by the client's name of the resource.
    """
    site.customer(id=ID)
    site.customer(id="other")
    site.item(id=ID, item_family_id=site.family(id=ID)["id"])
    site.price({"id": ID}, id=ID)
    site.invoice(id=ID, customer_id=ID)
    site.order(id=ID, invoice_id=ID)
    about = {"entity_type": "customer", "entity_id": ID, "notes": "Ok"}
    comment = site.sdk.Comment.create(about).comment
    event = site.sdk.Event.list({"limit": 1}).list[0].event
    currency = site.sdk.Currency.list().list[-1].currency
    return {"Comment": comment.id, "Event": event.id, "Currency": currency.id}


def find_calls(client: Chargebee) -> Iterator[tuple[str, Any, Callable[..., Any]]]:
    """Yield the methods of a client that make a call: the resource, and the method."""
    known = {"self", "id", "params", "headers"}
    for resource, kind in vars(client).items():
        for _, method in find_methods(type(kind)):
            names = inspect.signature(method).parameters.keys()
            if "headers" in names and known >= names:
                yield resource, kind, method


def arguments_of(method: Callable[..., Any], key: str) -> list[object]:
    """Return the required arguments of a method, with this id."""
    return [
        key if name == "id" else smallest(parameter.annotation)
        for name, parameter in inspect.signature(method).parameters.items()
        if name != "self" and parameter.default is inspect.Parameter.empty
    ]


@pytest.fixture
def outcomes(twin: ChargebeeTwin, site: Site) -> Mapping[str, str]:
    """Return what each method of the client got; what is built, on a filled site."""
    results = {}
    with record_exchanges(LockedTwin(twin).handle) as (url, found):
        client = Chargebee(KEY, SITE)
        client.env.protocol = "http"
        # Calls of other hosts, such as those of usages, come to the twin too.
        client.env.api_url = lambda path, _host=None: f"{url}/api/v2{path}"
        for resource, kind, method in find_calls(client):
            call_anyway(method, kind, *arguments_of(method, ID))
            if found and not is_not_built(found[-1][1]):
                twin.reset()
                key = fill(site).get(resource, ID)
                call_anyway(method, kind, *arguments_of(method, key))
            results[f"{resource}.{method.__name__}"] = outcome(method, found)
            found.clear()
    return results


@pytest.mark.slow
def test_each_method_gets_an_answer(outcomes: Mapping[str, str]) -> None:
    """A method gets an answer that Chargebee could give, or the twin's: not built."""
    others = {k: v for k, v in outcomes.items() if v not in {"fits", "not built"}}

    assert len(outcomes) > 490
    assert REFUSED == others
