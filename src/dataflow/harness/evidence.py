"""On what a verdict rests: derived from who has answered, never from an option."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from dataflow.network.hosts import is_host
from dataflow.recordings.cassette import ACCOUNTS

#: Who may have answered, beside an account, which is named by its host.
TWIN, LOOPBACK = "a twin", "a server on loopback"

#: The systems that answered, each with everyone that has answered in its place.
Sources = Mapping[str, Collection[str]]

_NO_ANSWER = "no system has answered"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def identify(url: str, *, is_twin: bool) -> str:
    """Return who has answered a call: only a vendor's own host is an account."""
    host = urlsplit(url).netloc
    if is_twin:
        return TWIN
    return host if is_host(host) else LOOPBACK


def name_sources(sources: Sources) -> str:
    """Return who has answered, as a recording names it."""
    everyone = {each for found in sources.values() for each in found}
    if not everyone:
        return _NO_ANSWER
    if everyone == {TWIN}:
        return "twins of both APIs"
    if everyone == {LOOPBACK}:
        return "a server on loopback, in place of the vendors"
    if TWIN in everyone or LOOPBACK in everyone:
        return "; ".join(
            f"{system}: {' and '.join(sorted(found))}"
            for system, found in sources.items()
        )
    return ACCOUNTS


def describe_sources(sources: Sources) -> str:
    """Return the evidence of a check that was not replayed."""
    everyone = {each for found in sources.values() for each in found}
    hosts = sorted(filter(is_host, everyone))
    if not everyone:
        return _NO_ANSWER
    if not hosts:
        return f"{name_sources(sources)}; no real account was used"
    return f"{name_sources(sources)} ({', '.join(hosts)})"


def merge_evidence(sentences: Iterable[str]) -> tuple[str, ...]:
    """Return what differs in its dates alone as one sentence, with first and last."""
    groups: dict[str, list[str]] = {}
    for sentence in sentences:
        groups.setdefault(_DATE.sub("", sentence), []).append(sentence)
    return tuple(_merge(found) for found in groups.values())


def _merge(sentences: Collection[str]) -> str:
    spans: Iterator[tuple[str, ...]] = iter(
        zip(*(_DATE.findall(sentence) for sentence in sentences), strict=True)
    )

    def name_span(_: re.Match[str]) -> str:
        first, last = (pick(dates) for dates in [next(spans)] for pick in (min, max))
        return first if first == last else f"{first} to {last}"

    return _DATE.sub(name_span, next(iter(sentences)))
