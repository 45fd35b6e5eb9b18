"""Hears what the clients of this process send, and what they are answered.

Both SDKs and the reference sync open their connections themselves, through `requests`
and `httpx`; each sends every call through one method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias
from unittest import mock

import httpx
import requests

#: Called with the address before a call is made.
Before: TypeAlias = Callable[[str], None]
#: Called with request and response, of either library, after it was answered, or with
#: None where no answer came.
After: TypeAlias = Callable[[Any, Any], None]


def _nothing(url: str) -> None:
    del url


@contextmanager
def overhearing(after: After, before: Before = _nothing) -> Iterator[None]:
    """Tell of every call until the end of the block."""
    with (
        mock.patch.object(
            requests.Session, "send", _told(requests.Session.send, before, after)
        ),
        mock.patch.object(
            httpx.Client, "send", _told(httpx.Client.send, before, after)
        ),
    ):
        yield


def _told(send: Callable[..., Any], before: Before, after: After) -> Callable[..., Any]:
    def told(self: object, request: Any, **options: Any) -> Any:  # noqa: ANN401 - of either library
        before(str(request.url))
        response = None
        try:
            response = send(self, request, **options)
        finally:
            after(request, response)
        return response

    return told
