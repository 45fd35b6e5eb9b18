"""What a fault does to a call: to its answer, to its connection, or to both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

from dataflow.twin.armed import Faults
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.pages import Pages
from dataflow.twin.vendor import Twin, Vendor
from dataflow.twin.wire import NO_ANSWER, Json, Request, Response


class _Met:
    """One call on its way to the twin, and what its answer could bring once more."""

    def __init__(self, request: Request, twin: Twin, pages: Pages) -> None:
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


class Faulty:
    """A twin whose calls meet faults; `pause` waits so many seconds.

    `pages` remembers what could come once more.
    """

    def __init__(
        self,
        twin: Twin,
        faults: Faults,
        pages: Pages,
        vendor: Vendor,
        pause: Callable[[float], None],
    ) -> None:
        self._twin = twin
        self._faults = faults
        self._pages = pages
        self._vendor = vendor
        self._pause = pause
        self._effects: Mapping[FaultKind, _Effect] = {
            **dict.fromkeys(vendor.troubles, self._trouble),
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
        trouble = self._vendor.troubles[fault.kind]
        self._twin.touched.touch(trouble.rests_on)
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
    return replace(met.answer(), cut=0)


def _truncated_body(_fault: Fault, met: _Met) -> Response:
    response = met.answer()
    return replace(response, cut=_half(response))


def _truncated_json(_fault: Fault, met: _Met) -> Response:
    response = met.answer()
    return replace(response, body=response.body[: _half(response)])


def _half(response: Response) -> int:
    # Never 0, which would cut the connection before the answer begins.
    return max(1, len(response.body) // 2)
