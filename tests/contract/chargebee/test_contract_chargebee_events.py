"""Chargebee: events, which tell what became of records and who did it.

A site tells of others' records too, so each test looks for those of its own.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.chargebee.site import A_DELETION, Record, Site, refused, unknown

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
    "webhook_status": str,
    "webhooks": list,
}


@pytest.fixture
def told(site: Site, later: Callable[[float], None]) -> Callable[..., list[str]]:
    """Return what waits, and returns the types of a record's events, latest first."""

    def types(record: Record, **query: object) -> list[str]:
        later(A_WHILE)
        return [event["event_type"] for event in site.events(record, **query)]

    return types


@pytest.mark.recorded("chargebee.event.shape")
def test_an_event_shows(site: Site, later: Callable[[float], None]) -> None:
    """An event has these keys, says how it came about, and shows the record."""
    made = site.customer()
    later(A_WHILE)
    (event,) = site.events(made)

    assert SHOWN == {key: type(event.get(key)) for key in SHOWN}
    assert ("api", "event", "v2", made) == (
        event["source"],
        event["object"],
        event["api_version"],
        event["content"]["customer"],
    )


@pytest.mark.unconfirmed
def test_an_event_can_be_read(site: Site, later: Callable[[float], None]) -> None:
    """An event is retrieved by its id as the list shows it."""
    made = site.customer()
    later(A_WHILE)
    (event,) = site.events(made)

    assert event == site.read(event)


@pytest.mark.sdk("chargebee.record.unknown")
def test_an_unknown_event_answers_404(site: Site) -> None:
    """An event that never was answers 404."""
    assert unknown() == refused(site.sdk.Event.retrieve, "ev_none")


@pytest.mark.recorded("chargebee.event.shape")
def test_an_event_shows_the_record_of_then(
    site: Site, later: Callable[[float], None]
) -> None:
    """An event shows the record as it was, whatever has become of it since."""
    made = site.customer(company="Acme")
    later(2)
    site.update(made, company="Zenith")
    later(A_WHILE)

    assert ["Zenith", "Acme"] == [
        each["content"]["customer"]["company"] for each in site.events(made)
    ]


@pytest.mark.sdk
@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("customer", {"company": "Acme"}, "customer_changed"),
        ("item_family", {"description": "Long"}, "item_family_updated"),
        ("item", {"description": "Long"}, "item_updated"),
        ("item_price", {"price": 7}, "item_price_updated"),
        ("order", {"note": "A note"}, "order_updated"),
        ("order", {"status": "delivered"}, "order_delivered"),
        ("order", {"status": "returned"}, "order_returned"),
        ("order", {"status": "cancelled"}, "order_cancelled"),
        ("order", {"status": "queued"}, "order_updated"),
    ],
)
def test_a_change_is_told(
    kind: str, change: Record, expected: str, site: Site, told: Callable[..., list[str]]
) -> None:
    """A record is created and changed; some changes of an order have their own type."""
    made = site.make(kind)
    site.update(made, **change)

    assert {expected, f"{kind}_created"} == set(told(made))


@pytest.mark.unconfirmed("chargebee.event.every-write")
@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("customer", "customer_deleted"),
        ("item", "item_deleted"),
        ("item_price", "item_price_deleted"),
        ("invoice", "invoice_deleted"),
        ("order", "order_deleted"),
    ],
)
def test_a_deletion_is_told(
    kind: str,
    gone: str,
    site: Site,
    told: Callable[..., list[str]],
    later: Callable[[float], None],
) -> None:
    """A deletion has an event."""
    made = site.make(kind)
    later(2)
    site.delete(made)
    later(A_DELETION if kind == "customer" else 0)

    assert gone == told(made)[0]


@pytest.mark.unconfirmed("chargebee.event.every-write")
def test_a_status_is_told_once(site: Site, told: Callable[..., list[str]]) -> None:
    """A delivered order that changes otherwise is an updated one."""
    made = site.order(status="delivered")
    site.update(made, note="A note")

    assert "order_updated" in told(made)


@pytest.mark.unconfirmed("chargebee.event.every-write")
def test_a_change_of_nothing_is_told(
    site: Site, told: Callable[..., list[str]]
) -> None:
    """An update that changes no value has an event of its own."""
    made = site.customer(company="Acme")
    site.update(made, company="Acme")

    assert 2 == len(told(made))


@pytest.mark.unconfirmed
def test_a_refused_change_is_not_told(
    site: Site, told: Callable[..., list[str]]
) -> None:
    """What was refused has not happened."""
    made = site.customer()
    refused(site.update, made, email="nobody")

    assert ["customer_created"] == told(made)


@pytest.mark.unconfirmed("chargebee.event.every-write")
def test_an_import_is_told(site: Site, told: Callable[..., list[str]]) -> None:
    """An import has an event like a record that was made here."""
    order = site.order()

    assert ["order_created"] == told(order)


@pytest.mark.unconfirmed("chargebee.event.every-write")
def test_an_invoice_is_told(
    site: Site, told: Callable[..., list[str]], later: Callable[[float], None]
) -> None:
    """An invoice is generated and updated; a link to an order is no update."""
    made = site.invoice()
    site.order(invoice_id=made["id"])
    later(2)
    site.void(made)

    assert ["invoice_updated", "invoice_generated"] == told(made)


@pytest.mark.sdk
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"event_type": {"is": "customer_created"}}, ["customer_created"]),
        ({"source": {"is": "admin_console"}}, []),
        ({"sort_by": {"asc": "occurred_at"}}, ["customer_created", "customer_changed"]),
    ],
)
def test_events_can_be_filtered(
    query: Record,
    expected: list[str],
    site: Site,
    told: Callable[..., list[str]],
    later: Callable[[float], None],
) -> None:
    """Events are picked by type and source, and put in order."""
    made = site.customer()
    later(2)
    site.update(made, company="Acme")

    assert expected == told(made, **query)


@pytest.mark.unconfirmed("chargebee.event.period")
@pytest.mark.parametrize(
    ("bound", "seconds", "count"),
    [
        ("start_time", 0, 1),
        ("start_time", 1, 0),
        ("end_time", 0, 1),
        ("end_time", -1, 0),
        ("occurred_at[after]", -1, 1),
        ("occurred_at[after]", 0, 0),
        ("occurred_at[before]", 1, 1),
        ("occurred_at[before]", 0, 0),
    ],
)
def test_a_period_has_both_its_ends(
    bound: str, seconds: int, count: int, site: Site, later: Callable[[float], None]
) -> None:
    """start_time and end_time include their own second; after and before do not."""
    made = site.customer()
    later(A_WHILE)
    (event,) = site.events(made)
    asked = {
        bound: event["occurred_at"] + seconds,
        "sort_by[desc]": "occurred_at",
        "limit": 100,
    }
    answer = site.raw.get("/events", params=asked).json()

    assert count == sum(row["event"]["id"] == event["id"] for row in answer["list"])


@pytest.mark.documented
def test_events_come_in_pages(site: Site, later: Callable[[float], None]) -> None:
    """A list of events has a next page, like any other."""
    made = site.customer()
    site.family()
    later(A_WHILE)
    mine = {"occurred_at": {"after": made["updated_at"] - 1}, "limit": 1}
    first = site.sdk.Event.list(mine)
    second = site.sdk.Event.list({**mine, "offset": first.next_offset})

    assert first.list[0].event.id != second.list[0].event.id


@pytest.mark.documented("chargebee.parameter.wrong-value")
@pytest.mark.parametrize("param", ["start_time", "end_time"])
def test_a_wrong_period_is_refused_by_name(param: str, site: Site) -> None:
    """A period that is no time is refused under the name that was sent."""
    answer = site.raw.get("/events", params={param: "yesterday"})

    assert (400, param) == (answer.status_code, answer.json()["param"])
