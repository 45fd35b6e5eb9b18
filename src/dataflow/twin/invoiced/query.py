"""What a list call asks for, read from the pairs of its query, and its page links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.wire import Request

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
    return ", ".join(
        f'<{_address(request, root, query, page)}>; rel="{relation}"'
        for relation, page in pages.items()
        if page
    )


def _address(request: Request, root: str, query: Query, page: int) -> str:
    sized = () if query.per_page == PER_PAGE else (("per_page", query.per_page),)
    rest = [(k, v) for k, v in request.query if k not in ("page", "per_page")]
    text = urlencode([("page", page), *sized, *rest])
    return f"{root}{quote(request.path, safe='/')}?{text}"


def _refuse_not_built(plain: Mapping[str, str]) -> None:
    for name in plain:
        if name in _NOT_BUILT:
            raise RefusedError(
                f"This twin has not built the list parameter {name}",
                b.LIST_NOT_BUILT,
                param=name,
            )
