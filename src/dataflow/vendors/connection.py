"""How to reach both vendors: addresses, keys, SDK clients, errors, lists read once."""

from __future__ import annotations

import functools
import importlib
import ssl
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import invoiced
import invoiced.operations

from dataflow.errors import NotFoundError, VendorRefusedError
from dataflow.record_types.model import Kind
from dataflow.vendors.chargebee_sdk import LazyClient, sdk

Record: TypeAlias = dict[str, Any]

#: Makes one call: at once, or at a pace.
MakeCall: TypeAlias = Callable[[Callable[[], Any]], Any]

#: The variable that gives a sync the time.
NOW = "DATAFLOW_NOW"

_CLIENT_ERROR, _NOT_FOUND = 4, 404
#: Statuses of a missing right or of too many calls, which do not refuse the call.
_NOT_THE_CALL = {401, 403, 429}


@dataclass(frozen=True, slots=True)
class Connection:
    """Addresses and keys of both systems; `chargebee_url` ends with `/api/v2`."""

    invoiced_url: str
    invoiced_key: str
    chargebee_url: str
    chargebee_key: str
    chargebee_site: str

    def environment(
        self, state_dir: Path, since: int, now: int | None = None
    ) -> dict[str, str]:
        """Return a sync's variables; `since` and `now` are vendors' unix seconds."""
        time = {} if now is None else {NOW: str(now)}
        return time | {
            "DATAFLOW_INVOICED_URL": self.invoiced_url,
            "DATAFLOW_INVOICED_KEY": self.invoiced_key,
            "DATAFLOW_CHARGEBEE_URL": self.chargebee_url,
            "DATAFLOW_CHARGEBEE_KEY": self.chargebee_key,
            "DATAFLOW_CHARGEBEE_SITE": self.chargebee_site,
            "DATAFLOW_STATE_DIR": str(state_dir),
            "DATAFLOW_SINCE": str(since),
        }

    def roots(self) -> tuple[str, str]:
        """Return both addresses."""
        return self.invoiced_url, self.chargebee_url

    def owners(self) -> dict[str, str]:
        """Return the vendor of each key."""
        return {self.invoiced_key: "Invoiced", self.chargebee_key: "Chargebee"}


# SDK clients. Neither SDK has a setting for its address; each has one way that works.


def invoiced_client(connection: Connection) -> Any:  # noqa: ANN401 - untyped SDK
    """Return Invoiced's client for the account of this connection."""
    _spell_plurals_once()
    client = invoiced.Client(connection.invoiced_key)
    client.api_url = connection.invoiced_url
    return client


def chargebee_client(connection: Connection) -> Any:  # noqa: ANN401 - untyped SDK
    """Return Chargebee's client for the site of this connection."""
    _make_tls_contexts_once()
    _read_type_hints_once()
    if connection.chargebee_url.startswith("http:"):
        # The SDK reads the class, not the instance, before it disables TLS.
        sdk.Chargebee.verify_ca_certs = False
    return LazyClient(
        connection.chargebee_key, connection.chargebee_site, connection.chargebee_url
    )


@functools.cache
def _spell_plurals_once() -> None:
    """Let Invoiced's SDK spell the plural of a class once, not for each record."""
    invoiced.operations.pluralize = functools.cache(invoiced.operations.pluralize)


@functools.cache
def _make_tls_contexts_once() -> None:
    """Let Chargebee's SDK share one TLS context: it makes one a call, at 37 ms each."""
    shared: Any = functools.cache(ssl.create_default_context)
    ssl.create_default_context = shared


@functools.cache
def _read_type_hints_once() -> None:
    """Let Chargebee's SDK read the types of a model once, not for each record."""
    cached: Any = functools.cache(typing.get_type_hints)
    for name in ("chargebee.model", "chargebee.responses"):
        vars(importlib.import_module(name))["get_type_hints"] = cached


def is_refusal(status: int | None) -> bool:
    """Return whether an answer of this status refuses the call itself."""
    return (status or 0) // 100 == _CLIENT_ERROR and status not in _NOT_THE_CALL


def refusal(vendor: str, status: int, message: str) -> VendorRefusedError:
    """Return the error for a refusal."""
    kind = NotFoundError if status == _NOT_FOUND else VendorRefusedError
    return kind(vendor, status, message)


def make_at_once(call: Callable[[], Any]) -> Any:  # noqa: ANN401 - any result
    """Make the call."""
    return call()


class Records(ABC):
    """One system through its SDK, with calls made by `make_call`.

    `list_all` returns what was saved from `since` on, in the vendor's unix seconds. Its
    lists are cached in `lists` until a write, or until `lists` is cleared.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - untyped SDK
        since: int = 0,
        make_call: MakeCall = make_at_once,
    ) -> None:
        self._client = client
        self._since = since
        self._make_call = make_call
        self.lists = ListCache()

    @staticmethod
    @abstractmethod
    def _errors() -> AbstractContextManager[None]:
        """Raise the SDK's errors as ours."""

    def _write(
        self, function: Callable[..., Any], *args: object, **named: object
    ) -> Any:  # noqa: ANN401 - untyped SDK
        self.lists.clear()
        return self._call(function, *args, **named)

    def _call(
        self, function: Callable[..., Any], *args: object, **named: object
    ) -> Any:  # noqa: ANN401 - untyped SDK
        def call() -> Any:  # noqa: ANN401 - untyped SDK
            with self._errors():
                return function(*args, **named)

        return self._make_call(call)


class ListCache:
    """The lists of one system, read once until `clear`: steps read the same state."""

    def __init__(self) -> None:
        self._lists: dict[Kind, dict[str, Record]] = {}

    def get(
        self, kind: Kind, read: Callable[[], dict[str, Record]]
    ) -> dict[str, Record]:
        """Return the records of a kind by id; call `read` for a list not yet read."""
        if kind not in self._lists:
            self._lists[kind] = read()
        return self._lists[kind]

    def snapshot(self) -> dict[Kind, dict[str, Record]]:
        """Return the lists that have been read, by kind."""
        return dict(self._lists)

    def clear(self) -> None:
        """Read every list again: something was written, or time has passed."""
        self._lists.clear()
