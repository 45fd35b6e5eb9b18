"""What went over the wire: one HTTP exchange, without the headers that hold keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request to one of the systems, and its answer.

    `path` is percent-decoded and has no query; `query` keeps the decoded pairs in
    their order. Bodies are as they were sent. Headers are left out: what a person
    asks of a failed check stands in the rest, and keys and cookies stand in them.
    """

    system: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: bytes
    status: int
    answer: bytes
