"""What users of such syncs complain about in public, one test for each complaint."""

from __future__ import annotations

import pytest

from tests.sync.world import Record, World, lost, meanwhile, once, refusing

ROWS = (("email", "email"), ("phone", "phone"))


@pytest.fixture
def person(world: World) -> str:
    """Return a person in sync, with two listed properties."""
    world.rows["customer"] = ROWS
    person = world.customer(email="ada@example.com", phone="1")
    world.sync()
    world.clock.advance(3600)
    return person


def test_going_live_doubles_no_record(world: World) -> None:
    """Two full accounts without a mark keep the records that they have."""
    for number in range(5):
        email = f"p{number}@example.com"
        world.customer(name=f"Ada {number}", email=email)
        names = {"first_name": "Ada", "last_name": str(number)}
        world.right("POST", "/customers", id=f"c{number}", email=email, **names)

    world.sync()

    assert [f"c{number}" for number in range(5)] == world.ids("customer")


def test_a_failed_record_recovers_without_an_edit(world: World, person: str) -> None:
    """What was refused once is written later, without another edit."""
    world.left("PATCH", f"/customers/{person}", {"phone": "2"})
    with world.failing(refusing(f"POST /customers/{person}", "phone")):
        world.sync()
    world.clock.advance(86_400)

    world.sync()

    assert ("2", "2") == world.both(person, "phone")


@pytest.mark.parametrize("before", [True, False])
def test_a_record_created_during_a_run_is_synchronised(
    world: World, *, before: bool
) -> None:
    """Created just before or after its list is read, it arrives in the next run."""
    world.customer(name="First")
    late: list[str] = []

    def create() -> None:
        late.append(world.customer(name="Late"))

    with world.failing(meanwhile("POST /customers", create, before=before)):
        world.sync()
    world.sync()

    assert late[0] in world.ids("customer")


def test_an_unrelated_record_with_the_same_number_is_not_taken_over(
    world: World,
) -> None:
    """A customer, an order or an invoice of others may have any number."""
    person = world.customer(email="ada@example.com")
    other = {"first_name": "Bo", "email": "bo@example.com"}
    world.right("POST", "/customers", id=person, **other)

    world.sync()
    found = world.right("GET", f"/customers/{person}")["customer"]

    assert ("Bo", None) == (found["first_name"], found.get("meta_data"))


def test_an_interrupted_export_doubles_nothing(world: World) -> None:
    """A creation whose answer was lost is found by the next run."""
    world.invoice(world.customer())
    with world.failing(once("POST /orders/import_order", lost)):
        world.sync()

    world.sync()

    assert (1, 1) == (len(world.live("order")), len(world.live("invoice")))


def test_a_deleted_counterpart_is_no_error_for_good(world: World, person: str) -> None:
    """The pair is broken and heals when the user creates the counterpart again."""
    world.delete_right_customer(person)
    broken = world.sync()
    world.right("POST", "/customers", id="again", meta_data={"invoiced_id": person})
    world.left("PATCH", f"/customers/{person}", {"phone": "2"})

    world.sync()
    again = world.right("GET", "/customers/again")["customer"]

    assert (1, 0, "2") == (len(broken.broken), broken.status, again["phone"])


def test_after_a_merge_updates_go_to_one_customer(world: World, person: str) -> None:
    """The counterpart of the customer that is no more is left as it is."""
    merged = world.customer(name="Ada Byron", email="byron@example.com", phone="9")
    world.sync()
    world.clock.advance(3600)
    world.left("POST", f"/customers/{person}/merge", {"customer": int(merged)})
    world.left("PATCH", f"/customers/{person}", {"phone": "2"})

    world.sync(full=True)
    rights = {found["id"]: found["phone"] for found in world.listed("customer")}

    assert {person: "2", merged: "9"} == rights


def test_a_payment_is_recorded_on_one_side_only(world: World, person: str) -> None:
    """A payment in Invoiced is not entered in Chargebee as one more payment."""
    invoice = world.invoice(person)
    world.sync()
    world.left("POST", "/payments", pay(person, invoice))

    world.sync()

    assert [] == world.writes


def pay(person: str, invoice: str) -> Record:
    """Return a payment of the whole invoice."""
    applied = {"type": "invoice", "invoice": int(invoice), "amount": 10.5}
    paid = {"amount": 10.5, "currency": "eur", "method": "check"}
    return {"customer": int(person), **paid, "applied_to": [applied]}


def test_an_edit_of_a_voided_invoice_stops_nothing(world: World, person: str) -> None:
    """What cannot be written any more is reported, and the others go on."""
    invoice = world.invoice(person)
    world.sync()
    world.left("POST", f"/invoices/{invoice}/void")
    world.left("PATCH", f"/customers/{person}", {"phone": "2"})

    outcome = world.sync()

    assert (("2", "2"), 0) == (world.both(person, "phone"), outcome.status)


def test_a_delayed_old_value_does_not_overwrite_a_correction(
    world: World, person: str
) -> None:
    """A list that lags behind the sync's own write changes nothing."""
    world.right("POST", f"/customers/{person}", phone="2")
    world.chargebee.switches.list_lag = 200
    world.sync()
    world.left("PATCH", f"/customers/{person}", {"phone": "3"})
    world.sync()
    world.sync()

    assert ("3", "3") == world.both(person, "phone")


@pytest.mark.parametrize("side", ["Invoiced", "Chargebee"])
def test_an_empty_value_changes_nothing(world: World, person: str, side: str) -> None:
    """Emptied on one side, a property keeps its value on the other; it is reported."""
    if side == "Invoiced":
        world.left("PATCH", f"/customers/{person}", {"phone": None})
    else:
        world.right("POST", f"/customers/{person}", phone="")

    outcome = world.sync()

    kept = {"Invoiced": (None, "1"), "Chargebee": ("1", None)}[side]
    assert (kept, [], 1, 0) == (
        world.both(person, "phone"),
        world.writes,
        len(outcome.left_out),
        outcome.status,
    )


def test_an_emptied_property_is_filled_by_the_next_value(
    world: World, person: str
) -> None:
    """Of two edits, one of which emptied the property, the other one counts."""
    world.left("PATCH", f"/customers/{person}", {"phone": None})
    world.sync()
    world.right("POST", f"/customers/{person}", phone="2")

    outcome = world.sync()

    assert (("2", "2"), []) == (world.both(person, "phone"), outcome.left_out)


def test_no_run_deletes_unless_it_is_requested(world: World, person: str) -> None:
    """A deletion is reported, and nothing is deleted on the other side."""
    world.left("DELETE", f"/customers/{person}")

    outcome = world.sync(full=True)

    assert ([person], 1) == (world.ids("customer"), len(outcome.broken))
