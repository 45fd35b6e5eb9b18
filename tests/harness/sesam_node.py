"""A stand-in for a node of Sesam: the part of its service API that starts pipes.

It is written from Sesam's documentation, not from this project's client. A pump has
done its work when it has been looked at a number of times: no test waits.
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


class PumpFailedError(Exception):
    """The work of a pump failed, for this reason."""


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


class SesamNode(ThreadingHTTPServer):
    """Serves these pumps by the ids of their pipes, for calls with the token.

    With a `status` other than 200, each answer has that status, and a `location` if one
    is set. `before_answer` is called with each method. `calls` are method, path and
    body of each call, and `headers` those of the last one.
    """

    def __init__(self, pumps: dict[str, Pump]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pumps = pumps
        self.status = 200
        self.location: str | None = None
        self.before_answer: Callable[[str], object] = str
        self.calls: list[tuple[str, str, str]] = []
        self.headers: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Return the root of its API."""
        return f"http://127.0.0.1:{self.server_port}/api"

    def started(self) -> list[str]:
        """Return the pipes that were started, in their order."""
        posted = [path for method, path, _ in self.calls if method == "POST"]
        return [path.split("/")[-2] for path in posted]

    def answer(self, method: str, target: str, body: str) -> tuple[int, object]:
        """Return the status and the JSON of an answer."""
        path, token = unquote(urlsplit(target).path), self.headers.get("authorization")
        self.calls.append((method, path, body))
        self.before_answer(method)
        if self.status != 200:
            return self.status, {"detail": f"trouble with {token}"}
        if token != f"Bearer {JWT}":
            return 401, {"detail": "Unauthorized"}
        *_, pipes, pipe, part = path.split("/")
        if pipes != "pipes" or pipe not in self.pumps:
            return 404, {"detail": "Not found"}
        query = parse_qs(urlsplit(target).query)
        return _answer_of_pump(self.pumps[pipe], method, part, query, body)


def _answer_of_pump(
    pump: Pump, method: str, part: str, query: dict[str, list[str]], body: str
) -> tuple[int, object]:
    if (method, part) == ("GET", "pump"):
        return 200, pump.look()
    if (method, part) == ("GET", "log"):
        limit = int(query.get("limit", ["1000000"])[0])
        newest_first = query.get("reverse") == ["true"]
        return 200, (pump.log[::-1] if newest_first else pump.log)[:limit]
    if (method, part, parse_qs(body)) != ("POST", "pump", {"operation": ["start"]}):
        return 400, {"detail": "no such operation"}
    if pump.off:
        return 400, {"detail": "The pump doesn't support the operation 'start'"}
    if pump.looks and not pump.always_starts:
        return 409, pump.show()
    pump.begin()
    return 200, pump.show()


class _Handler(BaseHTTPRequestHandler):
    server: SesamNode

    def answer(self) -> None:
        """Answer one call."""
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        self.server.headers = {
            name.lower(): text for name, text in self.headers.items()
        }
        status, answer = self.server.answer(self.command, self.path, body)
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        if self.server.location is not None:
            self.send_header("location", self.server.location)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer  # noqa: N815 - the names that the server calls

    def log_message(self, *_: object) -> None:
        """Print nothing."""


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
