"""Whatever was called, a twin comes back from its text as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hypothesis import given
from hypothesis import strategies as st

from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.clock import AdjustableClock, Clock, ManualClock
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.messages import App, Request, encode_basic_auth
from dataflow.twin.profile import Twin
from dataflow.twin.snapshot import decode_state, encode_state, take_state
from properties import calls_chargebee, calls_invoiced
from properties.calls_invoiced import FIRST_ID, KEY
from properties.profiles import share

#: The seconds that pass before a call.
WAITS = st.sampled_from([0, 0, 0.001, 1, 100_000])

NAME = "twin"


def invoiced(clock: Clock) -> Twin:
    """Return an empty account."""
    return InvoicedTwin(clock, key=KEY, first_id=FIRST_ID)


def chargebee(clock: Clock) -> Twin:
    """Return an empty site."""
    return ChargebeeTwin(clock, key=KEY, site="acme-test")


def looked_at(app: App, paths: Iterable[str]) -> list[bytes]:
    """Return what the lists of a twin answer."""
    headers = {"authorization": encode_basic_auth(KEY), "host": "twin"}
    return [app(Request("GET", path, headers=headers)).body for path in paths]


def comes_back(
    make: Callable[[Clock], Twin],
    calls: Iterable[tuple[float, Request]],
    paths: Iterable[str],
) -> None:
    """Make the calls, give another twin the same state, and compare both."""
    hand = ManualClock()
    clock = AdjustableClock(hand)
    twin = make(clock)
    for wait, request in calls:
        hand.advance(wait)
        twin.handle(request)
    known = [*paths]
    before = looked_at(twin.handle, known)

    text = encode_state(take_state({NAME: twin}, clock))
    state = decode_state(text)
    again = make(state.clock(hand))
    state.restore({NAME: again})

    assert text == encode_state(take_state({NAME: again}, clock))
    assert before == looked_at(again.handle, known)


@share(60)
@given(calls=st.lists(st.tuples(WAITS, calls_invoiced.CALLS), min_size=5, max_size=20))
def test_invoiced_comes_back(calls: list[tuple[float, Request]]) -> None:
    """Every list of Invoiced is what it was, ids and times and events included."""
    filling = [(0.0, request) for request in calls_invoiced.FILLING]
    paths = ("/customers", "/items", "/invoices", "/payments", "/events")

    comes_back(invoiced, [*filling, *calls], paths)


@share(60)
@given(calls=st.lists(st.tuples(WAITS, calls_chargebee.CALLS), min_size=5, max_size=20))
def test_chargebee_comes_back(calls: list[tuple[float, Request]]) -> None:
    """Every list of Chargebee is what it was, ids and versions and events included."""
    filling = [(0.0, request) for request in calls_chargebee.FILLING]
    kinds = ("customers", "items", "item_prices", "invoices", "orders", "events")

    comes_back(chargebee, [*filling, *calls], [f"/api/v2/{kind}" for kind in kinds])
