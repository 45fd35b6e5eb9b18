"""The evidence of a behaviour, and the behaviours that a run has cited."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from dataflow.twin.messages import Response


class Evidence(enum.StrEnum):
    """What a behaviour of a twin rests on, from the strongest to none."""

    RECORDED = "recorded"  # an answer of the real service was seen
    DOCUMENTED = "documented"  # the vendor's documentation says so
    SDK = "sdk"  # the vendor's own client relies on it
    UNCONFIRMED = "unconfirmed"  # assumed until a real account has shown it


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing a twin does.

    `name` is short and never changes (`chargebee.currency-code.case`); `says` is one
    sentence in the present tense; a verdict that rests on it can then say so.
    """

    name: str
    description: str
    evidence: Evidence


class EvidenceLog:
    """Remembers which behaviours somebody met while using a twin."""

    def __init__(self) -> None:
        self._met: set[Behaviour] = set()

    def cite(self, behaviour: Behaviour) -> None:
        """Note that an answer rested on this behaviour."""
        self._met.add(behaviour)

    def unconfirmed(self) -> list[Behaviour]:
        """Return what was met and is only assumed, by name."""
        met = self._met.copy()  # a call may be under way, and touch another one
        return _by_name(b for b in met if b.evidence is Evidence.UNCONFIRMED)

    def clear(self) -> None:
        """Forget everything met so far."""
        self._met.clear()


def _by_name(behaviours: Iterable[Behaviour]) -> list[Behaviour]:
    return sorted(behaviours, key=lambda behaviour: behaviour.name)


_GATEWAY_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)

#: What a proxy says when it cannot reach the service: no JSON, and no vendor's form.
BAD_GATEWAY = Response(502, _GATEWAY_PAGE, {"Content-Type": "text/html"})


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """An answer in a vendor's form, and the behaviour that it rests on.

    One that is `kept` comes from behind the idempotency keys, and is given again.
    """

    response: Response
    behaviour: Behaviour
    kept: bool = False
