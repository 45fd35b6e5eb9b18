"""What a vendor says when it refuses a call: evidence, not an accident."""

from __future__ import annotations

_CLIENT_ERROR = 4
#: A missing right or too many calls say nothing about the call itself.
_NOT_THE_CALL = {401, 403, 429}


class RefusedError(Exception):
    """A vendor's API understood a call and refused it."""

    def __init__(self, vendor: str, status: int, message: str) -> None:
        super().__init__(f"{vendor} refused it with status {status}: {message}")
        self.vendor = vendor
        self.status = status


def is_refusal(status: int | None) -> bool:
    """Tell a refusal from a call that came at a bad time or without a right."""
    return (status or 0) // 100 == _CLIENT_ERROR and status not in _NOT_THE_CALL
