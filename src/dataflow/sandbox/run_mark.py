"""The marks of runs and scenarios: which record belongs to which of them.

The checklist writes the mark of its run on every record that it creates. Only this
mark, or being the counterpart of a record with it, makes a record part of a run: a
similar name proves nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from dataflow.record_types.model import CUSTOMER, FAMILY, ITEM, ORDER, Kind
from dataflow.vendors.marks import Marks

Record: TypeAlias = Mapping[str, Any]

#: The property of the metadata with the mark of the run.
KEY = "dataflow_run"
#: The property with the token of the scenario.
_SCENARIO = "dataflow_scenario"

_MARK = r"dataflow-(?P<started>[0-9]{10})-(?P<letters>[0-9a-f]{6})"
_WHOLE = re.compile(_MARK)
_BEGINNING = re.compile(rf"{_MARK}(?:-.*)?", re.DOTALL)
_BYTES = 3
_SEED = re.compile(
    r"(?P<run>dataflow-\d{10}-[0-9a-f]{6}) (?P<began>\d{10}) (?P<check>.+)"
)

#: Seconds by which the clocks of both vendors may differ.
_CLOCK_DIFFERENCE = 300

#: The property of a Chargebee record of a kind that holds metadata.
_METADATA = {CUSTOMER: "meta_data", ITEM: "metadata"}


@dataclass(frozen=True, slots=True, order=True)
class RunMark:
    """The start of a run in unix seconds, and six random letters."""

    started: int
    letters: str

    def __str__(self) -> str:
        """Return the mark as text, as in `dataflow-1795411200-3fa9c1`."""
        return f"dataflow-{self.started:010d}-{self.letters}"

    def age(self, now: float) -> float:
        """Return the seconds since the start of the run; `now` in unix seconds."""
        return now - self.started


def new_run_mark(now: Callable[[], float], letters: Callable[[int], str]) -> RunMark:
    """Return a new mark; `now` returns unix seconds, `letters` random hex digits."""
    return RunMark(int(now()), letters(_BYTES))


def read_run_mark(value: object) -> RunMark | None:
    """Return the value as a run mark, None for any other value."""
    return _read(_WHOLE, value)


def run_mark_of_id(record_id: object) -> RunMark | None:
    """Return the run mark that an id is, or begins with before a dash; else None."""
    return _read(_BEGINNING, record_id)


@dataclass(frozen=True, slots=True)
class Scope:
    """The check that a scenario is of, the mark of its run, and when it began.

    `began` is in the vendors' unix seconds. In empty accounts a scenario has neither
    mark nor beginning: every record there is its own.
    """

    check: str
    run: str = ""
    began: int = 0

    @classmethod
    def of(cls, seed: str) -> Scope:
        """Return the scope of this seed; any other text is the id of a check."""
        found = _SEED.fullmatch(seed)
        if found is None:
            return cls(seed)
        return cls(found["check"], found["run"], int(found["began"]))

    @property
    def token(self) -> str:
        """Return the text in each record of the scenario, and in no other record."""
        return hashlib.sha256(self.seed.encode()).hexdigest()[:6]

    @property
    def marks(self) -> Mapping[str, str]:
        """Return the metadata that names the run and the scenario."""
        return {KEY: self.run, _SCENARIO: self.token} if self.run else {}

    @property
    def seed(self) -> str:
        """Return the scope as one text, from which a replay restores it."""
        return f"{self.run} {self.began} {self.check}" if self.run else self.check


def run_in_invoiced(record: Record) -> RunMark | None:
    """Return the run that created an Invoiced record, None for any other record."""
    return _run_in(record.get("metadata"))


def run_in_chargebee(kind: Kind, record: Record) -> RunMark | None:
    """Return a record's run by metadata, or by the id of an order or item family."""
    if kind in {ORDER, FAMILY}:
        return run_mark_of_id(record.get("id"))
    return _run_in(record.get(_METADATA[kind])) if kind in _METADATA else None


def is_counterpart(marks: Marks, kind: Kind, record: Record, of: Record) -> bool:
    """Return whether a live record is the counterpart of `of`, which is in Invoiced.

    Ids can be equal by chance, or chosen: a record that is older than the one in
    Invoiced, or has the mark of another one, or no mark beside its id, is no
    counterpart. Of an order, the id is enough here: its customer must be known too.
    `of` needs no more than an id.
    """
    invoiced_id = str(of["id"])
    if not marks.find_counterparts(kind, invoiced_id, [record]):
        return False
    if _written_at(kind, record) < of.get("created_at", 0) - _CLOCK_DIFFERENCE:
        return False
    others = [mark for mark in marks.by_kind[kind.name] if mark.path != ("id",)]
    found = [mark for mark in others if mark.text_on(record)]
    if not found:
        return kind is ORDER
    return any(mark.is_on(record, invoiced_id) for mark in found)


def _run_in(metadata: object) -> RunMark | None:
    return read_run_mark(metadata.get(KEY)) if isinstance(metadata, Mapping) else None


def _written_at(kind: Kind, record: Record) -> int:
    """Return the time of creation, or of the last write if a caller may set that."""
    seconds: int = record["created_at" if kind is CUSTOMER else "updated_at"]
    return seconds


def _read(pattern: re.Pattern[str], value: object) -> RunMark | None:
    found = pattern.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else RunMark(int(found["started"]), found["letters"])
