"""The server's edge: HTTP on loopback in front of a twin's pure function."""

from __future__ import annotations

import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from dataflow.twin.wire import App, Request, Response

LOOPBACK = "127.0.0.1"


class TwinServer:
    """Serves one twin on loopback, in threads of its own, until it is closed.

    Port 0 asks the system for a free one. A twin sees one request at a time.
    """

    def __init__(self, app: App, port: int = 0) -> None:
        self._http = _Server((LOOPBACK, port), _Handler)
        self._http.app = app
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving and free the port."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Return the server's root, without a slash at the end."""
        return f"http://{LOOPBACK}:{self._http.server_port}"

    def _serve(self) -> None:
        # Closing waits for the poll to notice, so the interval is the cost of a stop.
        self._http.serve_forever(poll_interval=0.01)


class _Server(ThreadingHTTPServer):
    app: App
    daemon_threads = True
    # Python's default of 5 refuses bursts: both SDKs open a connection for each call.
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]
    ) -> None:
        super().__init__(address, handler)
        self.one_at_a_time = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that hung up; anything else is a fault of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Unbuffered writes meet Nagle and delayed acknowledgements: 40 ms a call.
    wbufsize = -1
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        length = self.headers.get("content-length") or "0"
        if not (length.isascii() and length.isdigit()):
            self.send_error(HTTPStatus.BAD_REQUEST, "Content-Length is no number")
            return
        request = self._read(int(length))
        with self.server.one_at_a_time:
            response = self.server.app(request)
        self._write(response)

    def _read(self, length: int) -> Request:
        target = urlsplit(self.path)
        return Request(
            method=self.command,
            path=unquote(target.path),
            query=tuple(parse_qsl(target.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_args: object) -> None:
        """Keep quiet: a person who wants to see the calls asks the twin for them."""
