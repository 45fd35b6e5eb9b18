"""The records of a generated scenario by name, and the events that happen to them.

A row of a table is one event: `record | event | value`. A record is named by its noun
and a letter, as in `invoice B`; a value is JSON, and in it, such a name stands for the
id of that record.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataflow.errors import FeatureError, VendorRefusedError
from dataflow.harness.generated.state import State, read_state
from dataflow.harness.scenario.factories import CreatedRecord, create_strangers
from dataflow.harness.scenario.world import World
from dataflow.record_types.model import CUSTOMER, ITEM, ORDER

#: The first line of a table of events.
HEAD = ("record", "event", "value")
#: So many runs at most may write, and so many seconds pass before a verdict.
RUNS, WHILE = 30, 20 * 60
#: The currency of a record that states none.
_CURRENCY = "eur"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: what happens to which record, with which values."""

    record: str
    name: str
    value: Mapping[str, object] = field(default_factory=dict)

    def row(self) -> tuple[str, str, str]:
        """Return the event as a row of a table."""
        value = json.dumps(self.value, ensure_ascii=False) if self.value else ""
        return self.record, self.name, value

    @classmethod
    def parse(cls, row: Sequence[str]) -> Event:
        """Return the event of a row; raises `FeatureError` for another form."""
        try:
            record, name, value = row
            return cls(record, name, json.loads(value) if value else {})
        except ValueError as error:
            raise FeatureError(
                f"{list(row)} is no event: write a record, an event and JSON or nothing"
            ) from error


@dataclass(eq=False)
class Story:
    """What has happened: `since` are the events after the last judgement.

    `strangers` is the state before the first run: what is in Chargebee then belongs to
    others. `initial` is the state after a run over it: what is new then is the sync's
    own. `linked` are the counterparts that each record has had. `refused` are events
    that a vendor has refused, so that they have not happened.
    """

    world: World
    named: dict[str, CreatedRecord] = field(default_factory=dict)
    linked: dict[str, set[str]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    since: list[Event] = field(default_factory=list)
    refused: list[Event] = field(default_factory=list)
    strangers: State = field(default_factory=dict)
    initial: State = field(default_factory=dict)
    before: State = field(default_factory=dict)

    def begin(self) -> None:
        """Create unrelated records in Chargebee, and let the sync create its own."""
        for kind in (CUSTOMER, ORDER, ITEM):
            name = self.world.factory.name("Stranger")
            create_strangers(self.world.chargebee, kind, name, self.world.scope)
        self.strangers = self.read()
        self.world.sync.run_again()
        self.initial = self.read()

    def catch_up(self) -> State:
        """Run the sync until it rests, also after a while; return the state then."""
        self.before = last = self.read()
        waited = False
        for _ in range(RUNS):
            self.world.sync.run_again()
            now = self.read()
            if now != last:
                last, waited = now, False
            elif waited:
                return now
            else:
                # A sync may spare for some minutes what was changed just now.
                self.world.advance(WHILE)
                waited = True
        raise AssertionError(f"the sync still writes after {RUNS} runs")

    def happen(self, event: Event) -> None:
        """Let an event happen, unless a vendor refuses it."""
        act = EVENTS.get(event.name)
        if act is None:
            names = ", ".join(EVENTS)
            raise FeatureError(f"there is no event {event.name!r}: choose of {names}")
        try:
            act(self, event)
        except (VendorRefusedError, _MissingError):
            self.refused.append(event)
            return
        self.events.append(event)
        self.since.append(event)

    def find(self, label: str) -> CreatedRecord:
        """Return the record of a name."""
        if label not in self.named:
            raise _MissingError(label)
        return self.named[label]

    def find_counterpart(self, label: str) -> dict[str, Any]:
        """Return the one live counterpart of a record."""
        found = self.world.counterparts(self.find(label))
        if len(found) != 1:
            raise _MissingError(label)
        return found[0]

    def has_happened(self, label: str, *names: str) -> bool:
        """Return whether one of these events has happened to a record at any time."""
        return any(each.record == label and each.name in names for each in self.events)

    def read(self) -> State:
        """Return both accounts as they are now."""
        self.world.forget_lists()
        return read_state(self.world)


class _MissingError(Exception):
    """An event needs a record that another event did not create."""


def _resolve(story: Story, value: object) -> object:
    """Return a value in which the names of records are replaced by their ids."""
    if isinstance(value, dict):
        return {name: _resolve(story, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_resolve(story, each) for each in value]
    made = story.named.get(value) if isinstance(value, str) else None
    return value if made is None else made.record["id"]


def _create(story: Story, event: Event) -> None:
    noun, _, _ = event.record.rpartition(" ")
    values = dict(event.value)
    owner = values.pop("customer", None)
    customer = story.find(str(owner)) if owner else None
    currency = str(values.pop("currency", _CURRENCY))
    # In the scenario, the type of the customer decides what is expected.
    content = {name: _resolve(story, value) for name, value in values.items()}
    made = story.world.make(noun, currency, content, customer)
    story.named[event.record] = made


def _edit(story: Story, event: Event) -> None:
    made = story.find(event.record)
    values = {name: _resolve(story, value) for name, value in event.value.items()}
    story.world.invoiced.edit(made.kind, made.id, values)


def _pay(story: Story, event: Event) -> None:
    made = story.find(event.record)
    record = story.world.invoiced.get(made.kind, made.id)
    if record is None:
        raise _MissingError(event.record)
    amount = event.value.get("amount", record["balance"])
    story.world.invoiced.pay({**record, "total": amount})


def _void(story: Story, event: Event) -> None:
    story.world.invoiced.void(story.find(event.record).id)


def _delete(story: Story, event: Event) -> None:
    made = story.find(event.record)
    story.world.invoiced.delete(made.kind, made.id)


def _recreate(story: Story, event: Event) -> None:
    story.world.factory.recreate(story.find(event.record))


def _merge(story: Story, event: Event) -> None:
    kept = story.find(str(event.value["into"]))
    story.world.invoiced.merge(story.find(event.record).id, kept.id)


def _edit_there(story: Story, event: Event) -> None:
    made = story.find(event.record)
    counterpart = story.find_counterpart(event.record)
    values = {
        name: _extend(counterpart.get(name), value)
        for name, value in event.value.items()
    }
    story.world.chargebee.edit(made.kind, counterpart["id"], values)


def _extend(before: object, value: object) -> object:
    """Return a value to write; metadata as JSON, with the marks that it has."""
    if not isinstance(value, dict):
        return value
    kept = before if isinstance(before, dict) else {}
    return json.dumps({**kept, **value})


def _delete_there(story: Story, event: Event) -> None:
    made = story.find(event.record)
    counterpart = story.find_counterpart(event.record)
    story.world.chargebee.delete(made.kind, counterpart["id"])


def _pay_there(story: Story, event: Event) -> None:
    story.world.chargebee.pay(story.find_counterpart(event.record)["invoice_id"])


def _merge_there(story: Story, event: Event) -> None:
    kept = story.find_counterpart(str(event.value["into"]))
    lost = story.find_counterpart(event.record)
    story.world.chargebee.merge(lost["id"], kept["id"])


#: What can happen to a record.
EVENTS: Mapping[str, Callable[[Story, Event], None]] = {
    "created": _create,
    "edited": _edit,
    "paid": _pay,
    "voided": _void,
    "deleted": _delete,
    "made anew": _recreate,
    "merged": _merge,
    "edited in Chargebee": _edit_there,
    "deleted in Chargebee": _delete_there,
    "paid in Chargebee": _pay_there,
    "merged in Chargebee": _merge_there,
}
