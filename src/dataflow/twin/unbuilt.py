"""The calls that a vendor has and its twin lacks: they must not look like a mistake."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

_ID = "{id}"


class NotBuiltError(Exception):
    """A call, or a part of one, that the vendor has and its twin lacks: no refusal."""


@dataclass(frozen=True, slots=True)
class UnbuiltCalls:
    """Whole resources by name, and calls as method and steps, such as `POST a/{id}/b`.

    The calls of a whole resource are not listed: each path below it counts as one.
    """

    resources: frozenset[str]
    calls: frozenset[tuple[str, tuple[str, ...]]]

    @classmethod
    def parse(
        cls, resources: Collection[str], calls: Mapping[tuple[str, str], str]
    ) -> Self:
        """Return the calls of a table: by method and path, their last steps as text."""
        return cls(
            frozenset(resources),
            frozenset(
                (method, tuple(filter(None, [*path.split("/"), last])))
                for (method, path), lasts in calls.items()
                for last in lasts.split()
            ),
        )

    def has(self, method: str, path: str) -> bool:
        """Return whether a call is one of these; the path begins with the resource."""
        steps = path.strip("/").split("/")
        if steps[0] in self.resources:
            return True
        return any(
            method == of
            and len(steps) == len(wanted)
            and all(a in {_ID, b} for a, b in zip(wanted, steps, strict=True))
            for of, wanted in self.calls
        )
