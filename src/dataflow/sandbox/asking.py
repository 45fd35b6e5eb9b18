"""Calls to both vendors at a pace that they bear, again where they ask for patience."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from dataflow.harness.vendors.chargebee_site import ChargebeeSite
from dataflow.harness.vendors.connection import Connection
from dataflow.harness.vendors.invoiced_account import InvoicedAccount
from dataflow.harness.vendors.refusal import TroubleError
from dataflow.harness.vendors.sdk import chargebee_client, invoiced_client
from dataflow.network.hooks import RateLimiter

_TOO_MANY, _TRIES = 429, 4
_MINUTE = 60.0


class Asking:
    """Makes calls at a pace, and counts them; `pause` waits so many seconds."""

    def __init__(self, pace: RateLimiter, pause: Callable[[float], None]) -> None:
        self.calls = 0
        self._pace = pace
        self._pause = pause

    def make(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it returns
        """Make a call; one that comes too early is made again, thrice at most.

        It waits as long as the vendor says, a minute at most, and a minute where it
        does not say.
        """
        for _ in range(_TRIES - 1):
            try:
                return self._at_pace(call)
            except TroubleError as trouble:
                if trouble.status != _TOO_MANY:
                    raise
                after = trouble.retry_after
                self._pause(_MINUTE if after is None else min(after, _MINUTE))
        return self._at_pace(call)

    def _at_pace(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - as above
        self._pace.wait()
        self.calls += 1
        return call()


class PatientAccount(InvoicedAccount):
    """An Invoiced account that is asked patiently."""

    def __init__(self, client: Any, asking: Asking) -> None:  # noqa: ANN401 - untyped SDK
        super().__init__(client)
        self._asking = asking

    def _call(
        self, function: Callable[..., Any], *args: object, **named: object
    ) -> Any:  # noqa: ANN401 - untyped SDK
        return self._asking.make(partial(super()._call, function, *args, **named))


class PatientSite(ChargebeeSite):
    """A Chargebee site that is asked patiently."""

    def __init__(self, client: Any, asking: Asking) -> None:  # noqa: ANN401 - untyped SDK
        super().__init__(client)
        self._asking = asking

    def _call(self, function: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401 - untyped SDK
        return self._asking.make(partial(super()._call, function, *args))


@dataclass(frozen=True, slots=True)
class PatientAccounts:
    """Both accounts of a connection."""

    invoiced: PatientAccount
    chargebee: PatientSite
    calls: Callable[[], dict[str, int]]


def patient_accounts(
    connection: Connection,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> PatientAccounts:
    """Return both accounts, asked patiently, and how often each was asked."""
    invoiced = Asking(RateLimiter(clock, pause), pause)
    chargebee = Asking(RateLimiter(clock, pause), pause)
    return PatientAccounts(
        PatientAccount(invoiced_client(connection), invoiced),
        PatientSite(chargebee_client(connection), chargebee),
        lambda: {"Invoiced": invoiced.calls, "Chargebee": chargebee.calls},
    )
