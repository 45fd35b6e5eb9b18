"""Refusals in the vendor's form, each with the behaviour that it rests on.

The body repeats itself in an older form (`error_code`, `error_msg`, `error_param`).
That `error_code` equals `api_error_code`, unless another one is known, is unconfirmed.
"""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours
from dataflow.twin.evidence import Behaviour
from dataflow.twin.messages import Json

INVALID = "invalid_request"


class RefusalError(Exception):
    """A call that the twin answers with an error; it never leaves the twin."""

    def __init__(  # noqa: PLR0913
        self,
        status: int,
        code: str,
        text: str,
        behaviour: Behaviour,
        *,
        param: str | None = None,
        kind: str | None = INVALID,
        legacy: str | None = None,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.behaviour = behaviour
        self._body: dict[str, Json] = {
            "message": text if param is None else f"{param}: {text}",
            "type": kind,
            "api_error_code": code,
            "param": param,
            "error_code": legacy or code,
            "error_msg": text,
            "error_param": param,
            "http_status_code": status,
        }

    def body(self) -> dict[str, Json]:
        """Return the answer's body, without the properties that do not apply."""
        return {name: value for name, value in self._body.items() if value is not None}


def wrong_value(
    param: str, text: str, behaviour: Behaviour = behaviours.WRONG_VALUE
) -> RefusalError:
    """Return the refusal of one parameter; documented."""
    return RefusalError(400, "param_wrong_value", text, behaviour, param=param)


def missing(param: str) -> RefusalError:
    """Return the refusal of a call without a parameter that it needs; documented."""
    return wrong_value(param, "cannot be blank")


def duplicate(param: str, value: str, behaviour: Behaviour) -> RefusalError:
    """Return the refusal of a value that must be unique; seen in the vendor's SDK."""
    text, legacy = f"The value {value} is already present.", "param_not_unique"
    return RefusalError(
        400, "duplicate_entry", text, behaviour, param=param, legacy=legacy
    )


def not_found(behaviour: Behaviour, param: str | None = None) -> RefusalError:
    """Return the refusal of an unknown path or id; seen in the vendor's SDK."""
    text = "Sorry, we couldn't find that resource"
    return RefusalError(404, "resource_not_found", text, behaviour, param=param)


def wrong_state(
    text: str, behaviour: Behaviour, legacy: str | None = None
) -> RefusalError:
    """Return the refusal of a call that a record's state forbids; documented."""
    code = "invalid_state_for_request"
    return RefusalError(409, code, text, behaviour, legacy=legacy)
