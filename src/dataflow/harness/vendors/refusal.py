"""What a vendor's API says instead of an answer: a refusal, or that it is no good time.

A refusal is evidence. Trouble is nobody's fault: it tells nothing about a sync. Neither
does what fails by itself in a vendor's place.
"""

from __future__ import annotations

from dataflow.errors import VendorUnavailableError as TroubleError

__all__ = ["RefusedError", "TargetFailedError", "TroubleError", "is_refusal"]

_CLIENT_ERROR = 4
#: A missing right or too many calls say nothing about the call itself.
_NOT_THE_CALL = {401, 403, 429}


class RefusedError(Exception):
    """A vendor's API understood a call and refused it."""

    def __init__(self, vendor: str, status: int, message: str) -> None:
        super().__init__(f"{vendor} refused it with status {status}: {message}")
        self.vendor = vendor
        self.status = status


class TargetFailedError(Exception):
    """What stands in for a vendor has failed by itself: it may answer anything now."""


def is_refusal(status: int | None) -> bool:
    """Tell a refusal from a call that came at a bad time or without a right."""
    return (status or 0) // 100 == _CLIENT_ERROR and status not in _NOT_THE_CALL
