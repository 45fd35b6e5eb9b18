"""What a site does late, by itself, or behind its callers' back."""

from __future__ import annotations

from typing import Literal

import pytest

from dataflow.twin.chargebee import ChargebeeTwin
from dataflow.twin.clock import START, ManualClock
from dataflow.twin.messages import Arguments, ControlError, Json
from tests.contract.chargebee.site import Site, refused, taken

ADA = {"object": "customer", "id": "ada"}


# Lists that lag


@pytest.fixture
def lagging(twin: ChargebeeTwin, ada: Site, clock: ManualClock) -> Site:
    """Return a site whose lists lag by five seconds, with an older customer."""
    clock.advance(5)
    twin.switches.list_lag = 5
    return ada


def test_a_list_misses_what_is_new(lagging: Site, clock: ManualClock) -> None:
    """A new record is retrieved at once, and listed after the lag."""
    made = lagging.customer(id="bob")
    seen = [lagging.read(made)["id"], lagging.listed("customer")]
    clock.advance(5)

    assert ["bob", ["ada"], ["ada", "bob"]] == [*seen, lagging.listed("customer")]


def test_a_list_shows_what_was(lagging: Site, clock: ManualClock) -> None:
    """A change is listed after the lag, and until then as it was before."""
    lagging.update(ADA, first_name="Grace")
    before = lagging.rows("customer")[0].get("first_name")
    polled = lagging.listed("customer", updated_at={"after": START})
    clock.advance(5)

    after = lagging.rows("customer")[0]["first_name"]
    assert (None, [], "Grace") == (before, polled, after)


def test_a_deleted_record_is_listed_within_the_lag(
    lagging: Site, clock: ManualClock
) -> None:
    """A list shows a deleted record until the lag is over."""
    lagging.delete(ADA)
    clock.advance(180)
    before = lagging.listed("customer")
    clock.advance(5)

    assert (["ada"], []) == (before, lagging.listed("customer"))


def test_orders_of_an_invoice_lag_too(lagging: Site) -> None:
    """The list of an invoice's orders lags like any other."""
    lagging.order(invoice_id="inv")

    assert [] == lagging.raw.get("/invoices/inv/orders").json()["list"]


def test_a_taken_name_is_known_within_the_lag(lagging: Site) -> None:
    """The lag is the lists': a name that was just taken is taken."""
    name = lagging.item()["name"]

    assert taken("name") == refused(lagging.item, name=name)


def test_a_lag_that_is_switched_off_is_over(lagging: Site, twin: ChargebeeTwin) -> None:
    """Without a lag, lists show what is."""
    lagging.customer(id="bob")
    twin.switches.list_lag = 0

    assert ["ada", "bob"] == lagging.listed("customer")


def test_a_shorter_lag_brings_nothing_old_back(
    lagging: Site, twin: ChargebeeTwin, clock: ManualClock
) -> None:
    """Changes are listed in their order, even if the lag got shorter between them."""
    lagging.update(ADA, first_name="First")
    twin.switches.list_lag = 1
    lagging.update(ADA, first_name="Last")
    clock.advance(20)

    assert "Last" == lagging.rows("customer")[0]["first_name"]


def test_an_emptied_site_lists_nothing_late(
    lagging: Site, twin: ChargebeeTwin, clock: ManualClock
) -> None:
    """What was to be listed later is not, once the site was emptied."""
    lagging.customer()
    twin.reset()
    clock.advance(5)

    assert [] == lagging.listed("customer")


# Customers that are deleted later


@pytest.fixture
def slow(twin: ChargebeeTwin, ada: Site) -> Site:
    """Return a site that takes five seconds to delete a customer."""
    twin.switches.customer_delete_delay = 5
    ada.delete(ADA)
    return ada


def test_a_deletion_takes_its_time(slow: Site, clock: ManualClock) -> None:
    """A customer is there until the delay is over, and so are its invoices."""
    clock.advance(4.9)
    before = [slow.listed("customer"), slow.listed("invoice")]
    clock.advance(0.1)

    after = [slow.listed("customer"), slow.listed("invoice")]
    assert ([["ada"], ["inv"]], [[], []]) == (before, after)


def test_a_late_deletion_happened_when_it_was_due(
    slow: Site, clock: ManualClock
) -> None:
    """A deletion that nobody looked for has the time at which it was due."""
    clock.advance(100)
    gone = slow.read(ADA)

    assert (True, START + 5) == (gone["deleted"], gone["updated_at"])


def test_a_second_deletion_changes_nothing(slow: Site, clock: ManualClock) -> None:
    """A customer that is asked to go twice goes once."""
    slow.delete(ADA)
    clock.advance(10)

    assert 1 == len(slow.listed("event", event_type={"is": "customer_deleted"}))


# Bumps


@pytest.mark.parametrize("kind", ["customer", "item_family"])
def test_a_bump_renews_the_version_alone(
    site: Site, twin: ChargebeeTwin, clock: ManualClock, kind: str
) -> None:
    """A bump moves the version and its time, leaves all else, and makes no event."""
    made = site.make(kind)
    clock.advance(5)
    twin.bump(kind, made["id"])

    version = {"resource_version": (START + 5) * 1000, "updated_at": START + 5}
    assert (made | version, 1) == (site.read(made), len(site.listed("event")))


@pytest.mark.parametrize(("kind", "record_id"), [("customer", "bob"), ("cat", "ada")])
def test_a_bump_of_nothing_says_so(
    ada: Site, twin: ChargebeeTwin, kind: str, record_id: str
) -> None:
    """A bump of what is not there names what was asked for."""
    with pytest.raises(ControlError, match=f"{kind} {record_id}"):
        twin.bump(kind, record_id)

    assert 2 == len(ada.listed("event"))


# Records without a time of change


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["ada"]),
        ({"updated_at": {"after": 0}}, []),
        ({"updated_at": {"between": [0, 9_999_999_999]}}, []),
        ({"created_at": {"after": 1}}, ["ada"]),
        ({"sort_by": {"asc": "updated_at"}}, ["ada"]),
    ],
    ids=["all", "after", "between", "created", "sorted"],
)
def test_an_old_record_is_found_without_the_filter(
    ada: Site, twin: ChargebeeTwin, query: dict[str, object], expected: list[str]
) -> None:
    """A record without updated_at is in no list that asks for a time of change."""
    twin.age("customer", "ada")

    assert expected == ada.listed("customer", **query)


def test_an_old_record_that_changes_is_as_others(
    ada: Site, twin: ChargebeeTwin
) -> None:
    """A change gives a record its time of change again."""
    twin.age("customer", "ada")
    ada.update(ADA, phone="1")

    assert ["ada"] == ada.listed("customer", updated_at={"after": 0})


# Merges


def test_a_merge_moves_silently(ada: Site, clock: ManualClock) -> None:
    """No event tells that an invoice or an order has another customer."""
    ada.order(invoice_id="inv")
    bob = ada.customer()
    before = len(ada.listed("event"))
    ada.merge(ADA, bob)
    clock.advance(60)

    assert ["customer_deleted", "customer_changed"] == [
        event["event_type"] for event in ada.rows("event", limit=100)[before:]
    ]


def test_a_merge_can_be_made_from_outside(ada: Site, twin: ChargebeeTwin) -> None:
    """The control does what the call does."""
    bob = ada.customer(id="bob")
    twin.merge("ada", "bob")

    assert ["inv"] == ada.listed("invoice", customer_id={"is": bob["id"]})


@pytest.mark.parametrize(("loser", "winner"), [("ada", "ada"), ("eve", "ada")])
def test_a_merge_of_nothing_says_so(
    ada: Site, twin: ChargebeeTwin, loser: str, winner: str
) -> None:
    """A merge of customers that are not there names one of them."""
    with pytest.raises(ControlError, match=loser):
        twin.merge(loser, winner)

    assert ["ada"] == ada.listed("customer")


# The older product catalog


@pytest.mark.parametrize("kind", ["item", "item_family", "item_price"])
def test_an_older_catalog_has_no_items(
    site: Site, twin: ChargebeeTwin, kind: str
) -> None:
    """A site with the older catalog refuses every call about items."""
    twin.switches.product_catalog = "v1"

    assert (400, "configuration_incompatible", None) == refused(site.listed, kind)


def test_an_older_catalog_has_customers(site: Site, twin: ChargebeeTwin) -> None:
    """A site with the older catalog has customers all the same, odd ids included."""
    twin.switches.product_catalog = "v1"
    made = site.customer(id="item")

    assert made == site.read(made)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_site_says_its_catalog(
    site: Site, twin: ChargebeeTwin, version: Literal["v1", "v2"]
) -> None:
    """The configuration names the version of the catalog."""
    twin.switches.product_catalog = version

    found = site.sdk.Configuration.list().configurations[0]
    assert version == found.product_catalog_version


# Custom fields


@pytest.mark.parametrize(
    ("sent", "expected"),
    [("cf_size", 43), ("cf_colour", None)],
    ids=["defined", "not defined"],
)
def test_only_defined_fields_are_stored(
    ada: Site, twin: ChargebeeTwin, sent: str, expected: object
) -> None:
    """Once fields are defined, a field has its data type, and others are dropped."""
    define = twin.list_switches()["custom_fields"]
    define(Arguments({"customer": {"cf_size": "long"}}))
    ada.update(ADA, **{sent: "43"})

    assert expected == ada.read(ADA).get(sent)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"order": {"cf_size": "long"}}, "no argument order"),
        ({"customer": {"cf_size": "wide"}}, "must be one of"),
        ({"customer": {"size": "long"}}, "begins with cf_"),
    ],
)
def test_an_odd_definition_is_refused(
    twin: ChargebeeTwin, given: dict[str, Json], text: str
) -> None:
    """Orders have no custom fields, and a field has a known type."""
    with pytest.raises(ControlError, match=text):
        twin.list_switches()["custom_fields"](Arguments(given))
