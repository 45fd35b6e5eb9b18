"""Refusals in the vendor's form: one flat error, for the first defect of a call.

The envelope is documented; `param` names the wrong parameter, if there is one. The
texts of the messages are unconfirmed: compare status and `param` instead.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from http import HTTPStatus

from dataflow.twin.evidence import Behaviour
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.messages import Response

#: The headers of every answer; the type is documented, the others are unconfirmed.
HEADERS = {
    "Cache-Control": "no-cache, no-store",
    "Content-Type": "application/json",
    "WWW-Authenticate": 'Basic realm="Invoiced"',
}


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def encode_answer(
    status: int, value: object = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a value as JSON with its keys sorted (recorded), or an empty body."""
    body = b"" if status == HTTPStatus.NO_CONTENT else _encode(value).encode()
    return Response(int(status), body, {**HEADERS, **(headers or {})})


class RefusalError(Exception):
    """A call that the twin answers with an error; it never leaves the twin."""

    def __init__(
        self,
        message: str,
        behaviour: Behaviour,
        *,
        param: str | None = None,
        status: int = HTTPStatus.BAD_REQUEST,
        is_plain: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.behaviour = behaviour
        self.param = param
        self.status = int(status)
        self._is_plain = is_plain

    def answer(self) -> Response:
        """Return the answer: one flat error, or a plain text."""
        if self._is_plain:
            plain = {"Content-Type": "text/html; charset=UTF-8"}
            return Response(self.status, self.message.encode(), {**HEADERS, **plain})
        param = {} if self.param is None else {"param": self.param}
        error = {"type": "invalid_request", "message": self.message, **param}
        return encode_answer(self.status, error)


def make_malformed() -> RefusalError:
    """Return the error of a body that cannot be read: plain text (unconfirmed)."""
    return RefusalError("Unable to parse request.", b.BODY_MALFORMED, is_plain=True)


def make_not_found(kind: str, identifier: str) -> RefusalError:
    """Return the 404 of an id; `kind` is a singular such as "Customer"."""
    return RefusalError(
        f"{kind} was not found: {identifier}",
        b.RECORD_UNKNOWN,
        status=HTTPStatus.NOT_FOUND,
    )


def make_field_error(param: str, expected: str) -> RefusalError:
    """Return the 400 of a value that does not fit the field."""
    message = f"{name_param(param)} must be {expected}"
    return RefusalError(message, b.VALUE_MISFIT, param=param)


def name_param(param: str) -> str:
    """Return a field's name as messages show it."""
    return param.replace("_", " ").capitalize()


def refuse_unknown(
    keys: Iterable[str],
    known: Collection[str],
    behaviour: Behaviour,
    param: str = "request",
) -> None:
    """Refuse a body or a query with a field that a strict route does not have."""
    for key in keys:
        if key not in known:
            options = ", ".join(f'"{option}"' for option in sorted(known))
            raise RefusalError(
                f"The option '{key}' does not exist. Defined options are: {options}.",
                behaviour,
                param=param,
            )


def refuse_blocked(keys: Iterable[str], blocked: Collection[str], kind: str) -> None:
    """Refuse a body that assigns a field which the service computes."""
    for key in keys:
        if key in blocked:
            raise RefusalError(
                f"Mass assignment of {key} on {kind} is not allowed", b.KEYS_BLOCKED
            )
