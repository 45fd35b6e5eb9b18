"""Chargebee's API: a request in, a response out."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from dataflow.twin.chargebee import (
    behaviours,
    currencies,
    customers,
    events,
    invoice_import,
    invoices,
    item_families,
    item_prices,
    items,
    orders,
    types,
)
from dataflow.twin.chargebee.calls import Call, Rule
from dataflow.twin.chargebee.errors import INVALID, RefusalError, not_found, wrong_value
from dataflow.twin.chargebee.site import CUSTOMERS, KINDS, Site, Switches
from dataflow.twin.chargebee.types import Record, is_deleted
from dataflow.twin.clock import Clock
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.gateway import Knob, make_bump_switch, make_merge_switch
from dataflow.twin.messages import Arguments, Json, Request, Response, nothing

#: `calls_per_minute` is none of them: the limit is a control of the edge.
_DURATIONS = ("list_lag", "order_delay", "customer_delete_delay")
_FLAGS = ("orders", "legacy_orders", "enabled_currencies_only", "without_orders")
_CHOICES = {"order_generation": ("paid", "unpaid"), "product_catalog": ("v2", "v1")}
_SWITCHES = (*_FLAGS, *_CHOICES, *_DURATIONS)


def list_switches(twin: ChargebeeTwin) -> Mapping[str, Knob]:
    """Return the knobs: `bump` takes `kind` and `id`, `merge` takes `from` and `to`.

    `switches` sets those that are given, and answers all of them; seconds are in
    numbers. All raise `ControlError` for wrong arguments, `bump` and `merge`
    `NothingToControlError`, and then nothing has changed.
    """
    return {
        "bump": make_bump_switch(twin.bump),
        "merge": make_merge_switch(twin.merge),
        "switches": partial(_switch, twin.switches),
    }


def _switch(switches: Switches, given: Arguments) -> Json:
    given.only(*_SWITCHES)
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


@dataclass(frozen=True, slots=True)
class _Kept:
    until: int
    payload: tuple[str, bytes]
    response: Response


@dataclass(slots=True)
class IdempotentAnswers:
    """The answers to recent writes that had an idempotency key."""

    clock: Clock
    evidence: EvidenceLog
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
        self.evidence.cite(behaviours.REPLAY)
        if kept.response.status != _OK:
            self.evidence.cite(behaviours.REPLAYED_REFUSAL)

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


def bump(site: Site, kind: str, record_id: str) -> None:
    """Renew the version of a record, and tell nobody.

    Raises `NothingToControlError` for a record that is not there.
    """
    for known in KINDS:
        record = site.table(known).get(record_id) if known.name == kind else None
        if record is not None and not is_deleted(record):
            site.evidence.cite(behaviours.BUMPED)
            site.renew(known, record)
            return
    raise nothing(kind, record_id)


def merge(site: Site, loser: str, winner: str) -> None:
    """Merge one customer into another.

    Raises `NothingToControlError` for a customer that is not there, or that is to be
    merged with itself.
    """
    if loser == winner:
        raise nothing("other customer than", winner)
    customers.merged(site, _customer(site, loser), _customer(site, winner))


def _customer(site: Site, customer_id: str) -> Record:
    record = site.table(CUSTOMERS).get(customer_id)
    if record is None or is_deleted(record):
        raise nothing("customer", customer_id)
    return record


PREFIX = "/api/v2/"
ID = "{id}"

#: Literal steps go before ids: `/orders/import_order` is not an order of that id.
ROUTES: Mapping[str, Mapping[str, Rule]] = {
    "configurations": {"GET": currencies.configurations},
    "currencies": {"POST": currencies.create},
    "currencies/list": {"GET": currencies.list_all},
    "currencies/{id}": {"GET": currencies.retrieve, "POST": currencies.update},
    "customers": {"GET": customers.list_all, "POST": customers.create},
    "customers/merge": {"POST": customers.merge},
    "customers/{id}": {"GET": customers.retrieve, "POST": customers.update},
    "customers/{id}/update_billing_info": {"POST": customers.update_billing_info},
    "customers/{id}/delete": {"POST": customers.delete},
    "events": {"GET": events.list_all},
    "events/{id}": {"GET": events.retrieve},
    "item_families": {"GET": item_families.list_all, "POST": item_families.create},
    "item_families/{id}": {"GET": item_families.retrieve, "POST": item_families.update},
    "item_families/{id}/delete": {"POST": item_families.delete},
    "items": {"GET": items.list_all, "POST": items.create},
    "items/{id}": {"GET": items.retrieve, "POST": items.update},
    "items/{id}/delete": {"POST": items.delete},
    "item_prices": {"GET": item_prices.list_all, "POST": item_prices.create},
    "item_prices/{id}": {"GET": item_prices.retrieve, "POST": item_prices.update},
    "item_prices/{id}/delete": {"POST": item_prices.delete},
    "invoices": {"GET": invoices.list_all},
    "invoices/create_for_charge_items_and_charges": {"POST": invoices.create},
    "invoices/import_invoice": {"POST": invoice_import.import_invoice},
    "invoices/{id}": {"GET": invoices.retrieve},
    "invoices/{id}/record_payment": {"POST": invoices.record_payment},
    "invoices/{id}/void": {"POST": invoices.void},
    "invoices/{id}/delete": {"POST": invoices.delete},
    "invoices/{id}/orders": {"GET": orders.list_for_invoice},
    "orders": {"GET": orders.list_all, "POST": orders.create},
    "orders/import_order": {"POST": orders.import_order},
    "orders/{id}": {"GET": orders.retrieve, "POST": orders.update},
    "orders/{id}/cancel": {"POST": orders.cancel},
    "orders/{id}/delete": {"POST": orders.delete},
}


def route(method: str, path: str) -> tuple[Rule, str]:
    """Return the rule for a call, and the id in its path or an empty text."""
    if not path.startswith(PREFIX):
        raise not_found(behaviours.UNKNOWN_PATH)
    steps = path.removeprefix(PREFIX).split("/")
    found = [way for way in _ways(steps) if way[0] in ROUTES]
    for pattern, record_id in found:
        if method in ROUTES[pattern]:
            return ROUTES[pattern][method], record_id
    if not found:
        raise not_found(behaviours.UNKNOWN_PATH)
    text = f"{method} is not supported here"
    code = "http_method_not_supported"
    raise RefusalError(405, code, text, behaviours.WRONG_METHOD)


def _ways(steps: list[str]) -> list[tuple[str, str]]:
    """Return the patterns that a path may fit, the literal one first."""
    literal = ("/".join(steps), "")
    if len(steps) == 1 or not steps[1] or ID in steps:
        return [literal]
    return [literal, ("/".join([steps[0], ID, *steps[2:]]), steps[1])]


def route_of(path: str) -> str:
    """Return the route of a path, as `/customers/{id}`, or the path that has none."""
    steps = path.removeprefix(PREFIX).split("/")
    known = [pattern for pattern, _ in _ways(steps) if pattern in ROUTES]
    return f"/{known[0]}" if known and path.startswith(PREFIX) else path


#: How the paths of the newer product catalog begin.
_ABOUT_ITEMS = (
    f"{PREFIX}item",
    f"{PREFIX}invoices/create_for_charge_items_and_charges",
)

_HEADERS = {"Content-Type": "application/json;charset=utf-8"}


class ChargebeeTwin:
    """A site of Chargebee that lives in memory.

    `key` is its API key and `site` its name. `currencies` are those that it lists, its
    own first. `legacy_orders` lets orders be created the way of old sites; this and
    more can be changed in `switches`. What the answers rested on is in `evidence`.
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
        """Empty the site; generated ids go on, and are never used again."""
        self._site.empty()
        self._answers = IdempotentAnswers(self._clock, self.evidence)

    def catch_up(self) -> bool:
        """Do what is due, each thing as at its own moment: so nothing shows this."""
        self._site.catch_up()
        return False

    def bump(self, kind: str, record_id: str) -> None:
        """Renew a record's version as background jobs do; nothing else changes.

        `kind` is as in answers, such as `item_price`. Raises `NothingToControlError`.
        """
        self._site.catch_up()
        bump(self._site, kind, record_id)

    def merge(self, loser: str, winner: str) -> None:
        """Merge one customer into another, as the call does; both are ids.

        Raises `NothingToControlError`.
        """
        self._site.catch_up()
        merge(self._site, loser, winner)

    def handle(self, request: Request) -> Response:
        """Answer one request; a refusal is an answer too."""
        try:
            _refuse_flaw(request)
            self._authenticate(request)
            self._site.catch_up()
            key = self._answers.key(request)
            return self._once(key, request) if key else self._answer(request)
        except RefusalError as error:
            return self._refused(error)

    def remember(self, request: Request, response: Response) -> None:
        """Keep an answer made elsewhere for the key of a request, unless it has one."""
        with suppress(RefusalError):
            key = self._answers.key(request)
            if key and self._answers.again(key, request) is None:
                self._answers.keep(key, request, response)

    def _authenticate(self, request: Request) -> None:
        if request.basic_user() == self._key:
            return
        code = "api_authentication_failed"
        text = "Sorry, authentication failed. Invalid api key"
        raise RefusalError(401, code, text, behaviours.AUTHENTICATION, kind=None)

    def _once(self, key: str, request: Request) -> Response:
        again = self._answers.again(key, request)
        if again is not None:
            return again
        response = self._answer(request)
        self._answers.keep(key, request, response)
        return response

    def _answer(self, request: Request) -> Response:
        try:
            rule, record_id = route(request.method, request.path)
            self._refuse_other_catalog(request)
            call = Call(self._site, record_id, _form(request))
            return _response(200, rule(call))
        except RefusalError as error:
            return self._refused(error)

    def _refuse_other_catalog(self, request: Request) -> None:
        about_items = request.path.startswith(_ABOUT_ITEMS)
        if about_items and self.switches.product_catalog == "v1":
            # Which of the two older codes this has is unconfirmed.
            text = "The site does not have the product catalog that this call is for"
            raise RefusalError(
                400,
                "configuration_incompatible",
                text,
                behaviours.OTHER_CATALOG,
                legacy="pc2_to_pc1_error",
            )

    def _refused(self, error: RefusalError) -> Response:
        self.evidence.cite(error.rests_on)
        return _response(error.status, error.body())


def _refuse_flaw(request: Request) -> None:
    if request.defect is not None:
        status, says = request.defect.status, request.defect.reason
        raise RefusalError(status, INVALID, says, behaviours.UNREADABLE)


def _form(request: Request) -> types.Form:
    if request.method == "GET":
        return types.from_pairs(request.query)
    return types.from_body(request.body)


def _response(status: int, body: Mapping[str, Json]) -> Response:
    return Response(status, json.dumps(body).encode(), _HEADERS)
