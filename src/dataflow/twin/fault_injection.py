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

#: A list, whichever of its pages: the path, and what else was asked.
_List: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


class PageMemory:
    """Remembers the latest answer of each route, however many lists there are.

    Whether it is a page of a list is looked at only when it is asked for.
    """

    def __init__(self, vendor: VendorProfile) -> None:
        self._vendor = vendor
        self._latest: dict[str, tuple[_List, Response]] = {}

    def clear(self) -> None:
        """Forget them all."""
        self._latest.clear()

    def noted(self, request: Request, response: Response) -> Response:
        """Remember an answer to a read, and return it."""
        if request.method == "GET":
            route = self._vendor.route_of(request.path)
            self._latest[route] = (self._list_of(request), response)
        return response

    def before(self, request: Request) -> list[Json] | None:
        """Return the rows of the page before the one that is asked for, or None."""
        if request.method != "GET" or not self._asks_on(request):
            return None
        latest = self._latest.get(self._vendor.route_of(request.path))
        if latest is None or latest[0] != self._list_of(request):
            return None
        return self._rows(json.loads(latest[1].body))

    def joined(self, rows: list[Json], response: Response) -> Response:
        """Return a page that begins with these rows; what is no page stays as it is."""
        page = json.loads(response.body)
        own = self._rows(page)
        if own is None:
            return response
        both: Json = [*rows, *own]
        if self._vendor.rows is not None:
            both = {**page, self._vendor.rows: both}
        return replace(response, body=json.dumps(both).encode())

    def _rows(self, page: Json) -> list[Json] | None:
        name = self._vendor.rows
        if name is not None:
            page = page.get(name) if isinstance(page, dict) else None
        return page if isinstance(page, list) else None

    def _asks_on(self, request: Request) -> bool:
        asked = dict(request.query).get(self._vendor.page, "")
        return asked not in self._vendor.first

    def _list_of(self, request: Request) -> _List:
        rest = [pair for pair in request.query if pair[0] != self._vendor.page]
        return request.path, tuple(sorted(rest))


class _Met:
    """One call on its way to the twin, and what its answer could bring once more."""

    def __init__(self, request: Request, twin: Twin, pages: PageMemory) -> None:
        self.request = request
        self._twin = twin
        self._pages = pages

    @cached_property
    def rows_before(self) -> list[Json] | None:
        """Return the rows of the page before, looked up once: others read lists too."""
        return self._pages.before(self.request)

    def is_possible(self, kind: FaultKind) -> bool:
        """Tell whether a fault of this kind has anything to work on."""
        return kind is not FaultKind.REPEATED_PAGE or self.rows_before is not None

    def answer(self) -> Response:
        """Return the right answer, which does not arrive as it is."""
        return self._twin.handle(self.request)

    def page(self) -> Response:
        """Return the right answer, which arrives."""
        return self._pages.noted(self.request, self.answer())


#: What one fault does to a call.
_Effect: TypeAlias = Callable[[Fault, _Met], Response]


class FaultInjector:
    """A twin whose calls meet faults; `pause` waits so many seconds.

    `pages` remembers what could come once more.
    """

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
            **dict.fromkeys(vendor.errors, self._trouble),
            FaultKind.SLOW: self._slow,
            FaultKind.CUT_BEFORE: _cut_before,
            FaultKind.CUT_AFTER: _cut_after,
            FaultKind.TRUNCATED_BODY: _truncated_body,
            FaultKind.TRUNCATED_JSON: _truncated_json,
            FaultKind.REPEATED_PAGE: self._repeated_page,
        }

    def handle(self, request: Request) -> Response:
        """Answer one request, or do to it what a fault does."""
        met = _Met(request, self._twin, self._pages)
        fault = self._faults.due(
            request.method, self._ways(request.path), met.is_possible
        )
        return met.page() if fault is None else self._effects[fault.kind](fault, met)

    def _ways(self, path: str) -> tuple[str, ...]:
        """Return the ways to write a path."""
        vendor = self._vendor
        return path, path.removeprefix(vendor.root), vendor.route_of(path)

    def _trouble(self, fault: Fault, met: _Met) -> Response:
        trouble = self._vendor.errors[fault.kind]
        self._twin.evidence.cite(trouble.behaviour)
        if trouble.kept:
            self._twin.remember(met.request, trouble.response)
        if fault.retry_after is None:
            return trouble.response
        headers = {**trouble.response.headers, "Retry-After": str(fault.retry_after)}
        return replace(trouble.response, headers=headers)

    def _slow(self, fault: Fault, met: _Met) -> Response:
        response = met.page()
        self._pause(fault.seconds or 0)
        return response

    def _repeated_page(self, _fault: Fault, met: _Met) -> Response:
        rows = met.rows_before or []  # before the new page takes their place
        return self._pages.joined(rows, met.page())


def _cut_before(_fault: Fault, _met: _Met) -> Response:
    return NO_ANSWER


def _cut_after(_fault: Fault, met: _Met) -> Response:
    return replace(met.answer(), truncate_at=0)


def _truncated_body(_fault: Fault, met: _Met) -> Response:
    response = met.answer()
    return replace(response, truncate_at=_half(response))


def _truncated_json(_fault: Fault, met: _Met) -> Response:
    response = met.answer()
    return replace(response, body=response.body[: _half(response)])


def _half(response: Response) -> int:
    # Never 0, which would cut the connection before the answer begins.
    return max(1, len(response.body) // 2)
