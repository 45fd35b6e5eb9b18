"""Takes out of a recording what every run has of its own: ids, times, and looks again.

Two recordings of one check on real accounts never are the same: each run draws names,
each vendor ids, and how often a list is looked at hangs on how late it was. What stays
here is what a reader would compare.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from dataflow.evidence.cassette import Cassette
from dataflow.evidence.exchange import Stored

#: A request as it was sent, and what was answered.
Exchange: TypeAlias = tuple[Stored, Stored]

#: In the place of each time, and of a rate that is another one each day.
TIME, RATE = "<time>", "<rate>"

#: What is drawn: an id, a token, a running number. Short numbers are amounts.
_DRAWN = re.compile(r"(?=[A-Za-z]*\d)[A-Za-z0-9]{6,}|(?<![A-Za-z0-9])\d{4,5}(?!\w)")
_A_DRAWN_NUMBER = 100_000
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?")
#: Of unix seconds and of milliseconds, from 2014 to 2055.
_SECONDS = range(1_400_000_000, 2_700_000_000)
_RATES = frozenset({"exchange_rate"})

#: What asks for a further page of a list, and for its first one.
_FURTHER = re.compile(r"offset=|page=(?!1$)")
_FIRST = "page=1"
#: What hangs on how many records others keep.
_COUNTS = frozenset({"link", "x-total-count"})


def said(cassette: Cassette) -> list[Exchange]:
    """Return what was said, in its order, with `#1`, `#2` for what was drawn.

    Between two writes, of a read that came several times the last one stays. A list is
    one, however many pages it has had, and only those of its records stay that have
    something in common with what was written.
    """
    run = set(_chunks(cassette.provenance.seed.partition(" ")[0]))
    kept = list(_without_repeats(cassette.exchanges))
    ours = {c for each in kept if _writes(each[0]) for c in _chunks(each)} - run
    names: dict[str, str] = {}
    return [(_named(q, names), _named(_only(ours, a), names)) for q, a in kept]


def _without_repeats(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    reads: dict[str, Exchange] = {}
    for request, response in exchanges:
        if _writes(request):
            yield from reads.values()
            reads.clear()
            yield request, response
        else:
            whole, is_further = _of_all_pages(request)
            key = json.dumps(whole, sort_keys=True)
            before = _list_of(reads[key][1]) if is_further and key in reads else None
            listed = _list_of(response)
            if before is not None and listed is not None:
                reads[key] = whole, _with_list(response, [*before, *listed])
            else:
                reads[key] = whole, response
    yield from reads.values()


def _of_all_pages(request: Stored) -> tuple[Stored, bool]:
    """Return a request as if a list had one page, and whether it was a further one."""
    asked = request.get("query", [])
    own = [each for each in asked if not _FURTHER.match(each)]
    query = [each for each in own if each != _FIRST]
    return {**request, "query": query}, len(own) < len(asked)


def _list_of(response: Stored) -> list[Any] | None:
    """Return the records of a list; None of anything else."""
    body = response.get("body")
    within = body.get("list") if isinstance(body, Mapping) else body
    return within if isinstance(within, list) else None


def _with_list(response: Stored, records: list[Any]) -> Stored:
    """Return the answer to a list with these records in it."""
    listed = {"list": records} if isinstance(response["body"], Mapping) else records
    headers = response.get("headers", {}).items()
    kept = {name: value for name, value in headers if name not in _COUNTS}
    return {**response, "headers": kept, "body": listed}


def _writes(request: Stored) -> bool:
    return bool(request["method"] != "GET")


def _only(ours: set[str], response: Stored) -> Stored:
    """Return an answer whose list has no records of others."""
    records = _list_of(response)
    if records is None:
        return response
    return _with_list(
        response, [each for each in records if not ours.isdisjoint(_chunks(each))]
    )


def _chunks(value: object) -> Iterator[str]:
    """Yield whatever was drawn, of a value and all that is in it."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _chunks(each)
    elif not isinstance(value, bool) and isinstance(value, int | str):
        yield from (c for c in _DRAWN.findall(_DATE.sub("", str(value))) if _is_id(c))


def _is_id(chunk: str) -> bool:
    return not (chunk.isdecimal() and _is_time(int(chunk)))


def _is_time(number: int) -> bool:
    return number in _SECONDS or number // 1000 in _SECONDS


def _named(value: Any, names: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Return a value with numbers in the places of what was drawn."""
    if isinstance(value, Mapping):
        return {
            key: RATE if key in _RATES else _named(each, names)
            for key, each in sorted(value.items())
        }
    if isinstance(value, list):
        return [_named(each, names) for each in value]
    if isinstance(value, str):
        return _DRAWN.sub(lambda m: _name(m.group(), names), _DATE.sub(TIME, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return _name(str(value), names) if value >= _A_DRAWN_NUMBER else value
    return value


def _name(chunk: str, names: dict[str, str]) -> str:
    return names.setdefault(chunk, f"#{len(names) + 1}") if _is_id(chunk) else TIME
