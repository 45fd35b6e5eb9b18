"""Tells what a recording says that an older one of the same check does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from dataflow.evidence.cassette import Cassette
from dataflow.evidence.drawn import Exchange, said
from dataflow.evidence.exchange import Stored

#: In the place of what is not there, which null can be told from.
_NOTHING = object()


def news(old: Cassette, new: Cassette) -> list[str]:
    """Return a sentence for each thing that is new, up to the first other request.

    Ids, times, names and rates are others in each recording, and are no news.
    """
    if old.provenance.target != new.provenance.target:
        return [f"it is of {new.provenance.target}, and was of {old.provenance.target}"]
    return list(_differences(said(old), said(new)))


def _differences(old: list[Exchange], new: list[Exchange]) -> Iterator[str]:
    for before, now in zip_longest(old, new):
        if before is None or now is None or before[0] != now[0]:
            was = _call(before[0]) if before else "nothing"
            yield f"{_call(now[0]) if now else 'nothing'} comes where {was} came"
            return
        call = _call(now[0])
        for what in _changes("", before[1], now[1]):
            yield f"the answer to {call}: {what}"


def _call(request: Stored) -> str:
    return f"{request['method']} {request['path']}"


def _changes(where: str, old: Any, new: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield how two answers differ, place by place."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            inner = f"{where}.{key}" if where else key
            yield from _changes(inner, old.get(key, _NOTHING), new.get(key, _NOTHING))
    elif isinstance(old, list) and isinstance(new, list) and len(old) != len(new):
        yield f"{where} had {len(old)} entries and has {len(new)}"
    elif isinstance(old, list) and isinstance(new, list):
        for number, (was, now) in enumerate(zip(old, new, strict=True)):
            yield from _changes(f"{where}[{number}]", was, now)
    elif old != new:
        yield f"{where} was {_told(old)} and is {_told(new)}"


def _told(value: object) -> str:
    return "absent" if value is _NOTHING else repr(value)
