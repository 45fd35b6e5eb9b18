"""What the Then lines of a feature let pass, and what they do not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from dataflow.errors import VendorRefusedError
from dataflow.harness.scenario.factories import CreatedRecord, RecordFactory
from dataflow.harness.scenario.polling import SyncDriver
from dataflow.harness.scenario.world import World
from dataflow.harness.syncs.program import DONE, Run
from dataflow.record_types.model import CUSTOMER, ORDER, Kind
from steps.pairs import (
    agree_on_one,
    agrees_if_there,
    has_type,
    neighbour_is_unchanged,
    none_has_one,
    report_counterparts,
)
from steps.records import organisations
from steps.syncing import TURNS, nothing_was_written, stays_so_until_rest
from tests.harness.worlds import (
    BOB,
    CUSTOMERS,
    INVOICE,
    ORDER_7,
    ORDER_8,
    OTHER,
    Account,
    Site,
    a_world,
)

DOUBLE = ORDER_7 | {"id": "x", "reference_id": "7"}


def shortfall(step: Callable[..., None], world: World, *arguments: str) -> str:
    """Return what a step says, without what pytest adds; nothing where it passes."""
    try:
        step(world, *arguments)
    except AssertionError as error:
        return str(error).partition("\nassert ")[0]
    return ""


def seen(*orders: dict[str, object]) -> World:
    """Return a world in which the sync is about to run again."""
    world = a_world(*orders)
    world.before = world.snapshot_all()
    return world


def settled(neighbour: dict[str, object]) -> World:
    """Return a world whose neighbour has been seen with its counterpart."""
    world = a_world(ORDER_7, neighbour)
    world.snapshot_neighbour()
    return world


# Nothing was written


def test_without_a_snapshot_nothing_can_be_compared() -> None:
    """Without a snapshot before there is nothing to compare: that must not pass."""
    assert "the scenario has no records of before the run" == shortfall(
        nothing_was_written, a_world(ORDER_7)
    )


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([ORDER_7], ""),
        ([ORDER_7, ORDER_8], "Chargebee order o-8 is new"),
        ([], "Chargebee order o-7 is gone"),
        ([ORDER_7 | {"total": 41}], "Chargebee order o-7: total was 40 and is 41"),
        (
            [ORDER_7 | {"updated_at": 5}],
            "Chargebee order o-7: updated_at was absent and is 5",
        ),
        (
            [ORDER_7 | {"note": None}],
            "Chargebee order o-7: note was absent and is None",
        ),
    ],
    ids=["nothing", "a new record", "a deleted one", "a value", "a time", "a null"],
)
def test_any_change_is_a_write(after: list[dict[str, object]], expected: str) -> None:
    """Each change of the raw records is reported, also that of a time stamp."""
    world = seen(ORDER_7)
    world.chargebee = Site({ORDER: after, CUSTOMER: CUSTOMERS})

    assert expected == shortfall(nothing_was_written, world)


def test_a_write_in_invoiced_is_a_write() -> None:
    """A write to Invoiced is reported as well."""
    world = seen(ORDER_7)
    edited = CreatedRecord(ORDER, "invoice", INVOICE.record | {"currency": "gbp"})
    world.invoiced = Account([edited])

    assert "Invoiced invoice 7: currency was 'eur' and is 'gbp'" in shortfall(
        nothing_was_written, world
    )


# Coming to rest


def writing(turns: int) -> World:
    """Return a scenario whose sync writes something new in so many turns."""
    world = a_world(ORDER_7)
    number = itertools.count(1)

    def run() -> Run:
        turn = min(next(number), turns)
        order = ORDER_7 | {"note": f"turn {turn}"}
        world.chargebee = Site({ORDER: [order], CUSTOMER: CUSTOMERS})
        return Run(DONE, "")

    world.sync = SyncDriver(
        run=run, advance_step=lambda: None, wait_for_lists=lambda: None, attempts=1
    )
    world.holds = lambda: None
    return world


@pytest.mark.parametrize("turns", [1, TURNS - 1])
def test_a_sync_may_take_its_time_to_rest(turns: int) -> None:
    """Where the document leaves it open, a sync may need several turns."""
    assert "" == shortfall(stays_so_until_rest, writing(turns))


@pytest.mark.parametrize("turns", [TURNS, 100])
def test_a_sync_that_never_rests_is_told(turns: int) -> None:
    """What is written in the last turn, too, is written for ever."""
    told = shortfall(stays_so_until_rest, writing(turns))

    assert f"still written after {TURNS} runs: Chargebee order o-7: note was" in told


def test_what_was_asked_is_asked_again_at_rest() -> None:
    """A sync may not undo, on its way to rest, what the scenario asked for."""
    world = writing(1)

    def fails() -> None:
        raise AssertionError("no order any more")

    world.holds = fails

    assert "no order any more" == shortfall(stays_so_until_rest, world)


# What the vendor need not take


class Choosy(Account):
    """Takes customers of some types, as a real account may."""

    def create(self, kind: Kind, values: Mapping[str, object]) -> dict[str, object]:
        """Refuse what is no authority."""
        if (kind, values["type"]) != (CUSTOMER, "government"):
            raise VendorRefusedError("Invoiced", 400, "Type is invalid")
        return {"id": 9, **values}


def test_types_that_a_vendor_does_not_know_are_evidence() -> None:
    """A type that is refused is noted, and the rest of the scenario goes on."""
    world = a_world(subjects=())
    world.invoiced = Choosy([])
    world.factory = RecordFactory(world.invoiced, lambda word: f"{word} 1")

    organisations(world)

    refused = "a customer of type non_profit: Invoiced refused the call with status 400"
    assert ["government"] == [made.noun for made in world.subjects]
    assert [("refused", f"{refused}: Type is invalid")] == world.notes.properties


# The neighbour


def changed(
    *orders: dict[str, object], customers: Sequence[Mapping[str, object]] = CUSTOMERS
) -> World:
    """Return a world with a neighbour that has had its counterpart, and these now."""
    world = settled(ORDER_8)
    world.chargebee = Site(
        {ORDER: [*orders], CUSTOMER: [dict(each) for each in customers]}
    )
    return world


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        (a_world(ORDER_7), "the neighbour has never had its counterpart"),
        (
            changed(ORDER_8 | {"currency_code": "EUR"}),
            "currency_code was 'JPY' and is 'EUR'",
        ),
        (
            changed(ORDER_8 | {"id": "y", "reference_id": "8"}),
            "id was 'o-8' and is 'y'",
        ),
        (
            changed(ORDER_7, ORDER_8, customers=[{"id": "c-2", "last_name": "Eve"}]),
            "last_name was absent and is 'Eve'",
        ),
    ],
    ids=["no counterpart", "changed", "replaced", "another customer"],
)
def test_a_changed_neighbour_is_reported(world: World, expected: str) -> None:
    """Records were mixed up; a neighbour that was never synchronised proves nothing."""
    assert expected in shortfall(neighbour_is_unchanged, world)


def test_an_unchanged_neighbour_passes() -> None:
    """A change that its vendor makes by itself is none of the sync."""
    world = settled(ORDER_8 | {"updated_at": 1, "resource_version": 1})
    touched = ORDER_8 | {"updated_at": 2, "resource_version": 2}
    world.chargebee = Site({ORDER: [ORDER_7, touched], CUSTOMER: CUSTOMERS})

    assert "" == shortfall(neighbour_is_unchanged, world)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([INVOICE], "invoice 8 is gone from Invoiced"),
        # A sync may leave its own marks there.
        (
            [
                replace(
                    OTHER, record={**OTHER.record, "metadata": {"chargebee_id": "o-8"}}
                ),
                BOB,
            ],
            "",
        ),
    ],
    ids=["gone", "marked"],
)
def test_the_neighbour_in_invoiced_is_compared(
    records: list[CreatedRecord], expected: str
) -> None:
    """It must be there, and may have a mark in its metadata."""
    world = settled(ORDER_8)
    world.invoiced = Account(records)

    assert expected == shortfall(neighbour_is_unchanged, world)


# What is reported


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ((), "It has no live order in Chargebee."),
        ((ORDER_7,), "It has one live order in Chargebee."),
    ],
)
def test_what_the_sync_did_is_reported(
    orders: tuple[dict[str, object], ...], expected: str
) -> None:
    """Where the document leaves it open, what the sync does is told and passes."""
    world = a_world(*orders)

    report_counterparts(world, "draft invoice", "an order")

    assert [("observed", expected)] == world.notes.properties


def test_two_counterparts_are_reported_as_a_failure() -> None:
    """Two live counterparts fail, and leave no observation, which would be wrong."""
    world = a_world(ORDER_7, DOUBLE)
    found = shortfall(report_counterparts, world, "draft invoice", "an order")

    assert "invoice 7 has 2 live orders in Chargebee (o-7, x)" in found
    assert [] == world.notes.properties


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        (a_world(ORDER_7), "invoice 7 has 1 live order in Chargebee (o-7)"),
        (
            a_world(ORDER_7, subjects=(INVOICE, OTHER)),
            "invoice 7 has 1 live order in Chargebee (o-7)",
        ),
        (a_world(subjects=()), "the scenario has made no organisation"),
    ],
    ids=["one", "one of several", "no records"],
)
def test_a_surplus_counterpart_is_reported(world: World, expected: str) -> None:
    """Each record of the scenario is compared; of no records, none can be without."""
    assert expected in shortfall(none_has_one, world, "organisation", "order")


@pytest.mark.parametrize(
    ("value", "kind", "is_right"),
    [
        ("1", "string", True),
        (1, "integer", True),
        (1.5, "float", True),
        (1, "string", False),
        (None, "string", False),
        ("1", "integer", False),
        (True, "integer", False),
    ],
)
def test_the_type_of_a_value_is_compared(
    value: object, kind: str, *, is_right: bool
) -> None:
    """As text, a number would look the same as a string."""
    world = a_world(ORDER_7 | {"customer_id": value})
    expected = "" if is_right else f"customer_id is {value!r}, not a JSON {kind}"

    assert expected == shortfall(has_type, world, "customer_id", "order", kind)


# What Invoiced says of a record that need have no counterpart


def without_its_invoice() -> World:
    """Return a world in which Invoiced has lost the invoice that it is about."""
    world = a_world()
    world.invoiced = Account([OTHER, BOB])
    return world


@pytest.mark.parametrize(
    ("step", "arguments"),
    [
        (none_has_one, ("invoice", "order")),
        (report_counterparts, ("draft invoice", "an order")),
        (agrees_if_there, ("draft invoice", "an order", (("record",),))),
    ],
)
def test_a_record_that_nobody_deleted_is_there(
    step: Callable[..., None], arguments: tuple[str, ...]
) -> None:
    """A record without a counterpart must not be gone: no reading allows that."""
    told = shortfall(step, without_its_invoice(), *arguments)

    assert "invoice 7 is gone from Invoiced" == told


def test_a_deleted_record_may_be_gone() -> None:
    """What the scenario has deleted may be gone from Invoiced, and that is told."""
    world = without_its_invoice()
    world.subjects = [replace(world.subject, deleted=True)]

    report_counterparts(world, "invoice", "an order")

    sentence = "It has no live order in Chargebee, and is gone from Invoiced."
    assert [("observed", sentence)] == world.notes.properties


# One of several values

_ONE_OF = (
    ("Invoiced currency", "Chargebee currency_code"),
    ("gbp", "GBP"),
    ("eur", "EUR"),
)


def agreed(world: World) -> str:
    """Return what the step says of an invoice in eur, which may be in gbp too."""
    try:
        agree_on_one(world, "invoice", "order", _ONE_OF)
    except AssertionError as error:
        return str(error)
    return ""


def test_a_pair_may_agree_on_the_last_line() -> None:
    """Which of the values a sync keeps is open, so each will do."""
    assert "" == agreed(a_world(ORDER_7))


def test_a_pair_that_disagrees_meets_no_line() -> None:
    """One side of one line and one side of another are no agreement."""
    told = agreed(a_world(ORDER_7 | {"currency_code": "GBP"}))

    expected = [
        "invoice 7: currency in Invoiced is 'eur', not 'gbp'",
        "invoice 7: currency_code in Chargebee is 'GBP', not 'EUR'",
    ]
    assert expected == [line.strip() for line in told.splitlines()[:2]]
