"""The control calls of a twin, below /_twin."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias

from dataflow.errors import DataflowError
from dataflow.twin.faults import SAYS, FaultKind, read_fault, render_fault
from dataflow.twin.gateway import KEPT, Call, Gateway, Seed
from dataflow.twin.messages import (
    App,
    Arguments,
    ControlError,
    Json,
    Request,
    Response,
    UnknownControlError,
)

ROOT = "/_twin"

#: What one control does over HTTP.
_Act: TypeAlias = Callable[[Gateway, Arguments], Json]

_HEADERS = {"Content-Type": "application/json"}


def answer_control(controls: Gateway) -> App:
    """Return a twin's app that takes the calls below `/_twin` for itself."""

    def steer(request: Request) -> Response:
        try:
            return _answer(200, perform(controls, request))
        except UnknownControlError as error:
            return _answer(404, {"message": str(error)})
        except DataflowError as error:
            return _answer(400, {"message": str(error)})

    caught = controls.failures.catch(steer)

    def answer(request: Request) -> Response:
        is_control = request.path == ROOT or request.path.startswith(f"{ROOT}/")
        return caught(request) if is_control else controls.app(request)

    return answer


def perform(controls: Gateway, request: Request) -> Json:
    """Do what one call to a control asks for; raises `ControlError` if it cannot be."""
    name = request.path.removeprefix(ROOT).strip("/")
    act = ROUTES.get(f"{request.method} {name}".rstrip())
    arguments = Arguments.of(request)
    if act is not None:
        return act(controls, arguments)
    if request.method == "POST" and name in controls.knobs:
        return controls.set_switch(name, arguments)
    raise UnknownControlError(
        f"There is no control {request.method} {request.path}: GET {ROOT} lists them."
    )


def _index(controls: Gateway, given: Arguments) -> Json:
    given.only()
    names = [*ROUTES, *(f"POST {name}" for name in controls.knobs)]
    return {"vendor": controls.vendor.name, "controls": [*map(_address, names)]}


def _address(name: str) -> str:
    method, _, control = name.partition(" ")
    return f"{method} {ROOT}/{control}".rstrip("/")


def _reset(controls: Gateway, given: Arguments) -> Json:
    given.only()
    controls.reset()
    return {}


def _seed(controls: Gateway, given: Arguments) -> Json:
    given.only("calls")
    return {"answers": controls.seed(map(_seed_of, given.items("calls")))}


def _seed_of(given: Arguments) -> Seed:
    given.only("path", "body", "method")
    return Seed(
        given.text("path"),
        given.get(given.mapping, "body", {}),
        given.get(given.text, "method", "POST"),
    )


def _clock(controls: Gateway, given: Arguments) -> Json:
    given.only()
    return {"seconds": controls.clock.seconds(), "frozen": controls.clock.frozen}


def _steer(controls: Gateway, given: Arguments) -> Json:
    """Freeze or thaw, set and advance, in this order: each where it is asked for."""
    given.only("frozen", "set", "advance")
    clock = controls.clock
    frozen = given.get(given.flag, "frozen", clock.frozen)
    to, by = (given.get(given.number, name, None) for name in ("set", "advance"))
    if frozen != clock.frozen:
        (clock.freeze if frozen else clock.thaw)()
    if to is not None:
        clock.set(to)
    if by is not None:
        clock.advance(by)
    return _clock(controls, Arguments({}))


def _faults(controls: Gateway, given: Arguments) -> Json:
    given.only()
    kinds: dict[str, Json] = {
        kind: SAYS[kind] for kind in FaultKind if kind in controls.vendor.faults
    }
    added = [render_fault(armed) for armed in controls.faults.all()]
    return {"faults": [*added], "kinds": kinds}


def _add_fault(controls: Gateway, given: Arguments) -> Json:
    return render_fault(controls.faults.add(read_fault(given)))


def _remove_faults(controls: Gateway, given: Arguments) -> Json:
    given.only("number")
    if "number" in given:
        controls.faults.remove(given.whole("number"))
    else:
        controls.faults.clear()
    return _faults(controls, Arguments({}))


def _limit(controls: Gateway, given: Arguments) -> Json:
    given.only("most")
    most = given.get(given.whole, "most", controls.vendor.most)
    if most < 0:
        raise ControlError(f"most cannot be {most}: give 0 or more.")
    controls.limit.most = most
    return {"most": controls.limit.most}


def _lift_limit(controls: Gateway, given: Arguments) -> Json:
    given.only()
    controls.limit.most = None
    return {"most": None}


def _calls(controls: Gateway, given: Arguments) -> Json:
    given.only("last")
    calls = controls.calls.latest(given.get(given.whole, "last", KEPT))
    counts: dict[str, Json] = {**controls.calls.counts()}
    return {"counts": counts, "calls": [*map(_render_call, calls)]}


def _render_call(call: Call) -> Json:
    return {
        "number": call.number,
        "seconds": call.seconds,
        "kind": call.kind,
        "path": call.request.path,
        "query": [[name, value] for name, value in call.request.query],
        "body": call.request.body.decode(errors="replace"),
        "body_left_out": call.body_left_out,
        "status": call.response.status,
        "answer": call.response.body.decode(errors="replace"),
        "answer_left_out": call.answer_left_out,
        "cut": call.response.truncate_at,
    }


def _forget_calls(controls: Gateway, given: Arguments) -> Json:
    given.only()
    controls.calls.clear()
    return {}


def _failures(controls: Gateway, given: Arguments) -> Json:
    given.only()
    return {"failures": [*controls.failures.all()]}


def _answer(status: int, value: Json) -> Response:
    return Response(status, json.dumps(value).encode(), _HEADERS)


#: The controls of the edge, by method and name.
ROUTES: Mapping[str, _Act] = {
    "GET": _index,
    "POST reset": _reset,
    "POST seed": _seed,
    "GET clock": _clock,
    "POST clock": _steer,
    "GET faults": _faults,
    "POST faults": _add_fault,
    "DELETE faults": _remove_faults,
    "POST limit": _limit,
    "DELETE limit": _lift_limit,
    "GET calls": _calls,
    "DELETE calls": _forget_calls,
    "GET failures": _failures,
}
