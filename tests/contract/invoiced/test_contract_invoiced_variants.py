"""Invoiced: the twin accepts and refuses the generated requests of each call.

On the twins this compares two of them, and only exercises the comparison. On accounts
it compares the twin with the vendor.
"""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from dataflow.contract.outcomes import Compared, find_safe_calls
from dataflow.contract.senders import INVOICED, Vendor


@pytest.mark.unconfirmed
@pytest.mark.parametrize("call", find_safe_calls(INVOICED))
def test_generated_requests_are_answered_alike(
    call: str,
    raw_invoiced: httpx.Client,
    compare_call: Callable[[Vendor, httpx.Client, str], list[Compared]],
) -> None:
    """Twin and vendor accept the same generated requests, and refuse the same ones."""
    found = compare_call(INVOICED, raw_invoiced, call)

    assert [] == [str(each) for each in found if each.outcome and each.outcome.is_fault]
