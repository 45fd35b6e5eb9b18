"""A stand-in for a node of Sesam: as much of its service API as starting pipes needs.

It is written from what Sesam documents, and not from the project's own client. A pump
that was started does its work when it has been looked at so many times: no test waits.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

JWT = "eyJhbGciOiJub25lIn0.eyJ1c2VyIjoicWEifQ.c2lnbmVk"

#: What a pump's work comes to: how many entities it wrote.
Work = Callable[[], int]


class PumpFailedError(Exception):
    """A pump's work has failed, for this reason."""


def nothing() -> int:
    """Do nothing: such a run is not logged."""
    return 0


@dataclass(eq=False)
class Pump:
    """A pipe's pump: it is running for as many more looks as `looks` says.

    `slow` is how many a run takes. One that is `off` never starts; with `starts_always`
    a running one is told to start as if it were not. `log` is the pipe's log, oldest
    first.
    """

    work: Work = nothing
    slow: int = 1
    looks: int = 0
    runs: int = 0
    off: bool = False
    starts_always: bool = False
    log: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """Return what a node tells of it."""
        operations = [] if self.off else ["start", "stop", "enable", "disable"]
        return {
            "runtime": {
                "is-running": self.looks > 0,
                "last-run": f"2026-11-23T00:00:00.{self.runs:06}Z" if self.runs else "",
                "supported-operations": operations,
            }
        }

    def looked_at(self) -> dict[str, Any]:
        """Let one look pass, and the run end with the last one."""
        if self.looks == 1:
            self._end()
        self.looks = max(0, self.looks - 1)
        return self.shown()

    def begin(self) -> None:
        """Begin to run."""
        self.looks = self.slow

    def _end(self) -> None:
        self.runs += 1
        try:
            written = self.work()
        except PumpFailedError as failure:
            self._note("pump-failed", reason_why_stopped=str(failure))
        else:
            if written:
                self._note("pump-completed", entities_succeeded=written)

    def _note(self, name: str, **more: object) -> None:
        entity = {"_id": name, "event_type": name, "entities_failed": 0, **more}
        self.log.append({**entity, "_updated": len(self.log)})


class SesamNode(ThreadingHTTPServer):
    """Serves these pumps by the ids of their pipes, to who has the token.

    With `status` other than 200 it answers that to everything. `meanwhile` is called
    with the method before each answer. `asked` are the calls, as method, path and body,
    and `told` the headers of the last one.
    """

    def __init__(self, pumps: dict[str, Pump]) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.pumps = pumps
        self.status = 200
        self.location: str | None = None
        self.meanwhile: Callable[[str], object] = str
        self.asked: list[tuple[str, str, str]] = []
        self.told: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Return the root of its API."""
        return f"http://127.0.0.1:{self.server_port}/api"

    def started(self) -> list[str]:
        """Return the pipes that were started, in their order."""
        posted = [path for method, path, _ in self.asked if method == "POST"]
        return [path.split("/")[-2] for path in posted]

    def answer(
        self, method: str, target: str, body: str, token: str
    ) -> tuple[int, object]:
        """Return the status and the JSON of an answer."""
        path = unquote(urlsplit(target).path)
        self.asked.append((method, path, body))
        self.meanwhile(method)
        if self.status != 200:
            return self.status, {"detail": f"trouble with {token}"}
        if token != f"Bearer {JWT}":
            return 401, {"detail": "Unauthorized"}
        *_, pipes, pipe, part = path.split("/")
        if pipes != "pipes" or pipe not in self.pumps:
            return 404, {"detail": "Not found"}
        query = parse_qs(urlsplit(target).query)
        return _of_pump(self.pumps[pipe], method, part, query, body)


def _of_pump(
    pump: Pump, method: str, part: str, query: dict[str, list[str]], body: str
) -> tuple[int, object]:
    if (method, part) == ("GET", "pump"):
        return 200, pump.looked_at()
    if (method, part) == ("GET", "log"):
        limit = int(query.get("limit", ["1000000"])[0])
        back = query.get("reverse") == ["true"]
        return 200, (pump.log[::-1] if back else pump.log)[:limit]
    if (method, part, parse_qs(body)) == ("POST", "pump", {"operation": ["start"]}):
        return _start(pump)
    return 400, {"detail": "no such operation"}


def _start(pump: Pump) -> tuple[int, object]:
    if pump.off:
        return 400, {"detail": "The pump doesn't support the operation 'start'"}
    if pump.looks and not pump.starts_always:
        return 409, pump.shown()
    pump.begin()
    return 200, pump.shown()


class _Answering(BaseHTTPRequestHandler):
    server: SesamNode

    def answer(self) -> None:
        """Answer whatever is asked."""
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        self.server.told = {name.lower(): text for name, text in self.headers.items()}
        token = self.headers.get("authorization", "")
        status, said = self.server.answer(self.command, self.path, body, token)
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.send_header("set-cookie", "balancer=1; Path=/")
        if self.server.location is not None:
            self.send_header("location", self.server.location)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer  # noqa: N815 - as the server looks for them

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def sesam_node(**pumps: Pump) -> Iterator[SesamNode]:
    """Serve a node with these pipes on a free port of loopback."""
    with SesamNode(pumps) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
