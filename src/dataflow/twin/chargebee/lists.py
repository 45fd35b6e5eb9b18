"""Lists: filters, sorting and pages."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.errors import RefusalError, wrong_value
from dataflow.twin.chargebee.tables import TEXTS, Place, Row, Table
from dataflow.twin.chargebee.types import (
    Form,
    Record,
    boolean,
    integer,
    is_deleted,
    listed,
    text,
    timestamp,
)
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.messages import Json

Operands: TypeAlias = tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """How a filter's operand is read, and which operators it has."""

    read: Callable[[str, str], Json]
    operators: frozenset[str]


def _filter(read: Callable[[str, str], Json], *operators: str) -> Filter:
    return Filter(read, frozenset(operators))


#: The kinds of filters of the vendor's SDK, with their operators.
ID = _filter(text(4000), "is", "is_not", "starts_with", "in", "not_in")
TEXT = _filter(text(4000), "is", "is_not", "starts_with", "is_present")
WORD = _filter(text(4000), "is", "is_not", "in", "not_in", "is_present")
FLAG = _filter(boolean, "is", "is_present")
MOMENT = _filter(timestamp, "after", "before", "on", "between", "is_present")
NUMBER = _filter(
    integer(), "is", "is_not", "lt", "lte", "gt", "gte", "between", "is_present"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a listed record fulfils."""

    field: str
    operator: str
    operands: Operands

    def holds(self, record: Record) -> bool:
        """Tell whether the record fulfils it."""
        return _TESTS[self.operator](record.get(self.field), self.operands)


def read_conditions(
    form: Form, filters: Mapping[str, Filter], evidence: EvidenceLog
) -> list[Condition]:
    """Return what a query asks of records; unknown filters are ignored: unconfirmed."""
    found = []
    for field, group in form.items():
        for operator, operand in _operators(group).items():
            kind = filters.get(field)
            if kind is None or operator not in kind.operators:
                evidence.cite(behaviours.UNKNOWN_FILTER)
                continue
            _note(operator, evidence)
            operands = _operands(f"{field}[{operator}]", operator, operand, kind)
            found.append(Condition(field, operator, operands))
    return found


def _operators(group: str | Form) -> Form:
    # A filter without an operator is like an unknown one.
    return group if isinstance(group, dict) else {"": group}


def _note(operator: str, evidence: EvidenceLog) -> None:
    if operator in {"after", "before"}:
        evidence.cite(behaviours.AFTER_EXCLUSIVE)
    if operator == "on":
        evidence.cite(behaviours.ON_IS_THE_SECOND)


def _operands(name: str, operator: str, given: str | Form, kind: Filter) -> Operands:
    if isinstance(given, dict):
        raise wrong_value(name, "is not a single value", behaviours.FILTER_REFUSED)
    read = boolean if operator == "is_present" else kind.read
    try:
        return tuple(read(name, each) for each in _each(name, operator, given))
    except RefusalError as error:
        raise wrong_value(name, str(error), behaviours.FILTER_REFUSED) from None


def _each(name: str, operator: str, given: str) -> list[str]:
    if operator not in {"in", "not_in", "between"}:
        return [given]
    values = listed(given)
    ends = 2
    if values is None or (operator == "between" and len(values) != ends):
        raise wrong_value(name, f"{given} is not a list", behaviours.FILTER_REFUSED)
    return values


def _starts(value: Json, operands: Operands) -> bool:
    return isinstance(value, str) and value.startswith(str(operands[0]))


def _compares(holds: Callable[[int, int], bool]) -> Callable[[Json, Operands], bool]:
    def test(value: Json, operands: Operands) -> bool:
        bound = operands[0]
        if not (isinstance(value, int) and isinstance(bound, int)):
            return False
        return holds(value, bound)

    return test


def _between(value: Json, operands: Operands) -> bool:
    low, high = operands
    if not (isinstance(low, int) and isinstance(high, int)):
        return False
    return isinstance(value, int) and low <= value <= high


#: Third parties measured that `after` and `before` leave their own second out.
_TESTS: Mapping[str, Callable[[Json, Operands], bool]] = {
    "is": lambda value, operands: value == operands[0],
    "is_not": lambda value, operands: value != operands[0],
    "on": lambda value, operands: value == operands[0],
    "in": lambda value, operands: value in operands,
    "not_in": lambda value, operands: value not in operands,
    "starts_with": _starts,
    "after": _compares(lambda value, bound: value > bound),
    "before": _compares(lambda value, bound: value < bound),
    "gt": _compares(lambda value, bound: value > bound),
    "lt": _compares(lambda value, bound: value < bound),
    "gte": _compares(lambda value, bound: value >= bound),
    "lte": _compares(lambda value, bound: value <= bound),
    "between": _between,
    "is_present": lambda value, operands: (value is not None) == operands[0],
}


#: Documented: as many records as a list gives unless told otherwise, and at most.
DEFAULT_LIMIT, HIGHEST_LIMIT = 10, 100

_NO_FILTERS = frozenset({"limit", "offset", "sort_by", "include_deleted"})


@dataclass(frozen=True, slots=True)
class ListSpec:
    """What the list of one kind of record can be asked.

    `default` is the order of a list that asks for none, unconfirmed. Kinds without
    `include_deleted` show deleted records to a filter of `status` alone.
    """

    filters: Mapping[str, Filter]
    sorts: tuple[str, ...]
    default: str
    include_deleted: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """One list call, understood."""

    by: str
    descending: bool
    limit: int
    start: Place | None
    conditions: list[Condition]
    deleted: bool

    def shows(self, row: Row) -> bool:
        """Tell whether a row belongs to the list."""
        if is_deleted(row.record) and not self.deleted:
            return False
        return all(condition.holds(row.record) for condition in self.conditions)


def read_query(form: Form, listing: ListSpec, evidence: EvidenceLog) -> Query:
    """Read a query; what cannot be read is refused with 400: mostly unconfirmed."""
    asked = {name: form[name] for name in form if name not in _NO_FILTERS}
    conditions = read_conditions(asked, listing.filters, evidence)
    by, descending = _sort(form.get("sort_by", {}), listing, evidence)
    return Query(
        by,
        descending,
        _limit(form.get("limit", "")),
        _start(form.get("offset", ""), by),
        conditions,
        _deleted(form, listing, conditions, evidence),
    )


def _sort(
    given: str | Form, listing: ListSpec, evidence: EvidenceLog
) -> tuple[str, bool]:
    if not given:
        evidence.cite(behaviours.DEFAULT_SORT)
        return listing.default, False
    pairs = given.items() if isinstance(given, dict) else [("", given)]
    direction, by = next(iter(pairs))
    if direction not in {"asc", "desc"} or by not in listing.sorts:
        raise wrong_value("sort_by", f"cannot be {by}", behaviours.SORT_REFUSED)
    return str(by), direction == "desc"


def _limit(given: str | Form) -> int:
    if given == "":
        return DEFAULT_LIMIT
    try:
        value = integer(1)("limit", given)
    except RefusalError as error:
        raise wrong_value("limit", str(error), behaviours.LIMIT_REFUSED) from None
    if not isinstance(value, int) or value > HIGHEST_LIMIT:
        text = f"cannot be more than {HIGHEST_LIMIT}"
        raise wrong_value("limit", text, behaviours.LIMIT_REFUSED)
    return value


def _deleted(
    form: Form, listing: ListSpec, conditions: list[Condition], evidence: EvidenceLog
) -> bool:
    if not listing.include_deleted:
        return any(condition.field == "status" for condition in conditions)
    given = form.get("include_deleted", "")
    shown = given != "" and boolean("include_deleted", given) is True
    if not shown:
        evidence.cite(behaviours.DELETED_LEFT_OUT)
    return shown


def _start(token: str | Form, by: str) -> Place | None:
    if token == "":
        return None
    try:
        value, number = json.loads(str(token))
        return (str(value) if by in TEXTS else int(value) // 1000), int(number)
    except (ValueError, TypeError, OverflowError, RecursionError):
        text = f"{token} is no offset"
        raise wrong_value("offset", text, behaviours.OFFSET_REFUSED) from None


def _token(place: Place) -> str:
    # Recorded: a list of two texts, the first one in milliseconds.
    value, number = place
    first = value if isinstance(value, str) else str(value * 1000)
    return json.dumps([first, str(number)], separators=(",", ":"))


def page(table: Table, query: Query) -> tuple[list[Row], str | None]:
    """Return the rows of one page, and the token of the next page if there is one."""
    shown = (row for row in _narrowed(table, query) if query.shows(row))
    found = list(itertools.islice(shown, query.limit + 1))
    if len(found) <= query.limit:
        return found, None
    return found[:-1], _token(found[-2].place(query.by))


def _narrowed(table: Table, query: Query) -> Iterator[Row]:
    """Yield at least the rows that the query asks for, in its order."""
    few = _by_link(table, query)
    if few is None:
        few = _by_change(table, query)
    if few is not None:
        return _sorted(few, query)
    low, high = _bounds(query, query.by)
    if query.descending:
        return table.backwards(query.by, low, _least(high, query.start))
    return table.forwards(query.by, _most(low, _after(query.start)), high)


def _by_link(table: Table, query: Query) -> list[Row] | None:
    names = ("id", *table.kind.links)
    for condition in query.conditions:
        if condition.field in names and condition.operator in {"is", "in"}:
            return table.linked(condition.field, map(str, condition.operands))
    return None


def _by_change(table: Table, query: Query) -> list[Row] | None:
    low, high = _bounds(query, "updated_at")
    if query.by == "updated_at" or (low is None and high is None):
        return None
    return list(table.forwards("updated_at", low, high))


def _sorted(rows: list[Row], query: Query) -> Iterator[Row]:
    placed = sorted(((row.place(query.by), row) for row in rows), key=lambda at: at[0])
    if query.descending:
        placed.reverse()
    return (row for place, row in placed if _follows(place, query))


def _follows(place: Place, query: Query) -> bool:
    if query.start is None:
        return True
    return place < query.start if query.descending else place > query.start


def _bounds(query: Query, by: str) -> tuple[Place | None, Place | None]:
    """Return the places between which the conditions on a property leave rows."""
    low: Place | None = None
    high: Place | None = None
    for condition in query.conditions:
        if condition.field == by:
            least, end = _range(condition)
            low, high = _most(low, least), _least(high, end)
    return low, high


def _range(condition: Condition) -> tuple[Place | None, Place | None]:
    ends = [end for end in condition.operands if isinstance(end, int)]
    match condition.operator:
        case "after":
            return (ends[0] + 1, 0), None
        case "before":
            return None, (ends[0], 0)
        case "between" | "on":
            return (ends[0], 0), (ends[-1] + 1, 0)
        case _:
            return None, None


def _after(place: Place | None) -> Place | None:
    return None if place is None else (place[0], place[1] + 1)


def _most(one: Place | None, other: Place | None) -> Place | None:
    return max((p for p in (one, other) if p is not None), default=None)


def _least(one: Place | None, other: Place | None) -> Place | None:
    return min((p for p in (one, other) if p is not None), default=None)
