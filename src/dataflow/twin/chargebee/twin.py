"""The stand-in as a whole: from one request to one response."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress

from dataflow.twin.behaviours import Touched
from dataflow.twin.chargebee import behaviours, controls, forms
from dataflow.twin.chargebee.calls import Call
from dataflow.twin.chargebee.errors import INVALID, RefusalError
from dataflow.twin.chargebee.idempotency import Answers
from dataflow.twin.chargebee.routes import PREFIX, route
from dataflow.twin.chargebee.site import Site
from dataflow.twin.chargebee.switches import Switches
from dataflow.twin.clock import Clock
from dataflow.twin.wire import Json, Request, Response

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
    more can be changed in `switches`. What the answers rested on is in `touched`.
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
        self.touched = Touched()
        self._key = key
        self._clock = clock
        self.switches = Switches(legacy_orders=legacy_orders)
        self._site = Site(site, clock, self.touched, currencies, self.switches)
        self._answers = Answers(clock, self.touched)

    def reset(self) -> None:
        """Empty the site; generated ids go on, and are never used again."""
        self._site.empty()
        self._answers = Answers(self._clock, self.touched)

    def catch_up(self) -> bool:
        """Do what is due, each thing as at its own moment: so nothing shows this."""
        self._site.catch_up()
        return False

    def bump(self, kind: str, record_id: str) -> None:
        """Renew a record's version as background jobs do; nothing else changes.

        `kind` is as in answers, such as `item_price`. Raises `NothingToControlError`.
        """
        self._site.catch_up()
        controls.bump(self._site, kind, record_id)

    def merge(self, loser: str, winner: str) -> None:
        """Merge one customer into another, as the call does; both are ids.

        Raises `NothingToControlError`.
        """
        self._site.catch_up()
        controls.merge(self._site, loser, winner)

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
        self.touched.touch(error.rests_on)
        return _response(error.status, error.body())


def _refuse_flaw(request: Request) -> None:
    if request.flaw is not None:
        status, says = request.flaw.status, request.flaw.says
        raise RefusalError(status, INVALID, says, behaviours.UNREADABLE)


def _form(request: Request) -> forms.Form:
    if request.method == "GET":
        return forms.from_pairs(request.query)
    return forms.from_body(request.body)


def _response(status: int, body: Mapping[str, Json]) -> Response:
    return Response(status, json.dumps(body).encode(), _HEADERS)
