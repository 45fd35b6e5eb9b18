"""The sync as a whole, against a log of what people did."""

from __future__ import annotations

from hypothesis.stateful import run_state_machine_as_test

from properties.machine import SyncMachine
from properties.profiles import share

#: What the examples together have to have met, or they have proven nothing.
TO_REACH = (
    *("new customer", "new item", "new order"),
    *("email edited in Invoiced", "email edited in Chargebee"),
    *("phone edited in Invoiced", "phone edited in Chargebee"),
    *("name edited in Invoiced", "name edited in Chargebee"),
    *("currency edited in Invoiced", "memory lost", "further page"),
)


def test_the_sync_follows_the_log() -> None:
    """After each run all agree, nothing is lost or doubled, and it comes to rest."""
    SyncMachine.reached.clear()
    run_state_machine_as_test(SyncMachine, settings=share(100))

    assert [] == [name for name in TO_REACH if not SyncMachine.reached[name]]
