"""How answers look: JSON with its headers, and the pages of lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import TypeAlias

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.invoiced.progress import list_key
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


def for_people(response: Response) -> Response:
    """Return an answer over many lines, as curl gets it (recorded)."""
    if not response.body:
        return response
    text = json.dumps(json.loads(response.body), indent=4)
    return replace(response, body=f"{text}\n".encode())


def answer_page(
    account: Account,
    request: Request,
    root: str,
    picked: Sequence[Record],
    show: Callable[[Record], Record],
) -> Response:
    """Return one page of what a list call picked; `root` is where its links lead to."""
    query, key = Query.of(request), list_key(request)
    total = account.progress.count(key, query.page, len(picked), account.now())
    if total != len(picked):
        account.rests_on(b.LIST_COUNT_CACHED)
    page = [show(record) for record in _page(account, query, picked)]
    heads = {
        "Link": links(request, root, query, total),
        "X-Total-Count": str(total),
    }
    return answer(HTTPStatus.OK, page, heads)


def refuse_out_of_turn(account: Account, request: Request, query: Query) -> None:
    """Raise if a list cannot be read from this page on (documented, if vaguely)."""
    key = list_key(request)
    if not account.progress.is_in_turn(key, query.page, query.per_page):
        account.rests_on(b.LIST_IN_TURN)
        raise RefusedError(
            f"Page {query.page} cannot be read before those in front of it",
            b.LIST_IN_TURN_FAR,
        )


def _page(account: Account, query: Query, picked: Sequence[Record]) -> Sequence[Record]:
    start = (query.page - 1) * query.per_page
    account.rests_on(b.LIST_HEADERS)
    if "per_page" not in query.plain:
        account.rests_on(b.LIST_PER_PAGE)
    if start:
        account.rests_on(b.LIST_PAGES if start < len(picked) else b.LIST_PAST_END)
    return picked[start : start + query.per_page]
