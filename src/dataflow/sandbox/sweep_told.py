"""What a sweep would remove and what it has removed, told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dataflow.sandbox.leftovers import Leftover
from dataflow.sandbox.outcomes import LEFT, Outcome

_HOUR, _DAY = 60 * 60, 24 * 60 * 60


def as_table(leftovers: Sequence[Leftover], now: float) -> RenderableType:
    """Return a line for each run and kind of record; `now` is in unix seconds."""
    table = Table.grid(padding=(0, 2))
    for column in ("run", "age"):
        table.add_column(column, no_wrap=True)
    table.add_column("records", overflow="fold")
    table.add_row("run", "age", "records", style="bold")
    counts = Counter((each.run, f"{each.side} {each.noun}") for each in leftovers)
    told = None
    for (run, kind), count in sorted(counts.items()):
        begins = run != told
        cells = (str(run), _age(run.age(now))) if begins else ("", "")
        table.add_row(*map(Text, cells), Text(_counted(count, kind)))
        told = run
    return table


def as_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield how many records of each kind went in which way, and what is left."""
    counts = Counter(
        (each.how, f"{each.leftover.side} {each.leftover.noun}")
        for each in outcomes
        if each.how != LEFT
    )
    for (how, kind), count in counts.items():
        yield f"{_counted(count, kind)}: {how}."
    for each in outcomes:
        if each.how == LEFT:
            yield f"{each.leftover} of {each.leftover.run} is left: {each.reason}"


def as_calls(calls: Mapping[str, int]) -> str:
    """Return how many calls were made to whom."""
    return f"{' and '.join(f'{n} calls to {whom}' for whom, n in calls.items())}."


def _counted(count: int, kind: str) -> str:
    plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
    return f"{count} {kind if count == 1 else plural}".replace("_", " ")


def _age(seconds: float) -> str:
    if seconds < 0:
        return "in the future"
    if seconds < 2 * _HOUR:
        return f"{seconds // 60:.0f} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR:.0f} h"
    return f"{seconds // _DAY:.0f} days"
