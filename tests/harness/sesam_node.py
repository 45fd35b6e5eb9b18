"""A stand-in for a node of Sesam: the part of its service API that starts pipes.

It is written from Sesam's documentation, not from this project's client. A pump has
done its work when it has been looked at a number of times: no test waits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from dataflow.twin.http_server import TwinServer
from dataflow.twin.messages import Request, Response

JWT = "eyJhbGciOiJub25lIn0.eyJ1c2VyIjoicWEifQ.c2lnbmVk"


class PumpFailedError(Exception):
    """The work of a pump failed, for this reason."""


def failing(reason: str) -> Callable[[], int]:
    """Return the work of a pump that fails."""

    def work() -> int:
        raise PumpFailedError(reason)

    return work


@dataclass(eq=False)
class Pump:
    """The pump of a pipe: it runs until `looks` is 0.

    `work` returns how many entities it wrote; a run that wrote none is not in the log.
    `slow` is the number of looks that a run takes. A pump that is `off` never starts;
    one that `always_starts` answers so even while it runs. `last_run` is "end" where
    the pump names the run that ended last, "start" for the one that started last, and
    None where it does not name one.
    """

    work: Callable[[], int] = int
    slow: int = 1
    looks: int = 0
    runs: int = 0
    starts: int = 0
    off: bool = False
    always_starts: bool = False
    last_run: str | None = "end"
    log: list[dict[str, Any]] = field(default_factory=list)

    def look(self) -> dict[str, Any]:
        """Let one look pass, and let the run end with the last one."""
        if self.looks == 1:
            self._end()
        self.looks = max(0, self.looks - 1)
        return self.show()

    def show(self) -> dict[str, Any]:
        """Return the state of the pump."""
        runtime: dict[str, Any] = {"is-running": self.looks > 0}
        if self.last_run is not None:
            runtime["last-run"] = self.runs if self.last_run == "end" else self.starts
        return {"runtime": runtime}

    def begin(self) -> None:
        """Start a run, unless one is running."""
        self.starts += 1
        self.looks = self.looks or self.slow

    def _end(self) -> None:
        self.runs += 1
        try:
            written = self.work()
        except PumpFailedError as failure:
            self._append("pump-failed", reason_why_stopped=str(failure))
        else:
            if written:
                self._append("pump-completed", entities_succeeded=written)

    def _append(self, name: str, **more: object) -> None:
        entity = {"_id": name, "event_type": name, "entities_failed": 0, **more}
        self.log.append({**entity, "_updated": len(self.log)})


class SesamNode:
    """Serves these pumps by the ids of their pipes, for calls with the token.

    With a `status` other than 200, each answer has that status, and a `location` if one
    is set. `before_answer` is called with each method. `calls` are method, path and
    body of each call, `headers` those of the last one, and `url` the root of its API.
    """

    def __init__(self, pumps: dict[str, Pump]) -> None:
        self.pumps = pumps
        self.status = 200
        self.location: str | None = None
        self.before_answer: Callable[[str], object] = str
        self.calls: list[tuple[str, str, str]] = []
        self.headers: Mapping[str, str] = {}
        self.url = ""

    def started(self) -> list[str]:
        """Return the pipes that were started, in their order."""
        posted = [path for method, path, _ in self.calls if method == "POST"]
        return [path.split("/")[-2] for path in posted]

    def answer(self, request: Request) -> Response:
        """Answer one call."""
        self.headers, body = request.headers, request.body.decode()
        self.calls.append((request.method, request.path, body))
        self.before_answer(request.method)
        status, content = self._find_answer(request, body)
        headers = {"Content-Type": "application/json"}
        if self.location is not None:
            headers["Location"] = self.location
        return Response(status, json.dumps(content).encode(), headers)

    def _find_answer(self, request: Request, body: str) -> tuple[int, object]:
        token = self.headers.get("authorization")
        if self.status != 200:
            return self.status, {"detail": f"trouble with {token}"}
        if token != f"Bearer {JWT}":
            return 401, {"detail": "Unauthorized"}
        *_, pipes, pipe, part = request.path.split("/")
        if pipes != "pipes" or pipe not in self.pumps:
            return 404, {"detail": "Not found"}
        pump, query = self.pumps[pipe], dict(request.query)
        return _answer_of_pump(pump, request.method, part, query, body)


def _answer_of_pump(
    pump: Pump, method: str, part: str, query: dict[str, str], body: str
) -> tuple[int, object]:
    if (method, part) == ("GET", "pump"):
        return 200, pump.look()
    if (method, part) == ("GET", "log"):
        limit = int(query.get("limit", "1000000"))
        newest_first = query.get("reverse") == "true"
        return 200, (pump.log[::-1] if newest_first else pump.log)[:limit]
    if (method, part, parse_qs(body)) != ("POST", "pump", {"operation": ["start"]}):
        return 400, {"detail": "no such operation"}
    if pump.off:
        return 400, {"detail": "The pump doesn't support the operation 'start'"}
    if pump.looks and not pump.always_starts:
        return 409, pump.show()
    pump.begin()
    return 200, pump.show()


@contextmanager
def sesam_node(**pumps: Pump) -> Iterator[SesamNode]:
    """Serve a node with these pipes on a free port of loopback."""
    node = SesamNode(pumps)
    with TwinServer(node.answer) as server:
        node.url = f"{server.url}/api"
        yield node
