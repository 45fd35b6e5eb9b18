"""Notices a sync that goes by its machine's clock, which the twins are ahead of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from dataflow.vendors.connection import NOW

#: What ends a span of time in a list's query: of either vendor, and of their events.
_UNTIL = re.compile(r"updated_before|end_date|end_time|\w+\[(before|on|between)\]")
_SECONDS = re.compile(r"([0-9]{1,12})\s*\]?\s*$")
#: Seconds that a span may end before the present and still have been meant to reach it.
_A_DAY = 24 * 3600


def own_clock(asked: Iterable[tuple[str, str]], machine: int, twins: int) -> list[str]:
    """Return a sentence if a list was asked for until the time of the machine.

    `asked` is what stood in queries; both times are in unix seconds. That of the twins
    is years ahead, so such a list is empty, and its sync not to blame for what is not
    in it.
    """
    for until in _ends(asked):
        if machine - _A_DAY < until < min(machine + _A_DAY, twins):
            sentence = (
                f"The sync asks for what came until {_told(until)}, by its machine's"
                f" clock, and the stand-ins are at {_told(twins)}: add --real-time, or"
                f" let it take the time from {NOW}."
            )
            return [sentence]
    return []


def _ends(asked: Iterable[tuple[str, str]]) -> Iterator[int]:
    for name, value in asked:
        # Of a list of both ends, it is the last.
        if _UNTIL.fullmatch(name) and (found := _SECONDS.search(value)):
            yield int(found[1])


def _told(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
