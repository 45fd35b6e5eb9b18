"""Events of the Chargebee twin: what is told of each kind of record."""

from __future__ import annotations

import pytest

from dataflow.twin.clock import START
from tests.twin.chargebee.acme import Acme, refused

Query = dict[str, object]


def told(acme: Acme, **query: object) -> list[str]:
    """Return the types of the events that a list shows."""
    return [event["event_type"] for event in acme.listed("Event", limit=100, **query)]


def test_nothing_is_told_of_an_empty_site(acme: Acme) -> None:
    """A site on which nothing has happened has no events."""
    assert [] == told(acme)


def test_a_customer_is_told_of(acme: Acme) -> None:
    """A customer is created, changed and deleted."""
    acme.customer(id="ada")
    acme.sdk.Customer.update("ada", {"first_name": "Ada"})
    acme.sdk.Customer.delete("ada")

    assert ["customer_created", "customer_changed", "customer_deleted"] == told(acme)


def test_items_are_told_of(acme: Acme) -> None:
    """Items, their families and their prices are created, updated and deleted."""
    acme.family()
    acme.item()
    acme.price(currency_code="EUR")
    acme.sdk.Item.update("hammer", {"external_name": "A hammer"})
    acme.sdk.ItemPrice.delete("hammer-usd")

    assert [
        "item_family_created",
        "item_created",
        "item_price_created",
        "item_updated",
        "item_price_deleted",
    ] == told(acme)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"note": "A note"}, "order_updated"),
        ({"status": "delivered"}, "order_delivered"),
        ({"status": "returned"}, "order_returned"),
        ({"status": "cancelled"}, "order_cancelled"),
        ({"status": "queued"}, "order_updated"),
    ],
)
def test_an_order_is_told_of(shop: Acme, change: Query, expected: str) -> None:
    """Some changes of an order's status have a type of their own."""
    shop.order(id="o1")
    shop.sdk.Order.update("o1", change)

    assert ["order_created", expected] == told(shop)[-2:]


def test_a_status_is_told_once(shop: Acme) -> None:
    """A delivered order that changes otherwise is an updated one."""
    shop.order(id="o1", status="delivered")
    shop.sdk.Order.update("o1", {"note": "A note"})

    assert "order_updated" == told(shop)[-1]


def test_an_invoice_is_told_of(shop: Acme) -> None:
    """An invoice is generated, updated, and deleted with its orders."""
    shop.order(id="o1")
    shop.sdk.Invoice.void_invoice("inv_1")
    shop.sdk.Invoice.delete("inv_1")

    assert [
        "invoice_generated",
        "item_family_created",
        "order_created",
        "invoice_updated",
        "order_deleted",
        "invoice_deleted",
    ] == told(shop)[1:]


def test_an_event_has_the_recorded_shape(acme: Acme) -> None:
    """An event says what happened when and through what, and shows the record."""
    customer = acme.customer(id="ada")
    event = acme.listed("Event")[0]

    expected = {
        "id": event["id"],
        "occurred_at": START,
        "source": "api",
        "user": "full_access_key_v1",
        "object": "event",
        "api_version": "v2",
        "content": {"customer": customer},
        "event_type": "customer_created",
        "webhook_status": "not_configured",
        "webhooks": [],
    }
    assert expected == event


def test_an_event_can_be_retrieved(acme: Acme) -> None:
    """An event is retrieved by its id as the list shows it."""
    acme.customer()
    event = acme.listed("Event")[0]

    assert event == acme.retrieved("Event", event["id"])


def test_an_unknown_event_is_not_found(acme: Acme) -> None:
    """An event that never was answers 404."""
    assert (404, "resource_not_found", None) == refused(
        lambda: acme.sdk.Event.retrieve("ev_none")
    )


def test_an_event_stays_as_it_was(acme: Acme) -> None:
    """A later change leaves earlier events as they are."""
    acme.customer(id="ada", first_name="Ada")
    acme.sdk.Customer.update("ada", {"first_name": "Grace"})

    assert ["Ada", "Grace"] == [
        event["content"]["customer"]["first_name"] for event in acme.listed("Event")
    ]


def test_a_refused_change_is_not_told(acme: Acme) -> None:
    """What was refused has not happened."""
    acme.customer(id="ada")
    refused(lambda: acme.sdk.Customer.update("ada", {"email": "nobody"}))

    assert ["customer_created"] == told(acme)


def test_a_link_to_an_order_is_not_told(shop: Acme) -> None:
    """An invoice that names a new order has not changed."""
    shop.order()

    assert "order_created" == told(shop)[-1]


@pytest.fixture
def busy(acme: Acme) -> Acme:
    """Serve a site with a customer of now, and a family of five seconds later."""
    acme.customer()
    acme.clock.advance(5)
    acme.family()
    return acme


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"event_type[is]": "customer_created"}, ["customer_created"]),
        ({"source[is]": "admin_console"}, []),
        ({"occurred_at[after]": START}, ["item_family_created"]),
        ({"occurred_at[before]": START + 5}, ["customer_created"]),
        ({"start_time": START + 1}, ["item_family_created"]),
        ({"end_time": START}, ["customer_created"]),
        (
            {"sort_by[desc]": "occurred_at"},
            ["item_family_created", "customer_created"],
        ),
    ],
)
def test_events_are_filtered(busy: Acme, query: Query, expected: list[str]) -> None:
    """Events are picked by type, source and time, and put in order."""
    answer = busy.raw.get("events", params={k: str(v) for k, v in query.items()})

    assert expected == [row["event"]["event_type"] for row in answer.json()["list"]]


def test_events_come_in_pages(busy: Acme) -> None:
    """A list of events has a next page, like any other."""
    first = busy.sdk.Event.list({"limit": 1})
    second = busy.sdk.Event.list({"limit": 1, "offset": first.next_offset})

    assert ("item_family_created", None) == (
        second.list[0].event.event_type,
        second.next_offset,
    )


def test_no_event_id_comes_twice(acme: Acme) -> None:
    """Ids of events go on when a site is emptied."""
    acme.customer()
    before = acme.ids("Event")
    acme.twin.reset()
    acme.customer()

    assert before < acme.ids("Event")


def test_what_events_rest_on_is_noted(acme: Acme) -> None:
    """That every write has an event is only assumed."""
    told(acme)

    assert "chargebee.event.every-write" in acme.met()
