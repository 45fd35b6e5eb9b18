"""Reading the lists of both systems, which is what a run starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dataflow.sync.memory import Memory
from dataflow.sync.model import LEFT, RIGHT, Flow
from dataflow.systems.chargebee import Chargebee
from dataflow.systems.http import Record
from dataflow.systems.invoiced import Invoiced

#: Seconds read again before the cursor. Chargebee's lists may lag by five minutes
#: (documented); Invoiced's stamps are whole seconds (documented), and a second may
#: not be over yet when it is read.
OVERLAP: Mapping[str, int] = {LEFT: 5, RIGHT: 300}

#: The cursor of a side that was read and held nothing.
EMPTY = 1


@dataclass(frozen=True, slots=True)
class Systems:
    """The two systems to be kept in sync."""

    left: Invoiced
    right: Chargebee


@dataclass(frozen=True, slots=True)
class Reading:
    """What the lists of one kind say, by id; a complete list holds all there is.

    `reach` says by side from when the next run has to read on, None where the list
    did not hold still.
    """

    left: Mapping[str, Record]
    right: Mapping[str, Record]
    reach: Mapping[str, int | None]
    left_complete: bool = False
    right_complete: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """Where to read from: `since` in unix seconds, or everything if `full`."""

    since: int = 0
    full: bool = False

    def after(self, side: str, cursor: int | None) -> int | None:
        """Return the time after which one side has to be read; None is all of it.

        Both filters leave out the second that they name (documented), hence the 1.
        """
        if cursor in {None, EMPTY} or self.full:
            overlap = OVERLAP[side] if side == RIGHT else 0
            cursor = self.since
        else:
            overlap = OVERLAP[side]
        after = cursor - overlap - 1
        return after if after > 0 else None


def read(flow: Flow, systems: Systems, memory: Memory | None, start: Start) -> Reading:
    """Read the lists of one kind on both sides; nothing is written anywhere."""
    kind = flow.kind
    cursors = {
        side: memory.cursor(kind.name, side) if memory else None
        for side in (LEFT, RIGHT)
    }
    lefts = systems.left.changed(kind, start.after(LEFT, cursors[LEFT]))
    rights = systems.right.changed(kind, start.after(RIGHT, cursors[RIGHT]))
    whole = {side: start.full or cursors[side] is None for side in cursors}
    return Reading(
        {str(record["id"]): record for record in lefts.records},
        {str(record["id"]): record for record in rights.records},
        {LEFT: lefts.reach, RIGHT: rights.reach},
        left_complete=whole[LEFT] or not kind.left_filters_by_time,
        right_complete=whole[RIGHT],
    )
