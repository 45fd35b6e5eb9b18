"""The calls of a resource: what each declares, and what all resources do alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import KINDS, Site
from dataflow.twin.chargebee.tables import CREATION, Kind
from dataflow.twin.chargebee.types import Form, Record, Values, drop_fields, string
from dataflow.twin.messages import Json
from dataflow.twin.resource import Field, Fields

#: The body of an answer, before it becomes JSON.
Answer: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the site, the id in the path if any, and the parameters."""

    site: Site
    id: str
    form: Form
    fields: tuple[Field, ...] = ()

    def read(self) -> Values:
        """Return the parameters that this call declares."""
        values = types.read(self.form, self.fields, self.site.evidence)
        for name, amount in types.find_amounts(self.fields, values):
            self.site.check_amount(name, amount)
        return values


#: Answers one call, or raises `RefusalError`.
Rule: TypeAlias = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """A rule with the parameters that it declares, or the list that it answers.

    A write of an `entity` takes its custom fields too.
    """

    rule: Rule
    fields: tuple[Field, ...] = ()
    spec: ListSpec | None = None
    entity: str = ""


#: The operations of a path by the method.
Methods: TypeAlias = Mapping[str, Operation]


def make_retrieve(kind: Kind) -> Operation:
    """Return the operation that shows one record."""

    def retrieve(call: Call) -> Answer:
        return {kind.name: call.site.find(kind, call.id)}

    return Operation(retrieve)


def make_list(kind: Kind, spec: ListSpec) -> Operation:
    """Return the operation that lists the records of one kind."""

    def list_all(call: Call) -> Answer:
        query = lists.read_query(call.form, spec, call.site.evidence)
        rows, token = lists.select_page(call.site.table_for_lists(kind), query)
        records = [row.record for row in rows]
        has_archived = any(record.get("status") == "archived" for record in records)
        if has_archived and not spec.include_deleted and not query.deleted:
            call.site.evidence.cite(behaviours.ARCHIVED_LISTED)
        return wrap_list(kind.name, records, token)

    return Operation(list_all, spec=spec)


def wrap_list(name: str, records: Iterable[Record], token: str | None = None) -> Answer:
    """Return the body of a list; without a next page it has no token."""
    answer: Answer = {"list": [{name: record} for record in records]}
    return answer if token is None else {**answer, "next_offset": token}


_KINDS = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Resource:
    """A kind of record of the catalog, whose ids the caller chooses.

    Its list shows the newest first: documented. `complete` returns the values as a
    record stores them, given the record before, which is empty for a new one.
    `check_delete` refuses a deletion; `delete_by` replaces it.
    """

    kind: Kind
    fields: Fields
    complete: Callable[[Site, Record, Values], Values] = lambda _site, _old, values: (
        values
    )
    check_delete: Callable[[Site, Record], None] = lambda _site, _record: None
    delete_by: Rule | None = None

    def routes(self, path: str) -> Mapping[str, Methods]:
        """Return the operations below a path."""
        spec = ListSpec(
            self.fields.filters,
            self.fields.sorts,
            CREATION,
            include_deleted=False,
            newest_first=True,
        )
        return {
            path: {
                "GET": make_list(self.kind, spec),
                "POST": Operation(
                    self._create, self.fields.created, entity=self.kind.name
                ),
            },
            f"{path}/{{id}}": {
                "GET": make_retrieve(self.kind),
                "POST": Operation(
                    self._update, self.fields.updated, entity=self.kind.name
                ),
            },
            f"{path}/{{id}}/delete": {
                "POST": Operation(self.delete_by or self._delete)
            },
        }

    def _create(self, call: Call) -> Answer:
        site, values = call.site, call.read()
        record_id = string(values, "id")
        site.claim(self.kind, record_id)
        self._check(site, values, record_id)
        values = self.complete(site, {}, drop_fields(values))
        record = site.store(self.kind, {**self.fields.first, **values})
        return {self.kind.name: record}

    def _update(self, call: Call) -> Answer:
        site, record = call.site, call.site.find_alive(self.kind, call.id)
        values = call.read()
        self._check(site, values, call.id)
        values = self.complete(site, record, values)
        changed = site.change(self.kind, record, values, self.fields.first)
        return {self.kind.name: changed}

    def _delete(self, call: Call) -> Answer:
        record = call.site.find_alive(self.kind, call.id)
        self.check_delete(call.site, record)
        deleted = call.site.delete(self.kind, record, {"status": "deleted"})
        return {self.kind.name: deleted}

    def _check(self, site: Site, values: Values, record_id: str) -> None:
        """Refuse a value of another record, and a reference to none."""
        for field in self.fields.all:
            if field.unique is not None:
                site.claim_name(self.kind, values, record_id, field.unique)
            if field.reference is not None and field.name in values:
                site.find_reference(_KINDS[field.reference], values, field.name)
