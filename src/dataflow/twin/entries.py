"""What a journal holds: one thing each that changed a twin, and its form in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dataflow.twin.arguments import Arguments
from dataflow.twin.control_errors import ControlError
from dataflow.twin.wire import Json, Request, Response, basic

_HEADERS = frozenset({"content-type", "idempotency-key", "chargebee-idempotency-key"})
#: Bytes that are no UTF-8 become texts that only JSON can hold, and come back.
_ODD = "surrogateescape"


@dataclass(frozen=True, slots=True)
class Called:
    """A call that could have changed something, and its answer."""

    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer made elsewhere, kept for the idempotency key of a request."""

    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class Turned:
    """A knob that was turned."""

    knob: str
    given: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Emptied:
    """A reset."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody looked, and what was due has the time of that."""


Deed: TypeAlias = Called | Remembered | Turned | Emptied | Looked


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
        case Called():
            return {**_request_as_json(deed.request), "status": deed.response.status}
        case Remembered():
            kept = _response_as_json(deed.response)
            return {**_request_as_json(deed.request), "kept": kept}
        case Turned():
            return {"knob": deed.knob, "given": dict(deed.given)}
        case Emptied():
            return {"reset": True}
        case Looked():
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
        return Emptied()
    if "look" in given:
        return Looked()
    if "knob" in given:
        return Turned(given.text("knob"), given.mapping("given"))
    if "kept" in given:
        kept = _response_of(Arguments(given.mapping("kept")))
        return Remembered(_request_of(given, key), kept)
    return Called(_request_of(given, key), Response(given.whole("status")))


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
