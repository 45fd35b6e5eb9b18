"""When a sandbox last confirmed each behaviour; without a file, none is confirmed."""

from __future__ import annotations

import functools
import importlib
import json
import pkgutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dataflow import twin
from dataflow.files import read_json, write_whole
from dataflow.twin.evidence import Behaviour, Evidence

#: The file, relative to the root.
CONFIRMED = Path("tests", "contract", "confirmed.json")

#: Assumptions stand out.
_STYLES = {Evidence.UNCONFIRMED: "yellow"}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The day and the host on which a test passed, and the behaviours it settles.

    `outcomes` are those of its generated requests, by behaviour: they support a
    behaviour, and do not settle it.
    """

    on: date
    behaviours: tuple[str, ...] = ()
    at: str = ""
    outcomes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


#: Confirmations by the id of their test.
Confirmations: TypeAlias = Mapping[str, Confirmation]


def read_confirmed(path: Path) -> Confirmations:
    """Return the content of the file; raises `FileError`."""
    if not path.exists():
        return {}
    advice = "restore it, or delete it and confirm all behaviours again"
    return read_json(path, dict[str, Confirmation], advice)


def write_confirmed(path: Path, confirmed: Confirmations) -> None:
    """Replace the file; the tests are sorted by their id."""
    entries = {
        test: {
            "at": one.at,
            "behaviours": sorted(one.behaviours),
            "on": one.on.isoformat(),
            **({"outcomes": one.outcomes} if one.outcomes else {}),
        }
        for test, one in sorted(confirmed.items())
    }
    write_whole(path, json.dumps(entries, indent=2) + "\n")


def update_confirmed(
    before: Confirmations, passed: Confirmations, failed: Iterable[str]
) -> Confirmations:
    """Return the confirmations after a run: a test that failed loses its own."""
    refuted = set(failed)
    after = {**before, **passed}
    return {test: one for test, one in after.items() if test not in refuted}


def is_due(test: str, confirmed: Confirmations, today: date, days: int) -> bool:
    """Return whether a test was not confirmed within so many days."""
    one = confirmed.get(test)
    return one is None or today - one.on > timedelta(days=days)


def last_confirmed(confirmed: Confirmations) -> Mapping[str, Confirmation]:
    """Return the last confirmation of each behaviour that has one."""
    found: dict[str, Confirmation] = {}
    for one in sorted(confirmed.values(), key=lambda one: one.on):
        found.update(dict.fromkeys(one.behaviours, one))
    return found


def count_outcomes(confirmed: Confirmations) -> Mapping[str, Mapping[str, int]]:
    """Return the outcomes of all generated requests by behaviour."""
    found: dict[str, Counter[str]] = {}
    for one in confirmed.values():
        for name, counts in one.outcomes.items():
            found.setdefault(name, Counter()).update(counts)
    return found


@functools.cache
def known_behaviours() -> Mapping[str, Behaviour]:
    """Return every behaviour that is a constant of a module, sorted by name."""
    found = {
        value
        for module in pkgutil.walk_packages(twin.__path__, f"{twin.__name__}.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, Behaviour)
    }
    return {each.name: each for each in sorted(found, key=lambda each: each.name)}


def as_json(
    known: Iterable[Behaviour], confirmed: Confirmations
) -> list[dict[str, object]]:
    """Return the behaviours with their evidence, last confirmation and outcomes."""
    last, outcomes = last_confirmed(confirmed), count_outcomes(confirmed)
    return [
        {
            "name": each.name,
            "says": each.description,
            "evidence": str(each.evidence),
            "confirmed": _format_date(each, last) or None,
            "confirmed_at": last[each.name].at if each.name in last else None,
            "outcomes": outcomes.get(each.name, {}),
            "settled_by": each.settled_by or None,
        }
        for each in known
    ]


def as_table(known: Iterable[Behaviour], confirmed: Confirmations) -> Table:
    """Return the dates as a table, whose title counts the behaviours by evidence."""
    behaviours, last = tuple(known), last_confirmed(confirmed)
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
        table.add_row(what, evidence, _format_date(each, last) or "never")
    return table


def _title(behaviours: tuple[Behaviour, ...]) -> str:
    counts = Counter(each.evidence for each in behaviours)
    numbers = ", ".join(f"{counts[each]} {each}" for each in Evidence if counts[each])
    return f"{len(behaviours)} behaviours: {numbers}"


def _format_date(behaviour: Behaviour, last: Mapping[str, Confirmation]) -> str:
    found = last.get(behaviour.name)
    return "" if found is None else found.on.isoformat()
