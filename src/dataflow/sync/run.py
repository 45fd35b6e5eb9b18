"""One run of the sync: read both systems, plan, apply, store."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from dataflow.sync.actions import RemoveSuperseded, Step
from dataflow.sync.apply import Applier
from dataflow.sync.changes import (
    EMPTY,
    ChangeReader,
    Listings,
    ReferencedRecords,
    ReferenceReader,
    Start,
    Systems,
    find_exclusion,
    read_listings,
)
from dataflow.sync.create import Creator, SyncSettings
from dataflow.sync.errors import StateOfOtherAccountsError, UnsettledError
from dataflow.sync.isolation import ErrorIsolation, HaltedError
from dataflow.sync.model import LEFT, Changes, Flow
from dataflow.sync.orders import Orders
from dataflow.sync.plan import decide, plan
from dataflow.sync.record_types import CUSTOMER, KINDS, ORDER, Kind
from dataflow.sync.report import RunReport
from dataflow.sync.state import StateStore, has_state

#: The vendor makes the ids of these kinds, so that no other account has the same.
TELLING = (CUSTOMER, ORDER)

#: So many records of each kind are asked for. One alone may have been deleted.
FEW, TOO_FEW = 3, 1


@dataclass(slots=True)
class AccountCheck:
    """Makes certain of the account, once, before anything is changed."""

    systems: Systems
    store: StateStore
    listings: Mapping[str, Listings]
    _is_verified: bool = field(default=False, init=False)

    def verify(self) -> None:
        """Raise StateOfOtherAccountsError if no record that is remembered exists."""
        if self._is_verified:
            return
        remembered = [(kind, one) for kind in TELLING for one in self._ids(kind)]
        listed = any(self._is_listed(kind) for kind in TELLING)
        if len(remembered) > TOO_FEW and not listed and not self._finds(remembered):
            ids = ", ".join(left_id for _, left_id in remembered)
            raise StateOfOtherAccountsError(
                f"{self.store.path} remembers records that this Invoiced account has"
                f" not ({ids}): use the key of the account that it belongs to, or move"
                " it away if they all were deleted."
            )
        self._is_verified = True

    def _ids(self, kind: Kind) -> list[str]:
        links = self.store.links.list_of(kind.name)
        return [link.left_id for link in links if LEFT not in link.deleted_in][-FEW:]

    def _is_listed(self, kind: Kind) -> bool:
        reading = self.listings.get(kind.name)
        links = self.store.links
        return reading is not None and any(
            links.by_left(kind.name, left_id) is not None for left_id in reading.left
        )

    def _finds(self, remembered: list[tuple[Kind, str]]) -> bool:
        found = (self.systems.left.find(kind, one) for kind, one in remembered)
        return any(record is not None for record in found)


#: More actions than this on one record in one run mean that it never comes to rest.
ROUNDS = 12


@dataclass(frozen=True, slots=True)
class StateFile:
    """Where the memory is kept, and which accounts it belongs to, in words."""

    path: Path
    accounts: Mapping[str, str]

    def open(self) -> StateStore | None:
        """Open the memory; None when there is none yet."""
        return StateStore(self.path, self.accounts) if has_state(self.path) else None

    def create(self) -> StateStore:
        """Make an empty memory."""
        return StateStore.create(self.path, self.accounts)


@dataclass(slots=True)
class Run:
    """One run over all flows; `report` is told each thing as it happens."""

    flows: Sequence[Flow]
    systems: Systems
    state: StateFile
    settings: SyncSettings = field(default_factory=SyncSettings)
    since: int = 0
    full: bool = False
    report: Callable[[str], None] = lambda _text: None
    result: RunReport = field(default_factory=RunReport, init=False)
    isolation: ErrorIsolation = field(init=False)
    account: AccountCheck = field(init=False)

    def __call__(self) -> RunReport:
        """Do it. What stops the run before its first write leaves nothing behind."""
        memory = self.state.open()
        try:
            readings = {
                flow.kind.name: self._read(flow, memory) for flow in self._all()
            }
            memory = memory or self.state.create()
            with closing(memory):
                self._sync(memory, readings)
        finally:
            if memory is not None:
                memory.close()
        return self.result

    def _all(self) -> list[Flow]:
        """Return the flows in the order in which one kind refers to another."""
        order = [kind.name for kind in KINDS]
        return sorted(self.flows, key=lambda flow: order.index(flow.kind.name))

    def _read(self, flow: Flow, memory: StateStore | None) -> Listings:
        known = memory is not None and self._has_read_all(memory, flow)
        start = Start(self.since, self.full or not known)
        return read_listings(flow, self.systems, memory, start)

    def _has_read_all(self, memory: StateStore, flow: Flow) -> bool:
        """Tell whether everything was read once that is of interest now."""
        since = memory.get_meta(f"since of {flow.kind.name}") or ""
        rows = memory.get_meta(f"rows of {flow.kind.name}")
        return rows == _rows(flow) and since.isdecimal() and int(since) <= self.since

    def _sync(self, memory: StateStore, readings: dict[str, Listings]) -> None:
        self.isolation = ErrorIsolation(memory)
        self.account = AccountCheck(self.systems, memory, readings)
        referring = ReferenceReader(self.systems, memory, self.isolation, self.since)
        try:
            referred = referring.find(self._all(), readings)
            for flow in self._all():
                self._flow(flow, memory, readings, referred)
        except HaltedError:
            self.result.halted = True
        for flow in self._all():
            self.result.add(memory.list_issues(flow.kind.name), flow.kind.left_name)

    def _flow(
        self,
        flow: Flow,
        memory: StateStore,
        readings: dict[str, Listings],
        referred: Mapping[str, ReferencedRecords],
    ) -> None:
        kind, reading = flow.kind, readings[flow.kind.name]
        named = referred[kind.name]
        look = ChangeReader(
            flow, self.systems, memory, self.isolation, self.since, named
        )
        changes = look.read_changes(
            reading, self._find_reasons(memory, readings, referred)
        )
        performer = Applier(
            flow,
            self.systems,
            memory,
            look,
            Creator(self.systems.right, self.settings, self._report),
            Orders(self.systems.right, memory.links, self._report),
        )
        for step in self._late_last(kind, plan(flow, memory.links, changes)):
            with self.isolation.isolate(kind.name, step.left_id):
                self._apply_step(performer, changes, step)
        self._set_cursors(flow, memory, reading)

    def _late_last(self, kind: Kind, steps: list[Step]) -> list[Step]:
        """Return the steps, those last that got no answer in the run before."""
        return sorted(
            steps, key=lambda s: self.isolation.was_unanswered(kind.name, s.left_id)
        )

    def _set_cursors(self, flow: Flow, memory: StateStore, reading: Listings) -> None:
        """Remember what was read, after all of it has landed or is remembered."""
        kind = flow.kind
        for side, reach in reading.cursor.items():
            if reach is None:
                self.result.later.append(
                    f"list in {side}: {kind.left_name}s were fewer than announced, or"
                    " others each time it was read; the next run reads it again."
                )
            else:
                memory.set_cursor(kind.name, side, max(reach, EMPTY))
        if None not in reading.cursor.values():
            memory.set_meta(f"rows of {kind.name}", _rows(flow))
            memory.set_meta(f"since of {kind.name}", str(self.since))

    def _find_reasons(
        self,
        memory: StateStore,
        readings: dict[str, Listings],
        referred: Mapping[str, ReferencedRecords],
    ) -> dict[str, str]:
        """Return why customers have no counterpart, as far as this run has seen."""
        why = {
            link.left_id: f"was deleted in {link.deleted_in}"
            for link in memory.links.list_of(CUSTOMER.name)
            if link.deleted_in
        }
        if CUSTOMER.name in readings:
            fetched = referred[CUSTOMER.name].records
            for left_id, record in {**fetched, **readings[CUSTOMER.name].left}.items():
                barred = find_exclusion(CUSTOMER, record, 0, referred=True)
                if barred is not None:
                    why[left_id] = barred.reason
        return why

    def _apply_step(self, performer: Applier, changes: Changes, step: Step) -> None:
        """Perform one action after the other until nothing is left to be done.

        After each the plan is asked again, for what was written may have come out
        otherwise than it was meant.
        """
        flow, memory = performer.flow, performer.store
        rounds = 0
        while step.operation is not None:
            # What is cleared away is so for good, however many there are of it.
            rounds += not isinstance(step.operation, RemoveSuperseded)
            if rounds > ROUNDS:
                raise UnsettledError(
                    f"still not at rest after {ROUNDS} changes: somebody else keeps"
                    " changing it, or a system does not keep what it is given."
                )
            self.account.verify()
            done = performer.apply(step.operation)
            self.isolation.note_answer()
            self._count(done.outcome, done.text)
            done.update_changes(changes, step.left_id)
            again = decide(flow, memory.links, changes, step.left_id)
            step = again or Step(step.left_id)
        self._remember(performer, step)

    def _remember(self, performer: Applier, step: Step) -> None:
        kind = performer.flow.kind
        if not self.isolation.has_failed(kind.name, step.left_id):
            performer.store.replace_issues(kind.name, step.left_id, step.issues)
        for note in step.notes:
            self._report(f"{kind.left_name} {note.text}")

    def _count(self, word: str, text: str) -> None:
        if word:
            self.result.counts[word] += 1
            self.report(text)

    def _report(self, text: str) -> None:
        if text in self.result.notes:
            return
        self.result.notes.append(text)
        self.report(text)


def _rows(flow: Flow) -> str:
    """Return the listed properties as text, to notice a row that is new."""
    return json.dumps([(x.name, type(x.converter).__name__) for x in flow.lenses])
