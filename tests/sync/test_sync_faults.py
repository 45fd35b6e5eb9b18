"""Each fault of the twins at each call of a small sync: nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dataflow.twin.faults import Fault, FaultKind
from properties.accounts import accounts, in_process
from properties.actors import CHECKLIST, Actors
from properties.oracle import LEFT, RIGHT
from properties.people import Contest, Edit, New
from properties.resting import compare, rest
from properties.trouble import Trouble

#: The texts of new records.
CUSTOMER, ITEM = {"email": "ada{}@example.no", "phone": "{}"}, {"name": "Tea {}"}

#: More calls than the sync makes to either vendor.
MANY = 60


def new_records(actors: Actors) -> None:
    """Leave new records of every kind to be synchronised."""
    for _ in range(3):  # more than a page
        actors.make(New("customer", CUSTOMER))
    actors.make(New("item", ITEM))
    actors.make(New("order", {"currency": "eur"}))


def edits(actors: Actors) -> None:
    """Leave edits of every kind, of which one replaces an order."""
    new_records(actors)
    compare(actors, rest(actors))
    actors.edit(Edit(LEFT, "email", "bo{}@example.no", 0, 600))
    actors.edit(Edit(RIGHT, "name", "Coffee {}", 0, 0))
    actors.edit(Edit(LEFT, "currency", "usd", 0, 0))
    actors.contest(Contest(LEFT, "phone", ("{}", "{}"), 0, 600, frozenset()))


def run_with(actors: Actors, vendor: str, fault: Fault) -> bool:
    """Run the sync with a fault; return whether a call has met it."""
    actors.world.twins.gateways[vendor].faults.add(fault)
    ran = actors.world.sync(Trouble())
    actors.loosen()
    actors.see_all()
    return bool(ran.faults)


def list_faults() -> Iterator[tuple[str, FaultKind]]:
    """Yield each vendor with each kind of its faults."""
    with accounts(in_process(), CHECKLIST) as world:
        for name, gateway in world.twins.gateways.items():
            yield from (
                (name, kind) for kind in FaultKind if kind in gateway.vendor.faults
            )


@pytest.mark.slow
@pytest.mark.parametrize("prepare", [new_records, edits])
@pytest.mark.parametrize(("vendor", "kind"), [*list_faults()])
def test_a_fault_at_any_call_is_healed(
    vendor: str, kind: FaultKind, prepare: Callable[[Actors], None]
) -> None:
    """Wherever the fault comes, the next runs end as if it had not."""
    for call in range(1, MANY):
        with accounts(in_process(), CHECKLIST) as world:
            actors = Actors(world)
            prepare(actors)
            seconds = 5 if kind is FaultKind.SLOW else None
            if not run_with(
                actors, vendor, Fault(kind=kind, call=call, seconds=seconds)
            ):
                break
            compare(actors, rest(actors, is_loose=True))
    print(f"{vendor} {kind} {prepare.__name__}: {call - 1} calls")  # noqa: T201

    is_possible = (vendor, kind) != (RIGHT, FaultKind.REPEATED_PAGE)

    assert is_possible <= (call > 1) < MANY
