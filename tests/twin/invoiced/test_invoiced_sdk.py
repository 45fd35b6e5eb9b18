"""Every method of Invoiced's own client gets an answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from invoiced import objects

from dataflow.twin.gateway import LockedTwin
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced.routes import find_route
from dataflow.vendors.connection import Connection, invoiced_client
from tests.twin.invoiced.conftest import KEY
from tests.twin.invoiced.sdk_calls import UNKNOWN, call_every_method
from tests.twin.sdk_methods import Exchange, is_not_built, record_exchanges


@pytest.fixture
def calls(twin: InvoicedTwin) -> Iterator[list[Exchange]]:
    """Yield the calls of all methods, with their answers."""
    with record_exchanges(LockedTwin(twin).handle) as (url, found):
        call_every_method(invoiced_client(Connection(url, KEY, "", "", "")), objects)
        yield found


def test_each_method_gets_an_answer(calls: list[Exchange]) -> None:
    """A method gets an answer of the vendor, or the twin's own: it is not built."""
    unknown = {
        f"{request.method} {find_route(request.path)}"
        for request, response in calls
        if not is_not_built(response)
        and (response.status == 405 or b"was not recognized" in response.body)
    }

    assert len(calls) > 150
    assert UNKNOWN == unknown
