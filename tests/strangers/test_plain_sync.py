"""The plain sync is right: what it makes, leaves alone, keeps together, survives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dataflow.twin.messages import Request, Response
from tests.cases import cases
from tests.strangers.world import IN_INVOICED, World, ids

# What it makes


def test_each_record_gets_one_counterpart(world: World) -> None:
    """A person and an item get a record with their id; an invoice gets one order.

    A person's name is in the customer's two names.
    """
    person = world.customer(name="Ada King Lovelace")
    item, invoice = world.item(), world.invoice(person)

    world.sync()

    (customer,) = world.counterparts("customers", person)
    assert ([person], [item], 1, ("Ada King", "Lovelace")) == (
        ids([customer]),
        ids(world.counterparts("items", item)),
        len(world.counterparts("orders", invoice)),
        (customer["first_name"], customer["last_name"]),
    )


def test_items_of_one_name_get_two_names(world: World) -> None:
    """An item whose name is taken gets its id behind the name."""
    world.item("Paper")
    world.sync()
    other = world.item("Paper")

    world.sync()

    names = {item["name"] for item in world.in_chargebee("items")}
    assert {"Paper", f"Paper ({other})"} == names


def test_an_order_has_currency_and_customer_of_its_invoice(world: World) -> None:
    """The currency is in upper case; the customer is no other person's counterpart."""
    persons = [world.customer(), world.customer(), world.customer()]
    invoice = world.invoice(persons[1], "gbp")

    world.sync()

    order = world.order(invoice)
    assert ("GBP", persons[1]) == (order["currency_code"], order["customer_id"])


@cases("currency, total", {"eur": ("eur", 1000), "jpy": ("jpy", 10)})
def test_a_carrier_has_the_amount(world: World, currency: str, total: int) -> None:
    """The carrier invoice has the invoice's total in the smallest unit."""
    world.invoice(world.customer(), currency)

    world.sync()

    assert [total] == [i["total"] for i in world.in_chargebee("invoices")]


def test_101_records_get_one_counterpart_each(world: World) -> None:
    """More records than a page holds get exactly one counterpart each."""
    numbers = range(101)
    persons = [world.customer() for _ in numbers]
    items = [world.item(f"Paper {number}") for number in numbers]
    invoices = [world.invoice(persons[0]) for _ in numbers]

    world.sync(times=2)

    orders = world.in_chargebee("orders")
    assert [sorted(persons), sorted(items), sorted(invoices)] == [
        sorted(ids(world.in_chargebee("customers"))),
        sorted(ids(world.in_chargebee("items"))),
        sorted(order["reference_id"] for order in orders),
    ]


# What it leaves alone


def test_a_second_run_writes_nothing(world: World) -> None:
    """A second run leaves every record on both sides as it was."""
    world.one_of_each()
    world.sync()
    before = world.everything()

    world.sync()

    assert before == world.everything()


def test_a_company_is_skipped(world: World) -> None:
    """A company and its invoice get no counterpart."""
    world.invoice(world.customer("company"))

    world.sync()

    assert [] == world.in_chargebee("customers") + world.in_chargebee("orders")


def test_drafts_and_voided_invoices_are_skipped(world: World) -> None:
    """They get no order."""
    world.invoice(world.customer(), draft=True)
    world.void(world.invoice(world.customer()))

    world.sync()

    assert [] == world.in_chargebee("orders")


def test_a_draft_that_is_issued_is_served(world: World) -> None:
    """A draft gets its order once it is issued."""
    draft = world.invoice(world.customer(), draft=True)
    world.sync()
    world.edit("invoices", draft, draft=False)

    world.sync()

    assert 1 == len(world.counterparts("orders", draft))


def test_what_is_older_than_the_start_is_skipped(world: World) -> None:
    """Records from before the start get no counterpart."""
    world.one_of_each()
    world.clock.advance(10)
    world.since = world.clock.seconds()

    world.sync()

    there = [world.in_chargebee(kind) for kind in ("customers", "items", "orders")]
    assert [[], [], []] == there


def test_an_old_customer_of_a_new_invoice_is_served(world: World) -> None:
    """A customer from before the start is served if a new invoice names it."""
    person = world.customer()
    world.clock.advance(10)
    world.since = world.clock.seconds()
    invoice = world.invoice(person)

    world.sync()

    assert person == world.order(invoice)["customer_id"]


def test_unrelated_edits_are_ignored(world: World) -> None:
    """An edit of what is not synchronised, in either system, causes no write."""
    keys = world.one_of_each()
    world.one_of_each()
    world.sync()
    for kind, here, there in (
        ("customers", "notes", "last_name"),
        ("orders", "notes", "note"),
        ("items", "description", "description"),
    ):
        (counterpart,) = world.counterparts(kind, keys[kind])
        world.edit(IN_INVOICED[kind], keys[kind], **{here: "something else"})
        world.change(f"{kind}/{counterpart['id']}", **{there: "something else"})
    before = world.everything()

    world.sync()

    assert before == world.everything()


def test_a_person_who_becomes_a_company_stays_linked(world: World, pair: str) -> None:
    """The invoice of a person who has become a company keeps its order."""
    before = world.order(pair)
    world.edit("customers", before["customer_id"], type="company")

    world.sync()

    assert before == world.order(pair)


def test_what_is_deleted_is_not_created_again(world: World) -> None:
    """Counterparts that were deleted in Chargebee stay deleted."""
    keys = world.one_of_each()
    world.sync()
    for kind in ("orders", "customers", "items"):
        (counterpart,) = world.counterparts(kind, keys[kind])
        world.change(f"{kind}/{counterpart['id']}/delete")
    world.clock.advance(600)

    world.sync(times=2)

    assert [] == [o for kind in keys for o in world.counterparts(kind, keys[kind])]


# What it keeps together


def test_currency_edits_can_follow_each_other(world: World, pair: str) -> None:
    """A second edit of the currency, back to the first, is carried over too."""
    for currency in ("gbp", "eur"):
        world.edit("invoices", pair, currency=currency)
        world.sync()

    orders = world.counterparts("orders", pair)
    assert ["EUR"] == [order["currency_code"] for order in orders]


def test_a_currency_edit_replaces_the_order(world: World, pair: str) -> None:
    """There is one order, in the new currency, with the note of the old one.

    The carrier invoice of the replaced order is voided.
    """
    before = world.order(pair)
    world.change(f"orders/{before['id']}", note="by hand")
    world.edit("invoices", pair, currency="gbp")

    world.sync()

    status = {i["id"]: i["status"] for i in world.in_chargebee("invoices")}
    assert ([("GBP", "by hand")], "voided") == (
        [(o["currency_code"], o["note"]) for o in world.counterparts("orders", pair)],
        status[before["invoice_id"]],
    )


def test_a_replacement_leaves_the_neighbour_alone(world: World, pair: str) -> None:
    """An edit of one invoice's currency leaves another's order as it was."""
    neighbour = world.invoice(world.customer(), "usd")
    world.sync()
    before = world.order(neighbour)
    world.edit("invoices", pair, currency="gbp")

    world.sync()

    assert before == world.order(neighbour)


@pytest.mark.usefixtures("pair")
def test_a_currency_edit_in_chargebee_is_carried_back(world: World) -> None:
    """If Chargebee let an order's currency be edited, the invoice would follow."""

    def in_pounds(request: Request) -> Response:
        answer = world.chargebee.handle(request)
        body = answer.body.replace(b'"EUR"', b'"GBP"')
        return Response(answer.status, body, answer.headers)

    world.interfere = in_pounds

    world.sync()

    assert ["gbp"] == [i["currency"] for i in world.in_invoiced("invoices")]


# What it says, and what it survives


def test_a_finished_run_says_so(world: World) -> None:
    """The exit status is 0 if everything was done."""
    world.one_of_each()

    assert 0 == world.sync().returncode


@pytest.mark.parametrize("fails", range(1, 10))
@cases("lost", {"answer": True, "request": False})
def test_a_run_cut_short_is_made_good(world: World, fails: int, *, lost: bool) -> None:
    """Whichever write fails, the next runs leave one right counterpart of each."""
    keys = _edited_pair_and_a_new_one(world)
    world.interfere = _failing_once(world, fails, lost=lost)

    world.sync(times=2)

    found = {key: world.counterparts("orders", key) for key in keys}
    currencies = {
        k: [o["currency_code"] for o in orders] for k, orders in found.items()
    }
    assert dict(zip(keys, (["GBP"], ["USD"]), strict=True)) == currencies


def test_an_edit_after_a_cut_is_not_missed(world: World, pair: str) -> None:
    """An edit between two runs, the first cut before its order, is in the order."""
    world.edit("invoices", pair, currency="gbp")
    world.interfere = _failing_once(world, 2, lost=False)
    world.sync()
    world.edit("invoices", pair, currency="usd")

    world.sync()

    assert "USD" == world.order(pair)["currency_code"]


def _edited_pair_and_a_new_one(world: World) -> list[str]:
    edited = world.invoice(world.customer(), "eur")
    world.sync()
    world.edit("invoices", edited, currency="gbp")
    world.item()
    return [edited, world.invoice(world.customer(), "usd")]


def _failing_once(
    world: World, fails: int, *, lost: bool
) -> Callable[[Request], Response]:
    """Return a Chargebee that answers one write with 503, done or not."""
    writes = 0

    def handle(request: Request) -> Response:
        nonlocal writes
        writes += request.method == "POST"
        failing = request.method == "POST" and writes == fails
        if not failing:
            return world.chargebee.handle(request)
        if lost:
            world.chargebee.handle(request)
        return Response(503, b"{}")

    return handle


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_vendor_in_trouble_asks_for_another_try(world: World, status: int) -> None:
    """The exit status is 75 if a vendor answers that it is not up to it."""
    world.interfere = lambda _: Response(status, b"<html>")

    assert 75 == world.sync().returncode


def test_an_unreachable_vendor_asks_for_another_try(world: World) -> None:
    """The exit status is 75 if a vendor cannot be reached."""
    ended = world.sync(DATAFLOW_INVOICED_URL="http://127.0.0.1:9")

    assert 75 == ended.returncode


def test_a_damaged_memory_is_an_error(world: World) -> None:
    """The exit status is 1 if the memory cannot be read."""
    world.state.mkdir()
    (world.state / "plain.json").write_text("{")

    assert 1 == world.sync().returncode


@pytest.mark.parametrize("vendor", ["INVOICED", "CHARGEBEE"])
def test_a_wrong_key_is_an_error(world: World, vendor: str) -> None:
    """The exit status is 1, with one line on the standard error stream."""
    ended = world.sync_once("", {f"DATAFLOW_{vendor}_KEY": "wrong"})

    assert (1, 1) == (ended.returncode, len(ended.stderr.splitlines()))


def test_a_refusal_does_not_stop_the_others(world: World) -> None:
    """A record that Chargebee refuses does not keep the next from being served."""
    refused, served = world.customer(), world.customer()

    def refuse(request: Request) -> Response:
        if request.body.startswith(f"id={refused}".encode()):
            return Response(400, b'{"message": "no"}')
        return world.chargebee.handle(request)

    world.interfere = refuse

    world.sync()

    assert [served] == ids(world.in_chargebee("customers"))
