"""The calls that a vendor has and its twin lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import chargebee
import httpx
import pytest

from dataflow.twin.chargebee.profile import CHARGEBEE
from dataflow.twin.chargebee.routes import ROUTES
from dataflow.twin.chargebee.vendor_calls import load_vendor_calls
from dataflow.twin.clock import ManualClock
from dataflow.twin.invoiced.profile import INVOICED
from dataflow.twin.messages import TWIN_HEADER, UNBUILT_HEADER
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, TwinPair
from dataflow.twin.profile import VendorProfile
from tests.cases import cases

#: A call in the source of Chargebee's SDK: its method, and its path in parts.
_CALL = re.compile(
    r'request\.send(?:_list_request)?\(\s*"(\w+)",\s*request\.uri_path\(([^)]*)\)'
)


def lacks(vendor: str, path: str) -> str:
    """Return the sentence about a GET of this path."""
    call = f"The twin of {vendor} does not have the call GET {path}"
    return f"{call}, which {vendor} has."


def calls_of_the_sdk() -> Iterator[tuple[str, str]]:
    """Yield method and path of each call of Chargebee's SDK."""
    folder = Path(chargebee.__file__).parent / "models"
    for path in folder.glob("*/operations.py"):
        for method, parts in _CALL.findall(path.read_text("utf-8")):
            steps = (part.strip() for part in parts.split(",") if part.strip())
            yield (
                method.upper(),
                "/".join(s.strip('"/') if s[0] == '"' else "{id}" for s in steps),
            )


def test_each_call_of_the_sdk_is_known() -> None:
    """The twin has each call of the SDK, or knows that it lacks it; never both."""
    calls = set(calls_of_the_sdk())
    known = load_vendor_calls().keys()
    built = {(method, path) for path, rules in ROUTES.items() for method in rules}
    unbuilt = {(m, p) for m, p in calls if CHARGEBEE.unbuilt.has(m, p)}

    assert len(calls) > 400
    assert set() == calls - known - unbuilt
    assert set() == unbuilt & built


@cases(
    "vendor, call, expected",
    {
        "whole resource": (INVOICED, "GET /subscriptions", True),
        "action": (INVOICED, "POST /invoices/1/pay", True),
        "built": (INVOICED, "POST /invoices/1/void", False),
        "no such call": (INVOICED, "POST /invoices/1/destroy", False),
        "another method": (INVOICED, "DELETE /invoices/1/pay", False),
        "no such resource": (INVOICED, "GET /orders", False),
        "literal": (CHARGEBEE, "POST customers/1/switch_gateway", True),
        "below": (CHARGEBEE, "GET invoices/1/payment_vouchers", True),
    },
)
def test_a_call_is_unbuilt_if_only_the_vendor_has_it(
    vendor: VendorProfile, call: str, *, expected: bool
) -> None:
    """A path that no vendor has is a mistake of the caller."""
    method, _, path = call.partition(" ")

    assert expected is vendor.unbuilt.has(method, path)


@pytest.mark.parametrize(
    ("vendor", "path", "sentence"),
    [
        ("invoiced", "/items", None),
        ("invoiced", "/nonsense", None),
        (
            "invoiced",
            "/subscriptions/7",
            lacks("Invoiced", "/subscriptions/{id}"),
        ),
        ("chargebee", "/customers/nowhere", None),
        (
            "chargebee",
            "/coupons",
            lacks("Chargebee", "/api/v2/coupons"),
        ),
        (
            "chargebee",
            "/customers/7/contacts",
            lacks("Chargebee", "/customers/{id}/contacts"),
        ),
    ],
)
def test_an_answer_states_its_twin(
    vendor: str, path: str, sentence: str | None
) -> None:
    """Each answer names the twin, and that of an unbuilt call the call."""
    pair = TwinPair(ManualClock())
    with pair.serve(0, 0) as at:
        roots = {"invoiced": at.invoiced_url, "chargebee": at.chargebee_url}
        keys = {"invoiced": INVOICED_KEY, "chargebee": CHARGEBEE_KEY}
        answer = httpx.get(roots[vendor] + path, auth=(keys[vendor], ""))

    assert (vendor, sentence) == (
        answer.headers.get(TWIN_HEADER),
        answer.headers.get(UNBUILT_HEADER),
    )
