"""How answers look: JSON with its headers, and the pages of lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TypeAlias

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.query import Query, links
from dataflow.twin.wire import Request, Response

#: What one method of one address does.
Action: TypeAlias = "Callable[[], Response]"

#: On every answer (unconfirmed, but for the type, which is documented).
HEADERS = {
    "Cache-Control": "no-cache, no-store",
    "Content-Type": "application/json",
    "WWW-Authenticate": 'Basic realm="Invoiced"',
}


def answer(
    status: int, value: object = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a value as JSON with its keys sorted (recorded), or an empty body."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    body = b"" if status == HTTPStatus.NO_CONTENT else text.encode()
    return Response(int(status), body, {**HEADERS, **(headers or {})})


def page_of(
    account: Account, query: Query, picked: Sequence[Record]
) -> Sequence[Record]:
    """Return one page of what a list call picked."""
    start = (query.page - 1) * query.per_page
    account.rests_on(b.LIST_HEADERS)
    if "per_page" not in query.plain:
        account.rests_on(b.LIST_PER_PAGE)
    if start:
        account.rests_on(b.LIST_PAGES if start < len(picked) else b.LIST_PAST_END)
    return picked[start : start + query.per_page]


def heads(request: Request, root: str, query: Query, total: int) -> dict[str, str]:
    """Return the headers of a list; `root` is where its page links lead to."""
    return {
        "Link": links(request, root, query, total),
        "X-Total-Count": str(total),
    }
