"""What the gateway of a twin knows of its vendor: errors, lists, routes, limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from dataflow.twin.clock import Clock
from dataflow.twin.evidence import ErrorResponse, EvidenceLog
from dataflow.twin.faults import FaultKind
from dataflow.twin.messages import Json, Request, Response
from dataflow.twin.rate_limits import Limit
from dataflow.twin.unbuilt import UnbuiltCalls

#: The records of a twin by kind and id.
RecordsByKind: TypeAlias = dict[str, dict[str, dict[str, Any]]]

#: The statuses of a call that the twin does not have: not found, or another method.
_UNKNOWN_CALL = {404, 405}

#: These faults change an answer or its connection, whatever the vendor.
_OF_ANY_VENDOR = frozenset(
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
    """A twin, as its gateway needs it."""

    evidence: EvidenceLog

    def handle(self, request: Request) -> Response:
        """Answer one request."""

    def reset(self) -> None:
        """Empty the account."""

    def remember(self, request: Request, response: Response) -> None:
        """Keep another component's answer for the idempotency key of a request."""

    def list_records(self) -> RecordsByKind:
        """Return all records as they are now, by kind and id; they never change."""

    def take_state(self) -> object:
        """Return the state, to be kept in a file: later changes are not in it."""

    def load_state(self, state: Json) -> None:
        """Replace the state; raise `FileError` if it is none of this twin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorProfile:
    """The differences between the vendors that the gateway needs.

    `root` is the prefix of all paths. `page` is the list parameter for a later page,
    and `first` its values for the first page. The rows of a page are under the name
    `rows`, or are the whole page if that is None. `encode` makes the body of a write,
    of the type `content`. `most` is the default of the limit. A write whose header
    `key_header` has the key of another write in progress gets `key_in_use`. `at_once`
    is a second limit, which always holds.
    """

    name: str
    root: str
    page: str
    first_pages: frozenset[str]
    rows: str | None
    content: str
    encode: Callable[[Mapping[str, Json]], bytes]
    find_route: Callable[[str], str]
    unbuilt: UnbuiltCalls
    errors: Mapping[FaultKind, ErrorResponse]
    limit: Callable[[Clock], Limit]
    default_limit: int
    at_once: Callable[[Clock], Limit] | None = None
    key_header: str | None = None
    key_in_use: ErrorResponse | None = None

    def explain_unbuilt(self, request: Request, response: Response) -> str:
        """Return a sentence if the twin has refused a call that the vendor has."""
        path = request.path.removeprefix(self.root)
        is_unbuilt = response.status in _UNKNOWN_CALL and self.unbuilt.has(
            request.method, path
        )
        return (
            f"The twin of {self.name} does not have the call {request.method}"
            f" {self.find_route(request.path)}, which {self.name} has."
            if is_unbuilt
            else ""
        )

    @property
    def faults(self) -> frozenset[FaultKind]:
        """Return the faults that calls to this vendor can meet."""
        return _OF_ANY_VENDOR | self.errors.keys()
