"""Which cassettes there are: age and source, orphans, and what must not be in them."""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dataflow.checklist.features import read_features
from dataflow.recordings.cassette import (
    SUFFIX,
    TWIN,
    Cassette,
    CassetteError,
    Provenance,
    read_cassette,
)
from dataflow.recordings.provenance import PROVENANCE, Origin, read_origins
from dataflow.redact import is_key

#: E-mail addresses whose domain nobody can own (RFC 2606, RFC 6761).
_EMAIL = re.compile(r"[\w.+%-]+@([\w-]+(?:\.[\w-]+)+)")
_RESERVED = re.compile(r"(^|\.)(example(\.(com|net|org))?|test|invalid|localhost)$")
#: A text that could be a key: long, of letters and digits, and without a pattern.
_WORD = re.compile(r"(?=[\w+/=-]*[0-9])(?=[\w+/=-]*[A-Za-z])[\w+/=-]{20,}")
_ENTROPY = 3.7
#: Fields whose values are ids, which the vendors choose.
_IDS = re.compile(
    r"(^|_)(id|ids|number|offset|next_offset|etag|link|url|name|key|seed|path)$"
)
#: A key in the environment that is shorter is no secret.
_SHORTEST = 8


def list_cassettes(folder: Path, now: datetime) -> Iterator[str]:
    """Yield a line for each cassette: check, source, and age."""
    for path, at in list_times(folder):
        provenance = _read(path, folder).provenance
        age = f"{(now - at).days} days old" if at else "of unknown age"
        yield f"{provenance.check}: {provenance.target}, {age}"


def list_times(folder: Path) -> Iterator[tuple[Path, datetime | None]]:
    """Yield each cassette, with the time of its answers if that is known."""
    origins = read_origins(folder)
    for path in find_cassettes(folder):
        provenance = _read(path, folder).provenance
        yield path, find_time(provenance, origins.get(provenance.check))


def find_time(provenance: Provenance, origin: Origin | None) -> datetime | None:
    """Return when the answers were given: by the vendors, or on the twins' machine."""
    if provenance.target != TWIN:
        return _as_time(provenance.recorded_at)
    return _as_time(origin.recorded_at) if origin else None


def _as_time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def find_orphans(folder: Path, features: Path) -> Iterator[str]:
    """Yield a sentence for each cassette, and each origin, without a scenario."""
    scenarios = (each for one in read_features(features) for each in one.scenarios)
    checks = {each.ids[0] for each in scenarios}
    for path in find_cassettes(folder):
        name = path.relative_to(folder).as_posix()
        if name.removesuffix(SUFFIX).replace("/", ".", 1) not in checks:
            yield f"{name} belongs to no scenario: delete it."
    for check in sorted(read_origins(folder).keys() - checks):
        yield f"{PROVENANCE} has {check}, which is no check: remove it there."


def find_private(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each value of a cassette that must not be published."""
    keys = {
        value
        for name, value in environment.items()
        if is_key(name) and len(value) >= _SHORTEST
    }
    for path in find_cassettes(folder):
        name = path.relative_to(folder).as_posix()
        held = _read(path, folder)
        for number, exchange in enumerate(held.exchanges, 1):
            found = {what for each in exchange for what in _search("", each, keys)}
            for what in sorted(found):
                yield f"{name}, exchange {number}: {what}"


def find_cassettes(folder: Path) -> list[Path]:
    """Return the cassettes below a folder."""
    return sorted(folder.glob(f"*/*{SUFFIX}"))


def _read(path: Path, folder: Path) -> Cassette:
    return read_cassette(path, path.relative_to(folder.parent).as_posix())


def _search(name: str, value: Any, keys: Collection[str]) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield what is private in a value of this name."""
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from _search(inner, each, keys)
    elif isinstance(value, list):
        for each in value:
            # A form and a query are lists of `name=value`.
            head, equals, tail = str(each).partition("=")
            is_pair = isinstance(each, str) and equals
            yield from _search(
                head if is_pair else name, tail if is_pair else each, keys
            )
    elif isinstance(value, str):
        yield from _search_text(name, value, keys)


def _search_text(name: str, text: str, keys: Iterable[str]) -> Iterator[str]:
    if any(key in text for key in keys):
        yield f"{name} contains a key of the environment"
    for found in _EMAIL.finditer(text):
        if not _RESERVED.search(found[1].lower()):
            yield f"{name} contains the e-mail address {found[0]}"
    if not _IDS.search(name.lower()):
        for word in _WORD.findall(text):
            if _entropy(word) > _ENTROPY:
                yield f"{name} contains {word[:4]}..., which could be a key"


def _entropy(word: str) -> float:
    """Return the bits of each character of a word."""
    counts = Counter(word).values()
    return -sum(n / len(word) * math.log2(n / len(word)) for n in counts)


def find_expired(provenance: Provenance, max_age: int, now: datetime) -> str | None:
    """Return a sentence about a recording of accounts of more days than `max_age`."""
    if not max_age or not provenance.is_of_accounts:
        return None
    days = (now - _as_time(provenance.recorded_at)).days
    if days <= max_age:
        return None
    return (
        f"the recording of {provenance.check} is {days} days old, and [recordings]"
        f" max_age is {max_age}: record it again"
    )


def list_problems(folder: Path, features: Path) -> list[str]:
    """Return the orphans and the private values of all cassettes."""
    try:
        private = list(find_private(folder, os.environ))
    except CassetteError as error:
        private = [str(error)]
    return [*find_orphans(folder, features), *private]
