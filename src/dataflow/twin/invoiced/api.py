"""Invoiced's API: a request in, a response out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus

from dataflow.twin.clock import Clock, ExpiringValues
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.gateway import Switch, make_merge_switch, make_record_switch
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import customers, invoices, state
from dataflow.twin.invoiced.account import Account, EventLog, Record
from dataflow.twin.invoiced.encoding import render_record
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.invoiced.routes import find_route, perform
from dataflow.twin.messages import (
    Json,
    Request,
    Response,
    make_not_built,
    make_unknown_record,
)
from dataflow.twin.profile import RecordsByKind
from dataflow.twin.snapshot import Sequence, decode_part
from dataflow.twin.unbuilt import NotBuiltError

HEADER = "idempotency-key"
DAY = 86_400
SHORTEST = 6
LONGEST = 64


def read_key(request: Request) -> str | None:
    """Return a request's idempotency key, if any; refuse a wrong one."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if request.method not in ("POST", "PATCH"):
        raise RefusalError(
            f"Idempotency keys do not go with {request.method}", b.IDEMPOTENCY_METHODS
        )
    if not SHORTEST <= len(key) <= LONGEST:
        raise RefusalError(
            f"Idempotency keys have {SHORTEST} to {LONGEST} characters",
            b.IDEMPOTENCY_LENGTH,
        )
    return key


#: The root of addresses for a customer's browser; it leads nowhere, on purpose.
NOWHERE = "https://invoiced.invalid"
_SHOWN = 3


class InvoicedTwin:
    """An account of Invoiced in memory.

    `key` is its API key. `url` is the root of the links to its pages, for requests
    without a Host header. `evidence` holds the behaviours on which the answers rested.
    """

    def __init__(
        self, clock: Clock, *, key: str, url: str = "", first_id: int = 1_000_001
    ) -> None:
        self.evidence = EvidenceLog()
        self._clock = clock
        self._key = key
        self._url = url
        self._ids = Sequence(first_id)
        self._event_ids = Sequence(first_id)
        self.reset()

    def reset(self) -> None:
        """Empty the account; ids continue, and are never used again."""
        public = self._url or NOWHERE
        log = EventLog(self._event_ids)
        self._account = Account(self._clock, self.evidence, self._ids, public, log)
        self._answers: ExpiringValues[str, Response] = ExpiringValues(DAY)

    def list_records(self) -> RecordsByKind:
        """Return all records as they are now, by kind and id, archived items too."""
        self.catch_up()
        account = self._account
        tables = {
            **account.tables,
            "contact": account.contacts,
            "note": account.notes,
            "payment": account.payments,
        }
        return {
            kind: {str(record["id"]): record for record in table}
            for kind, table in tables.items()
        }

    def take_state(self) -> object:
        """Return the state of the account, to be kept in a file."""
        ids = self._ids.upcoming, self._event_ids.upcoming
        return state.take(self._account, ids, self._answers.all())

    def load_state(self, kept: Json) -> None:
        """Replace the state of the account; raise `FileError`."""
        found = decode_part(kept, state.AccountState)
        self._ids, self._event_ids = map(Sequence, found.next_ids)
        self.reset()
        state.fill(self._account, found)
        for key, since, response in found.answers:
            self._answers.put(key, response, since)

    def catch_up(self) -> None:
        """Mark invoices as past due."""
        invoices.mark_past_due(self._account)

    def list_switches(self) -> Mapping[str, Switch]:
        """Return bump(kind, id) and merge(from, to); both raise `ControlError`."""
        bump, merge = make_record_switch(self.bump), make_merge_switch(self.merge)
        return {"bump": bump, "merge": merge}

    def bump(self, kind: str, identifier: str) -> None:
        """Set `updated_at` to now, as background jobs do; raise `ControlError`."""
        self.catch_up()
        account = self._account
        record = self._find(kind, identifier)
        account.cite(b.BUMPED)
        bumped = record | {"updated_at": account.now()}
        account.tables[kind].put(record["id"], bumped)

    def merge(self, loser: str, winner: str) -> None:
        """Move a customer's records to another, and delete it (unconfirmed)."""
        self.catch_up()
        account = self._account
        deleted, kept = self._find("customer", loser), self._find("customer", winner)
        if deleted is kept:
            raise make_unknown_record("other customer than", winner)
        customers.move_records(account, deleted, kept)

    def _find(self, kind: str, identifier: str) -> Record:
        table = self._account.tables.get(kind)
        is_number = identifier.isascii() and identifier.isdigit()
        key = int(identifier) if is_number and kind != "item" else identifier
        record = None if table is None else table.get(key)
        if record is None:
            raise make_unknown_record(kind, identifier)
        return record

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        response = self._answer(request)
        if not request.headers.get("user-agent", "").startswith("curl/"):
            return response
        self.evidence.cite(b.PRETTY_FOR_CURL)
        return render_record(response)

    def _answer(self, request: Request) -> Response:
        try:
            _refuse_defect(request)
            self._authenticate(request.basic_user())
            self.catch_up()
            return self._answer_once(request, read_key(request))
        except RefusalError as refusal:
            return self._refuse(refusal)
        except NotBuiltError as missing:
            of = f"{missing} of " if str(missing) else ""
            call = f"{request.method} {find_route(request.path)}"
            return make_not_built("Invoiced", f"{of}the call {call}")

    def remember(self, request: Request, response: Response) -> None:
        """Keep another component's answer for a request's key, unless it has one."""
        now = self._clock.seconds()
        with suppress(RefusalError):
            key = read_key(request)
            if key is not None and self._answers.get(key, now) is None:
                self._answers.put(key, response, now)

    def _authenticate(self, key: str | None) -> None:
        if not key:
            raise RefusalError(
                "Missing API key! HINT: You can pass in your API key as the username"
                " parameter using HTTP Basic Auth.",
                b.KEY_REFUSED,
                status=HTTPStatus.UNAUTHORIZED,
            )
        if key != self._key:
            self.evidence.cite(b.KEY_MASKED)
            message = f"We could not authenticate you with the API Key: {mask_key(key)}"
            raise RefusalError(message, b.KEY_REFUSED, status=HTTPStatus.UNAUTHORIZED)
        self.evidence.cite(b.BASIC_KEY)

    def _answer_once(self, request: Request, key: str | None) -> Response:
        if key is None:
            return self._perform(request)
        self.evidence.cite(b.IDEMPOTENCY_HEADER)
        kept = self._answers.get(key, self._clock.seconds())
        if kept is not None:
            self.evidence.cite(b.IDEMPOTENCY_REPLAY)
            return kept
        response = self._perform(request)
        self._answers.put(key, response, self._clock.seconds())
        return response

    def _perform(self, request: Request) -> Response:
        host = request.headers.get("host")
        try:
            root = f"http://{host}" if host else self._url
            return perform(self._account, request, root)
        except RefusalError as refusal:
            return self._refuse(refusal)

    def _refuse(self, refusal: RefusalError) -> Response:
        self.evidence.cite(refusal.behaviour)
        return refusal.answer()


def _refuse_defect(request: Request) -> None:
    if request.defect is not None:
        raise RefusalError(
            request.defect.reason, b.REQUEST_UNREADABLE, status=request.defect.status
        )


def mask_key(key: str) -> str:
    """Return a key with only its first and last three characters readable."""
    hidden = len(key) - 2 * _SHOWN
    return key[:_SHOWN] + "*" * hidden + key[-_SHOWN:] if hidden > 0 else "*" * len(key)
