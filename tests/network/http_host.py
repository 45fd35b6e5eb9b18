"""An HTTP server that notes its requests, and answers an empty object or a redirect."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dataflow.network.sockets import served_ports


class Host(ThreadingHTTPServer):
    """Answers with `status`, and redirects to `location` if there is one."""

    def __init__(self, status: int, location: str | None) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.status = status
        self.location = location
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.server_port}"


class _Answering(BaseHTTPRequestHandler):
    server: Host

    def answer(self) -> None:
        """Answer any request."""
        self.server.asked.append(self.requestline)
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.server.status)
        if self.server.location is not None:
            self.send_header("location", self.server.location)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_CONNECT = answer  # noqa: N815 - as the server looks for them

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def host(status: int = 200, location: str | None = None) -> Iterator[Host]:
    """Serve a host on a free port of loopback."""
    with Host(status, location) as server, served_ports(server.server_port):
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
