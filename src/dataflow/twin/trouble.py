"""Answers that say that something went wrong on the other side."""

from __future__ import annotations

from dataclasses import dataclass

from dataflow.twin.behaviours import Behaviour
from dataflow.twin.wire import Response

_GATEWAY_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)

#: What a proxy says when it cannot reach the service: no JSON, and no vendor's form.
BAD_GATEWAY = Response(502, _GATEWAY_PAGE, {"Content-Type": "text/html"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """An answer in a vendor's form, and the behaviour that it rests on.

    One that is `kept` comes from behind the idempotency keys, and is given again.
    """

    response: Response
    rests_on: Behaviour
    kept: bool = False
