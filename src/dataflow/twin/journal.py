"""Write what happens in a twin to a file, and read it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias

from dataflow.twin.clock import MomentClock
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.gateway import Switch
from dataflow.twin.messages import (
    Arguments,
    ControlError,
    Json,
    Request,
    Response,
    basic,
)
from dataflow.twin.profile import Twin

_HEADERS = frozenset({"content-type", "idempotency-key", "chargebee-idempotency-key"})
#: Bytes that are no UTF-8 become texts that only JSON can hold, and come back.
_ODD = "surrogateescape"


@dataclass(frozen=True, slots=True)
class CallMade:
    """A call that could have changed something, and its answer."""

    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer made elsewhere, kept for the idempotency key of a request."""

    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class SwitchSet:
    """A knob that was turned."""

    knob: str
    given: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Reset:
    """A reset."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """Somebody looked, and what was due has the time of that."""


Deed: TypeAlias = CallMade | Remembered | SwitchSet | Reset | Advanced


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed, and when it was done: milliseconds since the epoch, UTC."""

    at: int
    deed: Deed


def as_json(entry: Entry) -> Json:
    """Return an entry, its time in seconds, without the key that opened the twin."""
    return {"at": entry.at / 1000, **_deed_as_json(entry.deed)}


def _deed_as_json(deed: Deed) -> dict[str, Json]:
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


def entry_of(given: Arguments, key: str) -> Entry:
    """Read an entry of a twin that `key` opens; raises `ControlError`."""
    return Entry(round(given.number("at") * 1000), _deed_of(given, key))


def _deed_of(given: Arguments, key: str) -> Deed:
    if "reset" in given:
        return Reset()
    if "look" in given:
        return Advanced()
    if "knob" in given:
        return SwitchSet(given.text("knob"), given.mapping("given"))
    if "kept" in given:
        kept = _response_of(Arguments(given.mapping("kept")))
        return Remembered(_request_of(given, key), kept)
    return CallMade(_request_of(given, key), Response(given.whole("status")))


def _request_of(given: Arguments, key: str) -> Request:
    return Request(
        given.text("method"),
        given.text("path"),
        headers={**_headers_of(given), "authorization": basic(key)},
        body=_body_of(given),
    )


def _response_of(given: Arguments) -> Response:
    return Response(given.whole("status"), _body_of(given), _headers_of(given))


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
    """A twin whose changes can be written down."""

    def catch_up(self) -> bool:
        """Do what is due; tell whether anything changed that shows the time of this."""
        ...


class Journal:
    """A twin that writes down what changes it, in `entries`.

    The twin has to live by the same `clock`: while it does one thing, no time passes,
    so that what it did can be done again as at that moment. One thing at a time is
    its user's business.
    """

    def __init__(
        self, twin: JournaledTwin, knobs: Mapping[str, Switch], clock: MomentClock
    ) -> None:
        self.entries: list[Entry] = []
        #: The knobs of the twin; each is written down when it is turned.
        self.knobs = {name: partial(self.tune, name) for name in knobs}
        self._twin = twin
        self._knobs = knobs
        self._clock = clock

    @property
    def evidence(self) -> EvidenceLog:
        """Return what the answers so far rested on."""
        return self._twin.evidence

    def handle(self, request: Request) -> Response:
        """Answer one request, and write it down if it could have changed anything."""
        with self._clock.moment() as at:
            if self._twin.catch_up():
                self._note(at, Advanced())
            response = self._twin.handle(request)
            if _could_change(request, response):
                self._note(at, CallMade(request, response))
        return response

    def catch_up(self) -> None:
        """Do what is due, as if somebody looked, and write that down."""
        with self._clock.moment() as at:
            self._twin.catch_up()
            self._note(at, Advanced())

    def reset(self) -> None:
        """Start over with an empty account, and write that down."""
        with self._clock.moment() as at:
            self._twin.reset()
            self._note(at, Reset())

    def remember(self, request: Request, response: Response) -> None:
        """Keep an answer made elsewhere for a key, and write that down."""
        with self._clock.moment() as at:
            self._twin.remember(request, response)
            self._note(at, Remembered(request, response))

    def tune(self, name: str, given: Arguments) -> Json:
        """Turn a knob, and write that down."""
        with self._clock.moment() as at:
            if self._twin.catch_up():  # a knob that is refused has looked all the same
                self._note(at, Advanced())
            answer = self._knobs[name](given)
            self._note(at, SwitchSet(name, given.given))
        return answer

    def repeat(self, entry: Entry) -> None:
        """Do again what another journal holds, as at its moment, and write it down.

        Raises `DataflowError` for what this twin does not do, or does otherwise.
        """
        with self._clock.moment(entry.at):
            self._do(entry.deed)

    def _do(self, deed: Deed) -> None:
        match deed:
            case CallMade():
                _compare(deed, self.handle(deed.request))
            case Remembered():
                self.remember(deed.request, deed.response)
            case SwitchSet():
                if deed.knob not in self._knobs:
                    raise ControlError(f"There is no knob {deed.knob}.")
                self.tune(deed.knob, Arguments(deed.given))
            case Reset():
                self.reset()
            case Advanced():
                self.catch_up()

    def _note(self, at: int, deed: Deed) -> None:
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
