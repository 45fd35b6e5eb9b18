"""When a contract test last passed on a real account, kept in a file.

The file names the behaviours that each test settles, so that it can be read without
the tests. Nothing is claimed where there is no file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

from dataflow.files import read_json, write_whole

#: Where the file is, seen from the root.
CONFIRMED = Path("tests", "contract", "confirmed.json")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That a test passed on a real account, and which behaviours it settles."""

    on: date
    behaviours: tuple[str, ...] = ()


#: Confirmations by the id of their test.
Confirmations: TypeAlias = Mapping[str, Confirmation]


def read_confirmed(path: Path) -> Confirmations:
    """Return what the file says; raises `FileError`."""
    if not path.exists():
        return {}
    advice = "restore it, or remove it and confirm all behaviours again"
    return read_json(path, dict[str, Confirmation], advice)


def write_confirmed(path: Path, confirmed: Confirmations) -> None:
    """Replace the file; the tests are sorted by their id."""
    entries = {
        test: {"behaviours": sorted(one.behaviours), "on": one.on.isoformat()}
        for test, one in sorted(confirmed.items())
    }
    write_whole(path, json.dumps(entries, indent=2) + "\n")


def after_a_run(
    before: Confirmations, passed: Confirmations, failed: Iterable[str]
) -> Confirmations:
    """Return what holds after a run: a test that failed is no longer confirmed."""
    refuted = set(failed)
    after = {**before, **passed}
    return {test: one for test, one in after.items() if test not in refuted}


def is_due(test: str, confirmed: Confirmations, today: date, days: int) -> bool:
    """Tell whether a test was never confirmed, or longer than so many days ago."""
    one = confirmed.get(test)
    return one is None or today - one.on > timedelta(days=days)


def last_confirmed(confirmed: Confirmations) -> Mapping[str, date]:
    """Return the date of the last confirmation of each behaviour that has one."""
    dates: dict[str, date] = {}
    for one in confirmed.values():
        for name in one.behaviours:
            dates[name] = max(dates.get(name, one.on), one.on)
    return dates
