"""Lists: a page of the records that fulfil a query, and the token of the next one.

A token holds the place where its page ended, so rows are neither skipped nor repeated
while nothing changes.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dataflow.twin.behaviours import Touched
from dataflow.twin.chargebee import behaviours, filters
from dataflow.twin.chargebee.errors import RefusalError, wrong_value
from dataflow.twin.chargebee.filters import Condition, Filter
from dataflow.twin.chargebee.forms import Form
from dataflow.twin.chargebee.params import flag, whole
from dataflow.twin.chargebee.records import is_deleted
from dataflow.twin.chargebee.tables import TEXTS, Place, Row, Table

#: Documented: as many records as a list gives unless told otherwise, and at most.
DEFAULT_LIMIT, HIGHEST_LIMIT = 10, 100

_NO_FILTERS = frozenset({"limit", "offset", "sort_by", "include_deleted"})


@dataclass(frozen=True, slots=True)
class Listing:
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


def understood(form: Form, listing: Listing, touched: Touched) -> Query:
    """Read a query; what cannot be read is refused with 400: mostly unconfirmed."""
    asked = {name: form[name] for name in form if name not in _NO_FILTERS}
    conditions = filters.conditions(asked, listing.filters, touched)
    by, descending = _sort(form.get("sort_by", {}), listing, touched)
    return Query(
        by,
        descending,
        _limit(form.get("limit", "")),
        _start(form.get("offset", ""), by),
        conditions,
        _deleted(form, listing, conditions, touched),
    )


def _sort(given: str | Form, listing: Listing, touched: Touched) -> tuple[str, bool]:
    if not given:
        touched.touch(behaviours.DEFAULT_SORT)
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
        value = whole(1)("limit", given)
    except RefusalError as error:
        raise wrong_value("limit", str(error), behaviours.LIMIT_REFUSED) from None
    if not isinstance(value, int) or value > HIGHEST_LIMIT:
        text = f"cannot be more than {HIGHEST_LIMIT}"
        raise wrong_value("limit", text, behaviours.LIMIT_REFUSED)
    return value


def _deleted(
    form: Form, listing: Listing, conditions: list[Condition], touched: Touched
) -> bool:
    if not listing.include_deleted:
        return any(condition.field == "status" for condition in conditions)
    given = form.get("include_deleted", "")
    shown = given != "" and flag("include_deleted", given) is True
    if not shown:
        touched.touch(behaviours.DELETED_LEFT_OUT)
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
