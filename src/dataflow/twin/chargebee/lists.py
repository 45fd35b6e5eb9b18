"""Lists: filters, sorting and pages."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import TypeAlias

from dataflow.twin.chargebee import behaviours, types
from dataflow.twin.chargebee.errors import RefusalError, wrong_value
from dataflow.twin.chargebee.tables import TEXTS, Table
from dataflow.twin.chargebee.types import Form, Record, is_deleted, parse_list
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.messages import Json
from dataflow.twin.resource import Filter, Type
from dataflow.twin.store import Place as AnyPlace

Operands: TypeAlias = tuple[Json, ...]

#: The position of a record in an order: its value, then its number.
Place: TypeAlias = AnyPlace[int]


def _filter(type_: Type, *operators: str) -> Filter:
    return Filter(type_, frozenset(operators))


#: The kinds of filters in the vendor's SDK, with their operators.
TEXT = _filter(types.Text(4000), "is", "is_not", "starts_with")
PRESENT_TEXT = _filter(types.Text(4000), "is", "is_not", "starts_with", "is_present")
ID = _filter(types.Text(4000), "is", "is_not", "starts_with", "in", "not_in")
PRESENT_ID = Filter(ID.type, ID.operators | {"is_present"})
ONE_ID = _filter(types.Text(4000), "is")
ONE_PRESENT_ID = _filter(types.Text(4000), "is", "is_present")
WORD = _filter(types.Text(4000), "is", "is_not", "in", "not_in")
PRESENT_WORD = Filter(WORD.type, WORD.operators | {"is_present"})
FLAG = _filter(types.Boolean(any_case=True), "is")
MOMENT = _filter(types.Timestamp(), "after", "before", "on", "between")
NUMBER = _filter(types.Integer(), "is", "is_not", "lt", "lte", "gt", "gte", "between")


def make_plain(type_: Type) -> Filter:
    """Return a filter without an operator."""
    return _filter(type_, "")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on the listed records."""

    field: str
    operator: str
    operands: Operands

    def holds(self, record: Record) -> bool:
        """Return whether the record fulfils the condition."""
        return _TESTS[self.operator](record.get(self.field), self.operands)


def read_conditions(
    form: Form, filters: Mapping[str, Filter], evidence: EvidenceLog
) -> list[Condition]:
    """Return the conditions of a query; unknown filters are ignored: unconfirmed."""
    conditions = []
    for field, group in form.items():
        # A filter without an operator counts as an unknown one.
        operators = group if isinstance(group, dict) else {"": group}
        for operator, operand in operators.items():
            kind = filters.get(field)
            if kind is None or operator not in kind.operators:
                evidence.cite(behaviours.UNKNOWN_FILTER)
                continue
            if operator in {"after", "before"}:
                evidence.cite(behaviours.AFTER_EXCLUSIVE)
            if operator == "on":
                evidence.cite(behaviours.ON_IS_THE_SECOND)
            name = f"{field}[{operator}]" if operator else field
            operands = _read_operands(name, operator, operand, kind)
            conditions.append(Condition(field, operator, operands))
    return conditions


def _read_operands(
    name: str, operator: str, given: str | Form, kind: Filter
) -> Operands:
    if isinstance(given, dict):
        raise wrong_value(name, "is not a single value", behaviours.FILTER_REFUSED)
    read = types.Boolean(any_case=True) if operator == "is_present" else kind.type
    try:
        return tuple(read(name, each) for each in _split_list(name, operator, given))
    except RefusalError as error:
        raise wrong_value(name, str(error), behaviours.FILTER_REFUSED) from None


def _split_list(name: str, operator: str, given: str) -> list[str]:
    if operator not in {"in", "not_in", "between"}:
        return [given]
    values = parse_list(given)
    ends = 2
    if values is None or (operator == "between" and len(values) != ends):
        raise wrong_value(name, f"{given} is not a list", behaviours.FILTER_REFUSED)
    return values


def _starts_with(value: Json, operands: Operands) -> bool:
    return isinstance(value, str) and value.startswith(str(operands[0]))


def _compare(holds: Callable[[int, int], bool]) -> Callable[[Json, Operands], bool]:
    def test(value: Json, operands: Operands) -> bool:
        bound = operands[0]
        if not (isinstance(value, int) and isinstance(bound, int)):
            return False
        return holds(value, bound)

    return test


def _is_between(value: Json, operands: Operands) -> bool:
    low, high = operands
    if not (isinstance(low, int) and isinstance(high, int)):
        return False
    return isinstance(value, int) and low <= value <= high


#: Third parties measured that `after` and `before` exclude their own second.
_TESTS: Mapping[str, Callable[[Json, Operands], bool]] = {
    "": lambda value, operands: value == operands[0],
    "is": lambda value, operands: value == operands[0],
    "is_not": lambda value, operands: value != operands[0],
    "on": lambda value, operands: value == operands[0],
    "in": lambda value, operands: value in operands,
    "not_in": lambda value, operands: value not in operands,
    "starts_with": _starts_with,
    "after": _compare(gt),
    "before": _compare(lt),
    "gt": _compare(gt),
    "lt": _compare(lt),
    "gte": _compare(ge),
    "lte": _compare(le),
    "between": _is_between,
    "is_present": lambda value, operands: (value is not None) == operands[0],
}


#: Documented: the default and the highest number of records of a page.
DEFAULT_LIMIT, HIGHEST_LIMIT = 10, 100

_NO_FILTERS = frozenset({"limit", "offset", "sort_by", "include_deleted"})


@dataclass(frozen=True, slots=True)
class ListSpec:
    """The filters and orders of a list; `default` is unconfirmed."""

    filters: Mapping[str, Filter]
    sorts: tuple[str, ...]
    default: str
    include_deleted: bool = True
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One decoded list call."""

    by: str
    descending: bool
    limit: int
    start: Place | None
    conditions: list[Condition]
    deleted: bool

    def shows(self, record: Record) -> bool:
        """Return whether a record belongs to the list."""
        if is_deleted(record) and not self.deleted:
            return False
        return all(condition.holds(record) for condition in self.conditions)


def read_query(form: Form, spec: ListSpec, evidence: EvidenceLog) -> Query:
    """Decode a list call; malformed values are refused with 400: mostly unconfirmed."""
    filters = {name: form[name] for name in form if name not in _NO_FILTERS}
    conditions = read_conditions(filters, spec.filters, evidence)
    by, descending = _read_sort(form.get("sort_by", {}), spec, evidence)
    return Query(
        by,
        descending,
        _read_limit(form.get("limit", "")),
        _read_offset(form.get("offset", ""), by),
        conditions,
        _includes_deleted(form, spec, conditions, evidence),
    )


def _read_sort(
    given: str | Form, spec: ListSpec, evidence: EvidenceLog
) -> tuple[str, bool]:
    if not given:
        evidence.cite(behaviours.DEFAULT_SORT)
        return spec.default, spec.newest_first
    pairs = given.items() if isinstance(given, dict) else [("", given)]
    direction, by = next(iter(pairs))
    if direction not in {"asc", "desc"} or by not in spec.sorts:
        raise wrong_value("sort_by", f"cannot be {by}", behaviours.SORT_REFUSED)
    return str(by), direction == "desc"


def _read_limit(given: str | Form) -> int:
    if given == "":
        return DEFAULT_LIMIT
    try:
        value = types.Integer(1)("limit", given)
    except RefusalError as error:
        raise wrong_value("limit", str(error), behaviours.LIMIT_REFUSED) from None
    if value > HIGHEST_LIMIT:
        text = f"cannot be more than {HIGHEST_LIMIT}"
        raise wrong_value("limit", text, behaviours.LIMIT_REFUSED)
    return value


def _includes_deleted(
    form: Form, spec: ListSpec, conditions: list[Condition], evidence: EvidenceLog
) -> bool:
    if not spec.include_deleted:
        return any(condition.field == "status" for condition in conditions)
    given = form.get("include_deleted", "")
    included = given != "" and types.Boolean(any_case=True)("include_deleted", given)
    if not included:
        evidence.cite(behaviours.DELETED_LEFT_OUT)
    return included


def _read_offset(token: str | Form, by: str) -> Place | None:
    if token == "":
        return None
    try:
        value, number = json.loads(str(token))
        return (str(value) if by in TEXTS else int(value) // 1000), int(number)
    except (ValueError, TypeError, OverflowError, RecursionError):
        text = f"{token} is no offset"
        raise wrong_value("offset", text, behaviours.OFFSET_REFUSED) from None


def _encode_offset(place: Place) -> str:
    # Recorded: a list of two texts, the first one in milliseconds.
    value, number = place
    first = value if isinstance(value, str) else str(value * 1000)
    return json.dumps([first, str(number)], separators=(",", ":"))


def select_page(table: Table, query: Query) -> tuple[list[Record], str | None]:
    """Return the records of a page, and the offset of the next page if there is one."""
    places = _select_candidates(table, query)
    placed = ((place, table.records[place[1]]) for place in places)
    shown = ((place, record) for place, record in placed if query.shows(record))
    page = list(itertools.islice(shown, query.limit + 1))
    token = _encode_offset(page[-2][0]) if len(page) > query.limit else None
    return [record for _, record in page[: query.limit]], token


def _select_candidates(table: Table, query: Query) -> Iterator[Place]:
    """Yield the places of at least the records that the query asks for, in order."""
    few = _select_by_link(table, query)
    if few is None:
        few = _select_by_change(table, query)
    if few is not None:
        return _sort_places([table.place(query.by, number) for number in few], query)
    low, high = _find_bounds(query, query.by)
    if query.descending:
        high = _lowest(high, query.start)
    elif query.start is not None:
        low = _highest(low, (query.start[0], query.start[1] + 1))
    order, places = table.orders[query.by], table.between(query.by, low, high)
    return (order[at] for at in (reversed(places) if query.descending else places))


def _select_by_link(table: Table, query: Query) -> list[int] | None:
    names = ("id", *table.kind.links)
    for condition in query.conditions:
        if condition.field in names and condition.operator in {"", "is", "in"}:
            return table.find(condition.field, map(str, condition.operands))
    return None


def _select_by_change(table: Table, query: Query) -> list[int] | None:
    low, high = _find_bounds(query, "updated_at")
    if query.by == "updated_at" or (low is None and high is None):
        return None
    order = table.orders["updated_at"]
    return [order[at][1] for at in table.between("updated_at", low, high)]


def _sort_places(places: list[Place], query: Query) -> Iterator[Place]:
    places.sort(reverse=query.descending)
    return (place for place in places if _is_after_start(place, query))


def _is_after_start(place: Place, query: Query) -> bool:
    if query.start is None:
        return True
    return place < query.start if query.descending else place > query.start


def _find_bounds(query: Query, by: str) -> tuple[Place | None, Place | None]:
    """Return the places between which the conditions on a property allow rows."""
    low: Place | None = None
    high: Place | None = None
    for condition in query.conditions:
        if condition.field == by:
            start, end = _find_range(condition)
            low, high = _highest(low, start), _lowest(high, end)
    return low, high


def _find_range(condition: Condition) -> tuple[Place | None, Place | None]:
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


def _highest(*places: Place | None) -> Place | None:
    return max((place for place in places if place is not None), default=None)


def _lowest(*places: Place | None) -> Place | None:
    return min((place for place in places if place is not None), default=None)
