"""What a site does late, by itself, or behind its callers' back."""

from __future__ import annotations

from typing import Literal

import pytest

from dataflow.twin.clock import START
from dataflow.twin.messages import ControlError
from tests.twin.chargebee.acme import Acme, refused

# Lists that lag


def test_a_list_misses_what_is_new(acme: Acme) -> None:
    """A new record is retrieved at once, and listed after the lag."""
    acme.twin.switches.list_lag = 5
    acme.customer(id="ada")
    seen = [acme.retrieved("Customer", "ada")["id"], acme.ids("Customer")]
    acme.clock.advance(5)

    assert ["ada", [], ["ada"]] == [*seen, acme.ids("Customer")]


def test_a_list_shows_what_was(acme: Acme) -> None:
    """A change is listed after the lag, and until then as it was before."""
    acme.customer(id="ada", first_name="Ada")
    acme.twin.switches.list_lag = 5
    acme.sdk.Customer.update("ada", {"first_name": "Grace"})
    before = acme.listed("Customer")[0]["first_name"]
    acme.clock.advance(5)

    after = acme.listed("Customer")[0]["first_name"]
    assert ("Ada", "Grace") == (before, after)


def test_a_filter_sees_what_the_list_sees(acme: Acme) -> None:
    """A poll by time misses a change within the lag."""
    acme.customer(id="ada")
    acme.clock.advance(5)
    acme.twin.switches.list_lag = 5
    acme.sdk.Customer.update("ada", {"first_name": "Grace"})

    assert [] == acme.ids("Customer", updated_at={"after": START})


def test_a_deleted_record_is_listed_within_the_lag(acme: Acme) -> None:
    """A list shows a deleted record until the lag is over."""
    acme.customer(id="ada")
    acme.twin.switches.list_lag = 5
    acme.sdk.Customer.delete("ada")
    before = acme.ids("Customer")
    acme.clock.advance(5)

    assert (["ada"], []) == (before, acme.ids("Customer"))


def test_orders_of_an_invoice_lag_too(shop: Acme) -> None:
    """The list of an invoice's orders lags like any other."""
    shop.twin.switches.list_lag = 5
    shop.order(id="o1")

    assert [] == shop.raw.get("invoices/inv_1/orders").json()["list"]


def test_a_taken_name_is_known_within_the_lag(shop: Acme) -> None:
    """The lag is the lists': a name that was just taken is taken."""
    shop.twin.switches.list_lag = 5
    shop.item()

    answer = refused(lambda: shop.item(id="other"))
    assert (400, "duplicate_entry", "name") == answer


def test_a_lag_that_is_switched_off_is_over(acme: Acme) -> None:
    """Without a lag, lists show what is."""
    acme.twin.switches.list_lag = 5
    acme.customer(id="ada")
    acme.twin.switches.list_lag = 0

    assert ["ada"] == acme.ids("Customer")


def test_a_shorter_lag_brings_nothing_old_back(acme: Acme) -> None:
    """Changes are listed in their order, even if the lag got shorter between them."""
    acme.customer(id="ada")
    acme.twin.switches.list_lag = 10
    acme.sdk.Customer.update("ada", {"first_name": "First"})
    acme.twin.switches.list_lag = 1
    acme.sdk.Customer.update("ada", {"first_name": "Last"})
    acme.clock.advance(20)

    assert "Last" == acme.listed("Customer")[0]["first_name"]


def test_an_emptied_site_lists_nothing_late(acme: Acme) -> None:
    """What was to be listed later is not, once the site was emptied."""
    acme.twin.switches.list_lag = 5
    acme.customer(id="ada")
    acme.twin.reset()
    acme.clock.advance(5)

    assert [] == acme.ids("Customer")


# Customers that are deleted later


def test_a_deletion_takes_its_time(shop: Acme) -> None:
    """A customer is there until the delay is over, and so are its invoices."""
    shop.twin.switches.customer_delete_delay = 5
    shop.sdk.Customer.delete("ada")
    shop.clock.advance(4.9)
    before = [shop.ids("Customer"), shop.ids("Invoice")]
    shop.clock.advance(0.1)

    after = [shop.ids("Customer"), shop.ids("Invoice")]
    assert ([["ada"], ["inv_1"]], [[], []]) == (before, after)


def test_a_late_deletion_happened_when_it_was_due(acme: Acme) -> None:
    """A deletion that nobody looked for has the time at which it was due."""
    acme.twin.switches.customer_delete_delay = 5
    acme.customer(id="ada")
    acme.sdk.Customer.delete("ada")
    acme.clock.advance(100)
    gone = acme.retrieved("Customer", "ada")

    assert (True, START + 5) == (gone["deleted"], gone["updated_at"])


def test_a_second_deletion_changes_nothing(acme: Acme) -> None:
    """A customer that is asked to go twice goes once."""
    acme.twin.switches.customer_delete_delay = 5
    acme.customer(id="ada")
    acme.sdk.Customer.delete("ada")
    acme.sdk.Customer.delete("ada")
    acme.clock.advance(10)

    events = acme.listed("Event", event_type={"is": "customer_deleted"})
    assert 1 == len(events)


# Bumps


@pytest.mark.parametrize(
    ("kind", "name", "record_id"),
    [("customer", "Customer", "ada"), ("item_family", "ItemFamily", "tools")],
)
def test_a_bump_renews_the_version_alone(
    shop: Acme, kind: str, name: str, record_id: str
) -> None:
    """A bump moves the version and its time, and leaves all else."""
    before = shop.retrieved(name, record_id)
    shop.clock.advance(5)
    shop.twin.bump(kind, record_id)

    version = {"resource_version": (START + 5) * 1000, "updated_at": START + 5}
    assert before | version == shop.retrieved(name, record_id)


def test_a_bump_is_not_told(acme: Acme) -> None:
    """A bump makes no event."""
    acme.customer(id="ada")
    acme.twin.bump("customer", "ada")

    assert 1 == len(acme.listed("Event"))


@pytest.mark.parametrize(("kind", "record_id"), [("customer", "bob"), ("cat", "ada")])
def test_a_bump_of_nothing_says_so(shop: Acme, kind: str, record_id: str) -> None:
    """A bump of what is not there names what was asked for."""
    with pytest.raises(ControlError, match=f"{kind} {record_id}"):
        shop.twin.bump(kind, record_id)


# Merges


@pytest.fixture
def pair(shop: Acme) -> Acme:
    """Serve a site with a second customer, `bob`, and an order of `ada`."""
    shop.customer(id="bob")
    shop.order(id="o1")
    return shop


def test_a_merge_moves_invoices_and_orders(pair: Acme) -> None:
    """What the merged customer had is the other one's."""
    pair.sdk.Customer.merge({"from_customer_id": "ada", "to_customer_id": "bob"})
    invoice, order = pair.retrieved("Invoice", "inv_1"), pair.retrieved("Order", "o1")

    assert ["bob", "bob", "bob"] == [
        invoice["customer_id"],
        invoice["line_items"][0]["customer_id"],
        order["customer_id"],
    ]


def test_a_merge_answers_with_whom_it_leaves(pair: Acme) -> None:
    """A merge shows the customer that stays."""
    answer = pair.sdk.Customer.merge(
        {"from_customer_id": "ada", "to_customer_id": "bob"}
    )

    assert "bob" == answer.customer.id


def test_a_merged_customer_is_deleted(pair: Acme) -> None:
    """The merged customer is deleted, and nothing of the other's is."""
    pair.sdk.Customer.merge({"from_customer_id": "ada", "to_customer_id": "bob"})

    assert (["bob"], ["inv_1"]) == (pair.ids("Customer"), pair.ids("Invoice"))


def test_a_merge_moves_silently(pair: Acme) -> None:
    """No event tells that an invoice or an order has another customer."""
    before = len(pair.listed("Event", limit=100))
    pair.sdk.Customer.merge({"from_customer_id": "ada", "to_customer_id": "bob"})
    events = pair.listed("Event", limit=100)[before:]

    assert ["customer_deleted", "customer_changed"] == [
        event["event_type"] for event in events
    ]


@pytest.mark.parametrize(
    ("loser", "winner", "answer"),
    [
        ("ada", "ada", (400, "param_wrong_value", "from_customer_id")),
        ("eve", "ada", (404, "resource_not_found", "from_customer_id")),
        ("ada", "eve", (404, "resource_not_found", "to_customer_id")),
    ],
)
def test_an_odd_merge_is_refused(
    pair: Acme, loser: str, winner: str, answer: tuple[int, str, str]
) -> None:
    """A merge needs two customers."""
    sent = {"from_customer_id": loser, "to_customer_id": winner}

    assert answer == refused(lambda: pair.sdk.Customer.merge(sent))


def test_a_merge_can_be_made_from_outside(pair: Acme) -> None:
    """The control does what the call does."""
    pair.twin.merge("ada", "bob")

    assert ["inv_1"] == pair.ids("Invoice", customer_id={"is": "bob"})


@pytest.mark.parametrize(("loser", "winner"), [("ada", "ada"), ("eve", "ada")])
def test_a_merge_of_nothing_says_so(pair: Acme, loser: str, winner: str) -> None:
    """A merge of customers that are not there names one of them."""
    with pytest.raises(ControlError, match=loser):
        pair.twin.merge(loser, winner)


# The older product catalog


@pytest.mark.parametrize("kind", ["Item", "ItemFamily", "ItemPrice"])
def test_an_older_catalog_has_no_items(acme: Acme, kind: str) -> None:
    """A site with the older catalog refuses every call about items."""
    acme.twin.switches.product_catalog = "v1"

    assert (400, "configuration_incompatible", None) == refused(lambda: acme.ids(kind))


def test_an_older_catalog_has_customers(acme: Acme) -> None:
    """A site with the older catalog has customers all the same, odd ids included."""
    acme.twin.switches.product_catalog = "v1"
    acme.customer(id="item")

    assert "item" == acme.retrieved("Customer", "item")["id"]


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_site_says_its_catalog(acme: Acme, version: Literal["v1", "v2"]) -> None:
    """The configuration names the version of the catalog."""
    acme.twin.switches.product_catalog = version

    found = acme.sdk.Configuration.list().configurations[0]
    assert version == found.product_catalog_version
