"""Serve a twin over HTTP/1.1."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Self

from dataflow.twin.http1 import ByteStream, receive, write_response
from dataflow.twin.messages import App

LOOPBACK = "127.0.0.1"

#: The seconds to wait for the rest of a request.
PATIENCE = 30.0
#: The pieces of 64 KiB that are read and dropped after an unreadable request.
_LAST_PIECES = 1024


class TwinServer:
    """Serves a thread-safe app; 408 after `patience` seconds; port 0 is a free port."""

    def __init__(self, app: App, port: int = 0, *, patience: float = PATIENCE) -> None:
        self._tcp = _Server((LOOPBACK, port), _Connection)
        self._tcp.app = app
        self._tcp.patience = patience
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        """Start to serve."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop to serve, end all connections, and free the port."""
        self._tcp.shutdown()
        self._tcp.server_close()
        self._thread.join()
        self._tcp.hang_up()

    @property
    def url(self) -> str:
        """Return the server's root, without a slash at the end."""
        return f"http://{LOOPBACK}:{self._tcp.server_address[1]}"

    def _serve(self) -> None:
        # A stop waits for the end of a poll, so it takes one interval.
        self._tcp.serve_forever(poll_interval=0.01)


class _Server(ThreadingTCPServer):
    app: App
    patience: float
    daemon_threads = True
    allow_reuse_address = True
    # Python's default of 5 refuses bursts: both SDKs open a connection for each call.
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], handler: type[BaseRequestHandler]
    ) -> None:
        super().__init__(address, handler)
        self.open: set[socket.socket] = set()

    def hang_up(self) -> None:
        """End every open connection, on which no answer will come."""
        for connection in list(self.open):
            _end(connection, socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a client that ended the connection; other errors are defects here."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Connection(BaseRequestHandler):
    server: _Server
    request: socket.socket

    def setup(self) -> None:
        """Set the options of the connection."""
        # Two small writes would cost 40 ms by Nagle and delayed acknowledgements.
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request.settimeout(self.server.patience)
        self.server.open.add(self.request)

    def handle(self) -> None:
        """Answer requests until the client or the server ends the connection."""
        stream = ByteStream(self.request.recv)
        while received := receive(stream, self.request.sendall):
            request, keeps = received.request, received.keeps
            response = self.server.app(request)
            self.request.sendall(write_response(response, to=request, keeps=keeps))
            if response.truncate_at is not None:
                return
            if request.defect is not None:
                self._let_finish()
            if not keeps:
                return

    def finish(self) -> None:
        """Forget the connection."""
        self.server.open.discard(self.request)

    def _let_finish(self) -> None:
        """Read and drop the rest: a close in the middle of it would lose the answer."""
        _end(self.request, socket.SHUT_WR)
        for _ in range(_LAST_PIECES):
            if not self.request.recv(65_536):
                return


def _end(connection: socket.socket, direction: int) -> None:
    with contextlib.suppress(OSError):  # the client has ended it already
        connection.shutdown(direction)
