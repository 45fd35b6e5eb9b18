"""Read and write HTTP/1.1 messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from dataflow.twin.messages import (
    BadRequest,
    Request,
    Response,
    decode_pairs,
    decode_path,
)

_PIECE = 65_536


class ByteStream:
    """A buffer over `receive`; raises EOFError if the stream ends too early."""

    def __init__(self, receive: Callable[[int], bytes]) -> None:
        self._receive = receive
        self._held = bytearray()
        self.begun = False

    def begin(self) -> None:
        """Start a message; `begun` is whether any of its bytes have come."""
        self.begun = bool(self._held)

    def peek(self, count: int) -> bytes:
        """Return the next bytes, at least one and at most `count`."""
        if not self._held:
            self._more()
        return bytes(self._held[:count])

    def take(self, count: int) -> bytes:
        """Return exactly so many bytes."""
        while len(self._held) < count:
            self._more()
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def until(self, end: bytes, most: int) -> bytes:
        """Return the bytes before `end`; raise OverflowError beyond `most` bytes."""
        start = 0
        while (at := self._held.find(end, start)) < 0:
            if len(self._held) > most:
                raise OverflowError(most)
            start = max(0, len(self._held) - len(end) + 1)
            self._more()
        if at > most:
            raise OverflowError(most)
        taken = bytes(self._held[:at])
        del self._held[: at + len(end)]
        return taken

    def _more(self) -> None:
        piece = self._receive(_PIECE)
        if not piece:
            raise EOFError
        self.begun = True
        self._held += piece


LARGEST_HEAD = 65_536
LARGEST_BODY = 4 * 1024 * 1024
MOST_HEADERS = 100

#: Sends bytes to the client while its request is still being read.
Send: TypeAlias = Callable[[bytes], object]

_NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_LINE = re.compile(rf"({_NAME}) ([!-~]+) HTTP/1\.([0-9])")
_HEADER = re.compile(rf"({_NAME}):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_HOST = re.compile(r"[A-Za-z0-9._~:\[\]-]*")
_ABSOLUTE = re.compile(r"https?://([^/?]*)(.*)", re.IGNORECASE)
_LENGTH = re.compile(r"[0-9]+")
_CHUNK = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(;[^\x00\r\n]*)?")
_END, _BLANK = b"\r\n", b"\r\n\r\n"
#: The most digits of a length, and the most bytes of a chunk's first line.
_MOST_DIGITS, _LONGEST_LINE = 16, 1024


class RequestError(Exception):
    """The request cannot be read."""

    def __init__(
        self, reason: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST
    ) -> None:
        super().__init__(reason)
        self.defect = BadRequest(int(status), reason)


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request, and whether its connection stays open for another one."""

    request: Request
    keeps: bool


def receive(stream: ByteStream, send: Send) -> ReceivedRequest | None:
    """Read the next request; an unreadable one has a defect, and is the last."""
    stream.begin()
    try:
        return _read(stream, send)
    except RequestError as error:
        defect = error.defect
    except TimeoutError:
        status = HTTPStatus.REQUEST_TIMEOUT
        defect = BadRequest(int(status), "The rest of the request did not come")
    except EOFError:
        defect = BadRequest(int(HTTPStatus.BAD_REQUEST), "The request ends too early")
    return (
        ReceivedRequest(Request("", "", defect=defect), keeps=False)
        if stream.begun
        else None
    )


def write_response(response: Response, *, to: Request, keeps: bool) -> bytes:
    """Encode a response, without its body for HEAD, or cut at `truncate_at`."""
    if response.truncate_at == 0:
        return b""
    status = HTTPStatus(response.status)
    lines = [f"HTTP/1.1 {int(status)} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    if status is not HTTPStatus.NO_CONTENT:
        lines.append(f"Content-Length: {len(response.body)}")
    if not keeps:
        lines.append("Connection: close")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head if to.method == "HEAD" else head + response.body[: response.truncate_at]


def _read(stream: ByteStream, send: Send) -> ReceivedRequest:
    line, *fields = _head(stream).decode("latin-1").split("\r\n")
    match = _LINE.fullmatch(line)
    if match is None:
        raise RequestError("The first line is none of HTTP/1.1")
    method, target, minor = match.groups()
    old = minor == "0"
    headers = _headers(fields)
    path, query = _address(target, headers, old=old)
    body = _body(stream, headers, send, old=old)
    connection = headers.get("connection", "").lower()
    return ReceivedRequest(
        Request(method, path, query, headers, body),
        keeps=not old and "close" not in connection,
    )


def _head(stream: ByteStream) -> bytes:
    """Return the head of a request, after any blank lines in front of it."""
    while stream.peek(1) == b"\r":
        if stream.take(2) != _END:
            raise RequestError("A line ends in the middle")
    if re.match(_NAME.encode(), stream.peek(1)) is None:
        raise RequestError("This is no HTTP; HTTPS is not spoken here")
    try:
        return stream.until(_BLANK, LARGEST_HEAD)
    except OverflowError:
        if _END in stream.peek(LARGEST_HEAD):
            raise _too_many_headers() from None
        status = HTTPStatus.REQUEST_URI_TOO_LONG
        raise RequestError("The address is too long", status) from None


def _too_many_headers() -> RequestError:
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return RequestError("There are too many headers, or too large ones", status)


def _headers(fields: list[str]) -> dict[str, str]:
    """Return headers by lower-case name, joined: two hosts or lengths are refused."""
    if len(fields) > MOST_HEADERS:
        raise _too_many_headers()
    headers: dict[str, str] = {}
    for field in fields:
        match = _HEADER.fullmatch(field)
        if match is None:
            raise RequestError("A header is malformed")
        name, value = match[1].lower(), match[2].rstrip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _address(
    target: str, headers: dict[str, str], *, old: bool
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return path and query; a host in the target replaces that of the header."""
    if not old and "host" not in headers:
        raise RequestError("The header host is missing")
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is not None:
        headers["host"] = absolute[1]
        target = absolute[2] if absolute[2].startswith("/") else f"/{absolute[2]}"
    if not _HOST.fullmatch(headers.get("host", "")):
        raise RequestError("The host is malformed")
    path, _, query = target.partition("?")
    try:
        return decode_path(path), decode_pairs(query)
    except ValueError as error:
        raise RequestError("The address is not percent-encoded UTF-8") from error


def _body(
    stream: ByteStream, headers: Mapping[str, str], send: Send, *, old: bool
) -> bytes:
    coding, length = headers.get("transfer-encoding"), headers.get("content-length")
    if coding is not None:
        if old or length is not None or coding.lower() != "chunked":
            raise RequestError("A body is either chunked or has a length")
    elif length is None:
        return b""
    elif not _LENGTH.fullmatch(length):
        raise RequestError("The header content-length is no number")
    elif len(length) > _MOST_DIGITS or int(length) > LARGEST_BODY:
        raise _too_large()
    _go_on(headers, send)
    return _chunks(stream) if length is None else stream.take(int(length))


def _too_large() -> RequestError:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return RequestError(f"A body has at most {LARGEST_BODY} bytes", status)


def _go_on(headers: Mapping[str, str], send: Send) -> None:
    """Send `100 Continue` to a client that expects it before the body."""
    expected = headers.get("expect")
    if expected is None:
        return
    if expected.lower() != "100-continue":
        status = HTTPStatus.EXPECTATION_FAILED
        raise RequestError("The header expect asks for what is not known", status)
    send(b"HTTP/1.1 100 Continue\r\n\r\n")


def _chunks(stream: ByteStream) -> bytes:
    """Return a chunked body, without its trailers."""
    body = bytearray()
    while size := _size(_line(stream)):
        if len(body) + size > LARGEST_BODY:
            raise _too_large()
        body += stream.take(size)
        if stream.take(len(_END)) != _END:
            raise RequestError("A chunk is longer than it says")
    for _ in range(MOST_HEADERS):
        if not _line(stream):
            return bytes(body)
    raise _too_many_headers()


def _line(stream: ByteStream) -> bytes:
    try:
        return stream.until(_END, _LONGEST_LINE)
    except OverflowError:
        raise RequestError("A line of a chunked body is too long") from None


def _size(line: bytes) -> int:
    match = _CHUNK.fullmatch(line)
    if match is None:
        raise RequestError("A chunk has no size")
    return int(match[1], 16)
