"""The sync as a whole, against a log of what people did."""

from __future__ import annotations

from hypothesis.stateful import run_state_machine_as_test

from properties.machine import SyncMachine
from properties.people import MET
from properties.profiles import share
from properties.trouble import POINTS

#: What the examples together have to have met, or they have proven nothing.
TO_REACH = (
    *("new customer", "new item", "new order"),
    *("email edited in Invoiced", "email edited in Chargebee"),
    *("phone edited in Invoiced", "phone edited in Chargebee"),
    *("name edited in Invoiced", "name edited in Chargebee"),
    *("2 edited on one side", "2 edited here and there", "edited beside a stranger"),
    *("conflict", "tie", "left out", "two edits, and one value at the end"),
    *("customer deleted in Invoiced", "customer deleted in Chargebee"),
    *("item deleted in Invoiced", "item deleted in Chargebee"),
    *("order deleted in Invoiced", "order voided in Invoiced"),
    *("edit against deletion", "deletion propagated"),
    *("merged customer", "retyped customer", "replaced order"),
    *("clocks apart", "lists that lag", "memory lost", "further page"),
    *("edited meanwhile", "stopped by the guard"),
    *(f"killed at an {point}" for point in POINTS),
    *(f"met a {kind}" for kind in MET),
)

#: The machine has this share of the examples of a profile.
PERCENT = 200

#: So many times the examples are drawn, until all that is met; once is nearly always
#: enough.
TIMES = 3


def missed() -> list[str]:
    """Return what no example has met so far."""
    return [name for name in TO_REACH if not SyncMachine.reached[name]]


def test_the_sync_follows_the_log() -> None:
    """After each run all agree, nothing is lost or doubled, and it comes to rest."""
    SyncMachine.reached.clear()
    for _ in range(TIMES):
        if missed():
            run_state_machine_as_test(SyncMachine, settings=share(PERCENT))

    assert [] == missed()
