"""The vendors' official SDKs, pointed at the systems under test.

Neither SDK has a setting for its address; each has one way that works.
"""

from __future__ import annotations

import functools
import ssl
import typing
from typing import Any

import chargebee.model
import chargebee.responses
import invoiced
from chargebee.main import Chargebee

from dataflow.harness.vendors.connection import Connection


def invoiced_client(connection: Connection) -> Any:  # noqa: ANN401 - untyped SDK
    """Return Invoiced's client for the account of this connection."""
    client = invoiced.Client(connection.invoiced_key)
    client.api_url = connection.invoiced_url
    return client


def chargebee_client(connection: Connection) -> Any:  # noqa: ANN401 - untyped SDK
    """Return Chargebee's client for the site of this connection."""
    _make_tls_contexts_once()
    _read_type_hints_once()
    scheme = connection.chargebee_url.partition(":")[0]
    if scheme == "http":
        # The SDK looks at the class, not at the instance, before it drops TLS.
        Chargebee.verify_ca_certs = False
    client = Chargebee(
        api_key=connection.chargebee_key,
        site=connection.chargebee_site,
        protocol=scheme,
    )
    client.env.api_endpoint = connection.chargebee_url
    return client


@functools.cache
def _make_tls_contexts_once() -> None:
    """Let Chargebee's SDK share one TLS context: it makes one a call, at 37 ms each."""
    shared: Any = functools.cache(ssl.create_default_context)
    ssl.create_default_context = shared


@functools.cache
def _read_type_hints_once() -> None:
    """Let Chargebee's SDK read the types of a model once, not for each record."""
    cached: Any = functools.cache(typing.get_type_hints)
    chargebee.model.get_type_hints = chargebee.responses.get_type_hints = cached
