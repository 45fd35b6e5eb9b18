"""The page of truth: every behaviour of the twins, and how far it can be believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dataflow.twin.evidence import Behaviour, Evidence

#: What is only assumed ought to catch the eye.
_STYLES = {Evidence.UNCONFIRMED: "yellow"}


def as_json(
    known: Iterable[Behaviour], dates: Mapping[str, date]
) -> list[dict[str, str | None]]:
    """Return the behaviours, each with its evidence and its last confirmation."""
    return [
        {
            "name": each.name,
            "says": each.description,
            "evidence": str(each.evidence),
            "confirmed": _date(each, dates) or None,
        }
        for each in known
    ]


def as_table(known: Iterable[Behaviour], dates: Mapping[str, date]) -> Table:
    """Return the same for people; the title counts the behaviours by evidence."""
    behaviours = tuple(known)
    table = Table(
        title=_title(behaviours),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("behaviour", overflow="fold", ratio=1)
    table.add_column("evidence", no_wrap=True)
    table.add_column("confirmed", no_wrap=True)
    for each in behaviours:
        what = Group(
            Text(each.name), Padding(Text(each.description, "dim"), (0, 0, 0, 2))
        )
        evidence = Text(each.evidence, _STYLES.get(each.evidence, ""))
        table.add_row(what, evidence, _date(each, dates) or "never")
    return table


def _title(behaviours: tuple[Behaviour, ...]) -> str:
    counts = Counter(each.evidence for each in behaviours)
    told = ", ".join(f"{counts[each]} {each}" for each in Evidence if counts[each])
    return f"{len(behaviours)} behaviours: {told}"


def _date(behaviour: Behaviour, dates: Mapping[str, date]) -> str:
    found = dates.get(behaviour.name)
    return "" if found is None else found.isoformat()
