"""Refusals in the vendor's form: one flat error, for the first defect of a call.

The envelope is documented; `param` names the wrong parameter, if there is one. The
texts of the messages are unconfirmed: compare status and `param` instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from http import HTTPStatus

from dataflow.twin.evidence import Behaviour
from dataflow.twin.invoiced import behaviours as b


class RefusalError(Exception):
    """A call that the twin answers with an error; it never leaves the twin."""

    def __init__(
        self,
        message: str,
        behaviour: Behaviour,
        *,
        param: str | None = None,
        status: int = HTTPStatus.BAD_REQUEST,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.behaviour = behaviour
        self.param = param
        self.status = int(status)

    def body(self) -> dict[str, str]:
        """Return the answer's body."""
        body = {"type": "invalid_request", "message": self.message}
        return body if self.param is None else {**body, "param": self.param}


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


def refuse_blocked(keys: Iterable[str], blocked: Collection[str], kind: str) -> None:
    """Refuse a body that assigns a field which the service computes."""
    for key in keys:
        if key in blocked:
            raise RefusalError(
                f"Mass assignment of {key} on {kind} is not allowed", b.KEYS_BLOCKED
            )
