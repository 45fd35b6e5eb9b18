"""What a list call picks: filters, times and order, and one page of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.invoiced.query import Query
from dataflow.twin.wire import Json

_LEADING_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_METADATA_KEY = re.compile(r"[A-Za-z0-9_-]*")


#: Whether a record belongs to a list.
Test: TypeAlias = Callable[[Record], bool]


def _nothing_special(_account: Account, _query: Query) -> Iterable[Test]:
    return ()


def _plain_value(_account: Account, record: Record, field: str) -> Json:
    value: Json = record[field]
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What can be asked of the list of one kind.

    `texts` and `numbers` are the fields to filter and sort by; booleans are numbers.
    `special` are the conditions that this kind alone has.
    `changed_after` finds what changed after a second, if the kind can be asked for it.
    A `strict` kind refuses what the others ignore and hides what is archived; a
    `dated` one has a date to ask for.
    """

    records: Callable[[Account], Iterable[Record]]
    texts: frozenset[str]
    numbers: frozenset[str]
    changed_after: Callable[[Account, float], list[Record]] | None = None
    strict: bool = False
    dated: bool = False
    value: Callable[[Account, Record, str], Json] = _plain_value
    special: Callable[[Account, Query], Iterable[Test]] = _nothing_special


def pick(account: Account, listing: Listing, query: Query) -> list[Record]:
    """Return all records that a list call asks for, in their order."""
    records = _candidates(account, listing, query)
    for test in _tests(account, listing, query):
        records = [record for record in records if test(record)]
    return _sorted(account, listing, query, list(records))


def _candidates(account: Account, listing: Listing, query: Query) -> Iterable[Record]:
    after = query.number("updated_after")
    if after is None:
        return listing.records(account)
    if listing.changed_after is None:
        account.rests_on(b.UPDATED_AFTER_ITEMS)
        return listing.records(account)
    account.rests_on(b.UPDATED_AFTER)
    return listing.changed_after(account, after)


def _tests(
    account: Account, listing: Listing, query: Query
) -> Iterable[Callable[[Record], bool]]:
    for field, wanted in query.filters:
        yield _filter(account, listing, field, wanted)
    for key, wanted in query.metadata:
        yield from _metadata(account, listing, key, wanted)
    yield from listing.special(account, query)
    if listing.strict:
        yield from _archive(query)
    else:
        yield from _times(account, listing, query)


def _filter(
    account: Account, listing: Listing, field: str, wanted: str
) -> Callable[[Record], bool]:
    account.rests_on(b.FILTER_EXACT)
    if field in listing.numbers:
        return _number_filter(account, listing, field, wanted)
    if field in listing.texts:
        return lambda record: listing.value(account, record, field) == wanted
    raise RefusedError(f"Invalid filter parameter: {field}", b.FILTER_UNKNOWN)


def _number_filter(
    account: Account, listing: Listing, field: str, wanted: str
) -> Callable[[Record], bool]:
    """Compare as the service's database does: a text counts as its leading number."""
    leading = _LEADING_NUMBER.match(wanted)
    if leading is None or leading.end() != len(wanted):
        account.rests_on(b.FILTER_TEXT_AS_ZERO)
    number = 0 if leading is None else float(leading[0])
    return lambda record: listing.value(account, record, field) == number


def _metadata(
    account: Account, listing: Listing, key: str, wanted: str
) -> Iterable[Callable[[Record], bool]]:
    if _METADATA_KEY.fullmatch(key):
        account.rests_on(b.FILTER_METADATA)
        yield lambda record: record["metadata"].get(key) == wanted
        return
    account.rests_on(b.FILTER_METADATA_KEY)
    if listing.strict:
        raise RefusedError(f"Invalid metadata key: {key}", b.FILTER_METADATA_KEY)


def _archive(query: Query) -> Iterable[Callable[[Record], bool]]:
    """Hide archived records, unless a filter speaks of them or they are asked for."""
    if any(field == "archived" for field, _ in query.filters):
        return
    wanted = bool(query.number("archived"))
    yield lambda record: record["archived"] == wanted


def _times(
    account: Account, listing: Listing, query: Query
) -> Iterable[Callable[[Record], bool]]:
    before = query.number("updated_before")
    if before is not None:
        account.rests_on(b.UPDATED_BEFORE)
        yield lambda record: record["updated_at"] < before
    start, end = query.number("start_date"), query.number("end_date")
    if listing.dated and (start is not None or end is not None):
        account.rests_on(b.DATE_RANGE)
        first = float("-inf") if start is None else start
        last = float("inf") if end is None else end
        yield lambda record: first <= record["date"] <= last


def _sorted(
    account: Account, listing: Listing, query: Query, records: list[Record]
) -> list[Record]:
    """Sort by id, then by what is asked for, the last key first; nulls are lowest."""
    records.sort(key=lambda record: record["id"])
    for field, descending in reversed(_order(account, listing, query)):

        def key(record: Record, field: str = field) -> tuple[bool, Json]:
            value = listing.value(account, record, field)
            return value is not None, value

        records.sort(key=key, reverse=descending)
    return records


def _order(account: Account, listing: Listing, query: Query) -> list[tuple[str, bool]]:
    order = []
    for field, direction in query.sort:
        if direction not in ("asc", "desc"):
            raise RefusedError(
                f"Invalid sort: {field} needs asc or desc", b.LIST_SORT_ODD
            )
        if field in listing.texts | listing.numbers:
            account.rests_on(b.LIST_SORT)
            order.append((field, direction == "desc"))
        else:
            _drop_sort(account, listing, field)
    return order


def _drop_sort(account: Account, listing: Listing, field: str) -> None:
    if listing.strict:
        raise RefusedError(f"Invalid sort field: {field}", b.LIST_SORT_ODD)
    account.rests_on(b.LIST_SORT_ODD)
