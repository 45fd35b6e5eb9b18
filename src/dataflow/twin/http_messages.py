"""Read HTTP/1.1 requests with httptools, and write responses."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from http import HTTPStatus

from httptools import (
    HttpParserCallbackError,
    HttpParserError,
    HttpParserUpgrade,
    HttpRequestParser,
    parse_url,
)

from dataflow.twin.messages import (
    BadRequest,
    Request,
    Response,
    decode_pairs,
    decode_path,
)

LARGEST_HEAD = 65_536
LARGEST_BODY = 4 * 1024 * 1024
MOST_HEADERS = 100

_HOST = re.compile(r"[A-Za-z0-9._~:\[\]-]*")
_PHRASES = {int(status): status.phrase for status in HTTPStatus}


class RequestError(Exception):
    """The request cannot be read."""

    def __init__(
        self, reason: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST
    ) -> None:
        super().__init__(reason)
        self.defect = BadRequest(int(status), reason)


class RequestReader:
    """Reads requests; an unreadable one has a defect, and is the last.

    `requests` are complete, each with whether another one may follow. `has_begun` is
    whether a part of one has come, `is_over` whether none will follow; `expects_leave`
    is whether the client waits for leave to send a body.
    """

    def __init__(self) -> None:
        self.requests: deque[tuple[Request, bool]] = deque()
        self.has_begun = self.is_over = self.expects_leave = False
        self._parser = HttpRequestParser(self)

    def feed(self, data: bytes) -> None:
        """Read the next bytes; what follows the last request is dropped."""
        if self.is_over:
            return
        try:
            self._parser.feed_data(data)
            self._check_head(len(data))
        except HttpParserUpgrade as upgrade:  # to a protocol that is not spoken here
            self._parser = HttpRequestParser(self)
            self.feed(data[upgrade.args[0] :])
        except HttpParserError as error:
            cause = error.__context__
            if isinstance(cause, RequestError):
                self.refuse(cause)
            elif isinstance(error, HttpParserCallbackError):
                raise
            else:
                self.refuse(RequestError(f"This is no HTTP/1.1: {error}"))
        except RequestError as error:
            self.refuse(error)

    def refuse(self, error: RequestError) -> None:
        """Give up the present request, unless the last one is read."""
        if not self.is_over:
            self._end(Request("", "", defect=error.defect), keeps=False)

    def _end(self, request: Request, *, keeps: bool) -> None:
        self.requests.append((request, keeps))
        self.is_over = not keeps
        self.has_begun = self.expects_leave = False

    def _check_head(self, size: int) -> None:
        if self.has_begun and not self._has_head:
            self._head_size += size
            if self._head_size > LARGEST_HEAD:
                raise _head_too_large()

    def on_message_begin(self) -> None:
        self.has_begun = not self.is_over
        self._has_head = False
        self._head_size = 0
        self._url, self._body = b"", b""
        self._fields: list[tuple[bytes, bytes]] = []

    def on_url(self, part: bytes) -> None:
        self._url += part

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._has_head:  # else it comes after a chunked body
            self._fields.append((name, value))

    def on_headers_complete(self) -> None:
        self._has_head = True
        if len(self._fields) > MOST_HEADERS:
            raise _head_too_large()
        version = self._parser.get_http_version()
        if version not in ("1.0", "1.1"):
            raise RequestError("This is no HTTP/1.1")
        self._is_old = version == "1.0"
        self._headers = headers = _join_headers(self._fields)
        self._address = _read_address(self._url, headers, is_old=self._is_old)
        _check_size(int(headers.get("content-length", "0")))
        if "expect" in headers:
            _check_expectation(headers["expect"])
            self.expects_leave = True

    def on_body(self, part: bytes) -> None:
        self._body += part
        _check_size(len(self._body))

    def on_message_complete(self) -> None:
        if self.is_over:
            return
        method, body = self._parser.get_method().decode("latin-1"), self._body
        keeps = self._parser.should_keep_alive() and not self._is_old
        self._end(Request(method, *self._address, self._headers, body), keeps=keeps)


def _join_headers(fields: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by lower-case name, joined: two hosts are refused this way."""
    headers: dict[str, str] = {}
    for name, value in fields:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _head_too_large() -> RequestError:
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return RequestError("The address and the headers are too large", status)


def _check_size(size: int) -> None:
    if size > LARGEST_BODY:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raise RequestError(f"A body has at most {LARGEST_BODY} bytes", status)


def _check_expectation(text: str) -> None:
    if text.lower() != "100-continue":
        status = HTTPStatus.EXPECTATION_FAILED
        raise RequestError("The header expect asks for what is not known", status)


def _read_address(
    target: bytes, headers: dict[str, str], *, is_old: bool
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return path and query; a host in the target replaces that of the header."""
    try:
        url = parse_url(target)
        path = decode_path((url.path or b"/").decode("latin-1"))
        query = decode_pairs((url.query or b"").decode("latin-1"))
    except (HttpParserError, ValueError) as error:
        raise RequestError("The address is no percent-encoded UTF-8") from error
    if url.host:
        port = f":{url.port}" if url.port else ""
        headers["host"] = url.host.decode("latin-1") + port
    if not _HOST.fullmatch(headers.get("host", "" if is_old else "?")):
        raise RequestError("The host is missing or malformed")
    return path, query


def write_response(response: Response, *, to: Request, keeps: bool) -> bytes:
    """Encode a response, without its body for HEAD, or cut at `truncate_at`."""
    if response.truncate_at == 0:
        return b""
    lines = [f"HTTP/1.1 {response.status} {_PHRASES[response.status]}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    if response.status != HTTPStatus.NO_CONTENT:
        lines.append(f"Content-Length: {len(response.body)}")
    if not keeps:
        lines.append("Connection: close")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head if to.method == "HEAD" else head + response.body[: response.truncate_at]
