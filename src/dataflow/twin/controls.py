"""The control calls of a twin, below /_twin."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from dataflow.errors import DataflowError
from dataflow.twin.faults import (
    DESCRIPTIONS,
    FAULT_FIELDS,
    FaultKind,
    read_fault,
    render_fault,
)
from dataflow.twin.gateway import CALLS_KEPT, Call, Gateway, Seed
from dataflow.twin.messages import App, Arguments, ControlError, Json, Request, Response

ROOT = "/_twin"

#: A page can give a name of its own to loopback: the header tells which was used.
_LOOPBACK = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?")

#: Carries out one control.
_Action: TypeAlias = Callable[[Gateway, Arguments], Json]


def answer_control(gateway: Gateway) -> App:
    """Return an app that answers the calls below `/_twin`, and passes on all others."""

    def control(request: Request) -> Response:
        try:
            _refuse_pages(request)
            return _encode(200, perform(gateway, request))
        except DataflowError as error:
            status = error.http_status if isinstance(error, ControlError) else 400
            return _encode(status, {"message": str(error)})

    caught = gateway.failures.catch(control)

    def answer(request: Request) -> Response:
        is_control = request.path == ROOT or request.path.startswith(f"{ROOT}/")
        return caught(request) if is_control else gateway.app(request)

    return answer


def _refuse_pages(request: Request) -> None:
    """Refuse a call that a page in a browser makes, whatever name the page has."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin", "")
    site = request.headers.get("sec-fetch-site", "none")
    is_own = origin in {"", f"http://{host}"} and site in {"none", "same-origin"}
    if not is_own or (host and not _LOOPBACK.fullmatch(host)):
        raise ControlError(
            "The controls are for this machine alone: call them at 127.0.0.1 or"
            " localhost, and not from a page of another site.",
            403,
        )


def perform(gateway: Gateway, request: Request) -> Json:
    """Carry out the control of a call; raise `ControlError`."""
    name = request.path.removeprefix(ROOT).strip("/")
    route = ROUTES.get(f"{request.method} {name}".rstrip())
    given = Arguments.of(request)
    if route is not None:
        action, arguments = route
        given.refuse_others(*arguments)
        return action(gateway, given)
    if request.method == "POST" and name in gateway.switches:
        return gateway.set_switch(name, given)
    raise ControlError(
        f"There is no control {request.method} {request.path}: GET {ROOT} lists them.",
        404,
    )


def _list_controls(gateway: Gateway, _given: Arguments) -> Json:
    names = [*ROUTES, *(f"POST {name}" for name in gateway.switches)]
    return {"vendor": gateway.vendor.name, "controls": [*map(_render_route, names)]}


def _render_route(name: str) -> str:
    method, _, control = name.partition(" ")
    return f"{method} {ROOT}/{control}".rstrip("/")


def _reset(gateway: Gateway, _given: Arguments) -> Json:
    gateway.reset()
    return {}


def _seed(gateway: Gateway, given: Arguments) -> Json:
    return {"answers": gateway.seed(map(_read_seed, given.items("calls")))}


def _read_seed(given: Arguments) -> Seed:
    given.refuse_others("path", "body", "method")
    return Seed(
        given.text("path"),
        given.get(given.mapping, "body", {}),
        given.get(given.text, "method", "POST"),
    )


def _show_clock(gateway: Gateway, _given: Arguments) -> Json:
    return {"seconds": gateway.clock.seconds(), "frozen": gateway.clock.frozen}


def _set_clock(gateway: Gateway, given: Arguments) -> Json:
    """Freeze or thaw, set and advance the clock, in this order, as asked."""
    clock = gateway.clock
    frozen = given.get(given.flag, "frozen", clock.frozen)
    to, by = (given.get(given.number, name, None) for name in ("set", "advance"))
    if frozen != clock.frozen:
        (clock.freeze if frozen else clock.thaw)()
    if to is not None:
        clock.set(to)
    if by is not None:
        clock.advance(by)
    return _show_clock(gateway, given)


def _list_faults(gateway: Gateway, _given: Arguments) -> Json:
    kinds: dict[str, Json] = {
        kind: DESCRIPTIONS[kind] for kind in FaultKind if kind in gateway.vendor.faults
    }
    return {"faults": [*map(render_fault, gateway.faults.all())], "kinds": kinds}


def _add_fault(gateway: Gateway, given: Arguments) -> Json:
    return render_fault(gateway.faults.add(read_fault(given)))


def _remove_faults(gateway: Gateway, given: Arguments) -> Json:
    if "number" in given:
        gateway.faults.remove(given.integer("number"))
    else:
        gateway.faults.clear()
    return _list_faults(gateway, given)


def _set_limit(gateway: Gateway, given: Arguments) -> Json:
    most = given.get(given.integer, "most", gateway.vendor.default_limit)
    if most < 0:
        raise ControlError(f"most cannot be {most}: give 0 or more.")
    gateway.limit.most = most
    return {"most": most}


def _remove_limit(gateway: Gateway, _given: Arguments) -> Json:
    gateway.limit.most = None
    return {"most": None}


def _list_calls(gateway: Gateway, given: Arguments) -> Json:
    calls = gateway.calls.latest(given.get(given.integer, "last", CALLS_KEPT))
    counts: dict[str, Json] = {**gateway.calls.counts()}
    dropped: dict[str, Json] = {**gateway.calls.dropped()}
    rendered: list[Json] = [*map(_render_call, calls)]
    return {"counts": counts, "dropped": dropped, "calls": rendered}


def _render_call(call: Call) -> Json:
    return {
        "number": call.number,
        "seconds": call.seconds,
        "kind": call.kind,
        "path": call.request.path,
        "query": [[name, value] for name, value in call.request.query],
        "body": call.request.body.decode(errors="replace"),
        "body_left_out": call.body_left_out,
        "dropped": [*call.response.dropped],
        "status": call.response.status,
        "answer": call.response.body.decode(errors="replace"),
        "answer_left_out": call.answer_left_out,
        "cut": call.response.truncate_at,
    }


def _forget_calls(gateway: Gateway, _given: Arguments) -> Json:
    gateway.calls.clear()
    return {}


def _list_failures(gateway: Gateway, _given: Arguments) -> Json:
    return {"failures": [*gateway.failures.all()]}


def _encode(status: int, value: Json) -> Response:
    headers = {"Content-Type": "application/json"}
    return Response(status, json.dumps(value).encode(), headers)


#: The controls that both twins have, by method and name, and their arguments.
ROUTES: Mapping[str, tuple[_Action, tuple[str, ...]]] = {
    "GET": (_list_controls, ()),
    "POST reset": (_reset, ()),
    "POST seed": (_seed, ("calls",)),
    "GET clock": (_show_clock, ()),
    "POST clock": (_set_clock, ("frozen", "set", "advance")),
    "GET faults": (_list_faults, ()),
    "POST faults": (_add_fault, FAULT_FIELDS),
    "DELETE faults": (_remove_faults, ("number",)),
    "POST limit": (_set_limit, ("most",)),
    "DELETE limit": (_remove_limit, ()),
    "GET calls": (_list_calls, ("last",)),
    "DELETE calls": (_forget_calls, ()),
    "GET failures": (_list_failures, ()),
}
