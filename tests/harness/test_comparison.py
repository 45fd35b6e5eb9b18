"""What the comparison of both accounts as a whole allows, and what it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from dataflow.harness.scenario.comparison import (
    Difference,
    find_damage,
    find_damage_in_chargebee,
    render_differences,
)
from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.world import Edit, World
from dataflow.network.hooks import SYNC, Exchange
from dataflow.record_types.model import CARRIER, CUSTOMER, ORDER
from tests.harness.worlds import (
    ADA,
    BOB,
    INVOICE,
    ORDER_7,
    ORDER_8,
    OTHER,
    Account,
    Site,
    a_world,
)

# Harm in Invoiced

PERSON: dict[str, Any] = {
    "id": 1,
    "name": "Ada",
    "active": True,
    "metadata": {"kept_by": "somebody else"},
    "url": "https://ada.invalid",
}
MADE = CreatedRecord(CUSTOMER, "person", PERSON)

LINES = [{"id": 4, "name": "Widget", "quantity": 1, "unit_cost": 40}]
RENT = {"id": 7, "status": "not_sent", "closed": False, "total": 40, "items": LINES}
VOIDED = RENT | {"status": "voided"}
BILL = CreatedRecord(ORDER, "invoice", RENT)


def find_harm(
    now: dict[str, Any] | None,
    record: CreatedRecord = MADE,
    asked: object = None,
    written_there: object = None,
) -> list[str]:
    """Return the harm to a record that reads like this now.

    Its name may have been changed to what was `asked` for, or been `written_there`.
    """
    there = [] if now is None else [replace(record, record=now)]
    world = a_world()
    world.made = [record]
    world.invoiced = Account(there)
    world.another_customer = None
    if asked is not None:
        world.requested[record, "name"] = [asked]
    if written_there is not None:
        world.edits = [Edit("Chargebee", record, "last_name", written_there, "c-1")]
    return list(map(str, find_damage(world)))


#: What a person reads like now.
HARMLESS: dict[str, dict[str, Any]] = {
    "as it was": {"now": PERSON},
    "an edit that the scenario asked for": {
        "now": PERSON | {"name": "Ada L."},
        "asked": "Ada L.",
    },
    # What became of an edit that is not listed is reported, not judged.
    "an edit that was undone": {"now": PERSON, "asked": "Ada L."},
    "an edit of Chargebee, as part of the name": {
        "now": PERSON | {"name": "Ada Byron"},
        "written_there": "Byron",
    },
    "a time of the vendor": {"now": PERSON | {"updated_at": 5}},
    "the same metadata": {"now": PERSON | {"metadata": PERSON["metadata"]}},
    "a mark beside other metadata": {
        "now": PERSON
        | {"metadata": {"kept_by": "somebody else", "chargebee_id": "c-1"}}
    },
    "gone after a deletion": {"now": None, "record": replace(MADE, deleted=True)},
    "voided from the beginning": {
        "now": VOIDED,
        "record": replace(BILL, record=VOIDED),
    },
    "past due by now": {"now": RENT | {"status": "past_due"}, "record": BILL},
}


@pytest.mark.parametrize("case", HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_change_is_allowed(case: dict[str, Any]) -> None:
    """What the scenario or the vendor changed is no harm, and a mark is none either."""
    assert [] == find_harm(**case)


@pytest.mark.parametrize(
    ("now", "harm"),
    [
        *(
            (PERSON | {"name": name}, f"person 1: name was 'Ada' and is {name!r}")
            for name in (None, "", "Bob")
        ),
        (PERSON | {"active": False}, "person 1: active was True and is False"),
        *(
            (
                PERSON | {"metadata": marks},
                f"person 1: metadata was {PERSON['metadata']!r} and is {marks!r}",
            )
            for marks in ({"chargebee_id": "c-1"}, {"kept_by": "me"}, {}, None)
        ),
        (PERSON | {"url": None}, f"person 1: url was {PERSON['url']!r} and is None"),
        (PERSON | {"phone": "1"}, "person 1: phone was absent and is '1'"),
        (None, "person 1 is gone from Invoiced"),
    ],
)
def test_a_changed_person_is_harm(now: dict[str, Any] | None, harm: str) -> None:
    """A sync must not overwrite a value, deactivate or delete a record in Invoiced."""
    assert [harm] == find_harm(now)


def test_a_third_value_is_harm() -> None:
    """A value that neither was there nor was asked for is harm."""
    assert ["person 1: name was 'Ada' and is 'Bob'"] == find_harm(
        PERSON | {"name": "Bob"}, asked="Ada L."
    )


@pytest.mark.parametrize(
    ("now", "harm"),
    [
        (VOIDED, "invoice 7: status was 'not_sent' and is 'voided'"),
        (RENT | {"items": [{**LINES[0], "unit_cost": 80}]}, "invoice 7: items was "),
    ],
    ids=["voided", "a line that costs more"],
)
def test_a_changed_invoice_is_harm(now: Mapping[str, Any], harm: str) -> None:
    """A sync must neither void an invoice nor change what is billed."""
    (found,) = find_harm(dict(now), BILL)

    assert found.startswith(harm)


def test_an_invoice_that_the_scenario_has_voided_may_be_void() -> None:
    """The scenario has asked for it."""
    world = a_world()
    world.made = [BILL]
    world.invoiced = Account([replace(BILL, record=VOIDED)])
    world.states[BILL] = [VOIDED]

    assert [] == list(map(str, find_damage(world)))


def test_the_other_customer_may_be_carried_over() -> None:
    """A record that was moved in Chargebee is moved in Invoiced, under its id there."""
    record = PERSON | {"customer": 1}
    moved = replace(MADE, record=record)
    world = a_world()
    world.made = [moved]
    world.invoiced = Account([replace(moved, record=record | {"customer": 2})])
    world.another_customer = BOB
    world.edits = [Edit("Chargebee", moved, "customer_id", "c-2", "o-1")]

    assert [] == list(map(str, find_damage(world)))


# Harm to a payment or a voiding


def test_a_payment_may_not_be_undone() -> None:
    """An invoice that the scenario has paid stays paid."""
    paid = RENT | {"status": "paid", "closed": True}
    world = a_world()
    world.made = [BILL]
    world.invoiced = Account([replace(BILL, record=RENT)])
    world.states[BILL] = [paid]

    assert [
        "invoice 7: closed was True and is False",
        "invoice 7: status was 'paid' and is 'not_sent'",
    ] == list(map(str, find_damage(world)))


# Harm in Chargebee

RENTAL = {"id": "i-7", "status": "payment_due"}
FIRST = ORDER_7 | {"invoice_id": "i-7", "note": "Ring twice"}


def later(
    *orders: dict[str, Any], rental: Mapping[str, Any] = RENTAL, touched: bool = False
) -> World:
    """Return a scenario that has rested, and after which there are these orders."""
    world = a_world(FIRST, ORDER_8)
    world.made = [ADA, BOB, INVOICE, OTHER]
    world.chargebee = Site({ORDER: [FIRST, ORDER_8], CARRIER: [RENTAL]})
    world.keep_all()
    world.chargebee = Site({ORDER: list(orders), CARRIER: [dict(rental)]})
    if touched:
        world.note_request(INVOICE, {"notes": "Thrice"})
        world.states[INVOICE] = [INVOICE.record]
    return world


def find_harm_there(world: World) -> list[str]:
    """Return the harm in Chargebee as sentences."""
    return list(map(str, find_damage_in_chargebee(world)))


ALLOWED: dict[str, World] = {
    "as it was": later(FIRST, ORDER_8),
    "a time of the vendor": later(FIRST | {"updated_at": 5}, ORDER_8),
    "a mark of the record": later(FIRST | {"reference_id": "7"}, ORDER_8),
    "an edit that is propagated": later(
        FIRST | {"note": "thrice"}, ORDER_8, touched=True
    ),
    "a payment": later(FIRST | {"payment_status": "paid"}, ORDER_8, touched=True),
    "another order for an edited invoice": later(
        FIRST | {"deleted": True},
        ORDER_8,
        rental=RENTAL | {"status": "voided"},
        touched=True,
    ),
}


@pytest.mark.parametrize("world", ALLOWED.values(), ids=ALLOWED)
def test_what_a_sync_may_change_in_chargebee(world: World) -> None:
    """Marks, propagated edits and replaced orders are no harm."""
    assert [] == find_harm_there(world)


NOTE = "order o-7: note was 'Ring twice' and is"
HARM: dict[str, tuple[World, list[str]]] = {
    "a note that nobody edited": (
        later(FIRST | {"note": ""}, ORDER_8),
        [f"{NOTE} ''"],
    ),
    "another value beside the edit": (
        later(FIRST | {"note": "Seen"}, ORDER_8, touched=True),
        [f"{NOTE} 'Seen'"],
    ),
    "a mark of another record": (
        later(FIRST | {"reference_id": "8"}, ORDER_8),
        ["order o-7: reference_id was absent and is '8'"],
    ),
    "the payment of an invoice that is not paid": (
        later(FIRST | {"payment_status": "paid"}, ORDER_8),
        ["order o-7: payment_status was absent and is 'paid'"],
    ),
    "the invoice behind an unedited order": (
        later(FIRST, ORDER_8, rental=RENTAL | {"status": "voided"}),
        ["invoice i-7: status was 'payment_due' and is 'voided'"],
    ),
    "an order that is gone": (later(FIRST), ["order o-8 is gone from Chargebee"]),
}


@pytest.mark.parametrize(("world", "expected"), HARM.values(), ids=HARM)
def test_what_a_sync_may_not_change_in_chargebee(
    world: World, expected: list[str]
) -> None:
    """Each other change of a counterpart, or of what it needs, is harm."""
    assert expected == find_harm_there(world)


def test_a_stranger_is_compared() -> None:
    """A record that is no counterpart must not change at all."""
    world = a_world(customers=[{"id": "s", "meta_data": {}}])
    world.kept[CUSTOMER] = {"s": {"id": "s", "meta_data": {"kept_by": "another"}}}
    world.strangers = {(CUSTOMER, "s")}

    assert [
        "customer s: meta_data was {'kept_by': 'another'} and is {}"
    ] == find_harm_there(world)


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
    difference = Difference("Chargebee", "order o-7", "o-7", "note", "'a'", "'Seen'")

    assert (
        "what the scenario has not requested was changed:\n"
        "Chargebee order o-7, written by POST /api/v2/orders/o-7\n"
        "- note: 'a'\n"
        "+ note: 'Seen'"
    ) == render_differences(world, [difference])


def test_a_record_that_is_gone_is_named() -> None:
    """Without a call in the log, the record alone is named; five are shown."""
    gone = Difference("Invoiced", "person 1", "1")

    found = render_differences(a_world(), [gone] * 6).splitlines()

    assert ["Invoiced person 1", "- the record", "... and 1 more"] == found[-3:]
