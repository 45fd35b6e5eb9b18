"""What a fault does to a call: to its answer, to its connection, or to both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from dataflow.twin.faults import Fault, FaultKind, Faults
from dataflow.twin.pages import Pages
from dataflow.twin.vendor import Twin, Vendor
from dataflow.twin.wire import NO_ANSWER, App, Request, Response

#: What one fault does to a call, given what would answer it well.
_Effect: TypeAlias = Callable[[Fault, App, Request], Response]


def faulty(
    twin: Twin,
    faults: Faults,
    pages: Pages,
    vendor: Vendor,
    pause: Callable[[float], None],
) -> App:
    """Return a twin's app whose calls meet faults; `pause` waits so many seconds.

    `pages` remembers what could be repeated.
    """
    app = twin.handle
    effects = _effects(twin, vendor, pages, pause)

    def possible(kind: FaultKind, request: Request) -> bool:
        return kind is not FaultKind.REPEATED_PAGE or pages.before(request) is not None

    def answer(request: Request) -> Response:
        route = vendor.route_of(request.path)
        fault = faults.due(request, route, lambda kind: possible(kind, request))
        if fault is not None:
            return effects[fault.kind](fault, app, request)
        return pages.noted(request, app(request))

    return answer


def _effects(
    twin: Twin, vendor: Vendor, pages: Pages, pause: Callable[[float], None]
) -> Mapping[FaultKind, _Effect]:
    def slow(fault: Fault, app: App, request: Request) -> Response:
        response = pages.noted(request, app(request))
        pause(fault.seconds or 0)
        return response

    def trouble(fault: Fault, _app: App, request: Request) -> Response:
        return _trouble(fault, twin, vendor, request)

    def repeated(_fault: Fault, app: App, request: Request) -> Response:
        return pages.before(request) or app(request)

    return {
        **dict.fromkeys(vendor.troubles, trouble),
        FaultKind.SLOW: slow,
        FaultKind.CUT_BEFORE: _cut_before,
        FaultKind.CUT_AFTER: _cut_after,
        FaultKind.TRUNCATED_BODY: _truncated_body,
        FaultKind.TRUNCATED_JSON: _truncated_json,
        FaultKind.REPEATED_PAGE: repeated,
    }


def _trouble(fault: Fault, twin: Twin, vendor: Vendor, request: Request) -> Response:
    trouble = vendor.troubles[fault.kind]
    twin.touched.touch(trouble.rests_on)
    if trouble.kept:
        twin.remember(request, trouble.response)
    if fault.retry_after is None:
        return trouble.response
    headers = {**trouble.response.headers, "Retry-After": str(fault.retry_after)}
    return replace(trouble.response, headers=headers)


def _cut_before(_fault: Fault, _app: App, _request: Request) -> Response:
    return NO_ANSWER


def _cut_after(_fault: Fault, app: App, request: Request) -> Response:
    return replace(app(request), cut=0)


def _truncated_body(_fault: Fault, app: App, request: Request) -> Response:
    response = app(request)
    return replace(response, cut=_half(response))


def _truncated_json(_fault: Fault, app: App, request: Request) -> Response:
    response = app(request)
    return replace(response, body=response.body[: _half(response)])


def _half(response: Response) -> int:
    # Never 0, which would cut the connection before the answer begins.
    return max(1, len(response.body) // 2)
