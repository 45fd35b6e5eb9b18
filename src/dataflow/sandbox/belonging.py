"""Tells which records are ours: by a run mark, or as the counterpart of one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from dataflow.harness.scenario.marks import Marks
from dataflow.harness.scenario.scope import KEY
from dataflow.harness.vendors.kinds import CUSTOMER, FAMILY, ITEM, ORDER, Kind
from dataflow.sandbox.run_mark import RunMark, read_run_mark, run_mark_of_id

Record: TypeAlias = Mapping[str, Any]

#: Seconds by which the clocks of both vendors may differ.
_APART = 300

#: Where a Chargebee record of a kind has free properties.
_FREE = {CUSTOMER: "meta_data", ITEM: "metadata"}


def run_in_invoiced(record: Record) -> RunMark | None:
    """Return the run that made a record of Invoiced, None for a record of others."""
    return _run_in(record.get("metadata"))


def run_in_chargebee(kind: Kind, record: Record) -> RunMark | None:
    """Return the run that made a record of Chargebee, None for any other.

    Orders and item families have no place for a mark: theirs stands in the id.
    """
    if kind in {ORDER, FAMILY}:
        return run_mark_of_id(record.get("id"))
    return _run_in(record.get(_FREE[kind])) if kind in _FREE else None


def is_counterpart(marks: Marks, kind: Kind, record: Record, of: Record) -> bool:
    """Tell whether a live record is the counterpart of `of`, which is in Invoiced.

    An id can be the same by chance: a record that is older than the one in Invoiced,
    or that bears the id of another one, is not. `of` may be no more than an id.
    """
    invoiced_id = str(of["id"])
    if not marks.counterparts(kind, invoiced_id, [record]):
        return False
    if _written(kind, record) < of.get("created_at", 0) - _APART:
        return False
    others = [mark for mark in marks.by_kind[kind.name] if mark.path != ("id",)]
    found = [mark for mark in others if mark.text_on(record)]
    return not found or any(mark.is_on(record, invoiced_id) for mark in found)


def _run_in(free: object) -> RunMark | None:
    return read_run_mark(free.get(KEY)) if isinstance(free, Mapping) else None


def _written(kind: Kind, record: Record) -> int:
    """Return when a record was made, or last written where others choose that time."""
    seconds: int = record["created_at" if kind is CUSTOMER else "updated_at"]
    return seconds
