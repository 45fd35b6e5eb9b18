"""The calls of a resource: what each declares, and what all resources do alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from typing import TypeAlias

from dataflow.twin.evidence import Behaviour
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events
from dataflow.twin.invoiced.account import (
    Account,
    Record,
    list_key,
    parse_id,
    require_record,
)
from dataflow.twin.invoiced.encoding import Body, Call, encode_page, refuse_out_of_turn
from dataflow.twin.invoiced.errors import RefusalError, encode_answer, make_not_found
from dataflow.twin.invoiced.lists import SHOWN, ListSpec, Query, select_page
from dataflow.twin.invoiced.metadata import cast_metadata
from dataflow.twin.messages import Response

#: Answers a call, given the ids in its path.
Rule: TypeAlias = "Callable[..., Response]"


@dataclass(frozen=True, slots=True)
class Operation:
    """One built call: its rule, and the parameters that it understands.

    None stands for all: the vendor reads none of those that its model names. A `strict`
    call refuses unknown parameters in the query with this behaviour.
    """

    rule: Rule
    parameters: frozenset[str] | None = frozenset()
    strict: Behaviour | None = None


#: The operations by route and method.
Routes: TypeAlias = Mapping[str, Mapping[str, Operation]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A transition that the state of a record does not allow, given the body."""

    is_refused: Callable[[Account, Record, Body], object]
    behaviour: Behaviour
    message: str
    param: str | None = None


#: The method of a call, and the end of its route.
_METHODS = {
    "list": ("GET", ""),
    "create": ("POST", ""),
    "retrieve": ("GET", "/{id}"),
    "update": ("PATCH", "/{id}"),
    "delete": ("DELETE", "/{id}"),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource:
    """A kind of record, with the calls that all kinds have.

    `complete` returns the values as a record stores them, given the record before,
    which is empty for a new one. `after_save` changes what depends on a record, given
    it before and after; one that is empty has been created or deleted. `refusals` are
    those of an update, a deletion and so on; `delete_by` replaces the deletion.
    `derive` returns more values for an answer, `cites` the behaviours on which it
    rests. `generated` is the behaviour that a generated number rests on.
    """

    noun: str
    spec: ListSpec
    cites: Callable[[Record], Iterable[Behaviour]]
    complete: Callable[[Account, Record, Record, Body], Record]
    refusals: Mapping[str, Sequence[Refusal]] = field(default_factory=dict)
    after_save: Callable[[Account, Record, Record], None] = lambda *_: None
    delete_by: Callable[[Account, Record], Record | None] | None = None
    derive: Callable[[Record], Record] = lambda _record: {}
    generated: Behaviour | None = None
    key: str = "id"
    has_text_ids: bool = False
    has_events: bool = True

    def find(
        self, account: Account, identifier: str, parents: Record | None = None
    ) -> Record:
        """Return the record that a path names, if it is below these parents."""
        key = identifier if self.has_text_ids else parse_id(identifier)
        record = self.spec.table(account).get(key)
        if record is None or (parents and not parents.items() <= record.items()):
            raise make_not_found(self.noun, identifier)
        return record

    def create(
        self, account: Account, body: Body, parents: Record | None = None
    ) -> Record:
        """Store a new record, below its parents if any."""
        fields = self.spec.fields
        fields.check(account, body)
        given = fields.read_new(account, body) | (parents or {})
        self._check_unique(account, given)
        values = self.complete(account, {}, given, body)
        now = {"created_at": account.now(), "updated_at": account.now()}
        record = fields.first | now | values
        if record.get(self.key) is None:
            record[self.key] = account.next_id()
        return self.save(account, {}, record)

    def update(
        self,
        account: Account,
        identifier: str,
        body: Body,
        parents: Record | None = None,
    ) -> Record:
        """Store all changes of a PATCH, or none of them."""
        old = self.find(account, identifier, parents)
        self.spec.fields.check(account, body)
        self.refuse(account, "update", old, body)
        given = self.spec.fields.read_edit(account, body)
        self._check_unique(account, given, old["id"])
        values = self.complete(account, old, given, body)
        return self.save(account, old, old | values | {"updated_at": account.now()})

    def delete(
        self, account: Account, identifier: str, parents: Record | None = None
    ) -> Record | None:
        """Delete a record; return it if it stays."""
        record = self.find(account, identifier, parents)
        self.refuse(account, "delete", record)
        if self.delete_by is not None:
            return self.delete_by(account, record)
        self.remove(account, record)
        self._log(account, "deleted", record)
        return None

    def refuse(
        self,
        account: Account,
        transition: str,
        record: Record,
        body: Body | None = None,
    ) -> None:
        """Refuse what the state of a record does not allow."""
        for rule in self.refusals.get(transition, ()):
            if rule.is_refused(account, record, body or {}):
                raise RefusalError(rule.message, rule.behaviour, param=rule.param)

    def save(
        self, account: Account, old: Record, record: Record, action: str = ""
    ) -> Record:
        """Store a new or changed record, with an event, and return it."""
        self._take_number(account, old, record)
        self.spec.table(account).put(record[self.key], record)
        self.after_save(account, old, record)
        if action or not old:
            self._log(account, action or "created", record)
        elif self.has_events:
            events.log_change(account, self.render(old), self.render(record))
        return record

    def remove(self, account: Account, record: Record) -> None:
        """Remove a record, and free its number."""
        self.spec.table(account).drop(record[self.key])
        if self.noun in account.numbers:
            account.numbers[self.noun].free(record["number"])
        self.after_save(account, record, {})

    def render(self, record: Record) -> Record:
        """Return a record as it is shown."""
        hidden = self.spec.fields.hidden
        if not hidden:
            return record
        shown = {key: value for key, value in record.items() if key not in hidden}
        return shown | self.derive(record)

    def show(self, account: Account, record: Record) -> Record:
        """Return a record as it is shown, and cite what that rests on."""
        account.cite(*self.cites(record))
        return self.render(record)

    def routes(
        self,
        path: str,
        calls: str = "list create retrieve update delete",
        parent: str | None = None,
    ) -> Routes:
        """Return these calls below a path, in which the parent's id is the first."""
        spec, sent = self.spec, self.spec.fields.built
        every = {
            "list": Operation(_list_all, spec.parameters, spec.strict_query),
            "create": Operation(_create, sent),
            "retrieve": Operation(_retrieve, SHOWN),
            "update": Operation(_update, sent),
            "delete": Operation(_delete),
        }
        routes: dict[str, dict[str, Operation]] = {}
        for name in calls.split():
            method, route = _METHODS[name]
            rule = partial(every[name].rule, self, parent)
            operation = replace(every[name], rule=rule)
            routes.setdefault(path + route, {})[method] = operation
        return routes

    def _check_unique(
        self, account: Account, given: Record, owner: int | None = None
    ) -> None:
        """Refuse a number of another record than `owner`."""
        for name, behaviour in self.spec.fields.unique.items():
            sent, noun = given.get(name), self.noun.lower()
            if sent is not None and account.numbers[self.noun].is_taken(sent, owner):
                message = f"The given {noun} {name} has already been taken: {sent}"
                raise RefusalError(message, behaviour, param=name)

    def _take_number(self, account: Account, old: Record, record: Record) -> None:
        """Note the number of a record, a generated one if it has none."""
        numbers = account.numbers.get(self.noun)
        if numbers is None or (old and old["number"] == record["number"]):
            return
        if record["number"] is None and self.generated is not None:
            account.cite(self.generated)
            record["number"] = numbers.generate()
        if old:
            numbers.free(old["number"])
        numbers.take(record["number"], record["id"])

    def _log(self, account: Account, action: str, record: Record) -> None:
        if self.has_events:
            events.log_event(account, action, self.render(record))


def _list_all(
    resource: Resource, parent: str | None, call: Call, *steps: str
) -> Response:
    """Answer one page of a list."""
    parents = _find_parent(call, parent, steps)
    query = Query.read(call.request)
    if not query.sort:
        refuse_out_of_turn(call, query)
    elif query.page > 1 and _has_changed(resource, call):
        call.account.cite(b.LIST_SHIFTS)
    records = select_page(call.account, resource.spec, query)
    if parents:
        records = [each for each in records if parents.items() <= each.items()]
    return encode_page(call, records, partial(_show, call, resource))


def _has_changed(resource: Resource, call: Call) -> bool:
    """Return whether a record has changed since the first page of a list."""
    begun = call.account.progress.begun.get(list_key(call.request))
    return begun is not None and bool(
        resource.spec.table(call.account).by_change(begun)
    )


def _create(
    resource: Resource, parent: str | None, call: Call, *steps: str
) -> Response:
    """Create a record."""
    parents, body = _find_parent(call, parent, steps), call.body()
    record = resource.create(call.account, body, parents)
    call.account.cite(b.CREATED_IS_UPDATED)
    shown = _echo_metadata(call, resource, record, body)
    return encode_answer(HTTPStatus.CREATED, shown)


def _retrieve(
    resource: Resource, parent: str | None, call: Call, *steps: str
) -> Response:
    """Answer one record."""
    parents = _find_parent(call, parent, steps)
    record = resource.find(call.account, steps[-1], parents)
    return encode_answer(HTTPStatus.OK, _show(call, resource, record))


def _update(
    resource: Resource, parent: str | None, call: Call, *steps: str
) -> Response:
    """Edit a record; an empty body changes nothing."""
    parents, body = _find_parent(call, parent, steps), call.body()
    if body:
        call.account.cite(b.PATCH_BUMPS)
        record = resource.update(call.account, steps[-1], body, parents)
    else:
        call.account.cite(b.PATCH_EMPTY)
        record = resource.find(call.account, steps[-1], parents)
    if "metadata" in body:
        call.account.cite(b.METADATA_REPLACED)
    return encode_answer(HTTPStatus.OK, _echo_metadata(call, resource, record, body))


def _delete(
    resource: Resource, parent: str | None, call: Call, *steps: str
) -> Response:
    """Delete a record; some kinds stay, and are shown."""
    parents = _find_parent(call, parent, steps)
    left = resource.delete(call.account, steps[-1], parents)
    if left is None:
        return encode_answer(HTTPStatus.NO_CONTENT)
    return encode_answer(HTTPStatus.OK, resource.show(call.account, left))


def _find_parent(call: Call, parent: str | None, steps: Sequence[str]) -> Record:
    """Return the parent in a path, such as the customer, which must exist."""
    if parent is None:
        return {}
    table = call.account.tables[parent]
    return {parent: require_record(table, parent.capitalize(), steps[0])["id"]}


def _show(call: Call, resource: Resource, record: Record) -> Record:
    """Return a record as it is shown, with its customer in full if asked for."""
    shown = cast_metadata(call.account, resource.show(call.account, record))
    if not call.request.query:
        return shown
    words = {name: value.split(",") for name, value in call.request.query}
    if "customer" in words.get("expand", ()) and "customer" in shown:
        call.account.cite(b.EXPAND)
        customer = call.account.customers.get(shown["customer"])
        shown = shown if customer is None else shown | {"customer": customer}
    if "exclude" not in words:
        return shown
    call.account.cite(b.EXCLUDE)
    return {k: v for k, v in shown.items() if k == "id" or k not in words["exclude"]}


def _echo_metadata(
    call: Call, resource: Resource, record: Record, body: Body
) -> Record:
    """Return a record as the answer to a write, with its metadata as sent."""
    shown = resource.show(call.account, record)
    if not body.get("metadata") or "metadata" not in shown:
        return shown
    if body["metadata"] != record["metadata"]:
        call.account.cite(b.METADATA_TEXTS)
    return shown | {"metadata": body["metadata"]}
