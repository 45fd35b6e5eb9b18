"""Chargebee's API: a request in, a response out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from dataflow.twin.chargebee import behaviours, customers, state, types
from dataflow.twin.chargebee.calls import Call
from dataflow.twin.chargebee.errors import (
    INVALID,
    RefusalError,
    wrong_value,
)
from dataflow.twin.chargebee.parameters import (
    find_dropped,
    has_unknown_word,
    list_parameters,
)
from dataflow.twin.chargebee.routes import PREFIX, find_operation
from dataflow.twin.chargebee.site import COMMENTS, KINDS, KINDS_BY_NAME, Site, Switches
from dataflow.twin.chargebee.types import Record, is_deleted, string
from dataflow.twin.clock import Clock, ExpiringValues
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.gateway import Switch, make_merge_switch, make_record_switch
from dataflow.twin.messages import (
    Arguments,
    Json,
    Request,
    Response,
    make_not_built,
    make_unknown_record,
)
from dataflow.twin.profile import RecordsByKind
from dataflow.twin.snapshot import decode_part
from dataflow.twin.unbuilt import NotBuiltError

# The limit on calls is no switch here: it is a control of the gateway.
_DURATIONS = (
    *("list_lag", "order_delay"),
    *("customer_delete_delay", "customer_merge_delay"),
)
_FLAGS = (
    *("orders", "legacy_orders", "without_orders"),
    *("enabled_currencies_only", "high_value_currency"),
)
_CHOICES = {"order_generation": ("paid", "unpaid"), "product_catalog": ("v2", "v1")}
_SWITCHES = (*_FLAGS, *_CHOICES, *_DURATIONS)


def _set_switches(switches: Switches, given: Arguments) -> Json:
    """Set the given switches, all or none of them, and return all."""
    given.refuse_others(*_SWITCHES)
    wanted: dict[str, Json] = {
        **{name: given.duration(name) for name in _DURATIONS if name in given},
        **{name: given.flag(name) for name in _FLAGS if name in given},
        **{
            name: given.choice(name, *options)
            for name, options in _CHOICES.items()
            if name in given
        },
    }
    for name, value in wanted.items():
        setattr(switches, name, value)
    return {name: getattr(switches, name) for name in _SWITCHES}


HEADER = "chargebee-idempotency-key"
REPLAYED = "chargebee-idempotency-replayed"

#: Documented: half an hour, in seconds, and a key's greatest length.
WINDOW, LONGEST = 30 * 60, 100

_OK = 200


#: The path and the body of a write, and its answer.
KeptAnswer: TypeAlias = tuple[tuple[str, bytes], Response]


class IdempotentAnswers:
    """The answers to recent writes with an idempotency key."""

    def __init__(self, clock: Clock, evidence: EvidenceLog) -> None:
        self._clock = clock
        self._evidence = evidence
        self.kept: ExpiringValues[str, KeptAnswer] = ExpiringValues(WINDOW)

    def read_key(self, request: Request) -> str:
        """Return a write's key, or an empty text; only POST has keys: documented."""
        key = request.headers.get(HEADER, "") if request.method == "POST" else ""
        if len(key) > LONGEST:
            text = f"cannot be longer than {LONGEST} characters"
            raise wrong_value(HEADER, text, behaviours.KEY_TOO_LONG)
        return key

    def find(self, key: str, request: Request) -> Response | None:
        """Return the first answer to this write, if it is not the first.

        The SDK takes the header alone for a replay, so first answers have none.
        """
        kept = self.kept.get(key, self._clock.seconds())
        if kept is None:
            return None
        first, response = kept
        if first != (request.path, request.body):
            text = "The idempotency key was used for a different request"
            code = "unable_to_process_request"
            raise RefusalError(422, code, text, behaviours.KEY_OF_ANOTHER_WRITE)
        self._evidence.cite(behaviours.REPLAY)
        if response.status != _OK:
            self._evidence.cite(behaviours.REPLAYED_REFUSAL)
        return replace(response, headers={**response.headers, REPLAYED: "true"})

    def keep(self, key: str, request: Request, response: Response) -> None:
        """Remember the answer to a write."""
        kept = (request.path, request.body), response
        self.kept.put(key, kept, self._clock.seconds())


#: The prefixes of the calls that need the newer product catalog.
_ABOUT_ITEMS = (
    f"{PREFIX}item",
    f"{PREFIX}invoices/create_for_charge_items_and_charges",
)

_HEADERS = {"Content-Type": "application/json;charset=utf-8"}

#: The properties that records lack which were not changed since 2016.
_OF_A_CHANGE = frozenset({"updated_at", "resource_version"})


class ChargebeeTwin:
    """A site of Chargebee in memory.

    `key` is its API key and `site` its name. `currencies` are the enabled ones, the
    site's own first. `legacy_orders` and more can be changed in `switches`. `evidence`
    holds the behaviours on which the answers rested.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        key: str,
        site: str,
        currencies: Sequence[str] = ("USD", "EUR", "GBP", "NOK", "JPY"),
        legacy_orders: bool = False,
    ) -> None:
        self.evidence = EvidenceLog()
        self._key = key
        self._clock = clock
        self.switches = Switches(legacy_orders=legacy_orders)
        self._site = Site(site, clock, self.evidence, currencies, self.switches)
        self._answers = IdempotentAnswers(clock, self.evidence)

    def reset(self) -> None:
        """Empty the site; generated ids continue, and are never used again."""
        self._site.empty()
        self._answers = IdempotentAnswers(self._clock, self.evidence)

    def list_records(self) -> RecordsByKind:
        """Return all records as they are now, by kind and id, deleted ones too."""
        self._site.catch_up()
        return {
            kind.name: {
                string(record, "id"): record
                for record in self._site.table(kind).records.values()
            }
            for kind in (*KINDS, COMMENTS)
        }

    def take_state(self) -> object:
        """Return the state of the site, to be kept in a file."""
        return state.take(self._site, self._answers.kept.all())

    def load_state(self, kept: Json) -> None:
        """Replace the state of the site; raise `FileError`."""
        found = decode_part(kept, state.SiteState)
        self.reset()
        state.fill(self._site, found)
        for key, since, answer in found.answers:
            self._answers.kept.put(key, answer, since)

    def list_switches(self) -> Mapping[str, Switch]:
        """Return age, bump (kind, id), custom_fields, merge (from, to) and switches."""
        return {
            "age": make_record_switch(self.age),
            "bump": make_record_switch(self.bump),
            "custom_fields": self._site.custom_fields.define,
            "merge": make_merge_switch(self.merge),
            "switches": partial(_set_switches, self.switches),
        }

    def bump(self, kind: str, record_id: str) -> None:
        """Renew a record's version as background jobs do; raise `ControlError`."""
        self._site.catch_up()
        record = self._find(kind, record_id)
        self.evidence.cite(behaviours.BUMPED)
        self._site.renew(KINDS_BY_NAME[kind], record)

    def age(self, kind: str, record_id: str) -> None:
        """Make a record as old as those without a time of change; `ControlError`."""
        self._site.catch_up()
        record = self._find(kind, record_id)
        self.evidence.cite(behaviours.WITHOUT_CHANGE)
        without = {name: record[name] for name in record if name not in _OF_A_CHANGE}
        self._site.rewrite(KINDS_BY_NAME[kind], without)

    def merge(self, loser: str, winner: str) -> None:
        """Merge one customer into another, as the call does; raise `ControlError`."""
        self._site.catch_up()
        if loser == winner:
            raise make_unknown_record("other customer than", winner)
        customers.move_all(
            self._site, self._find("customer", loser), self._find("customer", winner)
        )

    def _find(self, kind: str, record_id: str) -> Record:
        known = KINDS_BY_NAME.get(kind)
        record = self._site.table(known).get(record_id) if known else None
        if record is None or is_deleted(record):
            raise make_unknown_record(kind, record_id)
        return record

    def handle(self, request: Request) -> Response:
        """Answer one request; a refusal is an answer too."""
        try:
            _refuse_defect(request)
            self._authenticate(request)
            self._site.catch_up()
            key = self._answers.read_key(request)
            return self._answer_once(key, request) if key else self._answer(request)
        except RefusalError as error:
            return self._refuse(error)
        except NotBuiltError as error:
            return make_not_built("Chargebee", str(error))

    def remember(self, request: Request, response: Response) -> None:
        """Keep another component's answer for a request's key, unless it has one."""
        with suppress(RefusalError):
            key = self._answers.read_key(request)
            if key and self._answers.find(key, request) is None:
                self._answers.keep(key, request, response)

    def _authenticate(self, request: Request) -> None:
        if request.basic_user() == self._key:
            return
        code = "api_authentication_failed"
        text = "Sorry, authentication failed. Invalid api key"
        raise RefusalError(401, code, text, behaviours.AUTHENTICATION, kind=None)

    def _answer_once(self, key: str, request: Request) -> Response:
        kept = self._answers.find(key, request)
        if kept is not None:
            return kept
        response = self._answer(request)
        self._answers.keep(key, request, response)
        return response

    def _answer(self, request: Request) -> Response:
        try:
            method = request.method
            path, operation, record_id = find_operation(method, request.path)
            self._refuse_other_catalog(request)
            pairs = _read_pairs(request)
            names = [name for name, _ in pairs]
            custom = self._site.custom_fields.find(operation.entity, names)
            others = [name for name in names if name not in custom]
            dropped = find_dropped(method, path, list_parameters(operation), others)
            if method == "GET" and has_unknown_word(method, path, pairs):
                self.evidence.cite(behaviours.FILTER_WORD)
            form = types.nest_pairs(pairs)
            fields = {**operation.by_name, **custom} if custom else operation.by_name
            answer = operation.rule(Call(self._site, record_id, form, fields))
            return _encode(_OK, answer, dropped)
        except RefusalError as error:
            return self._refuse(error)

    def _refuse_other_catalog(self, request: Request) -> None:
        is_about_items = request.path.startswith(_ABOUT_ITEMS)
        if is_about_items and self.switches.product_catalog == "v1":
            # Which of the two older codes this has is unconfirmed.
            text = "The site does not have the product catalog that this call is for"
            code, legacy = "configuration_incompatible", "pc2_to_pc1_error"
            raise RefusalError(400, code, text, behaviours.OTHER_CATALOG, legacy=legacy)

    def _refuse(self, error: RefusalError) -> Response:
        self.evidence.cite(error.behaviour)
        return _encode(error.status, error.body())


def _refuse_defect(request: Request) -> None:
    if request.defect is not None:
        status, reason = request.defect.status, request.defect.reason
        raise RefusalError(status, INVALID, reason, behaviours.UNREADABLE)


def _read_pairs(request: Request) -> tuple[tuple[str, str], ...]:
    if request.method == "GET":
        return request.query
    return types.decode_body(request.body)


def _encode(
    status: int, body: Mapping[str, Json], dropped: tuple[str, ...] = ()
) -> Response:
    return Response(status, json.dumps(body).encode(), _HEADERS, dropped=dropped)
