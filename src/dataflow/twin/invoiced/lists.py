"""Lists: filters, sorting and pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from dataflow.twin.evidence import Behaviour
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record, Table, fold
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.invoiced.fields import NUMBER, TEXT, Fields
from dataflow.twin.messages import Json, Request, split_words

#: Both the default and the highest number (unconfirmed).
PER_PAGE = 100

_KEYED = re.compile(r"(filter|metadata)\[([^\]]*)\]")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
#: Parameters that this twin lacks: to ignore them would return wrong records.
NOT_BUILT = frozenset(
    split_words(
        "advanced_filter amount automation balance cadence chasing date_column"
        " payment_attempted payment_plan tags total"
    )
)
#: The parameters of each list; those that state which keys are shown.
SHOWN = frozenset(("exclude", "expand", "include"))
PARAMETERS = SHOWN | {"filter", "page", "paginate", "per_page", "sort"}
_METADATA = frozenset(("metadata",))
_TIMES = frozenset(("updated_after", "updated_before"))
_DATES = frozenset(("start_date", "end_date"))


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a list call; of repeated ones the last counts."""

    plain: Mapping[str, str]
    filters: tuple[tuple[str, str], ...]
    metadata: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, request: Request) -> Query:
        """Read a request's query."""
        plain: dict[str, str] = {}
        keyed: dict[str, dict[str, str]] = {"filter": {}, "metadata": {}}
        for name, value in request.query:
            match = _KEYED.fullmatch(name)
            if match is None:
                plain[name] = value
            else:
                keyed[match[1]][match[2]] = value
        return cls(
            plain, tuple(keyed["filter"].items()), tuple(keyed["metadata"].items())
        )

    def number(self, name: str) -> float | None:
        """Return a number, or None for another or no value."""
        text = self.plain.get(name, "")
        return float(text) if _NUMBER.fullmatch(text) else None

    @property
    def page(self) -> int:
        """Return the requested page, 1 or more."""
        return max(1, int(self.number("page") or 1))

    @property
    def per_page(self) -> int:
        """Return the number of records of a page, from 1 to 100."""
        asked = self.number("per_page")
        return PER_PAGE if asked is None else min(max(1, int(asked)), PER_PAGE)

    @property
    def sort(self) -> list[tuple[str, str]]:
        """Return fields and directions as sent, in lower case."""
        entries = self.plain.get("sort", "").lower().split(",")
        parts = [entry.strip().partition(" ") for entry in entries if entry.strip()]
        return [(field, direction.strip()) for field, _, direction in parts]


def render_links(request: Request, root: str, query: Query, total: int) -> str:
    """Return the Link header: every page's address, all on one line."""
    last = max(1, -(-total // query.per_page))
    pages = {
        "self": query.page,
        "first": 1,
        "previous": query.page - 1,
        "next": query.page + 1 if query.page < last else 0,
        "last": last,
    }
    before, after = _address(request, root, query)
    return ", ".join(
        f'<{before}{page}{after}>; rel="{relation}"'
        for relation, page in pages.items()
        if page
    )


def _address(request: Request, root: str, query: Query) -> tuple[str, str]:
    """Return the address of a page: what is before its number, and what is after."""
    sized = () if query.per_page == PER_PAGE else (("per_page", query.per_page),)
    rest = [(k, v) for k, v in request.query if k not in ("page", "per_page")]
    after = urlencode([*sized, *rest])
    return f"{root}{quote(request.path, safe='/')}?page=", after and f"&{after}"


_LEADING_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_METADATA_KEY = re.compile(r"[A-Za-z0-9_-]*")

#: Fields to sort by, and whether backwards.
Order: TypeAlias = list[tuple[str, bool]]

#: The orders in which a table keeps its records.
_BY_ID: Order = []
_BY_CHANGE: Order = [("updated_at", False)]
_ID, _CHANGE = itemgetter("id"), itemgetter("updated_at", "id")

#: Returns whether a record belongs to a list.
Test: TypeAlias = Callable[[Record], bool]


def _get_value(_account: Account, record: Record, field: str) -> Json:
    value: Json = record[field]
    return value


@dataclass(frozen=True, kw_only=True)
class ListSpec:
    """The filters and orders of the list of one kind.

    `special` are conditions of this kind alone. A `strict` kind refuses what the others
    ignore, hides archived records, and has no `updated_after`; a `dated` kind has a
    date. `replaced` are archived records whose ids other records have now.
    """

    table: Callable[[Account], Table[Any]]
    fields: Fields
    replaced: Callable[[Account], Iterable[Record]] = lambda _account: ()
    strict: bool = False
    dated: bool = False
    value: Callable[[Account, Record, str], Json] = _get_value
    special: Callable[[Account, Query], Iterable[Test]] = lambda _account, _query: ()

    special_parameters: frozenset[str] = frozenset()
    strict_query: Behaviour | None = None

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Return the parameters of the list that are built."""
        times = frozenset() if self.strict else _TIMES
        dates = _DATES if self.dated else frozenset()
        return PARAMETERS | _METADATA | times | dates | self.special_parameters


def select_page(account: Account, spec: ListSpec, query: Query) -> Sequence[Record]:
    """Return all records of a list call, in order; none is read without filters."""
    tests = list(_make_tests(account, spec, query))
    order = _read_order(account, spec, query)
    records = _select_candidates(account, spec, query, order)
    if tests:
        records = [record for record in records if all(test(record) for test in tests)]
    if order in (_BY_ID, _BY_CHANGE):
        return records
    return _sort(account, spec, order, records)


def _select_candidates(
    account: Account, spec: ListSpec, query: Query, order: Order
) -> Sequence[Record]:
    """Return the records for the tests: by id, or by change if that is the order."""
    table = spec.table(account)
    if spec.strict and (_filters_archive(query) or query.number("archived")):
        records = [*spec.replaced(account), *table]
        return sorted(records, key=_CHANGE if order == _BY_CHANGE else _ID)
    after = _read_updated_after(account, spec, query)
    if order == _BY_CHANGE:
        return table.by_change(after)
    changed = table.by_id() if after is None else table.by_change(after)
    return changed if len(changed) == len(table.by_id()) else sorted(changed, key=_ID)


def _read_updated_after(account: Account, spec: ListSpec, query: Query) -> float | None:
    after = query.number("updated_after")
    if after is None:
        return None
    if spec.strict:
        account.cite(b.UPDATED_AFTER_ITEMS)
        return None
    account.cite(b.UPDATED_AFTER)
    if spec.table(account).changed_in(after):
        account.cite(b.UPDATED_AFTER_EXCLUSIVE)
    return after


def _make_tests(account: Account, spec: ListSpec, query: Query) -> Iterable[Test]:
    for field, wanted in query.filters:
        yield _make_filter(account, spec, field, wanted)
    for key, wanted in query.metadata:
        yield from _filter_metadata(account, spec, key, wanted)
    yield from spec.special(account, query)
    if not spec.strict:
        yield from _filter_times(account, spec, query)
    elif query.number("archived") and not _filters_archive(query):
        yield lambda record: bool(record["archived"])


def _make_filter(account: Account, spec: ListSpec, field: str, wanted: str) -> Test:
    account.cite(b.FILTER_EXACT)
    how = spec.fields.filters.get(field)
    if how is NUMBER:
        return _filter_number(account, spec, field, wanted)
    if how is TEXT:
        return _filter_text(account, spec, field, wanted)
    raise RefusalError(f"Invalid filter parameter: {field}", b.FILTER_UNKNOWN)


def _filter_text(account: Account, spec: ListSpec, field: str, wanted: str) -> Test:
    if field == "id":
        return lambda record: record["id"] == wanted
    folded = fold(wanted)

    def test(record: Record) -> bool:
        value = spec.value(account, record, field)
        if value == wanted or value is None or fold(str(value)) != folded:
            return value == wanted
        account.cite(b.FILTER_FOLDED)
        return True

    return test


def _filter_number(account: Account, spec: ListSpec, field: str, wanted: str) -> Test:
    """Compare as the service's database does: a text counts as its leading number."""
    leading = _LEADING_NUMBER.match(wanted)
    if leading is None or leading.end() != len(wanted):
        account.cite(b.FILTER_TEXT_AS_ZERO)
    number = 0 if leading is None else float(leading[0])
    return lambda record: spec.value(account, record, field) == number


def _filter_metadata(
    account: Account, spec: ListSpec, key: str, wanted: str
) -> Iterable[Test]:
    if _METADATA_KEY.fullmatch(key):
        account.cite(b.FILTER_METADATA)
        yield lambda record: record.get("metadata", {}).get(key) == wanted
        return
    account.cite(b.FILTER_METADATA_KEY)
    if spec.strict:
        raise RefusalError(f"Invalid metadata key: {key}", b.FILTER_METADATA_KEY)


def _filters_archive(query: Query) -> bool:
    return any(field == "archived" for field, _ in query.filters)


def _filter_times(account: Account, spec: ListSpec, query: Query) -> Iterable[Test]:
    before = query.number("updated_before")
    if before is not None:
        account.cite(b.UPDATED_BEFORE)
        yield lambda record: record["updated_at"] < before
    start, end = query.number("start_date"), query.number("end_date")
    if spec.dated and (start is not None or end is not None):
        account.cite(b.DATE_RANGE)
        first = float("-inf") if start is None else start
        last = float("inf") if end is None else end
        yield lambda record: first <= record["date"] <= last


def _sort(
    account: Account, spec: ListSpec, order: Order, records: Iterable[Record]
) -> list[Record]:
    """Sort records, given in the order of ids, with null as the lowest value."""
    records = list(records)
    for field, descending in reversed(order):

        def key(record: Record, field: str = field) -> tuple[bool, Json]:
            value = spec.value(account, record, field)
            return value is not None, value

        records.sort(key=key, reverse=descending)
    return records


def _read_order(account: Account, spec: ListSpec, query: Query) -> Order:
    order: Order = []
    for field, direction in query.sort:
        if direction not in ("asc", "desc"):
            account.cite(b.LIST_SORT_ODD)
        elif field in spec.fields.filters:
            account.cite(b.LIST_SORT)
            order.append((field, direction == "desc"))
        elif spec.strict:
            raise RefusalError(f"Invalid sort field: {field}", b.LIST_SORT_ODD)
        else:
            account.cite(b.LIST_SORT_ODD)
    return order
