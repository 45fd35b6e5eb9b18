"""What the edge of a twin knows of its vendor: how trouble looks, how a call is put."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from dataflow.twin.clock import Clock
from dataflow.twin.evidence import ErrorResponse, EvidenceLog
from dataflow.twin.faults import FaultKind
from dataflow.twin.messages import Json, Request, Response
from dataflow.twin.rate_limits import Limit

#: These faults are done to an answer or its connection, with no form of a vendor's.
OF_THE_WIRE = frozenset(
    {
        FaultKind.SLOW,
        FaultKind.CUT_BEFORE,
        FaultKind.CUT_AFTER,
        FaultKind.TRUNCATED_BODY,
        FaultKind.TRUNCATED_JSON,
        FaultKind.REPEATED_PAGE,
    }
)


class Twin(Protocol):
    """A twin, as its edge needs it."""

    @property
    def evidence(self) -> EvidenceLog:
        """Return what the answers so far rested on."""
        ...

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        ...

    def reset(self) -> None:
        """Start over with an empty account."""
        ...

    def remember(self, request: Request, response: Response) -> None:
        """Keep an answer made elsewhere for the idempotency key of a request."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorProfile:
    """One vendor's manners at the edge.

    `root` stands before each path; `page` is the parameter of lists that asks for a
    further page, and `first` its values that ask for none. A page has its rows under
    the name `rows`, or is nothing but rows if that is None. `troubles` are answers by
    the fault that they are of. `encode` makes the body of a write, which is of the type
    `content`. `most` is where the limit stands when somebody switches it on.
    """

    name: str
    root: str
    page: str
    first: frozenset[str]
    rows: str | None
    content: str
    encode: Callable[[Mapping[str, Json]], bytes]
    route_of: Callable[[str], str]
    errors: Mapping[FaultKind, ErrorResponse]
    limit: Callable[[Clock], Limit]
    most: int

    @property
    def faults(self) -> frozenset[FaultKind]:
        """Return the faults that calls to this vendor can meet."""
        return OF_THE_WIRE | self.errors.keys()
