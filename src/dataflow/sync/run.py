"""One run: read both sides, plan, perform action by action, remember, report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from dataflow.mapping.paths import pick
from dataflow.sync.actions import Step
from dataflow.sync.create import Creator
from dataflow.sync.defaults import SyncSettings
from dataflow.sync.errors import UnsettledError
from dataflow.sync.guard import Guard, HaltedError
from dataflow.sync.look import Look, Reading, Start, Systems, newest, read
from dataflow.sync.memory import Memory
from dataflow.sync.model import LEFT, RIGHT, Changes, Flow
from dataflow.sync.orders import Orders
from dataflow.sync.outcome import Outcome
from dataflow.sync.perform import Performer
from dataflow.sync.plan import decide, plan
from dataflow.sync.rules import bar
from dataflow.systems.kinds import CUSTOMER, KINDS

#: More actions than this on one record in one run mean that it never comes to rest.
ROUNDS = 12


@dataclass(frozen=True, slots=True)
class State:
    """Where the memory is kept, and which accounts it belongs to, in words."""

    path: Path
    accounts: Mapping[str, str]

    def open(self) -> Memory | None:
        """Open the memory; None when there is none yet."""
        if not self.path.exists() or not self.path.stat().st_size:
            return None
        return Memory(self.path, self.accounts)

    def create(self) -> Memory:
        """Make an empty memory."""
        return Memory.create(self.path, self.accounts)


@dataclass(slots=True)
class Run:
    """One run over all flows; `report` is told each thing as it happens."""

    flows: Sequence[Flow]
    systems: Systems
    state: State
    settings: SyncSettings = field(default_factory=SyncSettings)
    since: int = 0
    full: bool = False
    report: Callable[[str], None] = lambda _text: None
    outcome: Outcome = field(default_factory=Outcome, init=False)
    guard: Guard = field(default_factory=Guard, init=False)

    def __call__(self) -> Outcome:
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
        return self.outcome

    def _all(self) -> list[Flow]:
        """Return the flows in the order in which one kind refers to another."""
        order = [kind.name for kind in KINDS]
        return sorted(self.flows, key=lambda flow: order.index(flow.kind.name))

    def _read(self, flow: Flow, memory: Memory | None) -> Reading:
        known = memory is not None and memory.rows(flow.kind.name) == _rows(flow)
        start = Start(self.since, self.full or not known)
        return read(flow, self.systems, memory, start)

    def _sync(self, memory: Memory, readings: dict[str, Reading]) -> None:
        try:
            referred = self._referred(memory, readings)
            for flow in self._all():
                self._flow(flow, memory, readings, referred)
        except HaltedError:
            self.outcome.halted = True
        for (kind, left_id), issue in self.guard.failures.items():
            memory.settle(kind, left_id, [issue])
        for flow in self._all():
            self.outcome.add(memory.issues(flow.kind.name), flow.kind.left_name)

    def _referred(self, memory: Memory, readings: dict[str, Reading]) -> frozenset[str]:
        """Return the customers that invoices of interest refer to, and read them."""
        referred: set[str] = set()
        for flow in self._all():
            waiting = memory.issues(flow.kind.name) if flow.kind.stands_on else []
            referred |= {one.needs for one in waiting if one.needs}
        if CUSTOMER.name not in readings:
            return frozenset(referred)
        for name in self._named(memory, readings):
            referred.add(name)
            self._fetch_customer(name, memory, readings[CUSTOMER.name])
        return frozenset(referred)

    def _named(self, memory: Memory, readings: dict[str, Reading]) -> list[str]:
        names: dict[str, None] = {}
        for flow in self._all():
            for left_id, record in readings[flow.kind.name].left.items():
                linked = memory.links.by_left(flow.kind.name, left_id) is not None
                barred = bar(flow.kind, record, self.since, referred=False)
                if flow.kind.stands_on and (linked or barred is None):
                    names[str(pick(record, flow.kind.stands_on))] = None
        return list(names)

    def _fetch_customer(self, left_id: str, memory: Memory, reading: Reading) -> None:
        known = memory.links.right_of(CUSTOMER.name, left_id) is not None
        if known or left_id in reading.left:
            return
        with self.guard.attempt(CUSTOMER.name, left_id):
            record = self.systems.left.find(CUSTOMER, left_id)
            self.guard.answered()
            if record is not None:
                reading.left[left_id] = record

    def _flow(
        self,
        flow: Flow,
        memory: Memory,
        readings: dict[str, Reading],
        referred: frozenset[str],
    ) -> None:
        kind, reading = flow.kind, readings[flow.kind.name]
        reach = {
            LEFT: newest(reading.left.values()),
            RIGHT: newest(reading.right.values()),
        }
        look = Look(flow, self.systems, memory, self.guard, self.since)
        if kind is CUSTOMER:
            look.referred = referred
        changes = look.changes(reading, self._why(memory, readings))
        performer = Performer(
            flow,
            self.systems,
            memory,
            look,
            Creator(self.systems.right, self.settings, self._tell),
            Orders(self.systems.right, memory.links, self._tell),
        )
        for step in plan(flow, memory.links, changes):
            with self.guard.attempt(kind.name, step.left_id):
                self._settle(performer, changes, step)
        for side, value in reach.items():
            # Even an empty list has been read: 1 is later than never.
            memory.advance(kind.name, side, max(value, 1))
        memory.know_rows(kind.name, _rows(flow))

    def _why(self, memory: Memory, readings: dict[str, Reading]) -> dict[str, str]:
        """Return why customers have no counterpart, as far as this run has seen."""
        why = {
            link.left_id: f"was deleted in {link.gone}"
            for link in memory.links.of(CUSTOMER.name)
            if link.gone
        }
        if CUSTOMER.name in readings:
            for left_id, record in readings[CUSTOMER.name].left.items():
                barred = bar(CUSTOMER, record, 0, referred=True)
                if barred is not None:
                    why[left_id] = barred.reason
        return why

    def _settle(self, performer: Performer, changes: Changes, step: Step) -> None:
        """Perform one action after the other until nothing is left to be done.

        After each the plan is asked again, for what was written may have come out
        otherwise than it was meant.
        """
        flow, memory = performer.flow, performer.memory
        for _ in range(ROUNDS):
            if step.deed is None:
                break
            done = performer.perform(step.deed)
            self.guard.answered()
            self._count(done.word, done.text)
            if done.left is not None:
                changes.left[step.left_id] = done.left
            if done.right is not None:
                changes.right[done.right.id] = done.right
            again = decide(flow, memory.links, changes, step.left_id)
            step = again or Step(step.left_id)
        else:
            raise UnsettledError(
                f"still not at rest after {ROUNDS} changes: somebody else keeps"
                " changing it, or a system does not keep what it is given."
            )
        self._remember(performer, step)

    def _remember(self, performer: Performer, step: Step) -> None:
        kind = performer.flow.kind
        if not self.guard.failed(kind.name, step.left_id):
            performer.memory.settle(kind.name, step.left_id, step.issues)
        for note in step.notes:
            self._tell(f"{kind.left_name} {note.text}")

    def _count(self, word: str, text: str) -> None:
        if word:
            self.outcome.counts[word] += 1
            self.report(text)

    def _tell(self, text: str) -> None:
        self.outcome.notes.append(text)
        self.report(text)


def _rows(flow: Flow) -> str:
    """Return the listed properties as text, to notice a row that is new."""
    return json.dumps([(x.name, type(x.form).__name__) for x in flow.lenses])
