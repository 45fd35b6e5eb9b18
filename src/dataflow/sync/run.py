"""One run of the sync: read both systems, plan, apply, store."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dataflow.errors import DataflowError
from dataflow.sync.actions import RemoveSuperseded, Step
from dataflow.sync.apply import Applier
from dataflow.sync.changes import (
    EMPTY,
    ChangeReader,
    Listings,
    ReferencedRecords,
    ReferenceReader,
    Systems,
    read_listings,
)
from dataflow.sync.create import Creator, SyncSettings
from dataflow.sync.errors import StateError
from dataflow.sync.isolation import ErrorIsolation, HaltedError
from dataflow.sync.matching import find_exclusion
from dataflow.sync.model import LEFT, Changes, Flow, Observed
from dataflow.sync.orders import Orders
from dataflow.sync.payments import describe_change
from dataflow.sync.plan import decide, plan
from dataflow.sync.record_types import CUSTOMER, KINDS, ORDER, Kind
from dataflow.sync.report import RunReport
from dataflow.sync.state import StateStore
from dataflow.sync.state_file import has_state

#: The vendor assigns the ids of these kinds, so no other account has the same ids.
ACCOUNT_KINDS = (CUSTOMER, ORDER)

#: The number of records of each kind to ask for. A single one may have been deleted.
SAMPLE, TOO_FEW = 3, 1

#: After more changes of one record in one run, the run reports it as unsettled.
ROUNDS = 12


@dataclass(slots=True)
class AccountCheck:
    """Verifies the Invoiced account once, before anything is changed."""

    systems: Systems
    store: StateStore
    listings: Mapping[str, Listings]
    _is_verified: bool = field(default=False, init=False)

    def verify(self) -> None:
        """Raise StateError if the account has none of the records in the state file."""
        if self._is_verified:
            return
        known = [(kind, one) for kind in ACCOUNT_KINDS for one in self._list_ids(kind)]
        is_listed = any(self._is_listed(kind) for kind in ACCOUNT_KINDS)
        if len(known) > TOO_FEW and not is_listed and not self._exists_any(known):
            ids = ", ".join(left_id for _, left_id in known)
            raise StateError(
                f"{self.store.path} remembers records that this Invoiced account has"
                f" not ({ids}): use the key of the account that it belongs to, or move"
                " it away if they all were deleted."
            )
        self._is_verified = True

    def _list_ids(self, kind: Kind) -> list[str]:
        links = self.store.links.list_of(kind.name)
        return [link.left_id for link in links if LEFT not in link.deleted_in][-SAMPLE:]

    def _is_listed(self, kind: Kind) -> bool:
        listings, links = self.listings.get(kind.name), self.store.links
        return listings is not None and any(
            links.by_left(kind.name, left_id) is not None for left_id in listings.left
        )

    def _exists_any(self, known: list[tuple[Kind, str]]) -> bool:
        found = (self.systems.left.find(kind, left_id) for kind, left_id in known)
        return any(record is not None for record in found)


@dataclass(frozen=True, slots=True)
class StateFile:
    """The path of the state file, and the accounts that it belongs to."""

    path: Path
    accounts: Mapping[str, str]

    def open(self) -> StateStore | None:
        """Open the state file, or return None if there is none."""
        return (
            StateStore.open(self.path, self.accounts) if has_state(self.path) else None
        )

    def create(self) -> StateStore:
        """Create an empty state file."""
        return StateStore.create(self.path, self.accounts)


@dataclass(slots=True)
class Run:
    """One run over all flows; `report` is called with each event."""

    flows: Sequence[Flow]
    systems: Systems
    state: StateFile
    settings: SyncSettings = field(default_factory=SyncSettings)
    since: int = 0
    full: bool = False
    report: Callable[[str], None] = lambda _text: None
    result: RunReport = field(default_factory=RunReport, init=False)

    def __call__(self) -> RunReport:
        """Run it. An error before the first write leaves no state file behind."""
        # The kinds in the order in which one refers to another.
        order = [kind.name for kind in KINDS]
        flows = sorted(self.flows, key=lambda flow: order.index(flow.kind.name))
        store = self.state.open()
        try:
            listings = {flow.kind.name: self._read(flow, store) for flow in flows}
            store = store or self.state.create()
            work = _Work(self, flows, store, listings)
            try:
                work.sync()
            except HaltedError:
                self.result.halted = True
            for flow in flows:
                issues = store.list_issues(flow.kind.name)
                self.result.add(issues, flow.kind.left_name)
        finally:
            if store is not None:
                store.close()
        return self.result

    def report_once(self, text: str) -> None:
        """Report a note, unless this run has reported it already."""
        if text not in self.result.notes:
            self.result.notes.append(text)
            self.report(text)

    def _read(self, flow: Flow, store: StateStore | None) -> Listings:
        known = store is not None and self._has_read_all(store, flow)
        full = self.full or not known
        return read_listings(flow.kind, self.systems, store, self.since, full=full)

    def _has_read_all(self, store: StateStore, flow: Flow) -> bool:
        """Return whether an earlier run has read all records that count now."""
        since = store.get_meta(f"since of {flow.kind.name}") or ""
        rows = store.get_meta(f"rows of {flow.kind.name}")
        return rows == _rows(flow) and since.isdecimal() and int(since) <= self.since


class _Work:
    """The part of a run that changes records, with the open state file."""

    def __init__(
        self,
        run: Run,
        flows: Sequence[Flow],
        store: StateStore,
        listings: Mapping[str, Listings],
    ) -> None:
        self._run, self._flows, self._store = run, flows, store
        self._listings = listings
        self._isolation = ErrorIsolation(store)
        self._account = AccountCheck(run.systems, store, listings)

    def sync(self) -> None:
        """Synchronise flow by flow; raises HaltedError."""
        run = self._run
        reader = ReferenceReader(run.systems, self._store, self._isolation, run.since)
        referenced = reader.find(self._flows, self._listings)
        for flow in self._flows:
            self._sync_flow(flow, referenced)

    def _sync_flow(
        self, flow: Flow, referenced: Mapping[str, ReferencedRecords]
    ) -> None:
        run, store, kind = self._run, self._store, flow.kind
        reader = ChangeReader(
            flow, run.systems, store, self._isolation, run.since, referenced[kind.name]
        )
        reasons = self._find_reasons(referenced)
        changes = reader.read_changes(self._listings[kind.name], reasons)
        applier = Applier(
            flow,
            run.systems,
            store,
            reader,
            Creator(run.systems.right, run.settings, run.report_once),
            Orders(
                run.systems.right, store.links, run.report_once, run.settings.payments
            ),
        )
        # Records without an answer in the previous run are last.
        for step in sorted(
            plan(flow, store.links, changes),
            key=lambda x: self._isolation.was_unanswered(kind.name, x.left_id),
        ):
            with self._isolation.isolate(kind.name, step.left_id):
                self._apply_step(applier, changes, step)
        for left in changes.left.values():
            self._report_observation(kind, left)
        with store.transaction():
            self._set_cursors(flow)

    def _report_observation(self, kind: Kind, left: Observed) -> None:
        """Report, once, a change of an invoice that its order does not follow."""
        link = self._store.links.by_left(kind.name, left.id)
        if link is not None and left.money not in {"", link.money}:
            if link.money:
                self._run.report_once(describe_change(left, link.money))
            self._store.save_link(kind.name, replace(link, money=left.money))

    def _set_cursors(self, flow: Flow) -> None:
        """Store what was read, after all of it was applied or stored as an issue."""
        kind, cursors = flow.kind, self._listings[flow.kind.name].cursor
        for side, cursor in cursors.items():
            if cursor is None:
                self._run.result.later.append(
                    f"list in {side}: {kind.left_name}s were fewer than announced, or"
                    " others each time it was read; the next run reads it again."
                )
            else:
                self._store.set_cursor(kind.name, side, max(cursor, EMPTY))
        if None not in cursors.values():
            self._store.set_meta(f"rows of {kind.name}", _rows(flow))
            self._store.set_meta(f"since of {kind.name}", str(self._run.since))

    def _find_reasons(
        self, referenced: Mapping[str, ReferencedRecords]
    ) -> dict[str, str]:
        """Return why customers have no counterpart, as far as this run has read."""
        reasons = {
            link.left_id: f"was deleted in {link.deleted_in}"
            for link in self._store.links.list_of(CUSTOMER.name)
            if link.deleted_in
        }
        if CUSTOMER.name in self._listings:
            read = referenced[CUSTOMER.name].records
            listed = self._listings[CUSTOMER.name].left
            for left_id, record in {**read, **listed}.items():
                exclusion = find_exclusion(CUSTOMER, record, 0, referred=True)
                if exclusion is not None:
                    reasons[left_id] = exclusion.reason
        return reasons

    def _apply_step(self, applier: Applier, changes: Changes, step: Step) -> None:
        """Apply one operation and plan anew: a vendor may store something else."""
        rounds = 0
        while step.operation is not None:
            # A removed order never returns, so the number of these is not limited.
            rounds += not isinstance(step.operation, RemoveSuperseded)
            if rounds > ROUNDS:
                raise DataflowError(
                    f"still not at rest after {ROUNDS} changes: somebody else keeps"
                    " changing it, or a system does not keep what it is given."
                )
            self._account.verify()
            result = applier.apply(step.operation)
            self._isolation.note_answer()
            if result.outcome:
                self._run.result.counts[result.outcome] += 1
                self._run.report(result.text)
            result.update_changes(changes, step.left_id)
            again = decide(applier.flow, self._store.links, changes, step.left_id)
            step = again or Step(step.left_id)
        kind = applier.flow.kind
        if not self._isolation.has_failed(kind.name, step.left_id):
            self._store.replace_issues(kind.name, step.left_id, step.issues)


def _rows(flow: Flow) -> str:
    """Return the listed properties as text, to detect a new row."""
    return json.dumps([(x.name, x.converter.name) for x in flow.lenses])
