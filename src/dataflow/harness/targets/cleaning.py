"""Removes what a scenario has made in accounts that are not its own."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.harness.scenario.world import World
from dataflow.harness.vendors.kinds import CUSTOMER, FAMILY, ITEM, ORDER
from dataflow.harness.vendors.refusal import RefusedError, TroubleError
from dataflow.sandbox.leftovers import CHARGEBEE, INVOICED, Leftover
from dataflow.sandbox.removing import Cleaner, Seen
from dataflow.sandbox.run_mark import RunMark, read_run_mark


def clean_up(world: World, *, held: bool) -> None:
    """Remove all of it as far as the vendors let, and note what stays, with why.

    A scenario that has `held` has seen it all: what it read last is not read again.
    """
    run = read_run_mark(world.scope.run)
    if run is None:
        return
    if not held:
        world.forget_lists()
    try:
        leftovers = list(_leftovers(world, run))
        cleaner = Cleaner(
            world.invoiced, world.chargebee, world.marks.by_kind, _seen(world)
        )
        for left in cleaner.clean(leftovers):
            world.notes.litter(f"{left.leftover}: {left.reason}")
    except (TroubleError, RefusedError) as error:
        # The scenario is over: what it says must not hang on this.
        world.notes.litter(f"it is left to `dataflow sweep`, since {error}")


def _seen(world: World) -> Seen:
    sides = (INVOICED, world.invoiced.looks), (CHARGEBEE, world.chargebee.looks)
    return {
        (side, kind): records
        for side, looks in sides
        for kind, records in looks.now().items()
    }


def _leftovers(world: World, run: RunMark) -> Iterator[Leftover]:
    for made in world.made:
        yield Leftover(INVOICED, made.kind, made.id, run)
        for found in world.counterparts(made):
            yield Leftover(CHARGEBEE, made.kind, str(found["id"]), run, made.id)
    if world.foreign is not None:
        kind, record = world.foreign
        yield Leftover(CHARGEBEE, kind, str(record["id"]), run)
        if kind is ORDER:
            yield Leftover(CHARGEBEE, CUSTOMER, str(record["customer_id"]), run)
        if kind is ITEM:
            yield Leftover(CHARGEBEE, FAMILY, str(record["item_family_id"]), run)
