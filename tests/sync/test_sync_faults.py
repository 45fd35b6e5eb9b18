"""Each fault of the twins at each call of a small sync: nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dataflow.twin.faults import Fault, FaultKind
from properties.accounts import accounts, in_process
from properties.oracle import LEFT, RIGHT
from properties.people import CHECKLIST, People, Step
from properties.resting import compare, rest
from properties.trouble import Trouble

#: More calls than the sync makes to either vendor.
MANY = 60


def new_records(people: People) -> None:
    """Leave new records of every kind to be synchronised, customers on two pages."""
    for kind in ("customer", "customer", "customer", "item", "order"):
        people.create(kind)


def edits(people: People) -> None:
    """Leave edits of every kind, of which one replaces an order."""
    new_records(people)
    compare(people, rest(people, is_loose=False))
    for step in (
        Step("edit", "email", LEFT, later=600),
        Step("edit", "name", RIGHT),
        Step("edit", "currency", LEFT),
        Step("edit", "phone", LEFT),
        Step("edit", "phone", RIGHT, later=600),
        Step("empty", "phone", LEFT, which=1),
        Step("delete", "phone", RIGHT, which=2),
    ):
        people.do(step)


def list_faults() -> Iterator[tuple[str, FaultKind]]:
    """Yield each vendor with each kind of its faults."""
    with accounts(in_process(), CHECKLIST) as world:
        for name, gateway in world.twins.gateways.items():
            for kind in FaultKind:
                if kind in gateway.vendor.faults:
                    yield name, kind


def heal(prepare: Callable[[People], None], vendor: str, fault: Fault) -> bool:
    """Return whether a run met the fault, after the next runs have healed it."""
    with accounts(in_process(), CHECKLIST) as world:
        people = People(world)
        prepare(people)
        world.twins.gateways[vendor].faults.add(fault)
        ran = world.sync(Trouble())
        people.note_run()
        if ran.faults:
            compare(people, rest(people, is_loose=True))
        return bool(ran.faults)


@pytest.mark.night
@pytest.mark.parametrize("prepare", [new_records, edits])
@pytest.mark.parametrize(("vendor", "kind"), [*list_faults()])
def test_a_fault_at_any_call_is_healed(
    vendor: str, kind: FaultKind, prepare: Callable[[People], None]
) -> None:
    """Wherever the fault comes, the next runs end as if it had not."""
    seconds = 5 if kind is FaultKind.SLOW else None
    call = 1
    while call < MANY and heal(
        prepare, vendor, Fault(kind=kind, call=call, seconds=seconds)
    ):
        call += 1
    print(f"{vendor} {kind} {prepare.__name__}: {call - 1} calls")  # noqa: T201

    # No list of Chargebee has a page with the rows of the page before.
    is_possible = (vendor, kind) != (RIGHT, FaultKind.REPEATED_PAGE)

    assert is_possible <= (call > 1) < MANY
