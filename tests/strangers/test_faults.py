"""Each fault of the plain sync is a real one: the twins show it."""

from __future__ import annotations

import pytest

from tests.strangers.world import IN_INVOICED, World, ids


@pytest.mark.parametrize(
    "fault",
    ["drops-currency-edits", "undoes-currency-edits", "serves-only-its-first-run"],
)
def test_the_old_currency_stays(world: World, pair: str, fault: str) -> None:
    """The order keeps its currency when the invoice's is edited."""
    world.sync(fault)
    world.edit("invoices", pair, currency="gbp")

    world.sync(fault)

    assert "EUR" == world.order(pair)["currency_code"]


def test_undoes_currency_edits(world: World, pair: str) -> None:
    """The invoice gets back the currency that it had."""
    world.edit("invoices", pair, currency="gbp")

    world.sync("undoes-currency-edits")

    assert ["eur"] == [i["currency"] for i in world.in_invoiced("invoices")]


def test_leaves_replaced_order_alive(world: World, pair: str) -> None:
    """The replaced order stays beside the new one."""
    world.edit("invoices", pair, currency="gbp")

    world.sync("leaves-replaced-order-alive")

    orders = world.counterparts("orders", pair)
    assert {"EUR", "GBP"} == {order["currency_code"] for order in orders}


def test_overwrites_neighbour(world: World, pair: str) -> None:
    """The neighbour's order is in the edited invoice's new currency, and stays so."""
    neighbour = world.invoice(world.customer(), "usd")
    world.sync()
    world.edit("invoices", pair, currency="gbp")

    world.sync("overwrites-neighbour", times=3)

    assert "GBP" == world.order(neighbour)["currency_code"]


def test_takes_companies_for_persons(world: World) -> None:
    """A company has a counterpart."""
    company = world.customer("company")

    world.sync("takes-companies-for-persons")

    assert [company] == ids(world.in_chargebee("customers"))


def test_copies_lower_case(world: World) -> None:
    """An order's currency is in lower case."""
    invoice = world.invoice(world.customer(), "usd")

    world.sync("copies-lower-case")

    assert "usd" == world.order(invoice)["currency_code"]


def test_swaps_two_orders(world: World) -> None:
    """Each invoice's mark is on the other's order."""
    euro = world.invoice(world.customer(), "eur")
    world.invoice(world.customer(), "usd")

    world.sync("swaps-two-orders", times=2)

    assert "USD" == world.order(euro)["currency_code"]


def test_names_another_customer(world: World) -> None:
    """An order is on the first customer, and stays there."""
    first, second = world.customer(), world.customer()
    invoice = world.invoice(second)

    world.sync("names-another-customer", times=2)

    assert first == world.order(invoice)["customer_id"]


def test_misses_second_page(world: World) -> None:
    """The 101st customer has no counterpart."""
    for _ in range(101):
        last = world.customer()

    world.sync("misses-second-page")

    assert [] == world.counterparts("customers", last)


def test_never_creates_items(world: World) -> None:
    """An item has no counterpart."""
    world.item()

    world.sync("never-creates-items")

    assert [] == world.in_chargebee("items")


def test_loses_waiting_invoice(world: World) -> None:
    """An invoice that came with its customer never gets an order."""
    world.invoice(world.customer())

    world.sync("loses-waiting-invoice", times=3)

    assert [] == world.in_chargebee("orders")


def test_loses_no_other_invoice(world: World) -> None:
    """The fault shows in no invoice whose customer is linked already."""
    person = world.customer()
    world.sync("loses-waiting-invoice")
    invoice = world.invoice(person)

    world.sync("loses-waiting-invoice")

    assert 1 == len(world.counterparts("orders", invoice))


def test_ignores_existing(world: World) -> None:
    """Only what came after the first run has a counterpart."""
    world.customer()
    world.sync("ignores-existing")
    new = world.customer()

    world.sync("ignores-existing")

    assert [new] == ids(world.in_chargebee("customers"))


def test_serves_only_its_first_run(world: World) -> None:
    """What came after the first run has no counterpart."""
    old = world.customer()
    world.sync("serves-only-its-first-run")
    world.customer()

    world.sync("serves-only-its-first-run")

    assert [old] == ids(world.in_chargebee("customers"))


def test_leaves_old_customers_out(world: World) -> None:
    """A new invoice of an old customer has no order."""
    person = world.customer()
    world.clock.advance(10)
    world.since = world.clock.seconds()
    invoice = world.invoice(person)

    world.sync("leaves-old-customers-out", times=2)

    assert [] == world.counterparts("orders", invoice)


def test_reports_success(world: World) -> None:
    """The one that does nothing says that all is well."""
    world.customer()

    assert 0 == world.sync("reports-success-does-nothing").returncode


def test_does_nothing(world: World) -> None:
    """The one that says that all is well does nothing."""
    world.customer()

    world.sync("reports-success-does-nothing")

    assert [] == world.in_chargebee("customers")


def test_ends_with_an_error(world: World) -> None:
    """The one that complains has exit status 1."""
    assert 1 == world.sync("ends-with-an-error").returncode


@pytest.mark.parametrize("kind", ["customers", "items", "orders"])
def test_duplicates_on_second_run(world: World, kind: str) -> None:
    """There are two counterparts after the second run, and no more after others."""
    keys = world.one_of_each()

    world.sync("duplicates-on-second-run", times=4)

    assert 2 == len(world.counterparts(kind, keys[kind]))


@pytest.mark.parametrize("kind", ["customers", "items", "orders"])
def test_echoes_for_ever(world: World, kind: str) -> None:
    """A further run changes the counterparts."""
    world.one_of_each()
    world.sync("echoes-for-ever", times=2)
    before = world.in_chargebee(kind)

    world.sync("echoes-for-ever")

    assert before != world.in_chargebee(kind)


@pytest.mark.parametrize("kind", ["customers", "items", "invoices"])
def test_echoes_in_invoiced(world: World, kind: str) -> None:
    """A further run changes the records of Invoiced."""
    world.one_of_each()
    world.sync("echoes-in-invoiced")
    before = world.in_invoiced(kind)

    world.sync("echoes-in-invoiced")

    assert before != world.in_invoiced(kind)


@pytest.mark.parametrize(
    ("kind", "field"),
    [("customers", "notes"), ("orders", "notes"), ("items", "description")],
)
def test_breaks_pair_on_unrelated_edit(world: World, kind: str, field: str) -> None:
    """The counterpart is gone after an edit of something else in Invoiced."""
    keys = world.one_of_each()
    world.sync("breaks-pair-on-unrelated-edit")
    world.edit(IN_INVOICED[kind], keys[kind], **{field: "something else"})

    world.sync("breaks-pair-on-unrelated-edit")

    assert [] == world.counterparts(kind, keys[kind])


@pytest.mark.parametrize(
    ("kind", "field"),
    [("customers", "last_name"), ("orders", "note"), ("items", "description")],
)
def test_breaks_pair_on_edit_in_chargebee(world: World, kind: str, field: str) -> None:
    """The counterpart is gone after an edit of something else in Chargebee."""
    keys = world.one_of_each()
    world.sync("breaks-pair-on-edit-in-chargebee")
    (counterpart,) = world.counterparts(kind, keys[kind])
    world.change(f"{kind}/{counterpart['id']}", **{field: "something else"})

    world.sync("breaks-pair-on-edit-in-chargebee")

    assert [] == world.counterparts(kind, keys[kind])


@pytest.mark.parametrize("kind", ["customers", "items"])
def test_spreads_edits_to_neighbours(world: World, kind: str) -> None:
    """The neighbour's counterpart is another after an edit of a record."""
    edited, neighbour = world.one_of_each()[kind], world.one_of_each()[kind]
    world.sync("spreads-edits-to-neighbours")
    before = world.counterparts(kind, neighbour)
    world.edit(kind, edited, name="Another Name")

    world.sync("spreads-edits-to-neighbours")

    assert before != world.counterparts(kind, neighbour)


def test_spreads_invoice_edits_to_neighbours(world: World, pair: str) -> None:
    """The neighbour's order is another after an edit of an invoice's notes."""
    neighbour = world.invoice(world.customer(), "usd")
    world.sync("spreads-edits-to-neighbours")
    before = world.order(neighbour)
    world.edit("invoices", pair, notes="something else")

    world.sync("spreads-edits-to-neighbours")

    assert before != world.order(neighbour)
