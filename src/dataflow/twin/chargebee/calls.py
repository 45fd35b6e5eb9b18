"""What the rules of all calls share: what a call was sent, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import Site
from dataflow.twin.chargebee.tables import Kind
from dataflow.twin.chargebee.types import Field, Form, Record, Values
from dataflow.twin.messages import Json

#: The body of an answer, before it becomes JSON.
Answer: TypeAlias = dict[str, Json]

#: What one call does; refuses by raising `RefusalError`.
Rule: TypeAlias = Callable[["Call"], Answer]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the site it meets, the id in its path if any, and its parameters."""

    site: Site
    id: str
    form: Form

    def read(self, table: Iterable[Field]) -> Values:
        """Return the parameters as this call declares them."""
        return types.read(self.form, table, self.site.evidence)


def retrieving(kind: Kind) -> Rule:
    """Return the rule of a call that shows one record."""

    def retrieve(call: Call) -> Answer:
        return {kind.name: call.site.find(kind, call.id)}

    return retrieve


def listing(kind: Kind, declared: ListSpec) -> Rule:
    """Return the rule of a call that lists records of one kind."""

    def list_all(call: Call) -> Answer:
        query = lists.read_query(call.form, declared, call.site.evidence)
        rows, token = lists.page(call.site.listed(kind), query)
        records = [row.record for row in rows]
        if not declared.include_deleted and not query.deleted:
            _note_archived(call.site, records)
        return listed(kind.name, records, token)

    return list_all


def _note_archived(site: Site, records: list[Record]) -> None:
    if any(record.get("status") == "archived" for record in records):
        site.evidence.cite(behaviours.ARCHIVED_LISTED)


def listed(name: str, records: Iterable[Record], token: str | None = None) -> Answer:
    """Return the envelope of a list; without a next page it has no token."""
    answer: Answer = {"list": [{name: record} for record in records]}
    return answer if token is None else {**answer, "next_offset": token}
