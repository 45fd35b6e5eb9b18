"""When a property was edited: what fingerprints and events prove, as tables."""

from __future__ import annotations

import pytest

from dataflow.sync.clients.http import Record
from dataflow.sync.edit_times import (
    LEFT_SIDE,
    RIGHT_SIDE,
    Snapshot,
    is_unedited,
    list_left_snapshots,
    list_right_snapshots,
    make_fingerprint,
    read_left_value,
    time_by_events,
    time_by_fingerprint,
)
from dataflow.sync.mapping import make_lens
from dataflow.sync.merge import Resolution, resolve
from dataflow.sync.model import EditTime, EditTimes, Flow, Link, Observed
from dataflow.sync.record_types import CUSTOMER, ORDER
from tests.cases import cases

PHONE = make_lens("phone", "phone", "string")
EMAIL = make_lens("email", "email", "string")
CITY = make_lens("city", "billing_address.city", "string")
FLOW = Flow(CUSTOMER, (PHONE, EMAIL))
AGREED: Record = {"phone": "1", "email": "a@b.c", "notes": "x", "updated_at": 100}
BASE = {PHONE.name: ("1", "1"), EMAIL.name: ("a@b.c", "a@b.c")}


def exact(seconds: int) -> EditTime:
    """Return a time that is known exactly."""
    return EditTime(seconds, seconds)


UNKNOWN = EditTime()


@cases(
    "left, right, winner",
    {
        "left": (exact(102), exact(100), Resolution.TO_RIGHT),
        "right": (exact(100), exact(102), Resolution.TO_LEFT),
        "tie": (exact(100), exact(100), Resolution.CONFLICT),
        "left-too-close": (exact(101), exact(100), Resolution.CONFLICT),
        "right-too-close": (exact(100), exact(101), Resolution.CONFLICT),
        "left-after-bound": (exact(102), EditTime(None, 100), Resolution.TO_RIGHT),
        "right-after-bound": (EditTime(None, 100), exact(102), Resolution.TO_LEFT),
        "left-within-bound": (exact(100), EditTime(None, 102), Resolution.CONFLICT),
        "two-bounds": (EditTime(None, 9), EditTime(None, 100), Resolution.CONFLICT),
        "left-alone": (exact(100), UNKNOWN, Resolution.CONFLICT),
        "right-alone": (UNKNOWN, exact(100), Resolution.CONFLICT),
        "unknown": (UNKNOWN, UNKNOWN, Resolution.CONFLICT),
    },
)
def test_the_latest_version_wins(
    left: EditTime, right: EditTime, winner: Resolution
) -> None:
    """A proved order decides; edits closer than two seconds have none."""
    times = EditTimes(("2", "3"), left, right)

    assert winner is resolve(FLOW, PHONE, ("1", "1"), ("2", "3"), times)


def test_times_of_other_values_prove_nothing() -> None:
    """Edited again since, a property has other times."""
    times = EditTimes(("2", "3"), exact(100), exact(200))

    assert Resolution.UNTIMED is resolve(FLOW, PHONE, ("1", "1"), ("2", "4"), times)


@cases(
    "edit, same",
    {
        "nothing": ({}, True),
        "listed": ({"phone": "2"}, True),
        "time": ({"updated_at": 200}, True),
        "version": ({"resource_version": 200}, True),
        "other": ({"notes": "y"}, False),
        "more": ({"tax_id": "1"}, False),
    },
)
def test_a_fingerprint(edit: Record, *, same: bool) -> None:
    """It changes with everything that is neither listed nor changes by itself."""
    before, after = (
        make_fingerprint(FLOW, LEFT_SIDE, record)
        for record in (AGREED, {**AGREED, **edit})
    )

    assert same == (before == after)


@pytest.mark.parametrize(("name", "same"), [("city", True), ("zip", False)])
def test_a_fingerprint_beside_a_nested_property(name: str, *, same: bool) -> None:
    """Of an object, only the listed part is left out."""
    flow = Flow(CUSTOMER, (CITY,))
    before, after = (
        make_fingerprint(flow, RIGHT_SIDE, {"billing_address": address})
        for address in ({"city": "a", "zip": "1"}, {"city": "a", "zip": "1", name: "b"})
    )

    assert same == (before == after)


def observe(**edit: object) -> Observed:
    """Return the record with this edit, changed at 200."""
    record = {**AGREED, **edit, "updated_at": 200}
    return Observed("7", FLOW.left_values(record), 200, record=record)


def link(*, known: bool = True) -> Link:
    """Return the link of the record, with its fingerprint if known."""
    found = make_fingerprint(FLOW, LEFT_SIDE, AGREED) if known else ""
    return Link("7", "r7", BASE, fingerprints=(found, ""))


@cases(
    "edit, known, time",
    {
        "alone": ({"phone": "2"}, True, exact(200)),
        "beside-listed": ({"phone": "2", "email": "n"}, True, EditTime(None, 200)),
        "beside-other": ({"phone": "2", "notes": "y"}, True, EditTime(None, 200)),
        "without-fingerprint": ({"phone": "2"}, False, EditTime(None, 200)),
    },
)
def test_the_time_of_a_record(edit: Record, *, known: bool, time: EditTime) -> None:
    """It is that of the edit if nothing else was edited, and a bound otherwise."""
    now = observe(**edit)

    assert time == time_by_fingerprint(FLOW, LEFT_SIDE, link(known=known), now)


@cases(
    "edit, known, unedited",
    {
        "nothing": ({}, True, True),
        "listed": ({"phone": "2"}, True, False),
        "other": ({"notes": "y"}, True, False),
        "without-fingerprint": ({}, False, False),
    },
)
def test_an_unedited_record(edit: Record, *, known: bool, unedited: bool) -> None:
    """Only a fingerprint proves that a record was not edited."""
    now = observe(**edit)

    assert unedited == is_unedited(FLOW, LEFT_SIDE, link(known=known), now)


def snapshot(time: int, phone: str | None, *, created: bool = False) -> Snapshot:
    """Return a customer with this telephone after an event."""
    return time, {"phone": phone}, created


@cases(
    "snapshots, time",
    {
        "edited": ([snapshot(9, "2"), snapshot(5, "1")], exact(9)),
        "edited-before-other": (
            [snapshot(9, "2"), snapshot(7, "2"), snapshot(5, "1")],
            exact(7),
        ),
        "edited-again": (
            [snapshot(9, "2"), snapshot(7, "1"), snapshot(5, "2")],
            exact(9),
        ),
        "created": ([snapshot(9, "2"), snapshot(5, "2", created=True)], exact(5)),
        "start-unknown": ([snapshot(9, "2"), snapshot(5, "2")], EditTime(None, 5)),
        "event-missing": ([snapshot(9, "1"), snapshot(5, "2")], UNKNOWN),
        "unreadable": ([(9, {"phone": []}, False)], UNKNOWN),
        "unreadable-before": (
            [snapshot(9, "2"), (5, {"phone": []}, False)],
            EditTime(None, 9),
        ),
        "none": ([], UNKNOWN),
    },
)
def test_the_time_by_events(snapshots: list[Snapshot], time: EditTime) -> None:
    """It is that of the event after which the property has had its value."""
    assert time == time_by_events(PHONE.from_left, "2", snapshots)


def left_event(kind: str, time: object, record: object, **more: object) -> Record:
    """Return an event of Invoiced."""
    return {"type": kind, "timestamp": time, "data": {"object": record, **more}}


@cases(
    "event, phones",
    {
        "updated": (
            left_event(
                "customer.updated", 9, {"id": 7, "phone": "2"}, previous={"phone": "1"}
            ),
            ["2", "1"],
        ),
        "previous-beside": (
            {
                **left_event("customer.updated", 9, {"id": 7, "phone": "2"}),
                "previous": {"phone": "1"},
            },
            ["2", "1"],
        ),
        "created": (left_event("customer.created", 9, {"id": 7, "phone": "2"}), ["2"]),
        "other-record": (left_event("customer.created", 9, {"id": 8}), []),
        "other-kind": (left_event("invoice.created", 9, {"id": 7}), []),
        "without-time": (left_event("customer.created", None, {"id": 7}), []),
        "without-record": (left_event("customer.created", 9, None), []),
        "without-data": ({"type": "customer.created"}, []),
    },
)
def test_the_snapshots_of_invoiced(event: Record, phones: list[str]) -> None:
    """An event shows the record afterwards, and what it was before."""
    found = list_left_snapshots("customer", "7", [event])

    assert phones == [record["phone"] for _, record, _ in found]


@cases(
    "event, found",
    {
        "changed": (
            {"event_type": "customer_changed", "occurred_at": 9},
            [(9, {"id": "7"}, False)],
        ),
        "created": (
            {"event_type": "customer_created", "occurred_at": 9},
            [(9, {"id": "7"}, True)],
        ),
        "without-time": ({"event_type": "customer_changed"}, []),
        "other-record": (
            {"occurred_at": 9, "content": {"customer": {"id": "8"}}},
            [],
        ),
        "other-kind": ({"occurred_at": 9, "content": {"item": {"id": "7"}}}, []),
    },
)
def test_the_snapshots_of_chargebee(event: Record, found: list[Snapshot]) -> None:
    """An event shows the record as it was afterwards."""
    event = {"content": {"customer": {"id": "7"}}, **event}

    assert found == list(list_right_snapshots("customer", "7", [event]))


def test_the_customer_of_an_event_is_an_id() -> None:
    """Events contain the customer of an invoice as a whole (documented)."""
    lens = make_lens("customer", "customer_id", "string")
    read = read_left_value(Flow(ORDER, (lens,)), lens)

    assert "7" == read({"customer": {"id": 7, "name": "Ada"}})
