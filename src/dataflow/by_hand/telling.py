"""How twins by hand and whoever started them tell each other where, and when to end."""

from __future__ import annotations

import signal
from queue import SimpleQueue

from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE, Addresses


def as_told(addresses: Addresses) -> dict[str, dict[str, str]]:
    """Return where both twins are, and what opens them."""
    return {
        "invoiced": {"url": addresses.invoiced_url, "key": INVOICED_KEY},
        "chargebee": {
            "url": addresses.chargebee_url,
            "site": SITE,
            "key": CHARGEBEE_KEY,
        },
    }


def signalled() -> SimpleQueue[int]:
    """Return a queue that gets a number once somebody asks this program to end.

    That is by Ctrl-C, by SIGTERM, or by closing the terminal, unless the program was
    told to outlive it.
    """
    # Safe to be filled by a signal at any moment, which an Event is not.
    stop: SimpleQueue[int] = SimpleQueue()
    ends = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        ends.append(signal.SIGHUP)
    for number in ends:
        signal.signal(number, lambda found, _frame: stop.put(found))
    return stop
