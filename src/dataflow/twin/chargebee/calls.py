"""The parameters and the answer of a call, and the rules that all kinds share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import Site
from dataflow.twin.chargebee.tables import Kind
from dataflow.twin.chargebee.types import Form, Record, Values
from dataflow.twin.messages import Json
from dataflow.twin.resource import Field

#: The body of an answer, before it becomes JSON.
Answer: TypeAlias = dict[str, Json]

#: Answers one call, or raises `RefusalError`.
Rule: TypeAlias = Callable[["Call"], Answer]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the site, the id in the path if any, and the parameters."""

    site: Site
    id: str
    form: Form

    def read(self, table: Iterable[Field]) -> Values:
        """Return the parameters that this call declares."""
        return types.read(self.form, table, self.site.evidence)


def make_retrieve(kind: Kind) -> Rule:
    """Return the rule that shows one record."""

    def retrieve(call: Call) -> Answer:
        return {kind.name: call.site.find(kind, call.id)}

    return retrieve


def make_list(kind: Kind, declared: ListSpec) -> Rule:
    """Return the rule that lists the records of one kind."""

    def list_all(call: Call) -> Answer:
        query = lists.read_query(call.form, declared, call.site.evidence)
        rows, token = lists.select_page(call.site.table_for_lists(kind), query)
        records = [row.record for row in rows]
        has_archived = any(record.get("status") == "archived" for record in records)
        if has_archived and not declared.include_deleted and not query.deleted:
            call.site.evidence.cite(behaviours.ARCHIVED_LISTED)
        return wrap_list(kind.name, records, token)

    return list_all


def wrap_list(name: str, records: Iterable[Record], token: str | None = None) -> Answer:
    """Return the body of a list; without a next page it has no token."""
    answer: Answer = {"list": [{name: record} for record in records]}
    return answer if token is None else {**answer, "next_offset": token}
