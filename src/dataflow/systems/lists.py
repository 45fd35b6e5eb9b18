"""What a list call says, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dataflow.systems.http import Record


@dataclass(frozen=True, slots=True)
class Listed:
    """The records of a list.

    Whatever it lacks changed at `reach` or later, in unix seconds of the vendor, so
    that the next reading finds it from there; None says that this is not certain.
    """

    records: list[Record]
    reach: int | None


def newest(records: Iterable[Record]) -> int:
    """Return the latest time of change among records, 0 without any."""
    times = (record.get("updated_at") for record in records)
    return max((time for time in times if isinstance(time, int)), default=0)
