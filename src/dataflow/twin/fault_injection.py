"""Inject faults into the answers of a twin."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

from dataflow.twin.faults import Fault, FaultKind, Faults
from dataflow.twin.messages import NO_ANSWER, Json, Request, Response
from dataflow.twin.profile import Twin, VendorProfile

#: The identity of a list, whatever its page: the path, and the other parameters.
_ListKey: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


class PageMemory:
    """Remembers the latest answer of each route, and decodes it only on demand."""

    def __init__(self, vendor: VendorProfile) -> None:
        self._vendor = vendor
        self._latest: dict[str, tuple[_ListKey, Response]] = {}

    def clear(self) -> None:
        """Forget all answers."""
        self._latest.clear()

    def keep(self, request: Request, response: Response) -> Response:
        """Remember an answer to a read, and return it."""
        if request.method == "GET":
            route = self._vendor.find_route(request.path)
            self._latest[route] = (self._list_key(request), response)
        return response

    def rows_before(self, request: Request) -> list[Json] | None:
        """Return the rows of the page before the requested one, or None."""
        page = dict(request.query).get(self._vendor.page, "")
        if request.method != "GET" or page in self._vendor.first_pages:
            return None
        latest = self._latest.get(self._vendor.find_route(request.path))
        if latest is None or latest[0] != self._list_key(request):
            return None
        return self._rows_of(json.loads(latest[1].body))

    def prepend(self, rows: list[Json], response: Response) -> Response:
        """Return a page with these rows in front; another answer stays as it is."""
        page = json.loads(response.body)
        own = self._rows_of(page)
        if own is None:
            return response
        both: Json = [*rows, *own]
        if self._vendor.rows is not None:
            both = {**page, self._vendor.rows: both}
        return replace(response, body=json.dumps(both).encode())

    def _rows_of(self, page: Json) -> list[Json] | None:
        name = self._vendor.rows
        if name is not None:
            page = page.get(name) if isinstance(page, dict) else None
        return page if isinstance(page, list) else None

    def _list_key(self, request: Request) -> _ListKey:
        rest = [pair for pair in request.query if pair[0] != self._vendor.page]
        return request.path, tuple(sorted(rest))


class _Call:
    """One call on its way to the twin, and the rows that its answer could repeat."""

    def __init__(self, request: Request, twin: Twin, pages: PageMemory) -> None:
        self.request = request
        self._twin = twin
        self._pages = pages

    @cached_property
    def rows_before(self) -> list[Json] | None:
        """Return the rows of the page before, read once: other calls read lists too."""
        return self._pages.rows_before(self.request)

    def is_possible(self, kind: FaultKind) -> bool:
        """Return whether a fault of this kind could change the answer."""
        return kind is not FaultKind.REPEATED_PAGE or self.rows_before is not None

    def answer(self) -> Response:
        """Return the right answer, which the client does not receive as it is."""
        return self._twin.handle(self.request)

    def deliver(self) -> Response:
        """Return the right answer, which the client receives."""
        return self._pages.keep(self.request, self.answer())


#: Answers a call with a fault.
_Effect: TypeAlias = Callable[[Fault, _Call], Response]


class FaultInjector:
    """A twin whose calls meet faults; `pause` waits so many seconds."""

    def __init__(
        self,
        twin: Twin,
        faults: Faults,
        pages: PageMemory,
        vendor: VendorProfile,
        pause: Callable[[float], None],
    ) -> None:
        self._twin = twin
        self._faults = faults
        self._pages = pages
        self._vendor = vendor
        self._pause = pause
        self._effects: Mapping[FaultKind, _Effect] = {
            **dict.fromkeys(vendor.errors, self._answer_error),
            FaultKind.SLOW: self._delay,
            FaultKind.CUT_BEFORE: lambda _fault, _call: NO_ANSWER,
            FaultKind.CUT_AFTER: lambda _fault, call: _truncate(call.answer(), 0),
            FaultKind.TRUNCATED_BODY: _truncate_body,
            FaultKind.TRUNCATED_JSON: _truncate_json,
            FaultKind.REPEATED_PAGE: self._repeat_page,
        }

    def handle(self, request: Request) -> Response:
        """Answer one request, with the fault that it meets if any."""
        vendor, path = self._vendor, request.path
        paths = path, path.removeprefix(vendor.root), vendor.find_route(path)
        call = _Call(request, self._twin, self._pages)
        fault = self._faults.find_due(request.method, paths, call.is_possible)
        if fault is None:
            return call.deliver()
        return self._effects[fault.kind](fault, call)

    def _answer_error(self, fault: Fault, call: _Call) -> Response:
        error = self._vendor.errors[fault.kind]
        self._twin.evidence.cite(error.behaviour)
        if error.kept:
            self._twin.remember(call.request, error.response)
        if fault.retry_after is None:
            return error.response
        headers = {**error.response.headers, "Retry-After": str(fault.retry_after)}
        return replace(error.response, headers=headers)

    def _delay(self, fault: Fault, call: _Call) -> Response:
        response = call.deliver()
        self._pause(fault.seconds or 0)
        return response

    def _repeat_page(self, _fault: Fault, call: _Call) -> Response:
        rows = call.rows_before or []  # before the new page replaces them
        return self._pages.prepend(rows, call.deliver())


def _truncate(response: Response, at: int) -> Response:
    return replace(response, truncate_at=at)


def _truncate_body(_fault: Fault, call: _Call) -> Response:
    response = call.answer()
    return _truncate(response, _middle(response))


def _truncate_json(_fault: Fault, call: _Call) -> Response:
    response = call.answer()
    return replace(response, body=response.body[: _middle(response)])


def _middle(response: Response) -> int:
    # Never 0, which would end the connection before the answer begins.
    return max(1, len(response.body) // 2)
