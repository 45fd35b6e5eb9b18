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
    *("2 edited in Invoiced", "2 edited in Chargebee", "2 edited here and there"),
    "edited beside a stranger",
)


#: So many times the examples are drawn, until all that is met; once is nearly always
#: enough.
TIMES = 5


def missed() -> list[str]:
    """Return what no example has met so far."""
    return [name for name in TO_REACH if not SyncMachine.reached[name]]


def test_the_sync_follows_the_log() -> None:
    """After each run all agree, nothing is lost or doubled, and it comes to rest."""
    SyncMachine.reached.clear()
    for _ in range(TIMES):
        if missed():
            run_state_machine_as_test(SyncMachine, settings=share(100))

    assert [] == missed()
