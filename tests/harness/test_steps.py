"""What the Then lines of a feature let pass, and what they do not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
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


def test_nothing_written_is_nothing_said() -> None:
    """Equal records pass: a sync that rests is right."""
    assert "" == shortfall(nothing_was_written, seen(ORDER_7))


def test_nobody_looked_before() -> None:
    """Without a look before there is nothing to compare: that must not pass."""
    assert "the scenario has no records of before the run" == shortfall(
        nothing_was_written, a_world(ORDER_7)
    )


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([ORDER_7, ORDER_8], "Chargebee order o-8 is new"),
        ([], "Chargebee order o-7 is gone"),
        (
            [ORDER_7 | {"total": 41}],
            "Chargebee order o-7: total was 40 and is 41",
        ),
        (
            [ORDER_7 | {"updated_at": 5}],
            "Chargebee order o-7: updated_at was absent and is 5",
        ),
        (
            [ORDER_7 | {"note": None}],
            "Chargebee order o-7: note was absent and is None",
        ),
    ],
)
def test_any_change_is_a_write(after: list[dict[str, object]], expected: str) -> None:
    """Each change of the raw records is told, a time stamp's too.

    The disease: two systems that write to each other for ever.
    """
    world = seen(ORDER_7)
    world.chargebee = Site({ORDER: after, CUSTOMER: CUSTOMERS})

    assert expected == shortfall(nothing_was_written, world)


def test_a_write_in_invoiced_is_a_write() -> None:
    """A sync that writes to Invoiced in its sleep is told as well."""
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


def test_an_unchanged_neighbour_passes() -> None:
    """A neighbour that came through is not blamed for what its vendor touches."""
    world = settled(ORDER_8 | {"updated_at": 1, "resource_version": 1})
    touched = ORDER_8 | {"updated_at": 2, "resource_version": 2}
    world.chargebee = Site({ORDER: [ORDER_7, touched], CUSTOMER: CUSTOMERS})

    assert "" == shortfall(neighbour_is_unchanged, world)


def test_a_neighbour_without_counterpart_is_told() -> None:
    """A neighbour that no sync has ever met proves nothing: that must not pass."""
    assert "the neighbour has never had its counterpart" == shortfall(
        neighbour_is_unchanged, a_world(ORDER_7)
    )


def test_a_changed_neighbour_is_told() -> None:
    """A neighbour whose order was touched is told: records were mixed up."""
    world = settled(ORDER_8)
    world.chargebee = Site({ORDER: [ORDER_8 | {"currency_code": "EUR"}]})

    assert "currency_code was 'JPY' and is 'EUR'" in shortfall(
        neighbour_is_unchanged, world
    )


def test_a_neighbour_that_was_replaced_is_told() -> None:
    """A neighbour with a new counterpart was not left alone."""
    world = settled(ORDER_8)
    again = ORDER_8 | {"id": "y", "reference_id": "8"}
    world.chargebee = Site({ORDER: [again]})

    assert "id was 'o-8' and is 'y'" in shortfall(neighbour_is_unchanged, world)


def test_a_neighbour_that_is_gone_is_told() -> None:
    """A neighbour that Invoiced has lost is told by its name."""
    world = settled(ORDER_8)
    world.invoiced = Account([INVOICE])

    assert "invoice 8 is gone from Invoiced" == shortfall(neighbour_is_unchanged, world)


def test_marks_in_invoiced_are_no_harm() -> None:
    """A sync may leave its own marks in Invoiced's metadata."""
    world = settled(ORDER_8)
    assert world.neighbour is not None
    marked = world.neighbour.record | {"metadata": {"chargebee_id": "o-8"}}
    world.invoiced = Account([CreatedRecord(ORDER, "invoice", marked), BOB])

    assert "" == shortfall(neighbour_is_unchanged, world)


def test_a_neighbours_customer_that_was_changed_is_told() -> None:
    """The customer of the neighbour must come through as well: it has other orders."""
    world = settled(ORDER_8)
    renamed = {"id": "c-2", "last_name": "Eve"}
    world.chargebee = Site({ORDER: [ORDER_7, ORDER_8], CUSTOMER: [renamed]})

    assert "last_name was absent and is 'Eve'" in shortfall(
        neighbour_is_unchanged, world
    )


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


def test_two_counterparts_allow_no_reading() -> None:
    """Two live counterparts are red, however open the document is."""
    world = a_world(ORDER_7, DOUBLE)

    assert "invoice 7 has 2 live orders in Chargebee (o-7, x)" in shortfall(
        report_counterparts, world, "draft invoice", "an order"
    )


def test_two_counterparts_are_not_reported_as_one() -> None:
    """A failed observation leaves no sentence: it would be a wrong one."""
    world = a_world(ORDER_7, DOUBLE)

    shortfall(report_counterparts, world, "draft invoice", "an order")

    assert [] == world.notes.properties


def test_a_counterpart_that_must_not_be_is_told() -> None:
    """A record that is nobody's counterpart is found out by its marks."""
    assert "invoice 7 has 1 live order in Chargebee (o-7)" in shortfall(
        none_has_one, a_world(ORDER_7), "organisation", "customer"
    )


def test_a_counterpart_of_one_of_several_is_told() -> None:
    """Each record of the scenario is looked at, and not the last one alone."""
    world = a_world(ORDER_7, subjects=(INVOICE, OTHER))

    assert "invoice 7 has 1 live order in Chargebee (o-7)" in shortfall(
        none_has_one, world, "organisation", "customer"
    )


def test_of_no_records_none_can_be_without() -> None:
    """A scenario that has made none must not pass: it has asked for nothing."""
    assert "the scenario has made no organisation" == shortfall(
        none_has_one, a_world(subjects=()), "organisation", "customer"
    )


@pytest.mark.parametrize(
    ("value", "kind"), [("1", "string"), (1, "integer"), (1.5, "float")]
)
def test_a_value_of_its_type_passes(value: object, kind: str) -> None:
    """A value of the type that the document names passes."""
    world = a_world(ORDER_7 | {"customer_id": value})

    assert "" == shortfall(has_type, world, "customer_id", "order", kind)


@pytest.mark.parametrize(
    ("value", "kind"),
    [(1, "string"), (None, "string"), ("1", "integer"), (True, "integer")],
)
def test_a_value_of_another_type_is_told(value: object, kind: str) -> None:
    """A value of another JSON type is told: as text, a number would look the same."""
    world = a_world(ORDER_7 | {"customer_id": value})

    assert f"customer_id is {value!r}, not a JSON {kind}" == shortfall(
        has_type, world, "customer_id", "order", kind
    )


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
