"""Make one call on a twin in this process, or on an account over HTTP."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

import httpx

from dataflow.contract.prepare import (
    Answer,
    Send,
    Values,
    encode_form,
    read_requests,
)
from dataflow.contract.variants import Parameters, Variant, generate
from dataflow.twin.chargebee import vendor_calls as of_chargebee
from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.chargebee.parameters import list_parameters
from dataflow.twin.chargebee.routes import PREFIX
from dataflow.twin.chargebee.routes import ROUTES as CHARGEBEE_ROUTES
from dataflow.twin.clock import Clock
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.invoiced import vendor_calls as of_invoiced
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.invoiced.routes import ROUTES as INVOICED_ROUTES
from dataflow.twin.messages import (
    UNBUILT_HEADER,
    Json,
    Request,
    Response,
    encode_basic_auth,
)

_KEY, _SITE = "test_key_of_variants", "variants-test"
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


class Twin(Protocol):
    """A twin in this process."""

    evidence: EvidenceLog

    def handle(self, request: Request) -> Response:
        """Answer one request."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """How to call one vendor; `calls` are the built ones, with all their parameters.

    `built` are the built parameters of each call, None for all.
    """

    name: str
    sends_forms: bool
    calls: Mapping[str, Parameters]
    built: Mapping[str, Collection[str] | None]

    def encode(self, method: str, values: Values) -> tuple[str, bytes, str]:
        """Return the query, the body and its type."""
        if method in {"GET", "DELETE"}:
            return urlencode(encode_form(values)), b"", ""
        if self.sends_forms:
            return "", urlencode(encode_form(values)).encode(), _FORM
        return "", json.dumps(values).encode(), _JSON


def _pick_built(
    table: Mapping[tuple[str, str], Parameters],
    routes: Mapping[str, Collection[str]],
) -> dict[str, Parameters]:
    """Return the built calls in the order of the vendor's table."""
    return {
        f"{method} {path}": parameters
        for (method, path), parameters in table.items()
        if method in routes.get(path, ())
    }


CHARGEBEE = Vendor(
    "chargebee",
    sends_forms=True,
    calls=_pick_built(
        {
            name: call.parameters
            for name, call in of_chargebee.load_vendor_calls().items()
        },
        {path: tuple(methods) for path, methods in CHARGEBEE_ROUTES.items()},
    ),
    built={
        f"{method} {path}": tuple(list_parameters(operation))
        for path, methods in CHARGEBEE_ROUTES.items()
        for method, operation in methods.items()
    },
)
INVOICED = Vendor(
    "invoiced",
    sends_forms=False,
    calls=_pick_built(
        of_invoiced.load_vendor_calls(),
        {path: tuple(methods) for path, methods in INVOICED_ROUTES.items()},
    ),
    built={
        f"{method} {path}": operation.parameters
        for path, methods in INVOICED_ROUTES.items()
        for method, operation in methods.items()
    },
)
VENDORS = (CHARGEBEE, INVOICED)


def generate_call(vendor: Vendor, call: str) -> Iterator[Variant]:
    """Yield the requests of one built call."""
    plan = read_requests(vendor.name).plan(call)
    return generate(call, vendor.calls[call], plan, vendor.built[call])


def make_twin(vendor: Vendor, clock: Clock) -> Twin:
    """Return an empty account of the vendor's twin, with orders."""
    if vendor is INVOICED:
        return InvoicedTwin(clock, key=_KEY)
    twin = ChargebeeTwin(clock, key=_KEY, site=_SITE)
    twin.switches.orders = True
    return twin


def call_twin(vendor: Vendor, twin: Twin) -> Send:
    """Return what calls a twin in this process."""
    headers = {"authorization": encode_basic_auth(_KEY)}
    prefix = PREFIX if vendor is CHARGEBEE else ""

    def send(method: str, path: str, values: Values) -> Answer:
        query, body, content_type = vendor.encode(method, values)
        pairs = tuple(encode_form(values)) if query else ()
        named = {**headers, "content-type": content_type} if body else headers
        twin.evidence.clear()
        response = twin.handle(Request(method, prefix + path, pairs, named, body))
        return Answer(
            response.status,
            _decode(response.body),
            UNBUILT_HEADER in response.headers,
            twin.evidence.cited(),
        )

    return send


def call_account(vendor: Vendor, client: httpx.Client) -> Send:
    """Return what calls an account over HTTP."""

    def send(method: str, path: str, values: Values) -> Answer:
        query, body, content_type = vendor.encode(method, values)
        url = f"/{path.lstrip('/')}" + (f"?{query}" if query else "")
        headers = {"content-type": content_type} if body else {}
        response = client.request(method, url, content=body, headers=headers)
        is_unbuilt = UNBUILT_HEADER in response.headers
        return Answer(response.status_code, _decode(response.content), is_unbuilt)

    return send


def _decode(body: bytes) -> Json:
    try:
        found: Json = json.loads(body) if body else None
    except ValueError:
        return None
    return found
