"""Invoiced's API: a request in, a response out."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from dataflow.twin.clock import Clock
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.gateway import Knob, make_bump_switch, make_merge_switch
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events, invoice_states
from dataflow.twin.invoiced.account import Account, EventLog, Record, Table
from dataflow.twin.invoiced.encoding import encode_answer, render_record
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.invoiced.routes import perform
from dataflow.twin.messages import Request, Response, nothing


def catch_up(account: Account) -> bool:
    """Do what has become due since the last call: flip invoices to past due.

    Tell whether anything changed, which has the time of this very call.
    """
    now, changed = account.now(), False
    for identifier in account.due_dates.over(now):
        record = account.invoices.get(identifier)
        if record is not None and _has_just_passed(record, now):
            _set_switch(account, record, now)
            changed = True
    return changed


def _has_just_passed(record: Record, now: int) -> bool:
    is_new = record["noted_due"] != record["due_date"]
    return is_new and invoice_states.status(record, now) == "past_due"


def _set_switch(account: Account, old: Record, now: int) -> None:
    account.cite(b.INVOICE_PAST_DUE_BUMPS)
    record = invoice_states.noted(old, now) | {"updated_at": now}
    account.invoices.put(record["id"], record)
    before = invoice_states.seen(old, old["due_date"])
    events.log_change(account, before, invoice_states.seen(record, now))


def list_switches(twin: InvoicedTwin) -> Mapping[str, Knob]:
    """Return the knobs: `bump` takes `kind` and `id`, `merge` takes `from` and `to`.

    They raise `ControlError` for wrong arguments, and `NothingToControlError`.
    """
    return {"bump": make_bump_switch(twin.bump), "merge": make_merge_switch(twin.merge)}


HEADER = "idempotency-key"
DAY = 86_400
SHORTEST = 6
LONGEST = 64


def replay_key(request: Request) -> str | None:
    """Return a request's idempotency key, or nothing; raises for one out of place."""
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


class IdempotentAnswers:
    """The answers of the last day, by idempotency key."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Its oldest entry is found at once, also after many were dropped.
        self._answers: OrderedDict[str, tuple[int, Response]] = OrderedDict()

    def find(self, key: str) -> Response | None:
        """Return the answer that this key got in the last 24 hours."""
        self._forget()
        _, response = self._answers.get(key, (0, None))
        return response

    def keep(self, key: str, response: Response) -> None:
        """Remember an answer."""
        self._answers[key] = (self._clock.seconds(), response)

    def _forget(self) -> None:
        """Drop what is older than a day; the oldest comes first."""
        oldest = self._clock.seconds() - DAY
        while self._answers:
            moment, _ = next(iter(self._answers.values()))
            if moment > oldest:
                return
            self._answers.popitem(last=False)


def bump(account: Account, kind: str, identifier: str) -> None:
    """Move a record's `updated_at` to now, as background jobs do, and tell nobody.

    `kind` is customer, invoice or item. Raises `NothingToControlError` for a record
    that is not there.
    """
    shelf = _list_tables(account).get(kind)
    key = identifier if kind == "item" else _number(identifier)
    record = None if shelf is None else shelf.get(key)
    if shelf is None or record is None:
        raise nothing(kind, identifier)
    account.cite(b.BUMPED)
    shelf.put(key, record | {"updated_at": account.now()})


def merge(account: Account, loser: str, winner: str) -> None:
    """Move all that a customer has to another one, and delete it (unconfirmed).

    The invoices keep their `updated_at`. Raises `NothingToControlError` for a customer
    that is not there, or that is to be merged with itself.
    """
    gone, stays = _customer(account, loser), _customer(account, winner)
    if gone is stays:
        raise nothing("other customer than", winner)
    account.cite(b.MERGED)
    for shelf in (account.invoices, account.payments):
        _move(shelf, gone["id"], stays["id"])
    account.invoices_of[stays["id"]] += account.invoices_of.pop(gone["id"], 0)
    account.customers.drop(gone["id"])
    account.customer_numbers.free(gone["number"])
    events.log_event(account, "merged", stays)


def _move(shelf: Table[int], loser: int, winner: int) -> None:
    for record in list(shelf):
        if record["customer"] == loser:
            shelf.rewrite(record["id"], record | {"customer": winner})


def _list_tables(account: Account) -> Mapping[str, Table[Any]]:
    return {
        "customer": account.customers,
        "invoice": account.invoices,
        "item": account.items,
    }


def _customer(account: Account, identifier: str) -> Record:
    record = account.customers.get(_number(identifier))
    if record is None:
        raise nothing("customer", identifier)
    return record


def _number(identifier: str) -> int:
    """Return an id as a number; 0 is nobody's."""
    return int(identifier) if identifier.isascii() and identifier.isdigit() else 0


#: The root of addresses for a customer's browser; it leads nowhere, on purpose.
NOWHERE = "https://invoiced.invalid"
_SHOWN = 3


class InvoicedTwin:
    """Answers as Invoiced would, as far as that is known.

    `key` is the one API key that it lets in. `url` is the root of links to its pages,
    if a request does not say by its Host header where it was sent to. `evidence` tells
    which behaviours the answers so far rested on.
    """

    def __init__(
        self, clock: Clock, *, key: str, url: str = "", first_id: int = 1_000_001
    ) -> None:
        self.evidence = EvidenceLog()
        self._clock = clock
        self._key = key
        self._url = url
        self._ids = itertools.count(first_id)
        self._event_ids = itertools.count(first_id)
        self.reset()

    def reset(self) -> None:
        """Start over with an empty account; ids go on, and none is used again."""
        public = self._url or NOWHERE
        log = EventLog(self._event_ids)
        self._account = Account(self._clock, self.evidence, self._ids, public, log)
        self._replays = IdempotentAnswers(self._clock)

    def catch_up(self) -> bool:
        """Do what is due; tell whether anything changed that shows the time of this."""
        return catch_up(self._account)

    def bump(self, kind: str, identifier: str) -> None:
        """Move a record's `updated_at` as background jobs do; nothing else changes.

        `kind` is customer, invoice or item. Raises `NothingToControlError`.
        """
        catch_up(self._account)
        bump(self._account, kind, identifier)

    def merge(self, loser: str, winner: str) -> None:
        """Merge one customer into another, and delete it; both are ids.

        The invoices move silently (unconfirmed). Raises `NothingToControlError`.
        """
        catch_up(self._account)
        merge(self._account, loser, winner)

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        response = self._answer(request)
        if not request.headers.get("user-agent", "").startswith("curl/"):
            return response
        self.evidence.cite(b.PRETTY_FOR_CURL)
        return render_record(response)

    def _answer(self, request: Request) -> Response:
        try:
            _refuse_flaw(request)
            self._authenticate(request.basic_user())
            catch_up(self._account)
            return self._once(request, replay_key(request))
        except RefusalError as refused:
            return self._refuse(refused)

    def remember(self, request: Request, response: Response) -> None:
        """Keep an answer made elsewhere for the key of a request, unless it has one."""
        with suppress(RefusalError):
            key = replay_key(request)
            if key is not None and self._replays.find(key) is None:
                self._replays.keep(key, response)

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
            raise RefusalError(
                f"We could not authenticate you with the API Key: {mask_key(key)}",
                b.KEY_REFUSED,
                status=HTTPStatus.UNAUTHORIZED,
            )
        self.evidence.cite(b.BASIC_KEY)

    def _once(self, request: Request, key: str | None) -> Response:
        if key is None:
            return self._perform(request)
        self.evidence.cite(b.IDEMPOTENCY_HEADER)
        kept = self._replays.find(key)
        if kept is not None:
            self.evidence.cite(b.IDEMPOTENCY_REPLAY)
            return kept
        response = self._perform(request)
        self._replays.keep(key, response)
        return response

    def _perform(self, request: Request) -> Response:
        try:
            return perform(self._account, request, self._root(request))
        except RefusalError as refused:
            return self._refuse(refused)

    def _refuse(self, refused: RefusalError) -> Response:
        self.evidence.cite(refused.behaviour)
        return encode_answer(refused.status, refused.body())

    def _root(self, request: Request) -> str:
        host = request.headers.get("host")
        return f"http://{host}" if host else self._url


def _refuse_flaw(request: Request) -> None:
    if request.defect is not None:
        raise RefusalError(
            request.defect.reason, b.REQUEST_UNREADABLE, status=request.defect.status
        )


def mask_key(key: str) -> str:
    """Return a key with only its first and last three characters readable."""
    hidden = max(0, len(key) - 2 * _SHOWN)
    if not hidden:
        return "*" * len(key)
    return key[:_SHOWN] + "*" * hidden + key[-_SHOWN:]
