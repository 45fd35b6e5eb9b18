"""Whatever is asked, a twin answers as its vendor could, and its records agree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.clock import ManualClock
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.messages import Request
from properties import calls_chargebee, calls_invoiced
from properties.calls_invoiced import FIRST_ID, KEY
from properties.judges import (
    Versions,
    judge_chargebee,
    judge_chargebee_site,
    judge_invoiced,
    judge_invoiced_account,
)
from properties.profiles import share

#: The seconds that pass before a call.
WAITS = st.sampled_from([0, 0, 1, 100_000])


@share(100)
@given(calls=st.lists(st.tuples(WAITS, calls_invoiced.CALLS), min_size=5, max_size=20))
def test_invoiced_keeps_to_its_reference(calls: list[tuple[int, Request]]) -> None:
    """No status, type or form of error but its own; numbers, times and sums agree."""
    clock, seen = ManualClock(), Versions()
    twin = InvoicedTwin(clock, key=KEY, first_id=FIRST_ID)
    for request in calls_invoiced.FILLING:
        assert 201 == twin.handle(request).status
    for wait, request in calls:
        clock.advance(wait)
        judge_invoiced(request, twin.handle(request), seen)

    judge_invoiced_account(twin.handle)


@share(100)
@given(calls=st.lists(st.tuples(WAITS, calls_chargebee.CALLS), min_size=5, max_size=20))
def test_chargebee_keeps_to_its_reference(calls: list[tuple[int, Request]]) -> None:
    """No status, code or form of error but its own; versions, links and sums agree."""
    clock, seen = ManualClock(), Versions()
    twin = ChargebeeTwin(clock, key=KEY, site="acme-test")
    for request in calls_chargebee.FILLING:
        assert 200 == twin.handle(request).status
    for wait, request in calls:
        clock.advance(wait)
        judge_chargebee(request, twin.handle(request), seen)

    judge_chargebee_site(twin.handle)
