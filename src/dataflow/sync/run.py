"""One run of the sync: read both systems, plan, apply, store."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from dataflow.errors import DataflowError, TryAgainError
from dataflow.sync.actions import (
    Adopt,
    Create,
    Forget,
    MarkDeleted,
    Operation,
    RemoveSuperseded,
    Result,
    Step,
)
from dataflow.sync.apply import Applier
from dataflow.sync.audit import Log, describe_write
from dataflow.sync.changes import ChangeReader
from dataflow.sync.clients.systems import Systems
from dataflow.sync.create import Creator, SyncSettings
from dataflow.sync.guards import AccountCheck, ChangeGuard
from dataflow.sync.isolation import ErrorIsolation, HaltedError, describe
from dataflow.sync.listings import EMPTY, Listings, ListReader, ReferenceReader
from dataflow.sync.matching import find_exclusion
from dataflow.sync.model import Changes, Exclusion, Flow, Issue, IssueKind, Observed
from dataflow.sync.orders import Orders
from dataflow.sync.payments import describe_change
from dataflow.sync.plan import decide
from dataflow.sync.progress import Progress
from dataflow.sync.record_types import CUSTOMER, KINDS, Kind
from dataflow.sync.records import RecordReader
from dataflow.sync.report import USER_STATUS, RunReport
from dataflow.sync.state import StateStore
from dataflow.sync.state_file import has_state
from dataflow.sync.status import LastRun, write_run
from dataflow.sync.workers import work_through

#: The operations that do not follow from a read of both records of a pair.
UNVERIFIED = (Create, Adopt, MarkDeleted, Forget)

#: Why a forgotten customer has no counterpart, and what the user can do.
FORGOTTEN = Exclusion(
    "was forgotten, so it gets no order: forget it as well (dataflow forget invoice)",
    IssueKind.DECISION,
)

#: After more changes of one record in one run, the run reports it as unsettled.
ROUNDS = 12


@dataclass(frozen=True, slots=True)
class StateFile:
    """The path of the state file, and the accounts that it belongs to."""

    path: Path
    accounts: Mapping[str, str]
    is_preview: bool = False

    def open(self) -> StateStore | None:
        """Open the state file, or return None if there is none.

        A preview opens a copy.
        """
        if self.is_preview and has_state(self.path):
            return StateStore.read(self.path, self.accounts)
        return (
            StateStore.open(self.path, self.accounts) if has_state(self.path) else None
        )

    def create(self) -> StateStore:
        """Create an empty state file; a preview creates none."""
        if self.is_preview:
            return StateStore.draft(self.path, self.accounts)
        return StateStore.create(self.path, self.accounts)


@dataclass(slots=True)
class Run:
    """One run over all flows.

    `report` is called with each event, and `log` with each write. With `force`, it does
    what the guards would stop. After `is_stopping` returns true, it begins no further
    record.
    """

    flows: Sequence[Flow]
    systems: Systems
    state: StateFile
    settings: SyncSettings = field(default_factory=SyncSettings)
    since: int = 0
    full: bool = False
    force: bool = False
    report: Callable[[str], None] = lambda _text: None
    log: Log = lambda _type, _entry: None
    progress: Progress = field(default_factory=Progress)
    is_stopping: Callable[[], bool] = lambda: False
    result: RunReport = field(default_factory=RunReport, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __call__(self) -> RunReport:
        """Run it. An error before the first write leaves no state file behind."""
        # The kinds in the order in which one refers to another.
        order = [kind.name for kind in KINDS]
        flows = sorted(self.flows, key=lambda flow: order.index(flow.kind.name))
        store = self.state.open()
        try:
            full = {flow.kind.name for flow in flows if self._reads_all(flow, store)}
            lists = ListReader(
                self.systems,
                store,
                self.since,
                full,
                self.settings.calls,
                self.is_stopping,
            )
            with closing(lists):
                listings = lists.read(flow.kind for flow in flows)
                self._report_unread(lists)
                store = store or self.state.create()
                self._sync(
                    [x for x in flows if x.kind.name in listings], store, listings
                )
            for flow in flows:
                issues = store.list_issues(flow.kind.name)
                self.result.add(issues, flow.kind.left_name)
            self._write_end(store, self.result.status, self.result.lines()[0])
        except DataflowError as error:
            if store is not None:
                self._write_end(store, error.status, str(error))
            raise
        finally:
            if store is not None:
                store.close()
        return self.result

    def _write_end(self, store: StateStore, status: int, text: str) -> None:
        """Store when this run ended, and how."""
        run = LastRun(int(self.systems.now()), status, text)
        write_run(store, run, is_done=status in {0, USER_STATUS})

    def report_once(self, text: str) -> None:
        """Report a note, unless this run has reported it already."""
        with self._lock:
            if text not in self.result.notes:
                self.result.notes.append(text)
                self.report(text)

    def count(self, kind: Kind, outcome: str, text: str) -> None:
        """Count and report a change of a record."""
        with self._lock:
            self.result.counts[outcome] += 1
            self.result.by_type[kind.left_name, outcome] += 1
            self.report(text)

    def _sync(
        self,
        flows: Sequence[Flow],
        store: StateStore,
        listings: Mapping[str, Listings],
    ) -> None:
        try:
            _Work(self, flows, store, listings).sync()
        except HaltedError:
            self.result.halted = True

    def _report_unread(self, lists: ListReader) -> None:
        """Report the lists that could not be read; the next run reads them again."""
        for (kind, side), error in lists.errors.items():
            is_later = isinstance(error, TryAgainError)
            issue_kind = IssueKind.LATER if is_later else IssueKind.FAILED
            self.report_list(issue_kind, f"of {kind}s in {side}: {describe(error)}")

    def report_list(self, kind: IssueKind, text: str) -> None:
        """Report that a list was not read, or not all of it."""
        self.result.add([Issue("", kind, text)], "list")

    def _reads_all(self, flow: Flow, store: StateStore | None) -> bool:
        """Return whether no earlier run has read all records that count now."""
        if self.full or store is None:
            return True
        since = store.get_meta(f"since of {flow.kind.name}") or ""
        rows = store.get_meta(f"rows of {flow.kind.name}")
        is_known = since.isdecimal() and int(since) <= self.since
        return not is_known or rows != _rows(flow)


@dataclass(slots=True)
class _FlowWork:
    """What one flow needs to decide on its records and to apply the decisions."""

    flow: Flow
    reader: ChangeReader
    changes: Changes
    linked_ids: Iterable[str]
    applier: Applier


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
        self._isolation = ErrorIsolation(store, run.systems)
        reader = ReferenceReader(run.systems, store, self._isolation, run.since)
        self._referenced = reader.find(flows, listings)
        self._excluded = self._find_excluded()
        self._account = AccountCheck(run.systems, store, listings)

    def sync(self) -> None:
        """Synchronise linked records, then create others; raises HaltedError."""
        works = [self._prepare(flow) for flow in self._flows]
        for work in works:
            self._sync_records(work, work.linked_ids)
        for work in works:
            work.changes.reasons = self._find_reasons()
            self._sync_records(work, work.reader.list_unlinked(work.changes))
        if self._run.result.left:
            return
        self._verify_account()
        with self._store.transaction():
            for flow in self._flows:
                self._set_cursors(flow)

    def _verify_account(self) -> None:
        if not self._run.force:
            self._account.verify()

    def _prepare(self, flow: Flow) -> _FlowWork:
        """Return the work of a flow, if the guard lets it pass."""
        run, kind = self._run, flow.kind
        records = RecordReader(
            flow,
            run.systems,
            self._store.links,
            self._account.verified,
            run.since,
            self._referenced[kind.name],
        )
        reader = ChangeReader(
            records,
            self._store,
            self._isolation,
            self._listings[kind.name],
            propagates_deletions=run.settings.propagate_deletions,
        )
        changes = reader.read_changes(self._find_reasons())
        survey = reader.survey(changes)
        if not run.force:
            guard = ChangeGuard(run.settings.guard_share, run.settings.guard_count)
            guard.check(kind, survey.linked, survey.deleted, survey.overwritten)
        applier = Applier(
            records,
            self._store,
            Creator(run.systems.right, run.settings, run.report_once),
            Orders(
                run.systems.right,
                self._store.links,
                run.report_once,
                run.settings.payments,
            ),
        )
        return _FlowWork(flow, reader, changes, survey.left_ids, applier)

    def _sync_records(self, work: _FlowWork, left_ids: Iterable[str]) -> None:
        """Synchronise records; those without an answer in the previous run are last."""
        kind = work.flow.kind.name
        ordered = sorted(
            left_ids, key=lambda left_id: self._isolation.was_unanswered(kind, left_id)
        )
        self._run.progress.begin(f"{work.flow.kind.left_name}s", len(ordered))
        work_through(
            self._take_until_stopped(ordered),
            lambda left_id: self._sync_record(work, left_id),
            self._run.settings.calls,
        )

    def _take_until_stopped(self, left_ids: Sequence[str]) -> Iterator[str]:
        run = self._run
        for done, left_id in enumerate(left_ids):
            if run.is_stopping():
                run.result.left += len(left_ids) - done
                return
            run.progress.update(done, run.systems.calls)
            yield left_id

    def _sync_record(self, work: _FlowWork, left_id: str) -> None:
        if self._store.is_forgotten(work.flow.kind.name, left_id):
            return
        kind, seen = work.flow.kind.name, work.reader.find_times(left_id)
        with self._isolation.isolate(kind, left_id, seen):
            changes = work.reader.read_record(work.changes, left_id)
            step = decide(work.flow, self._store.links, changes, left_id)
            if step is not None:
                self._apply_step(work, changes, step, seen)
            if left_id in changes.left:
                self._report_observation(kind, changes.left[left_id])

    def _report_observation(self, kind: str, left: Observed) -> None:
        """Report, once, a change of an invoice that its order does not follow."""
        link = self._store.links.by_left(kind, left.id)
        if link is not None and left.money not in {"", link.money}:
            if link.money:
                self._run.report_once(describe_change(left, link.money))
            self._store.save_link(kind, replace(link, money=left.money))

    def _set_cursors(self, flow: Flow) -> None:
        """Store what was read, after all of it was applied or stored as an issue."""
        kind, listings = flow.kind, self._listings[flow.kind.name]
        is_whole = True
        for side, cursor in listings.cursor.items():
            name = f"of {kind.name}s in {side}"
            for text in listings.unusable[side]:
                self._run.report_list(IssueKind.FAILED, f"{name}: {text}")
            if cursor is None:
                text = f"{name}: it changed while it was read; the next run reads it."
                self._run.report_list(IssueKind.LATER, text)
            if cursor is None or listings.unusable[side]:
                is_whole = False
            else:
                self._store.set_cursor(kind.name, side, max(cursor, EMPTY))
        if is_whole:
            self._store.set_meta(f"rows of {kind.name}", _rows(flow))
            self._store.set_meta(f"since of {kind.name}", str(self._run.since))

    def _find_reasons(self) -> dict[str, Exclusion]:
        """Return why customers have no counterpart, as far as this run has read."""
        deleted = {
            link.left_id: Exclusion(f"was deleted in {link.deleted_in}")
            for link in self._store.links.list_of(CUSTOMER.name)
            if link.deleted_in
        }
        forgotten = dict.fromkeys(self._store.list_forgotten(CUSTOMER.name), FORGOTTEN)
        return {**deleted, **self._excluded, **forgotten}

    def _find_excluded(self) -> dict[str, Exclusion]:
        """Return why customers of the lists get no counterpart."""
        reasons = {}
        if CUSTOMER.name in self._listings:
            for left_id, record in self._listings[CUSTOMER.name].left.items():
                exclusion = find_exclusion(CUSTOMER, record, 0, referred=True)
                if exclusion is not None:
                    reasons[left_id] = replace(exclusion, kind=None)
        return reasons

    def _apply_step(
        self, work: _FlowWork, changes: Changes, step: Step, seen: tuple[int, int]
    ) -> None:
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
            if isinstance(step.operation, UNVERIFIED):
                self._verify_account()
            result = work.applier.apply(step.operation)
            self._isolation.note_answer()
            if result.outcome:
                self._run.count(work.flow.kind, result.outcome, result.text)
            self._log(work.flow.kind, step.operation, result, step.left_id)
            result.update_changes(changes, step.left_id)
            again = decide(work.flow, self._store.links, changes, step.left_id)
            step = again or Step(step.left_id)
        kind = work.flow.kind
        if not self._isolation.has_failed(kind.name, step.left_id):
            self._isolation.replace_issues(kind.name, step.left_id, step.issues, seen)
            self._store.set_decision(kind.name, step.left_id, None)

    def _log(
        self, kind: Kind, operation: Operation, result: Result, left_id: str
    ) -> None:
        """Add a write to the audit log."""
        time = int(self._run.systems.now())
        entry = describe_write(operation, result, left_id, time)
        if entry is not None:
            self._store.add_audit(kind.name, left_id, entry)
            self._run.log(kind.left_name, entry)


def _rows(flow: Flow) -> str:
    """Return the listed properties as text, to detect a new row."""
    return json.dumps([(x.name, x.converter.name) for x in flow.lenses])
