"""Answers that are given again to a write with the same idempotency key."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace

from dataflow.twin.behaviours import Touched
from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.errors import RefusalError, wrong_value
from dataflow.twin.clock import Clock
from dataflow.twin.wire import Request, Response

HEADER = "chargebee-idempotency-key"
REPLAYED = "chargebee-idempotency-replayed"

#: Documented: half an hour, in seconds, and a key's greatest length.
WINDOW, LONGEST = 30 * 60, 100

_OK = 200


@dataclass(frozen=True, slots=True)
class _Kept:
    until: int
    payload: tuple[str, bytes]
    response: Response


@dataclass(slots=True)
class Answers:
    """The answers to recent writes that had an idempotency key."""

    clock: Clock
    touched: Touched
    # Its oldest entry is found at once, also after many were dropped.
    _kept: OrderedDict[str, _Kept] = field(default_factory=OrderedDict)

    def key(self, request: Request) -> str:
        """Return a write's key, or an empty text; only POST has keys: documented."""
        key = request.headers.get(HEADER, "") if request.method == "POST" else ""
        if len(key) > LONGEST:
            text = f"cannot be longer than {LONGEST} characters"
            raise wrong_value(HEADER, text, behaviours.KEY_TOO_LONG)
        return key

    def again(self, key: str, request: Request) -> Response | None:
        """Return the first answer to this write if it has been seen, else None.

        The SDK takes the header alone for a replay, so first answers have none.
        """
        self._forget()
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.payload != (request.path, request.body):
            raise _used_otherwise()
        self._note(kept)
        headers = {**kept.response.headers, REPLAYED: "true"}
        return replace(kept.response, headers=headers)

    def keep(self, key: str, request: Request, response: Response) -> None:
        """Remember the answer to a write for the length of the window."""
        until = self.clock.seconds() + WINDOW
        self._kept[key] = _Kept(until, (request.path, request.body), response)

    def _note(self, kept: _Kept) -> None:
        self.touched.touch(behaviours.REPLAY)
        if kept.response.status != _OK:
            self.touched.touch(behaviours.REPLAYED_REFUSAL)

    def _forget(self) -> None:
        # Kept in the order of their time: what is over stands at the front.
        now = self.clock.seconds()
        while self._kept:
            if next(iter(self._kept.values())).until > now:
                return
            self._kept.popitem(last=False)


def _used_otherwise() -> RefusalError:
    text = "The idempotency key was used for a different request"
    code = "unable_to_process_request"
    return RefusalError(422, code, text, behaviours.KEY_OF_ANOTHER_WRITE)
