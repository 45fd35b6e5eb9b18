"""Refusals in the vendor's form, each with the behaviour that it rests on.

The body repeats itself in an older form (`error_code`, `error_msg`, `error_param`).
That `error_code` equals `api_error_code` where nothing else was seen is unconfirmed.
"""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours
from dataflow.twin.evidence import Behaviour
from dataflow.twin.messages import Json

INVALID = "invalid_request"


class RefusalError(Exception):
    """A call that the twin answers with an error; never seen outside of the twin."""

    def __init__(  # noqa: PLR0913
        self,
        status: int,
        code: str,
        text: str,
        rests_on: Behaviour,
        *,
        param: str | None = None,
        kind: str | None = INVALID,
        legacy: str | None = None,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.rests_on = rests_on
        self._names = (code, legacy or code)
        self._text = text
        self._param = param
        self._kind = kind

    def body(self) -> dict[str, Json]:
        """Return the answer's body, without what does not apply."""
        code, legacy = self._names
        named = self._text if self._param is None else f"{self._param}: {self._text}"
        body: dict[str, Json] = {
            "message": named,
            "type": self._kind,
            "api_error_code": code,
            "param": self._param,
            "error_code": legacy,
            "error_msg": self._text,
            "error_param": self._param,
            "http_status_code": self.status,
        }
        return {name: value for name, value in body.items() if value is not None}


def wrong_value(
    param: str, text: str, rests_on: Behaviour = behaviours.WRONG_VALUE
) -> RefusalError:
    """Return the refusal of one parameter; documented."""
    return RefusalError(400, "param_wrong_value", text, rests_on, param=param)


def missing(param: str) -> RefusalError:
    """Return the refusal of a call without a parameter that it needs; documented."""
    return wrong_value(param, "cannot be blank")


def duplicate(param: str, value: str, rests_on: Behaviour) -> RefusalError:
    """Return the refusal of a value that must be unique; seen in the vendor's SDK."""
    return RefusalError(
        400,
        "duplicate_entry",
        f"The value {value} is already present.",
        rests_on,
        param=param,
        legacy="param_not_unique",
    )


def not_found(rests_on: Behaviour, param: str | None = None) -> RefusalError:
    """Return the answer about something that is not there; seen in the vendor's SDK."""
    text = "Sorry, we couldn't find that resource"
    return RefusalError(404, "resource_not_found", text, rests_on, param=param)


def wrong_state(
    text: str, rests_on: Behaviour, legacy: str | None = None
) -> RefusalError:
    """Return the refusal of a call that a record's state forbids; documented."""
    code = "invalid_state_for_request"
    return RefusalError(409, code, text, rests_on, legacy=legacy)
