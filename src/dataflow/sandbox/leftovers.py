"""Finds what runs have left behind, in both accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from dataflow.harness.scenario.marks import Mark, Marks
from dataflow.harness.vendors.chargebee_site import ChargebeeSite, is_live
from dataflow.harness.vendors.invoiced_account import InvoicedAccount
from dataflow.harness.vendors.kinds import CUSTOMER, FAMILY, ITEM, KINDS, ORDER, Kind
from dataflow.sandbox.belonging import (
    is_counterpart,
    run_in_chargebee,
    run_in_invoiced,
)
from dataflow.sandbox.lock import number_of, spent
from dataflow.sandbox.run_mark import RunMark

Record: TypeAlias = dict[str, Any]
_ById: TypeAlias = Mapping[str, Record]
_MarksByKind: TypeAlias = Mapping[str, tuple[Mark, ...]]

INVOICED, CHARGEBEE = InvoicedAccount.name, ChargebeeSite.name


@dataclass(frozen=True, slots=True)
class Leftover:
    """A record of a run, in one of both accounts.

    Where it does not bear the run's mark itself, it is the counterpart of a record in
    Invoiced that does, whose id is `of`.
    """

    side: str
    kind: Kind
    id: str
    run: RunMark
    of: str | None = None

    @property
    def noun(self) -> str:
        """Return what such a record is called there."""
        return self.kind.left if self.side == INVOICED else self.kind.name

    def __str__(self) -> str:
        """Return it as messages name it, as in `Chargebee order 17`."""
        return f"{self.side} {self.noun} {self.id}"


def find_leftovers(
    invoiced: InvoicedAccount, chargebee: ChargebeeSite, marks: _MarksByKind
) -> list[Leftover]:
    """Return all that bears a run mark or is the counterpart of what does.

    It reads each list of both accounts once. Raises `TroubleError` and `RefusedError`.
    """
    invoiced.looks.forget()
    left = {kind: invoiced.everything(kind) for kind in KINDS}
    known = Marks(marks, left[ORDER].__contains__)
    found = [each for kind in KINDS for each in _in_invoiced(kind, left[kind])]
    for kind in KINDS:
        right = _there(chargebee, kind)
        ours = {each.id: each for each in found if each.kind is kind}
        found += _in_chargebee(known, right, ours, left[kind], kind)
    families = _there(chargebee, FAMILY)
    return [*found, *_marked(FAMILY, families.values())]


def _there(chargebee: ChargebeeSite, kind: Kind) -> _ById:
    """Return the live records of a kind."""
    # Whether a list leaves out deleted items or families by itself is unconfirmed.
    status = {"status": {"is": "active"}} if kind is ITEM else {}
    listed = chargebee.listed(kind, **status)
    return {key: record for key, record in listed.items() if is_live(record)}


def _in_invoiced(kind: Kind, records: _ById) -> Iterator[Leftover]:
    for record_id, record in records.items():
        run = run_in_invoiced(record)
        if run is not None:
            yield Leftover(INVOICED, kind, record_id, run)


def _in_chargebee(
    marks: Marks, right: _ById, ours: Mapping[str, Leftover], left: _ById, kind: Kind
) -> list[Leftover]:
    needless = spent(right.values()) if kind is CUSTOMER else []
    marked = [
        each
        for each in _marked(kind, right.values())
        if number_of(each.id) is None or each.id in needless
    ]
    done = {each.id for each in marked}
    counterparts = _counterparts(marks, kind, right.values(), ours, left)
    return [*marked, *(each for each in counterparts if each.id not in done)]


def _marked(kind: Kind, records: Iterable[Record]) -> Iterator[Leftover]:
    for record in records:
        run = run_in_chargebee(kind, record)
        if run is not None:
            yield Leftover(CHARGEBEE, kind, str(record["id"]), run)


def _counterparts(
    marks: Marks,
    kind: Kind,
    records: Iterable[Record],
    ours: Mapping[str, Leftover],
    left: _ById,
) -> Iterator[Leftover]:
    of_kind = marks.by_kind[kind.name]
    texts = [(mark, {mark.text_of(key): key for key in ours}) for mark in of_kind]
    for record in records:
        # Thousands of records, hundreds of ours: each is compared with a few.
        named = {ids.get(mark.text_on(record) or "") for mark, ids in texts} - {None}
        for key in sorted(filter(None, named)):
            if is_counterpart(marks, kind, record, left[key]):
                yield Leftover(CHARGEBEE, kind, str(record["id"]), ours[key].run, key)
                break
