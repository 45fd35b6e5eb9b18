"""The stand-in for Invoiced's REST API: one account, one key."""

from __future__ import annotations

import itertools
from contextlib import suppress
from http import HTTPStatus

from dataflow.twin.behaviours import Touched
from dataflow.twin.clock import Clock
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import controls
from dataflow.twin.invoiced.account import Account
from dataflow.twin.invoiced.answers import answer, for_people
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.invoiced.jobs import catch_up
from dataflow.twin.invoiced.log import Log
from dataflow.twin.invoiced.replays import Replays, replay_key
from dataflow.twin.invoiced.routes import perform
from dataflow.twin.wire import Request, Response

#: The root of addresses for a customer's browser; it leads nowhere, on purpose.
NOWHERE = "https://invoiced.invalid"
_SHOWN = 3


class InvoicedTwin:
    """Answers as Invoiced would, as far as that is known.

    `key` is the one API key that it lets in. `url` is the root of links to its pages,
    if a request does not say by its Host header where it was sent to. `touched` tells
    which behaviours the answers so far rested on.
    """

    def __init__(
        self, clock: Clock, *, key: str, url: str = "", first_id: int = 1_000_001
    ) -> None:
        self.touched = Touched()
        self._clock = clock
        self._key = key
        self._url = url
        self._ids = itertools.count(first_id)
        self._event_ids = itertools.count(first_id)
        self.reset()

    def reset(self) -> None:
        """Start over with an empty account; ids go on, and none is used again."""
        public = self._url or NOWHERE
        log = Log(self._event_ids)
        self._account = Account(self._clock, self.touched, self._ids, public, log)
        self._replays = Replays(self._clock)

    def catch_up(self) -> bool:
        """Do what is due; tell whether anything changed that shows the time of this."""
        return catch_up(self._account)

    def bump(self, kind: str, identifier: str) -> None:
        """Move a record's `updated_at` as background jobs do; nothing else changes.

        `kind` is customer, invoice or item. Raises `NothingToControlError`.
        """
        catch_up(self._account)
        controls.bump(self._account, kind, identifier)

    def merge(self, loser: str, winner: str) -> None:
        """Merge one customer into another, and delete it; both are ids.

        The invoices move silently (unconfirmed). Raises `NothingToControlError`.
        """
        catch_up(self._account)
        controls.merge(self._account, loser, winner)

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        response = self._answer(request)
        if not request.headers.get("user-agent", "").startswith("curl/"):
            return response
        self.touched.touch(b.PRETTY_FOR_CURL)
        return for_people(response)

    def _answer(self, request: Request) -> Response:
        try:
            _refuse_flaw(request)
            self._let_in(request.basic_user())
            catch_up(self._account)
            return self._once(request, replay_key(request))
        except RefusedError as refused:
            return self._refuse(refused)

    def remember(self, request: Request, response: Response) -> None:
        """Keep an answer made elsewhere for the key of a request, unless it has one."""
        with suppress(RefusedError):
            key = replay_key(request)
            if key is not None and self._replays.find(key) is None:
                self._replays.keep(key, response)

    def _let_in(self, key: str | None) -> None:
        if not key:
            raise RefusedError(
                "Missing API key! HINT: You can pass in your API key as the username"
                " parameter using HTTP Basic Auth.",
                b.KEY_REFUSED,
                status=HTTPStatus.UNAUTHORIZED,
            )
        if key != self._key:
            self.touched.touch(b.KEY_MASKED)
            raise RefusedError(
                f"We could not authenticate you with the API Key: {masked(key)}",
                b.KEY_REFUSED,
                status=HTTPStatus.UNAUTHORIZED,
            )
        self.touched.touch(b.BASIC_KEY)

    def _once(self, request: Request, key: str | None) -> Response:
        if key is None:
            return self._perform(request)
        self.touched.touch(b.IDEMPOTENCY_HEADER)
        kept = self._replays.find(key)
        if kept is not None:
            self.touched.touch(b.IDEMPOTENCY_REPLAY)
            return kept
        response = self._perform(request)
        self._replays.keep(key, response)
        return response

    def _perform(self, request: Request) -> Response:
        try:
            return perform(self._account, request, self._root(request))
        except RefusedError as refused:
            return self._refuse(refused)

    def _refuse(self, refused: RefusedError) -> Response:
        self.touched.touch(refused.behaviour)
        return answer(refused.status, refused.body())

    def _root(self, request: Request) -> str:
        host = request.headers.get("host")
        return f"http://{host}" if host else self._url


def _refuse_flaw(request: Request) -> None:
    if request.flaw is not None:
        raise RefusedError(
            request.flaw.says, b.REQUEST_UNREADABLE, status=request.flaw.status
        )


def masked(key: str) -> str:
    """Return a key with only its first and last three characters readable."""
    hidden = max(0, len(key) - 2 * _SHOWN)
    if not hidden:
        return "*" * len(key)
    return key[:_SHOWN] + "*" * hidden + key[-_SHOWN:]
