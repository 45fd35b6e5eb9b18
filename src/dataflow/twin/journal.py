"""The journal of a twin's changes: its entries, their JSON, and their repetition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias

from dataflow.twin.clock import MomentClock
from dataflow.twin.gateway import Switch
from dataflow.twin.messages import (
    Arguments,
    ControlError,
    Json,
    Request,
    Response,
    encode_basic_auth,
)
from dataflow.twin.profile import Twin

_HEADERS = frozenset({"content-type", "idempotency-key", "chargebee-idempotency-key"})
#: Bytes that are no UTF-8 become texts that only JSON can hold, and come back.
_ODD = "surrogateescape"


@dataclass(frozen=True, slots=True)
class CallMade:
    """A call that could change the twin, and its answer."""

    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class Remembered:
    """Another component's answer, kept for the idempotency key of a request."""

    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class SwitchSet:
    """A use of a switch."""

    knob: str
    given: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Reset:
    """A reset."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """A call that ran due actions, which have its time."""


Operation: TypeAlias = CallMade | Remembered | SwitchSet | Reset | Advanced


@dataclass(frozen=True, slots=True)
class Entry:
    """One change, and its time in milliseconds since the epoch, UTC."""

    at: int
    operation: Operation


def encode_entry(entry: Entry) -> Json:
    """Return an entry, with its time in seconds, without the API key."""
    return {"at": entry.at / 1000, **_encode_operation(entry.operation)}


def _encode_operation(deed: Operation) -> dict[str, Json]:
    match deed:
        case CallMade():
            return {**_request_as_json(deed.request), "status": deed.response.status}
        case Remembered():
            kept = _response_as_json(deed.response)
            return {**_request_as_json(deed.request), "kept": kept}
        case SwitchSet():
            return {"knob": deed.knob, "given": dict(deed.given)}
        case Reset():
            return {"reset": True}
        case Advanced():
            return {"look": True}


def _request_as_json(request: Request) -> dict[str, Json]:
    # The query of a write changes nothing in either twin.
    headers: dict[str, Json] = {
        name: value for name, value in request.headers.items() if name in _HEADERS
    }
    return {
        "method": request.method,
        "path": request.path,
        **({"headers": headers} if headers else {}),
        "body": request.body.decode(errors=_ODD),
    }


def _response_as_json(response: Response) -> dict[str, Json]:
    return {
        "status": response.status,
        "headers": {**response.headers},
        "body": response.body.decode(errors=_ODD),
    }


def read_entry(given: Arguments, key: str) -> Entry:
    """Read an entry of the twin with this API key; raise `ControlError`."""
    return Entry(round(given.number("at") * 1000), _read_operation(given, key))


def _read_operation(given: Arguments, key: str) -> Operation:
    if "reset" in given:
        return Reset()
    if "look" in given:
        return Advanced()
    if "knob" in given:
        return SwitchSet(given.text("knob"), given.mapping("given"))
    if "kept" in given:
        kept = _response_of(Arguments(given.mapping("kept")))
        return Remembered(_request_of(given, key), kept)
    return CallMade(_request_of(given, key), Response(given.integer("status")))


def _request_of(given: Arguments, key: str) -> Request:
    return Request(
        given.text("method"),
        given.text("path"),
        headers={**_headers_of(given), "authorization": encode_basic_auth(key)},
        body=_body_of(given),
    )


def _response_of(given: Arguments) -> Response:
    return Response(given.integer("status"), _body_of(given), _headers_of(given))


def _headers_of(given: Arguments) -> dict[str, str]:
    headers = Arguments(given.get(given.mapping, "headers", {}))
    return {name: headers.text(name) for name in headers.given}


def _body_of(given: Arguments) -> bytes:
    try:
        return given.text("body").encode(errors=_ODD)
    except UnicodeEncodeError as error:
        raise ControlError(f"body must be a text, and is no text: {error}.") from error


_READS = frozenset({"GET", "HEAD"})
_STRANGER = 401


class JournaledTwin(Twin, Protocol):
    """A twin whose changes can be journaled."""

    def catch_up(self) -> bool:
        """Run the due actions; return whether a record shows the present time."""


class Journal:
    """A twin, on the same locked `clock`, that notes its changes to repeat them."""

    def __init__(
        self, twin: JournaledTwin, knobs: Mapping[str, Switch], clock: MomentClock
    ) -> None:
        self.entries: list[Entry] = []
        #: The switches of the twin, each of whose uses is noted.
        self.switches = {name: partial(self.set_switch, name) for name in knobs}
        self._twin = twin
        self.evidence = twin.evidence
        self._knobs = knobs
        self._clock = clock

    def handle(self, request: Request) -> Response:
        """Answer one request, and note it if it could change the twin."""
        with self._clock.moment() as at:
            if self._twin.catch_up():
                self._note(at, Advanced())
            response = self._twin.handle(request)
            if _could_change(request, response):
                self._note(at, CallMade(request, response))
        return response

    def catch_up(self) -> None:
        """Run the due actions, and note that."""
        with self._clock.moment() as at:
            self._twin.catch_up()
            self._note(at, Advanced())

    def reset(self) -> None:
        """Empty the account, and note that."""
        with self._clock.moment() as at:
            self._twin.reset()
            self._note(at, Reset())

    def remember(self, request: Request, response: Response) -> None:
        """Keep another component's answer for a key, and note that."""
        with self._clock.moment() as at:
            self._twin.remember(request, response)
            self._note(at, Remembered(request, response))

    def set_switch(self, name: str, given: Arguments) -> Json:
        """Use a switch, and note that."""
        with self._clock.moment() as at:
            if self._twin.catch_up():  # this happens for a refused switch too
                self._note(at, Advanced())
            answer = self._knobs[name](given)
            self._note(at, SwitchSet(name, given.given))
        return answer

    def repeat(self, entry: Entry) -> None:
        """Repeat and note an entry, or raise `DataflowError` if the answer differs."""
        with self._clock.moment(entry.at):
            self._apply(entry.operation)

    def _apply(self, deed: Operation) -> None:
        match deed:
            case CallMade():
                _compare(deed, self.handle(deed.request))
            case Remembered():
                self.remember(deed.request, deed.response)
            case SwitchSet():
                if deed.knob not in self._knobs:
                    raise ControlError(f"There is no knob {deed.knob}.")
                self.set_switch(deed.knob, Arguments(deed.given))
            case Reset():
                self.reset()
            case Advanced():
                self.catch_up()

    def _note(self, at: int, deed: Operation) -> None:
        self.entries.append(Entry(at, deed))


def _could_change(request: Request, response: Response) -> bool:
    is_read = request.method in _READS or request.defect is not None
    return not is_read and response.status != _STRANGER


def _compare(deed: CallMade, response: Response) -> None:
    if deed.response.status != response.status:
        raise ControlError(
            f"{deed.request.method} {deed.request.path} was answered with"
            f" {deed.response.status}, and is answered with {response.status} now."
        )
