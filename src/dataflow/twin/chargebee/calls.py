"""The calls of a resource: what each declares, and what all resources do alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.errors import not_found, wrong_state
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import KINDS_BY_NAME, Site
from dataflow.twin.chargebee.tables import Kind
from dataflow.twin.chargebee.types import (
    Form,
    Record,
    Values,
    drop_fields,
    is_deleted,
    string,
)
from dataflow.twin.evidence import Behaviour
from dataflow.twin.messages import Json
from dataflow.twin.resource import Field, Fields, Transition

#: The body of an answer, before it becomes JSON.
Answer: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the site, the id in the path if any, and the parameters."""

    site: Site
    id: str
    form: Form
    fields: Mapping[str, Field]

    def leave_out(self, names: set[str]) -> Call:
        """Return the call without these parameters."""
        if not names:
            return self
        form = {name: self.form[name] for name in self.form if name not in names}
        return dataclasses.replace(self, form=form)

    def read(self) -> Values:
        """Return the parameters that this call declares."""
        values = types.read(self.form, self.fields, self.site.evidence)
        sent = [self.fields[name] for name in self.fields if name in values]
        for name, amount in types.find_amounts(sent, values):
            self.site.check_amount(name, amount)
        for field in sent:
            if isinstance(field.type, types.Currency):
                self.site.check_currency(values, field.name)
            if field.reference is not None:
                kind = KINDS_BY_NAME[field.reference]
                self.site.find_reference(kind, values, field.name)
        return values


#: Answers one call, or raises `RefusalError`.
Rule: TypeAlias = Callable[[Call], Answer]


@dataclass(frozen=True, eq=False)
class Operation:
    """A rule with the parameters that it declares, or the list that it answers.

    A write of an `entity` takes its custom fields too.
    """

    rule: Rule
    fields: tuple[Field, ...] = ()
    spec: ListSpec | None = None
    entity: str = ""

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Return the parameters by name."""
        return {field.name: field for field in self.fields}


#: The operations of a path by the method.
Methods: TypeAlias = Mapping[str, Operation]


def make_list(kind: Kind, spec: ListSpec) -> Operation:
    """Return the operation that lists the records of one kind."""

    def list_all(call: Call) -> Answer:
        query = lists.read_query(call.form, spec, call.site.evidence)
        records, token = lists.select_page(call.site.table_for_lists(kind), query)
        has_archived = any(record.get("status") == "archived" for record in records)
        if has_archived and not spec.include_deleted and not query.deleted:
            call.site.evidence.cite(behaviours.ARCHIVED_LISTED)
        return wrap_list(kind.name, records, token)

    return Operation(list_all, spec=spec)


def wrap_list(name: str, records: Iterable[Record], token: str | None = None) -> Answer:
    """Return the body of a list; without a next page it has no token."""
    answer: Answer = {"list": [{name: record} for record in records]}
    return answer if token is None else {**answer, "next_offset": token}


#: The method and the end of the path of the usual operations; others are posted.
_PLACES = {
    "list": ("GET", ""),
    "create": ("POST", ""),
    "retrieve": ("GET", "/{id}"),
    "update": ("POST", "/{id}"),
}

#: Answers one call on a record that is not deleted.
Action: TypeAlias = Callable[[Site, Record, Values], Answer]

#: Returns values as a record stores them, given the record before: empty for a new one.
Completion: TypeAlias = Callable[[Site, Record, Values], Values]


def _keep(_site: Site, _old: Record, values: Values) -> Values:
    return values


def _accept(_site: Site, _record: Record) -> None:
    pass


@dataclass(frozen=True, eq=False)
class Resource:
    """A kind of record: its fields and operations, and what a table cannot express.

    `usual` names the operations that need no more than the fields and `complete`.
    Others are named like the last step of their path: `creations` complete new records,
    `rules` answer calls on no record, `actions` calls on one, which a transition may
    forbid. `check_delete` refuses a deletion, `note` follows each write of a record,
    `hidden` hides deleted records from a retrieval, and `assigned` replaces an id that
    is a number.
    """

    kind: Kind
    path: str
    fields: Fields
    usual: str = "list retrieve create update delete"
    complete: Completion = _keep
    creations: Mapping[str, Completion] = dataclasses.field(default_factory=dict)
    rules: Mapping[str, Rule] = dataclasses.field(default_factory=dict)
    actions: Mapping[str, Action] = dataclasses.field(default_factory=dict)
    transitions: Mapping[str, Transition] = dataclasses.field(default_factory=dict)
    check_delete: Callable[[Site, Record], None] = _accept
    note: Callable[[Site, Record], None] = _accept
    hidden: Behaviour | None = None
    assigned: Behaviour | None = None
    id_template: str = "{}"

    @cached_property
    def spec(self) -> ListSpec:
        """Return the filters and orders of the list."""
        return ListSpec(
            self.fields.filters,
            self.fields.sorts,
            self.kind.sorts[0],
            include_deleted=not self.kind.in_catalog and "deleted" in self.fields.first,
            newest_first=self.kind.in_catalog,
        )

    def routes(self) -> Mapping[str, Methods]:
        """Return the operations by path and method."""
        routes: dict[str, dict[str, Operation]] = {}
        for name, rule in self._rules().items():
            end = f"/{{id}}/{name}" if name in {*self.actions, "delete"} else f"/{name}"
            method, end = _PLACES.get(name, ("POST", end))
            routes.setdefault(f"{self.path}{end}", {})[method] = Operation(
                rule,
                self.fields.of(name),
                self.spec if name == "list" else None,
                self.kind.name if name in {"create", "update", *self.creations} else "",
            )
        return routes

    def _rules(self) -> Mapping[str, Rule]:
        usual: Mapping[str, Rule] = {
            "list": make_list(self.kind, self.spec).rule,
            "retrieve": self._retrieve,
            "create": self._make_creation(self.complete),
            "update": self._make_rule("update", self._update),
            "delete": self._make_rule("delete", self._delete),
        }
        created = {name: self._make_creation(c) for name, c in self.creations.items()}
        acting = {
            name: self._make_rule(name, act) for name, act in self.actions.items()
        }
        used = {name: usual[name] for name in self.usual.split()}
        return {**used, **created, **self.rules, **acting}

    def _retrieve(self, call: Call) -> Answer:
        record = call.site.find(self.kind, call.id)
        if self.hidden is not None and is_deleted(record):
            raise not_found(self.hidden)
        return {self.kind.name: record}

    def _make_creation(self, complete: Completion) -> Rule:
        def create(call: Call) -> Answer:
            site, values = call.site, call.read()
            record_id = self._claim_id(site, string(values, "id"))
            self._claim_names(site, values, record_id)
            values = complete(site, {}, drop_fields({**values, "id": record_id}))
            return {self.kind.name: self.store(site, values)}

        return create

    def _make_rule(self, name: str, action: Action) -> Rule:
        transition = self.transitions.get(name)
        dropped = {
            field.name: field.dropped
            for field in self.fields.all
            if field.dropped and name == "update"
        }

        def act(call: Call) -> Answer:
            record = call.site.find_alive(self.kind, call.id)
            others = dropped.keys() & call.form.keys()
            call.site.evidence.cite(*(b for each in others for b in dropped[each]))
            values = call.leave_out(others).read()
            if transition is not None:
                values |= self._pass(record, name, transition)
            return action(call.site, record, values)

        return act

    def _pass(self, record: Record, name: str, transition: Transition) -> Values:
        """Return the status that follows, if any, unless the present one forbids it."""
        if record["status"] not in transition.sources:
            text = f"The {self.kind.name} is {record['status']}, which forbids {name}"
            raise wrong_state(text, transition.behaviour, transition.legacy)
        return {"status": transition.target} if transition.target else {}

    def store(self, site: Site, values: Values) -> Record:
        """Store a new record with the first values that it does not have."""
        record = site.store(self.kind, drop_fields({**self.fields.first, **values}))
        self.note(site, record)
        return record

    def change(self, site: Site, record: Record, values: Values) -> Answer:
        """Store values, and answer the record; None resets to a first value."""
        changed = site.change(self.kind, record, values, self.fields.first)
        self.note(site, changed)
        return {self.kind.name: changed}

    def _update(self, site: Site, record: Record, values: Values) -> Answer:
        self._claim_names(site, values, string(record, "id"))
        return self.change(site, record, self.complete(site, record, values))

    def _delete(self, site: Site, record: Record, _values: Values) -> Answer:
        self.check_delete(site, record)
        deleted = site.delete(self.kind, record, {"status": "deleted"})
        return {self.kind.name: deleted}

    def _claim_id(self, site: Site, chosen: str) -> str:
        """Return the id that was chosen, if it is free, or the next one."""
        if self.assigned is not None and chosen.isdecimal():
            site.evidence.cite(self.assigned)
            chosen = ""
        if chosen:
            site.claim(self.kind, chosen)
        return chosen or site.generate_id(self.kind, self.id_template)

    def _claim_names(self, site: Site, values: Values, record_id: str) -> None:
        for field in self.fields.all:
            if field.unique is not None:
                site.claim_name(self.kind, values, record_id, field.unique)
