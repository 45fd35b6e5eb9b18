"""New records: each gets one counterpart, and waits for what it needs."""

from __future__ import annotations

import pytest

from dataflow.sync.create import SyncSettings
from tests.sync.world import Record, World, answering, refusing

COMPANY = "is a company, and only persons are synchronised"


def test_a_person_becomes_a_customer_under_its_own_id(world: World) -> None:
    """The Chargebee customer of a person has the Invoiced id."""
    person = world.customer()

    world.sync()

    assert [person] == [customer["id"] for customer in world.listed("customer")]


def test_a_new_customer_is_never_charged(world: World) -> None:
    """Automatic collection is off for every customer that the sync makes."""
    world.customer()

    world.sync()

    assert "off" == world.listed("customer")[0]["auto_collection"]


def test_a_new_customer_bears_the_mark(world: World) -> None:
    """The Invoiced id stands in the customer's metadata."""
    person = world.customer()

    world.sync()

    assert {"invoiced_id": person} == world.listed("customer")[0]["meta_data"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")),
        ("Ada King Lovelace", ("Ada King", "Lovelace")),
        ("Ada", ("Ada", None)),
        ("x" * 200, ("x" * 150, None)),
    ],
)
def test_a_name_is_split_at_its_last_space(
    world: World, name: str, expected: tuple[str, str | None]
) -> None:
    """First and last name come out of the one name, in the lengths that fit."""
    world.customer(name=name)

    world.sync()
    customer = world.listed("customer")[0]

    assert expected == (customer["first_name"], customer.get("last_name"))


def test_a_company_gets_no_counterpart(world: World) -> None:
    """Only persons are synchronised."""
    world.customer(type="company")

    outcome = world.sync()

    assert ([], 0) == (world.listed("customer"), outcome.written)


def test_a_refused_extra_is_left_out(world: World) -> None:
    """A customer whose e-mail address Chargebee refuses still gets a counterpart."""
    person = world.customer(email="ada@example.com")

    with world.failing(refusing("POST /customers", "email", param="email")):
        world.sync()

    assert [person] == [customer["id"] for customer in world.listed("customer")]


def test_an_order_names_customer_and_currency(world: World) -> None:
    """The order's customer is the linked one, its currency in upper case."""
    person = world.customer()
    world.invoice(person)

    world.sync()
    order = world.listed("order")[0]

    assert (person, "EUR") == (order["customer_id"], order["currency_code"])


def test_an_order_stands_on_an_invoice_of_the_same_total(world: World) -> None:
    """The imported invoice has the total in minor units."""
    world.invoice(world.customer())

    world.sync()

    assert [1050] == [invoice["total"] for invoice in world.listed("invoice")]


def test_an_invoice_of_nothing_gets_its_order(world: World) -> None:
    """A total of zero is a total."""
    invoice = world.invoice(world.customer(), items=[])

    world.sync()

    assert [invoice] == [order["id"] for order in world.listed("order")]


def test_a_currency_without_decimals_is_counted_in_units(world: World) -> None:
    """Yen are whole units in Chargebee."""
    lines = [{"name": "Tea", "quantity": 1, "unit_cost": 500}]
    world.invoice(world.customer(), currency="jpy", items=lines)

    world.sync()

    assert [500] == [invoice["total"] for invoice in world.listed("invoice")]


def test_an_invoice_of_a_later_date_is_imported_as_of_its_making(world: World) -> None:
    """What is imported has existed already, whatever date it bears."""
    now = world.clock.seconds()
    world.invoice(world.customer(), date=now + 86_400)

    world.sync()
    order = world.listed("order")[0]

    assert (now, now + 86_400) == (order["created_at"], order["order_date"])


def test_a_draft_waits(world: World) -> None:
    """A draft gets no order, and the report says why."""
    invoice = world.invoice(world.customer(), draft=True)

    outcome = world.sync()

    assert [
        f"invoice {invoice} is a draft; it gets an order once it is issued."
    ] == outcome.waiting


def test_an_issued_draft_gets_its_order(world: World) -> None:
    """A draft is synchronised as soon as it is issued."""
    invoice = world.invoice(world.customer(), draft=True)
    world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"draft": False})

    outcome = world.sync()

    assert ([invoice], []) == (
        [order["reference_id"] for order in world.listed("order")],
        outcome.waiting,
    )


def test_a_voided_invoice_is_left_out(world: World) -> None:
    """An invoice that is voided before it has an order gets none."""
    invoice = world.invoice(world.customer())
    world.left("POST", f"/invoices/{invoice}/void")

    outcome = world.sync()

    assert ([], [f"invoice {invoice} is voided, so it gets no order."]) == (
        world.listed("order"),
        outcome.left_out,
    )


def test_an_invoice_of_a_company_waits(world: World) -> None:
    """It is not lost: the report says what it waits for and why."""
    company = world.customer(type="company")
    invoice = world.invoice(company)

    outcome = world.sync()

    assert [f"invoice {invoice} waits: its customer {company} {COMPANY}."] == (
        outcome.waiting
    )


def test_a_company_that_becomes_a_person_frees_its_invoices(world: World) -> None:
    """What waited for a customer is synchronised in the run that links it."""
    company = world.customer(type="company")
    invoice = world.invoice(company)
    world.sync()
    world.clock.advance(3600)
    world.invoice(world.customer(), draft=True)
    world.sync()
    world.left("PATCH", f"/customers/{company}", {"type": "person"})

    outcome = world.sync()

    assert ([(invoice, company)], 1) == (
        [(x["reference_id"], x["customer_id"]) for x in world.listed("order")],
        len(outcome.waiting),
    )


def test_what_was_made_before_the_start_is_of_no_interest(world: World) -> None:
    """Records created before the time to start from get no counterpart."""
    world.customer()
    world.item()
    world.clock.advance(10)
    world.since = world.clock.seconds()

    outcome = world.sync()

    assert (0, []) == (outcome.written, world.listed("customer"))


def test_what_a_record_of_interest_refers_to_is_of_interest(world: World) -> None:
    """An older customer gets a counterpart when a newer invoice names it."""
    person = world.customer()
    world.customer(name="Charles Babbage")
    world.clock.advance(10)
    world.since = world.clock.seconds()
    invoice = world.invoice(person)

    world.sync()

    assert ([person], [invoice]) == (
        [customer["id"] for customer in world.listed("customer")],
        [order["id"] for order in world.listed("order")],
    )


def test_an_item_keeps_its_id_and_name(world: World) -> None:
    """An item's counterpart has its id, its name and the family of the settings."""
    world.item()
    world.settings = SyncSettings(item_family="goods", item_type="addon")

    world.sync()
    item = world.listed("item")[0]

    assert ("delivery", "Delivery", "goods", "addon") == (
        item["id"],
        item["name"],
        item["item_family_id"],
        item["type"],
    )


def test_a_name_that_is_taken_gets_the_id_beside(world: World) -> None:
    """Chargebee's item names are unique, Invoiced's are not."""
    world.item("one")
    world.item("two")

    world.sync()

    assert ["Delivery", "Delivery (two)"] == [x["name"] for x in world.listed("item")]


def test_a_name_that_is_too_long_is_cut_but_for_the_id(world: World) -> None:
    """100 characters are left, the id among them."""
    world.item("one", name="x" * 150)

    world.sync()

    assert [f"{'x' * 94} (one)"] == [x["name"] for x in world.listed("item")]


def test_more_than_a_page_is_read_to_the_end(world: World) -> None:
    """101 records get 101 counterparts."""
    people = {world.customer(name=f"Person {number}") for number in range(101)}

    world.sync()
    found = world.right("GET", "/customers", limit=100)
    rest = world.right("GET", "/customers", limit=100, offset=found["next_offset"])

    assert people == {x["customer"]["id"] for x in found["list"] + rest["list"]}


def test_a_second_run_writes_nothing(world: World) -> None:
    """What is in agreement is left alone."""
    world.invoice(world.customer())
    world.item()
    world.sync()

    world.sync()

    assert [] == world.writes


def test_a_second_run_leaves_the_memory_alone(world: World) -> None:
    """The state file is the same to the byte after a run without changes."""
    world.invoice(world.customer())
    world.item()
    world.sync()
    world.sync()
    before = world.path.read_bytes()

    world.sync()

    assert before == world.path.read_bytes()


def test_a_stranger_keeps_its_record(world: World) -> None:
    """A Chargebee record that happens to have the id is not evidence."""
    person = world.customer()
    world.right("POST", "/customers", id=person, first_name="Stranger")

    world.sync()

    assert {person: "Stranger", f"invoiced-{person}": "Ada"} == {
        customer["id"]: customer["first_name"] for customer in world.listed("customer")
    }


def test_a_stranger_keeps_its_order(world: World) -> None:
    """An order that names another invoice is nobody's, whatever its id."""
    person = world.customer()
    invoice = world.invoice(person)
    now = world.clock.seconds()
    world.right("POST", "/customers", id="stranger")
    lines = {"amount": [1], "description": ["x"]}
    world.right(
        "POST",
        "/invoices/import_invoice",
        id="theirs",
        customer_id="stranger",
        currency_code="USD",
        date=now,
        total=1,
        status="posted",
        line_items=lines,
    )
    world.right(
        "POST",
        "/orders/import_order",
        id=invoice,
        reference_id="other",
        invoice_id="theirs",
        status="queued",
        created_at=now,
        order_date=now,
        shipping_date=now,
    )

    world.sync()

    assert {
        ("other", "stranger", "theirs"),
        (invoice, person, f"inv-invoiced-{invoice}"),
    } == {
        (order["reference_id"], order["customer_id"], order["invoice_id"])
        for order in world.live("order")
    }


def test_an_id_that_is_taken_leaves_no_invoice_behind(world: World) -> None:
    """The invoice imported for an order that could not be is voided."""
    test_a_stranger_keeps_its_order(world)

    assert ["inv-invoiced", "theirs"] == sorted(
        found["id"].rpartition("-")[0] or found["id"] for found in world.live("invoice")
    )


def test_one_bad_record_does_not_stop_the_others(world: World) -> None:
    """A record that is refused is reported, and the rest is synchronised."""
    world.item("one", name="One")
    world.item("two", name="Two")
    world.item("three", name="Three")

    with world.failing(refusing("POST /items", "two")):
        outcome = world.sync()

    assert (["one", "three"], 1, 1) == (
        [item["id"] for item in world.listed("item")],
        len(outcome.failed),
        outcome.status,
    )


def test_a_refused_record_is_tried_again(world: World) -> None:
    """The next run deals with what was refused, though nothing has changed."""
    person = world.customer()
    with world.failing(refusing("POST /customers", person)):
        world.sync()
    world.clock.advance(3600)

    outcome = world.sync()

    assert ([person], [], 0) == (
        [customer["id"] for customer in world.listed("customer")],
        outcome.failed,
        outcome.status,
    )


@pytest.mark.parametrize(
    ("currency", "total", "held"),
    [("jpy", 10.5, 11), ("jpy", 10.4, 10), ("kwd", 1.234, 123), ("kwd", 1.235, 124)],
)
def test_an_amount_that_does_not_fit_is_rounded(
    world: World, currency: str, total: float, held: int
) -> None:
    """The sum is listed nowhere: a total that Chargebee cannot hold goes half up."""
    invoice = world.invoice(world.customer(), currency=currency)
    patched: Record = world.left("GET", f"/invoices/{invoice}") | {"total": total}

    with world.failing(answering("GET /invoices", [patched])):
        world.sync()

    assert [held] == [found["total"] for found in world.listed("invoice")]


def test_a_rounded_amount_is_told(world: World) -> None:
    """A note says what the total was and what it is carried as."""
    invoice = world.invoice(world.customer(), currency="kwd")
    patched: Record = world.left("GET", f"/invoices/{invoice}") | {"total": 1.234}

    with world.failing(answering("GET /invoices", [patched])):
        outcome = world.sync()

    assert [f"invoice {invoice} of 1.234 KWD is carried as 1.23:"] == [
        text.partition(" Chargebee")[0] for text in outcome.notes
    ]
