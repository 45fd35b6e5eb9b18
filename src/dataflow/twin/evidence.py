"""The evidence of a behaviour, and the behaviours that a run has cited."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from dataflow.twin.messages import Response


class Evidence(enum.StrEnum):
    """What a behaviour of a twin rests on, from the strongest to none."""

    RECORDED = "recorded"  # a recorded answer of the real service shows it
    DOCUMENTED = "documented"  # the vendor's documentation states it
    SDK = "sdk"  # the vendor's own client relies on it
    UNCONFIRMED = "unconfirmed"  # assumed until a real account has shown it


# A twin cites behaviours often: each is declared once, so that identity is enough.
@dataclass(frozen=True, slots=True, eq=False)
class Behaviour:
    """One behaviour of a twin, described in one sentence; `name` never changes."""

    name: str
    description: str
    evidence: Evidence
    #: The source of an unconfirmed behaviour, and what would settle it.
    settled_by: str = ""


def declare(
    vendor: str, evidence: Evidence, name: str, description: str, settled_by: str = ""
) -> Behaviour:
    """Return a behaviour of a vendor's twin."""
    return Behaviour(f"{vendor}.{name}", description, evidence, settled_by)


class EvidenceLog:
    """The behaviours on which the answers of a twin rested."""

    def __init__(self) -> None:
        self._cited: set[Behaviour] = set()

    def cite(self, *behaviours: Behaviour) -> None:
        """Note that an answer rested on these behaviours."""
        self._cited.update(behaviours)

    def cited(self) -> frozenset[str]:
        """Return the names of the cited behaviours."""
        return frozenset(each.name for each in self._cited.copy())

    def unconfirmed(self) -> list[Behaviour]:
        """Return the cited behaviours that are only assumed, by name."""
        cited = self._cited.copy()  # another call may cite a behaviour meanwhile
        return sorted(
            (each for each in cited if each.evidence is Evidence.UNCONFIRMED),
            key=lambda behaviour: behaviour.name,
        )

    def clear(self) -> None:
        """Forget all cited behaviours."""
        self._cited.clear()


_GATEWAY_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)

#: The answer of a proxy that cannot reach the service: no JSON, in no vendor's form.
BAD_GATEWAY = Response(502, _GATEWAY_PAGE, {"Content-Type": "text/html"})


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """An error in a vendor's form; if `kept`, it is repeated for an idempotency key."""

    response: Response
    behaviour: Behaviour
    kept: bool = False
