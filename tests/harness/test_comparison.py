"""What a sync may change beside what the scenario has, in either account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import pytest

from dataflow.harness.scenario.comparison import judge, render_differences
from dataflow.harness.scenario.ledger import Difference, Ledger, Place, State
from dataflow.harness.scenario.world import World
from dataflow.network.hooks import SYNC, Exchange
from tests.harness.worlds import ADA, BOB, INVOICE, ORDER_7, a_world

#: What the scenario or the sync does to both accounts.
Change: TypeAlias = Callable[[State], None]

PERSON = Place("Invoiced", "customer", "1")
BILL = Place("Invoiced", "invoice", "7")
NOTE = Place("Invoiced", "note", "3")
CUSTOMER = Place("Chargebee", "customer", "c-1")
ORDER = Place("Chargebee", "order", "o-7")
RENTAL = Place("Chargebee", "invoice", "i-7")
STRANGER = Place("Chargebee", "customer", "s")

MADE: State = {
    PERSON: {"id": 1, "name": "Ada", "phone": "+47 22 11", "metadata": {"kept": "me"}},
    BILL: {"id": 7, "status": "sent", "notes": "Ring twice", "total": 40},
    STRANGER: {"id": "s", "meta_data": {"kept": "another"}},
}
SYNCED: State = {
    CUSTOMER: {"id": "c-1", "first_name": "Ada", "phone": "+47 22 11"},
    ORDER: ORDER_7 | {"invoice_id": "i-7", "note": "Ring twice", "status": "new"},
    RENTAL: {"id": "i-7", "status": "payment_due"},
}


def edit(place: Place, **values: object) -> Change:
    """Return an edit of a record; a value of None is removed."""

    def change(state: State) -> None:
        state[place] = {
            name: value
            for name, value in {**state[place], **values}.items()
            if value is not None
        }

    return change


def put(place: Place, **values: object) -> Change:
    """Return the creation of a record."""
    return lambda state: state.__setitem__(place, dict(values))


def end(place: Place) -> Change:
    """Return the deletion of a record."""

    def change(state: State) -> None:
        del state[place]

    return change


def both(first: Change, second: Change) -> Change:
    """Return two changes as one."""

    def change(state: State) -> None:
        first(state)
        second(state)

    return change


def judge_sync(
    sync: Change, scenario: Change | None = None, *, is_deleted: bool = False
) -> list[str]:
    """Return the harm of a sync that does this after the scenario has done that."""
    ada = replace(ADA, record=MADE[PERSON])
    invoice = replace(INVOICE, customer=ada, deleted=is_deleted)
    world = a_world(subjects=[invoice])
    world.made = [ada, BOB, invoice]
    accounts: State = {}
    world.ledger = Ledger(lambda: dict(accounts))
    world.ledger.begin()
    accounts.update(MADE)
    run(world, lambda state: state.update(SYNCED), accounts)
    judge(world)
    if scenario:
        scenario(accounts)
    run(world, sync, accounts)
    return list(map(str, judge(world)))


def run(world: World, sync: Change, accounts: State) -> None:
    """Let a sync run once."""
    world.ledger.note_scenario()
    sync(accounts)
    world.ledger.note_run()


ALLOWED: dict[str, tuple[Change, Change | None]] = {
    "a mark in Invoiced": (
        edit(PERSON, metadata={"kept": "me", "chargebee_id": "c-1"}),
        None,
    ),
    "another mark in Invoiced, later": (
        edit(BILL, metadata={"order": "o-7"}),
        edit(BILL, metadata={"order": "o-6"}),
    ),
    "a time of the vendor": (edit(ORDER, updated_at=5), None),
    "a due date that has passed": (edit(BILL, status="past_due"), None),
    "a mark in Chargebee": (edit(ORDER, reference_id="7"), None),
    "an entry of its own": (edit(CUSTOMER, meta_data={"hash": "1"}), None),
    "a technical record, changed later": (put(Place("Chargebee", "item", "x")), None),
    "the propagated edit": (edit(ORDER, note="Thrice"), edit(BILL, notes="Thrice")),
    "the propagated edit, shortened": (
        edit(ORDER, note="Ring th"),
        edit(BILL, notes="Ring thrice"),
    ),
    "a phone in another format": (
        edit(CUSTOMER, phone="004722334455"),
        edit(PERSON, phone="+47 22 33 44 55"),
    ),
    "a phone without its country": (
        edit(CUSTOMER, phone="022 33 44 55"),
        edit(PERSON, phone="(+47) 22 33 44 55"),
    ),
    "an edit of Chargebee, as a part": (
        edit(PERSON, name="Ada Byron"),
        edit(CUSTOMER, last_name="Byron"),
    ),
    "an edit that is undone": (
        edit(BILL, notes="Ring twice"),
        edit(BILL, notes="Thrice"),
    ),
    "another order for an edited invoice": (
        edit(ORDER, status="cancelled"),
        edit(BILL, currency="usd"),
    ),
    "another order under the same id": (
        edit(ORDER, status="new"),
        both(edit(BILL, notes="Thrice"), edit(ORDER, status="cancelled")),
    ),
    "the invoice behind an edited one": (
        edit(RENTAL, status="voided"),
        edit(BILL, currency="usd"),
    ),
    "a payment": (edit(ORDER, payment_status="paid"), edit(BILL, status="paid")),
    "the lines of an order": (
        edit(ORDER, total=80),
        edit(BILL, items=[{"quantity": 2}]),
    ),
    "the end of the order of a voided invoice": (
        edit(ORDER, status="cancelled"),
        edit(BILL, status="voided", voided=True),
    ),
    "the other customer": (
        edit(ORDER, customer_id="c-1"),
        edit(BILL, customer=1),
    ),
}


@pytest.mark.parametrize(("sync", "scenario"), ALLOWED.values(), ids=ALLOWED)
def test_what_a_sync_may_change(sync: Change, scenario: Change | None) -> None:
    """Marks, edits that are propagated, and what follows from them, are no harm."""
    assert [] == judge_sync(sync, scenario)


HARM: dict[str, tuple[Change, Change | None, str]] = {
    "a name": (edit(PERSON, name="Bob"), None, "name was 'Ada' and is 'Bob'"),
    "a property that is removed": (
        edit(PERSON, phone=None),
        None,
        "phone was '+47 22 11' and is absent",
    ),
    "a property that is added": (edit(BILL, terms="now"), None, "terms was absent"),
    "an entry of another program": (
        edit(PERSON, metadata={"chargebee_id": "c-1"}),
        None,
        "metadata.kept was 'me' and is absent",
    ),
    "all entries of another program": (
        put(PERSON, **MADE[PERSON] | {"metadata": 0}),
        None,
        "metadata was {'kept': 'me'} and is 0",
    ),
    "a third value beside the edit": (
        edit(BILL, notes="Seen"),
        edit(BILL, notes="Thrice"),
        "notes was 'Thrice' and is 'Seen'",
    ),
    "a payment that is undone": (
        edit(BILL, status="sent"),
        edit(BILL, status="paid"),
        "status was 'paid' and is 'sent'",
    ),
    "a note of an invoice": (put(NOTE, id=3), None, "note 3 is new in Invoiced"),
    "a deletion in Invoiced": (end(PERSON), None, "customer 1 is gone from Invoiced"),
    "a note of an order": (edit(ORDER, note=""), None, "note was 'Ring twice'"),
    "a note beside the edit": (
        edit(ORDER, note="Seen"),
        edit(BILL, notes="Thrice"),
        "note was 'Ring twice' and is 'Seen'",
    ),
    "the mark of another record": (
        edit(ORDER, reference_id="8"),
        None,
        "reference_id was absent and is '8'",
    ),
    "the payment of an unpaid invoice": (
        edit(ORDER, payment_status="paid"),
        None,
        "payment_status was absent",
    ),
    "the invoice behind an unedited one": (
        edit(RENTAL, status="voided"),
        None,
        "status was 'payment_due' and is 'voided'",
    ),
    "an order that is gone": (end(ORDER), None, "order o-7 is gone from Chargebee"),
    "a stranger": (
        edit(STRANGER, meta_data={}),
        edit(PERSON, phone="1"),
        "meta_data.kept was 'another' and is absent",
    ),
}


@pytest.mark.parametrize(("sync", "scenario", "expected"), HARM.values(), ids=HARM)
def test_what_a_sync_may_not_change(
    sync: Change, scenario: Change | None, expected: str
) -> None:
    """Each other change, of any property of any record, is harm."""
    (found,) = judge_sync(sync, scenario)

    assert expected in found


def test_a_pair_that_the_scenario_has_deleted_may_end() -> None:
    """No reading of the document keeps the counterpart of a deleted record."""
    assert [] == judge_sync(end(ORDER), end(BILL), is_deleted=True)


def test_harm_is_found_once() -> None:
    """What is there now is expected from now on, and the harm is remembered."""
    world = a_world()
    accounts: State = {}
    world.ledger = Ledger(lambda: dict(accounts))
    accounts.update(MADE)
    run(world, end(STRANGER), accounts)
    judge(world)

    assert ["customer s is gone from Chargebee"] == list(map(str, judge(world)))


def test_records_from_before_the_scenario_are_not_judged() -> None:
    """A slow sync may still serve those of an earlier scenario."""
    world = a_world()
    accounts = dict(MADE)
    world.ledger = Ledger(lambda: dict(accounts))
    world.ledger.begin()
    run(world, end(STRANGER), accounts)

    assert [] == judge(world)


def test_accounts_are_read_when_they_are_compared() -> None:
    """Where a read takes calls, none follows a run: the comparison reads."""
    world = a_world()
    accounts: State = {}
    world.ledger = Ledger(lambda: dict(accounts), is_free=False)
    world.ledger.begin()
    accounts.update(MADE)
    run(world, end(STRANGER), accounts)

    assert ["customer s is gone from Chargebee"] == list(map(str, judge(world)))


# The message


def write(path: str, body: bytes, method: str = "POST", status: int = 200) -> Exchange:
    """Return a call of the sync to Chargebee."""
    return Exchange("Chargebee", method, path, (), body, status, b"{}", SYNC)


def test_a_difference_names_the_call_that_wrote_it() -> None:
    """It is printed like a diff, with the last accepted write of the property."""
    calls = [
        write("/api/v2/orders/o-7", b"note=Seen&status=queued"),
        write("/api/v2/orders/o-7/cancel", b"reason=others"),
        write("/api/v2/orders/o-7", b"", "GET"),
        write("/api/v2/orders/o-7/void", b"note=Seen", status=400),
    ]
    world = replace(a_world(), list_calls=lambda: calls)

    assert (
        "the sync has changed what the scenario has not:\n"
        "Chargebee order o-7, written by POST /api/v2/orders/o-7\n"
        "- note: 'a'\n"
        "+ note: 'Seen'"
    ) == render_differences(world, [Difference(ORDER, ("note",), "a", "Seen")])


def test_a_record_that_is_gone_is_named() -> None:
    """Without a call in the log, the record alone is named; five are shown."""
    found = render_differences(a_world(), [Difference(PERSON)] * 6).splitlines()

    assert ["Invoiced customer 1", "- the record", "... and 1 more"] == found[-3:]


# How long a sync may go on


@pytest.mark.parametrize(
    ("records", "created", "runs"),
    [(5, 0, 90), (40, 0, 120), (5, 28, 90), (5, 29, 0)],
    ids=["few records", "many", "what they need", "more than they could need"],
)
def test_a_sync_may_go_on_while_it_gets_on(
    records: int, created: int, runs: int
) -> None:
    """Three runs per record are enough; one that creates without end gets none."""
    world = a_world()
    world.made = [ADA, BOB, INVOICE, INVOICE]
    places = [Place("Invoiced", "item", str(number)) for number in range(records)]
    world.ledger.now = {place: {} for place in places}
    world.ledger.of_sync = {Place("Chargebee", "order", str(n)) for n in range(created)}

    assert runs == world.count_runs()
