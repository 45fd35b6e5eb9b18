"""What the user has decided is carried out by the next run, once."""

from __future__ import annotations

from contextlib import closing

import pytest

from dataflow.sync.mapping import make_lens
from dataflow.sync.merge import Resolution, resolve, settle
from dataflow.sync.model import Choice, Decision, Flow
from dataflow.sync.record_types import CUSTOMER, ORDER
from dataflow.sync.state import StateStore
from tests.cases import cases
from tests.sync.orders.ordering import by_hand
from tests.sync.world import ACCOUNTS, World, refusing

PHONE = make_lens("phone", "phone", "string")
CURRENCY = make_lens("currency", "currency_code", "string")
ADA = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}


@cases(
    "base, now, choice, resolution",
    {
        "conflict": ((1, 1), (2, 3), Choice.INVOICED, Resolution.TO_RIGHT),
        "other-way": ((1, 1), (2, 3), Choice.CHARGEBEE, Resolution.TO_LEFT),
        "never-agreed": (None, (2, 3), Choice.CHARGEBEE, Resolution.TO_LEFT),
        "emptied": ((1, 1), (None, 1), Choice.INVOICED, Resolution.TO_RIGHT),
        "known": ((1, 2), (1, 2), Choice.INVOICED, Resolution.TO_RIGHT),
        "edit": ((1, 1), (1, 2), Choice.INVOICED, Resolution.TO_LEFT),
        "agreed": ((1, 1), (1, 1), Choice.INVOICED, Resolution.AGREED),
        "other-choice": ((1, 1), (2, 3), Choice.RETRY, Resolution.UNTIMED),
    },
)
def test_a_choice_decides_what_is_open(
    base: tuple[int, int] | None,
    now: tuple[int, int],
    choice: Choice,
    resolution: Resolution,
) -> None:
    """An edit of one side alone is not open."""
    flow = Flow(CUSTOMER, (PHONE,))
    found = resolve(flow, PHONE, base, now)

    assert resolution is settle(flow, PHONE, found, choice)


def test_a_chosen_value_that_no_order_takes_replaces_it() -> None:
    """A choice does not change what the vendors allow."""
    flow, pair = Flow(ORDER, (CURRENCY,)), ("EUR", "USD")
    found = resolve(flow, CURRENCY, pair, pair)

    assert Resolution.REPLACE is settle(flow, CURRENCY, found, Choice.INVOICED)


@pytest.fixture
def person(world: World) -> str:
    """Return a person whose telephone is in conflict."""
    world.rows["customer"] = (("phone", "phone"),)
    person = world.customer(phone="1")
    world.sync()
    world.clock.advance(3600)
    world.left("PATCH", f"/customers/{person}", {"phone": "2"})
    world.right("POST", f"/customers/{person}", phone="3")
    for _ in range(2):
        world.sync()
        world.clock.advance(3600)
    return person


def decide(world: World, kind: str, left_id: str, decision: Decision) -> None:
    """Store a decision, as `dataflow resolve` does."""
    with closing(StateStore.open(world.path, ACCOUNTS)) as store:
        store.set_decision(kind, left_id, decision)


def list_decisions(world: World, kind: str) -> dict[str, Decision]:
    """Return the decisions that were not carried out."""
    with closing(StateStore.open(world.path, ACCOUNTS)) as store:
        return store.list_decisions(kind)


@pytest.mark.parametrize(
    ("choice", "phone"), [(Choice.INVOICED, "2"), (Choice.CHARGEBEE, "3")]
)
def test_a_conflict_is_settled(
    world: World, person: str, choice: Choice, phone: str
) -> None:
    """The values of the chosen system are written to the other one."""
    decide(world, "customer", person, Decision(choice))

    outcome = world.sync()

    assert ((phone, phone), [], {}) == (
        world.both(person, "phone"),
        outcome.conflicts,
        list_decisions(world, "customer"),
    )


def test_a_decision_about_a_refused_value_is_not_repeated(
    world: World, person: str
) -> None:
    """The refusal is reported, and the decision has been used."""
    decide(world, "customer", person, Decision(Choice.INVOICED))

    with world.failing(refusing(f"POST /customers/{person}", "phone=2")):
        outcome = world.sync()

    assert (1, {}) == (len(outcome.failed), list_decisions(world, "customer"))


def test_a_decision_is_carried_out_once(world: World) -> None:
    """A value that Chargebee stores in another form is not written again and again."""
    world.rows["item"] = (("name", "name"),)
    world.item("one")
    world.item("two")
    world.sync()
    decide(world, "item", "two", Decision(Choice.INVOICED))

    outcome = world.sync()

    assert (1, [], 1) == (
        outcome.counts["changed"],
        outcome.failed,
        len(outcome.conflicts),
    )


def test_a_chosen_counterpart_is_linked_and_marked(world: World) -> None:
    """The user names one of the possible matches; no counterpart is created."""
    world.right("POST", "/customers", id="theirs", **ADA)
    person = world.customer(email="ada@example.com")
    world.sync()
    decide(world, "customer", person, Decision(Choice.LINK, "theirs"))

    outcome = world.sync()
    (found,) = world.listed("customer")

    assert ("theirs", {"invoiced_id": person}, [], {}) == (
        found["id"],
        found["meta_data"],
        outcome.decisions,
        list_decisions(world, "customer"),
    )


def test_a_chosen_counterpart_of_another_record_is_not_linked(world: World) -> None:
    """It stays with the record that has it."""
    first = world.customer(name="Charles Babbage")
    world.sync()
    world.right("POST", "/customers", id="theirs", **ADA)
    person = world.customer(email="ada@example.com")
    world.sync()
    decide(world, "customer", person, Decision(Choice.LINK, first))

    outcome = world.sync()

    assert ([], True) == (
        world.writes,
        f"the counterpart of {first} already" in outcome.decisions[0],
    )


def test_a_chosen_counterpart_that_does_not_exist_is_not_linked(world: World) -> None:
    """The decision is used up, and the record waits for another one."""
    world.right("POST", "/customers", id="theirs", **ADA)
    person = world.customer(email="ada@example.com")
    world.sync()
    decide(world, "customer", person, Decision(Choice.LINK, "nowhere"))

    outcome = world.sync()

    assert ([], ["nowhere: it is not in Chargebee"], {}) == (
        world.writes,
        [text.partition("to ")[2].partition(".")[0] for text in outcome.decisions],
        list_decisions(world, "customer"),
    )


def test_a_record_linked_anew_leaves_no_mark_behind(world: World, person: str) -> None:
    """Its former counterpart is no possible counterpart any more."""
    world.right("POST", "/customers", id="theirs", **ADA)
    decide(world, "customer", person, Decision(Choice.LINK, "theirs"))
    world.sync()

    outcome = world.sync()
    former = world.right("GET", f"/customers/{person}")["customer"]

    assert (None, []) == (former["meta_data"].get("invoiced_id"), outcome.decisions)


def test_no_possible_match_is_the_counterpart(world: World) -> None:
    """The user excludes them, and a counterpart is created."""
    world.right("POST", "/customers", id="theirs", **ADA)
    person = world.customer(email="ada@example.com")
    world.sync()
    decide(world, "customer", person, Decision(Choice.CREATE))

    outcome = world.sync()

    assert (["theirs", person], []) == (world.ids("customer"), outcome.decisions)


def test_an_item_beside_its_match_gets_another_id(world: World) -> None:
    """Its id and name are taken."""
    world.right("POST", "/item_families", id="theirs", name="theirs")
    params = {"type": "charge", "item_family_id": "theirs"}
    world.right("POST", "/items", id="delivery", name="Delivery", **params)
    world.item()
    world.sync()
    decide(world, "item", "delivery", Decision(Choice.CREATE))

    world.sync()

    assert ["delivery", "invoiced-delivery"] == sorted(world.ids("item"))


def test_an_order_beside_an_uncertain_one_is_created(world: World) -> None:
    """The order of others that has the id stays as it is."""
    person = world.customer()
    world.sync()
    invoice = world.invoice(person)
    by_hand(world, f"invoiced-{invoice}", person)
    world.sync()
    decide(world, "order", invoice, Decision(Choice.CREATE))

    outcome = world.sync()

    assert ([f"invoiced-{invoice}", f"invoiced-invoice-{invoice}"], []) == (
        sorted(order["id"] for order in world.live("order")),
        outcome.decisions,
    )


def test_a_quarantined_record_is_tried_when_requested(
    world: World, person: str
) -> None:
    """It does not wait for its next attempt."""
    other = world.customer(name="Poison")
    with world.failing(refusing("POST /customers", "Poison")):
        for _ in range(4):
            world.sync()
    waiting = world.ids("customer")
    world.sync()
    resting = world.ids("customer")
    decide(world, "customer", other, Decision(Choice.RETRY))
    world.sync()

    assert ([person], [person], [person, other]) == (
        waiting,
        resting,
        world.ids("customer"),
    )
