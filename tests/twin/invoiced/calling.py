"""What the tests of the Invoiced twin call it with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
import requests
from invoiced.errors import InvalidRequestError

from dataflow.twin.evidence import Behaviour
from dataflow.twin.invoiced import InvoicedTwin

KEY = "0123456789abcdefghijABCDEFGHIJ42"

#: What says that a body is JSON.
JSON = {"content-type": "application/json"}

#: The lines of an invoice over 10.
TEN = [{"name": "Paper", "unit_cost": 10}]

#: Method, path and what `requests` takes besides.
Raw: TypeAlias = Callable[..., requests.Response]


def refused(call: Callable[[], object]) -> tuple[int, str | None]:
    """Return status and param of the error that the vendor's client raises."""
    with pytest.raises(InvalidRequestError) as caught:
        call()
    return caught.value.status_code, caught.value.error.get("param")


def rests_on(twin: InvoicedTwin, behaviour: Behaviour) -> bool:
    """Return whether an answer so far rested on this unconfirmed behaviour."""
    return behaviour in twin.evidence.unconfirmed()


def names(listed: tuple[list[dict[str, Any]], object]) -> list[Any]:
    """Return the names in a list, in their order."""
    return [record["name"] for record in listed[0]]
