"""Chargebee: events, which tell what became of records and who did it.

A site tells of others' records too, so each test looks for those of its own.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.chargebee.site import Site

#: How long an event may take to be told, in seconds.
A_WHILE = 10

#: Keys that are always there, with the types of their values.
SHOWN = {
    "id": str,
    "object": str,
    "occurred_at": int,
    "source": str,
    "user": str,
    "api_version": str,
    "event_type": str,
    "content": dict,
}


@pytest.mark.recorded("chargebee.event.shape")
def test_an_event_shows(site: Site, later: Callable[[float], None]) -> None:
    """An event has these keys, with values of these types."""
    made = site.customer()
    later(A_WHILE)
    (told,) = site.events(made)

    assert SHOWN == {key: type(told.get(key)) for key in SHOWN}


@pytest.mark.recorded("chargebee.event.shape")
def test_an_event_shows_the_record_of_then(
    site: Site, later: Callable[[float], None]
) -> None:
    """An event shows the record as it was, whatever has become of it since."""
    made = site.customer(company="Acme")
    later(2)
    site.update(made, company="Zenith")
    later(A_WHILE)
    told = site.events(made)

    assert ["Zenith", "Acme"] == [
        each["content"]["customer"]["company"] for each in told
    ]


@pytest.mark.sdk
def test_a_change_of_a_customer_has_a_name_of_its_own(
    site: Site, later: Callable[[float], None]
) -> None:
    """A customer is changed where an item is updated."""
    made = [site.customer(), site.item()]
    later(2)
    site.update(made[0], company="Acme")
    site.update(made[1], description="Long")
    later(A_WHILE)
    latest = [site.events(record)[0]["event_type"] for record in made]

    assert ["customer_changed", "item_updated"] == latest


@pytest.mark.documented
def test_an_event_says_where_a_change_came_from(
    site: Site, later: Callable[[float], None]
) -> None:
    """An event says that a record was made through the API."""
    made = site.customer()
    later(A_WHILE)

    assert ["api"] == [told["source"] for told in site.events(made)]


@pytest.mark.unconfirmed("chargebee.event.every-write")
def test_a_change_of_nothing_is_told(
    site: Site, later: Callable[[float], None]
) -> None:
    """An update that changes no value has an event of its own."""
    made = site.customer(company="Acme")
    site.update(made, company="Acme")
    later(A_WHILE)

    assert 2 == len(site.events(made))


@pytest.mark.unconfirmed("chargebee.event.every-write")
@pytest.mark.parametrize(
    ("kind", "event_type"),
    [("invoice", "invoice_generated"), ("order", "order_created")],
)
def test_an_import_is_told(
    kind: str, event_type: str, site: Site, later: Callable[[float], None]
) -> None:
    """An import has an event like a record that was made here."""
    made = getattr(site, kind)()
    later(A_WHILE)

    assert [event_type] == [told["event_type"] for told in site.events(made)]


@pytest.mark.sdk
def test_events_can_be_filtered_by_their_type(
    site: Site, later: Callable[[float], None]
) -> None:
    """A filter keeps the events of one type."""
    made = site.customer()
    later(2)
    site.update(made, company="Acme")
    later(A_WHILE)
    told = site.events(made, event_type={"is": "customer_created"})

    assert ["customer_created"] == [each["event_type"] for each in told]


@pytest.mark.unconfirmed("chargebee.event.period")
@pytest.mark.parametrize(("first", "last", "count"), [(0, 0, 1), (1, 2, 0)])
def test_a_period_has_both_its_ends(
    first: int,
    last: int,
    count: int,
    site: Site,
    later: Callable[[float], None],
) -> None:
    """start_time and end_time bound when an event occurred, both included."""
    made = site.customer()
    later(A_WHILE)
    (told,) = site.events(made)
    period = {
        "start_time": told["occurred_at"] + first,
        "end_time": told["occurred_at"] + last,
    }
    answer = site.raw.get("/events", params={**period, "limit": 100}).json()

    assert count == sum(row["event"]["id"] == told["id"] for row in answer["list"])
