"""Lists: filters, sorting and pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record, Table
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.messages import Json, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """The five calls on one kind, and how its records go over the wire.

    A `delete` that leaves something returns what it left.
    """

    create: Callable[[Account, dict[str, Json]], Record]
    retrieve: Callable[[Account, str], Record]
    update: Callable[[Account, str, dict[str, Json]], Record]
    delete: Callable[[Account, str], Record | None]
    show: Callable[[Account, Record], Record]
    listing: ListSpec


#: Both the default and the most (unconfirmed).
PER_PAGE = 100

_KEYED = re.compile(r"(filter|metadata)\[([^\]]*)\]")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
#: Real parameters that this twin has not: ignoring them would give wrong records.
_NOT_BUILT = frozenset(
    (
        *("advanced_filter", "automation", "balance", "cadence", "chasing"),
        *("date_column", "paginate", "payment_attempted"),
        *("payment_plan", "tags", "total"),
    )
)


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a list call; of a repeated one the last counts."""

    plain: Mapping[str, str]
    filters: tuple[tuple[str, str], ...]
    metadata: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, request: Request) -> Query:
        """Read a request's query; raises for what the twin has not built."""
        plain: dict[str, str] = {}
        keyed: dict[str, dict[str, str]] = {"filter": {}, "metadata": {}}
        for name, value in request.query:
            match = _KEYED.fullmatch(name)
            if match is None:
                plain[name] = value
            else:
                keyed[match[1]][match[2]] = value
        _refuse_not_built(plain)
        return cls(
            plain, tuple(keyed["filter"].items()), tuple(keyed["metadata"].items())
        )

    def number(self, name: str) -> float | None:
        """Return a number, or nothing if there is none or it is not one."""
        text = self.plain.get(name, "")
        return float(text) if _NUMBER.fullmatch(text) else None

    @property
    def page(self) -> int:
        """Return the page asked for, from 1; smaller ones count as 1."""
        return max(1, int(self.number("page") or 1))

    @property
    def per_page(self) -> int:
        """Return how many records a page has, from 1 to 100."""
        asked = self.number("per_page")
        return PER_PAGE if asked is None else min(max(1, int(asked)), PER_PAGE)

    @property
    def sort(self) -> list[tuple[str, str]]:
        """Return fields and directions as they were sent, both in lower case."""
        entries = self.plain.get("sort", "").lower().split(",")
        parts = [entry.strip().partition(" ") for entry in entries if entry.strip()]
        return [(field, direction.strip()) for field, _, direction in parts]


def links(request: Request, root: str, query: Query, total: int) -> str:
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
    before = f"{root}{quote(request.path, safe='/')}?page="
    return before, after and f"&{after}"


def _refuse_not_built(plain: Mapping[str, str]) -> None:
    for name in plain:
        if name in _NOT_BUILT:
            raise RefusalError(
                f"This twin has not built the list parameter {name}",
                b.LIST_NOT_BUILT,
                param=name,
            )


_LEADING_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_METADATA_KEY = re.compile(r"[A-Za-z0-9_-]*")

#: Fields to sort by, and whether backwards.
Order: TypeAlias = list[tuple[str, bool]]

#: The orders that a shelf keeps its records in.
_BY_ID: Order = []
_BY_CHANGE: Order = [("updated_at", False)]
_ID, _CHANGE = itemgetter("id"), itemgetter("updated_at", "id")

#: Whether a record belongs to a list.
Test: TypeAlias = Callable[[Record], bool]


def _nothing_special(_account: Account, _query: Query) -> Iterable[Test]:
    return ()


def _plain_value(_account: Account, record: Record, field: str) -> Json:
    value: Json = record[field]
    return value


def _nothing(_account: Account) -> Iterable[Record]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSpec:
    """What can be asked of the list of one kind.

    `texts` and `numbers` are the fields to filter and sort by; booleans are numbers.
    `special` are the conditions that this kind alone has.
    A `strict` kind refuses what the others ignore, hides what is archived, and cannot
    be asked what has changed; a `dated` one has a date to ask for. `replaced` are
    archived records whose ids others on the shelf have now.
    """

    shelf: Callable[[Account], Table[Any]]
    texts: frozenset[str]
    numbers: frozenset[str]
    replaced: Callable[[Account], Iterable[Record]] = _nothing
    strict: bool = False
    dated: bool = False
    value: Callable[[Account, Record, str], Json] = _plain_value
    special: Callable[[Account, Query], Iterable[Test]] = _nothing_special


def select_page(account: Account, listing: ListSpec, query: Query) -> Sequence[Record]:
    """Return all records that a list call asks for, in their order.

    Without filters, in an order that the shelf keeps, none is looked at yet.
    """
    tests = list(_tests(account, listing, query))
    order = _order(account, listing, query)
    records = _candidates(account, listing, query, order)
    if tests:
        records = [record for record in records if all(test(record) for test in tests)]
    if order in (_BY_ID, _BY_CHANGE):
        return records
    return _sorted(account, listing, order, records)


def _candidates(
    account: Account, listing: ListSpec, query: Query, order: Order
) -> Sequence[Record]:
    """Return what the tests choose from: by id, or by change if that is the order."""
    shelf = listing.shelf(account)
    if _of_archive(listing, query):
        everything = [*listing.replaced(account), *shelf]
        return sorted(everything, key=_CHANGE if order == _BY_CHANGE else _ID)
    after = _after(account, listing, query)
    if order == _BY_CHANGE:
        return shelf.by_change(after)
    changed = shelf.by_id() if after is None else shelf.by_change(after)
    return changed if len(changed) == len(shelf.by_id()) else sorted(changed, key=_ID)


def _after(account: Account, listing: ListSpec, query: Query) -> float | None:
    after = query.number("updated_after")
    if after is None:
        return None
    if listing.strict:
        account.cite(b.UPDATED_AFTER_ITEMS)
        return None
    account.cite(b.UPDATED_AFTER)
    if listing.shelf(account).changed_in(after):
        account.cite(b.UPDATED_AFTER_EXCLUSIVE)
    return after


def _tests(account: Account, listing: ListSpec, query: Query) -> Iterable[Test]:
    for field, wanted in query.filters:
        yield _filter(account, listing, field, wanted)
    for key, wanted in query.metadata:
        yield from _metadata(account, listing, key, wanted)
    yield from listing.special(account, query)
    if not listing.strict:
        yield from _times(account, listing, query)
    elif query.number("archived") and not _filters_archive(query):
        yield lambda record: bool(record["archived"])


def _filter(account: Account, listing: ListSpec, field: str, wanted: str) -> Test:
    account.cite(b.FILTER_EXACT)
    if field in listing.numbers:
        return _number_filter(account, listing, field, wanted)
    if field in listing.texts:
        return lambda record: listing.value(account, record, field) == wanted
    raise RefusalError(f"Invalid filter parameter: {field}", b.FILTER_UNKNOWN)


def _number_filter(
    account: Account, listing: ListSpec, field: str, wanted: str
) -> Test:
    """Compare as the service's database does: a text counts as its leading number."""
    leading = _LEADING_NUMBER.match(wanted)
    if leading is None or leading.end() != len(wanted):
        account.cite(b.FILTER_TEXT_AS_ZERO)
    number = 0 if leading is None else float(leading[0])
    return lambda record: listing.value(account, record, field) == number


def _metadata(
    account: Account, listing: ListSpec, key: str, wanted: str
) -> Iterable[Test]:
    if _METADATA_KEY.fullmatch(key):
        account.cite(b.FILTER_METADATA)
        yield lambda record: record.get("metadata", {}).get(key) == wanted
        return
    account.cite(b.FILTER_METADATA_KEY)
    if listing.strict:
        raise RefusalError(f"Invalid metadata key: {key}", b.FILTER_METADATA_KEY)


def _of_archive(listing: ListSpec, query: Query) -> bool:
    """Tell whether archived records are asked for; else their kind hides them."""
    asked = _filters_archive(query) or bool(query.number("archived"))
    return listing.strict and asked


def _filters_archive(query: Query) -> bool:
    return any(field == "archived" for field, _ in query.filters)


def _times(account: Account, listing: ListSpec, query: Query) -> Iterable[Test]:
    before = query.number("updated_before")
    if before is not None:
        account.cite(b.UPDATED_BEFORE)
        yield lambda record: record["updated_at"] < before
    start, end = query.number("start_date"), query.number("end_date")
    if listing.dated and (start is not None or end is not None):
        account.cite(b.DATE_RANGE)
        first = float("-inf") if start is None else start
        last = float("inf") if end is None else end
        yield lambda record: first <= record["date"] <= last


def _sorted(
    account: Account, listing: ListSpec, order: Order, records: Iterable[Record]
) -> list[Record]:
    """Sort what is in the order of its ids, by the last key first; nulls are lowest."""
    records = list(records)
    for field, descending in reversed(order):

        def key(record: Record, field: str = field) -> tuple[bool, Json]:
            value = listing.value(account, record, field)
            return value is not None, value

        records.sort(key=key, reverse=descending)
    return records


def _order(account: Account, listing: ListSpec, query: Query) -> Order:
    order: Order = []
    for field, direction in query.sort:
        if direction not in ("asc", "desc"):
            raise RefusalError(
                f"Invalid sort: {field} needs asc or desc", b.LIST_SORT_ODD
            )
        if field in listing.texts | listing.numbers:
            account.cite(b.LIST_SORT)
            order.append((field, direction == "desc"))
        else:
            _drop_sort(account, listing, field)
    return order


def _drop_sort(account: Account, listing: ListSpec, field: str) -> None:
    if listing.strict:
        raise RefusalError(f"Invalid sort field: {field}", b.LIST_SORT_ODD)
    account.cite(b.LIST_SORT_ODD)
