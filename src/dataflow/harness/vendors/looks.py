"""Remembers what a system has said, until something may have changed there.

Most lines of a scenario look at the same moment: they need not ask again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from dataflow.harness.vendors.kinds import Kind

Record: TypeAlias = dict[str, Any]


class Looks:
    """The lists of one system, each read at most once from one `forget` to the next."""

    def __init__(self) -> None:
        self._seen: dict[Kind, dict[str, Record]] = {}

    def at(
        self, kind: Kind, read: Callable[[], dict[str, Record]]
    ) -> dict[str, Record]:
        """Return the records of a kind by id, and `read` them only where it has to."""
        if kind not in self._seen:
            self._seen[kind] = read()
        return self._seen[kind]

    def now(self) -> dict[Kind, dict[str, Record]]:
        """Return what is remembered, by kind."""
        return dict(self._seen)

    def forget(self) -> None:
        """Look anew from now on: something was written, or time has passed."""
        self._seen.clear()
