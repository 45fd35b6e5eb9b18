"""Serve a twin over HTTP/1.1 with asyncio."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Self, cast

from dataflow.twin.http_messages import RequestError, RequestReader, write_response
from dataflow.twin.messages import App, Request, Response

LOOPBACK = "127.0.0.1"

#: The seconds to wait for the rest of a request.
PATIENCE = 30.0

#: The bytes to take at a time: asyncio's own 256 KiB cost 15 microseconds a call.
ROOM = 65_536


class TwinServer:
    """Serves an app from one thread, one call at a time; port 0 is a free port.

    While `waits` returns true, each call has a thread of its own: an answer that comes
    late must not delay the others. A silent client gets a 408 after `patience` seconds.
    """

    def __init__(
        self,
        app: App,
        port: int = 0,
        *,
        patience: float = PATIENCE,
        waits: Callable[[], bool] = lambda: False,
    ) -> None:
        self.app = app
        self.patience = patience
        self.waits = waits
        self.open: set[_Connection] = set()
        self.room = bytearray(ROOM)  # for all: each reads what has come at once
        # Both SDKs open a connection for each call: a short queue refuses bursts.
        self._socket = socket.create_server((LOOPBACK, port), backlog=128)
        self.url = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Start to serve."""
        self.loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop to serve, end all connections, and free the port."""
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    async def _serve(self) -> None:
        connect = partial(_Connection, self)
        server = await self.loop.create_server(connect, sock=self._socket)
        await self._stop.wait()
        server.close()
        for connection in self.open:
            connection.transport.abort()


class _Connection(asyncio.BufferedProtocol):
    """Answers the requests of one client, in their order."""

    transport: asyncio.Transport

    def __init__(self, server: TwinServer) -> None:
        self._server = server
        self._loop = server.loop
        self._reader = RequestReader()
        self._is_waiting = False  # for an answer from another thread
        self._has_ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._server.open.add(self)
        self._heard = self._loop.time()
        self._timer = self._loop.call_later(self._server.patience, self._watch)

    def connection_lost(self, _error: Exception | None) -> None:
        self._server.open.discard(self)
        self._timer.cancel()

    def get_buffer(self, _size: int) -> bytearray:
        return self._server.room

    def buffer_updated(self, size: int) -> None:
        if not self._reader.is_over:
            self._heard = self._loop.time()
        self._reader.feed(bytes(self._server.room[:size]))
        self._answer_all()
        if self._reader.expects_leave and not self._is_waiting:
            self._reader.expects_leave = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def eof_received(self) -> bool:
        self._has_ended = True
        if self._reader.has_begun:
            self._reader.refuse(RequestError("The request ends too early"))
        self._answer_all()
        return self._is_waiting

    def _answer_all(self) -> None:
        while self._reader.requests and not self._is_waiting:
            request, keeps = self._reader.requests.popleft()
            if self._server.waits():
                self._is_waiting = True
                late = partial(self._answer_late, request, keeps=keeps)
                threading.Thread(target=late, daemon=True).start()
            else:
                self._send(request, self._server.app(request), keeps=keeps)
        if self._has_ended and not self._is_waiting:
            self.transport.close()

    def _answer_late(self, request: Request, *, keeps: bool) -> None:
        send = partial(self._end_wait, request, self._server.app(request), keeps=keeps)
        with suppress(RuntimeError):  # the server has stopped
            self._loop.call_soon_threadsafe(send)

    def _end_wait(self, request: Request, response: Response, *, keeps: bool) -> None:
        self._is_waiting = False
        self._heard = self._loop.time()
        self._send(request, response, keeps=keeps)
        self._answer_all()

    def _send(self, request: Request, response: Response, *, keeps: bool) -> None:
        self.transport.write(write_response(response, to=request, keeps=keeps))
        if request.defect is not None and response.truncate_at is None:
            # A close before the client has sent all would lose the answer.
            self.transport.write_eof()
        elif response.truncate_at is not None or not keeps:
            self._reader.requests.clear()
            self.transport.close()

    def _watch(self) -> None:
        """Refuse half a request, or end the connection, after too long a silence."""
        rest = self._heard + self._server.patience - self._loop.time()
        if rest <= 0 and not self._is_waiting:
            if not self._reader.has_begun:
                self.transport.close()
                return
            text, status = "The rest does not come", HTTPStatus.REQUEST_TIMEOUT
            self._reader.refuse(RequestError(text, status))
            self._answer_all()
        wait = rest if rest > 0 else self._server.patience
        self._timer = self._loop.call_later(wait, self._watch)
