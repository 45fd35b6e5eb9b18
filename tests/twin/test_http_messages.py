"""Which bytes are a request, and which are refused with which status.

That the vendors' own servers answer like this is unconfirmed; the statuses are HTTP's.
"""

from __future__ import annotations

import pytest

from dataflow.twin.http_messages import LARGEST_BODY, RequestReader
from dataflow.twin.messages import Request

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
LENGTH, CHUNKED = b"Content-Length: ", b"Transfer-Encoding: chunked\r\n"
MANY = LARGEST_BODY + 1


def read(*parts: bytes) -> list[tuple[Request, bool]]:
    """Return the requests in these parts, each with whether another may follow."""
    reader = RequestReader()
    for part in parts:
        reader.feed(part)
    return [*reader.requests]


def get(target: bytes, more: bytes = b"") -> bytes:
    """Return a request for a target."""
    return b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n" + more + b"\r\n"


REFUSED = {
    "TLS": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    "zeros": (400, b"\x00" * 100),
    "no HTTP": (400, b"hello\r\n\r\n"),
    "an unknown method": (400, b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n"),
    "a method in lower case": (400, b"get / HTTP/1.1\r\nHost: x\r\n\r\n"),
    "no version": (400, b"GET /\r\n\r\n"),
    "another version": (400, b"GET / HTTP/2.0\r\nHost: x\r\n\r\n"),
    "a blank in the target": (400, get(b"/a b")),
    "a byte above ASCII": (400, get(b"/\xff")),
    "a zero byte": (400, get(b"/\x00")),
    "a percent sign alone": (400, get(b"/%zz")),
    "no UTF-8": (400, get(b"/%ff")),
    "half a character": (400, get(b"/?a=%e2%82")),
    "a percent sign at the end": (400, get(b"/?a=100%")),
    "too many pairs": (400, get(b"/?" + b"a&" * 20_000)),
    "a target without a slash": (400, get(b"customers")),
    "a target that is a host": (400, get(b"here:443")),
    "an endless target": (431, b"GET /" + b"a" * MANY),
    "no host": (400, b"GET / HTTP/1.1\r\n\r\n"),
    "two hosts": (400, GET + b"Host: y\r\n\r\n"),
    "a host with a tag": (400, b"GET / HTTP/1.1\r\nHost: a>, <b\r\n\r\n"),
    "a blank before a colon": (400, GET + b"A : x\r\n\r\n"),
    "a folded header": (400, GET + b" folded\r\n\r\n"),
    "a zero byte in a header": (400, GET + b"A: \x00\r\n\r\n"),
    "a line feed alone": (400, GET + b"A: x\nB: y\r\n\r\n"),
    "a header without a colon": (400, GET + b"nothing\r\n\r\n"),
    "an endless header": (431, GET + b"A: " + b"a" * MANY),
    "too many headers": (431, GET + b"A: b\r\n" * 200 + b"\r\n"),
    "a negative length": (400, POST + LENGTH + b"-1\r\n\r\n"),
    "a length with a sign": (400, POST + LENGTH + b"+4\r\n\r\na=bc"),
    "a length with an exponent": (400, POST + LENGTH + b"1e3\r\n\r\n"),
    "no length": (400, POST + LENGTH + b"\r\n\r\n"),
    "two lengths": (400, POST + (LENGTH + b"4\r\n") * 2 + b"\r\na=bc"),
    "a length of 5,000 digits": (400, POST + LENGTH + b"9" * 5000 + b"\r\n\r\n"),
    "too large a length": (413, POST + LENGTH + b"%d\r\n\r\n" % MANY),
    "another expectation": (417, POST + b"Expect: a miracle\r\n\r\n"),
    "chunks and a length": (400, POST + LENGTH + b"4\r\n" + CHUNKED + b"\r\na=bc"),
    "another encoding": (400, POST + b"Transfer-Encoding: identity\r\n\r\n"),
    "no size of a chunk": (400, POST + CHUNKED + b"\r\nx\r\n\r\n"),
    "a negative size": (400, POST + CHUNKED + b"\r\n-1\r\n\r\n"),
    "a wrong size": (400, POST + CHUNKED + b"\r\n2\r\nabc\r\n0\r\n\r\n"),
    "an endless size": (400, POST + CHUNKED + b"\r\n" + b"1" * 5000),
    "endless chunks": (413, POST + CHUNKED + b"\r\n%x\r\n" % MANY + b"x" * MANY),
}


@pytest.mark.parametrize(("status", "sent"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_request_is_refused(status: int, sent: bytes) -> None:
    """A request that cannot be read has the status of its defect, and is the last."""
    [(request, keeps)] = read(sent, get(b"/hidden"))

    assert request.defect is not None
    assert (status, False) == (request.defect.status, keeps)


READ = {
    "blank lines before": (b"\r\n\r\n" + get(b"/a"), "GET", "/a", b"", True),
    "an encoded path": (get(b"/a%20b%2F"), "GET", "/a b/", b"", True),
    "all": (get(b"*"), "GET", "*", b"", True),
    "two slashes": (get(b"//"), "GET", "//", b"", True),
    "a scheme and a host": (get(b"HTTP://other:80/a"), "GET", "/a", b"", True),
    "a length": (POST + LENGTH + b"2\r\n\r\nab", "POST", "/", b"ab", True),
    "chunks": (
        POST + CHUNKED + b"\r\n1;why=not\r\na\r\n1\r\nb\r\n0\r\nHost: all\r\n\r\n",
        *("POST", "/", b"ab", True),
    ),
    "close": (get(b"/", b"Connection: Close\r\n"), "GET", "/", b"", False),
    "the older version": (b"GET / HTTP/1.0\r\n\r\n", "GET", "/", b"", False),
    "a kept connection of the older version": (
        b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        *("GET", "/", b"", False),
    ),
    "an offer of HTTP/2": (
        get(b"/", b"Connection: Upgrade\r\nUpgrade: h2c\r\n"),
        *("GET", "/", b"", True),
    ),
}


@pytest.mark.parametrize(
    ("sent", "method", "path", "body", "keeps"), READ.values(), ids=READ
)
def test_what_is_a_request_is_read(
    sent: bytes, method: str, path: str, body: bytes, *, keeps: bool
) -> None:
    """A request is read, and whether its connection stays open."""
    [(request, kept)] = read(sent)

    read_so = request.defect, request.method, request.path, request.body, kept
    assert (None, method, path, body, keeps) == read_so


@pytest.mark.parametrize("sent", [READ["chunks"][0], READ["a length"][0], get(b"/a?b")])
def test_the_pieces_of_a_request_do_not_matter(sent: bytes) -> None:
    """A request that comes byte by byte is the same."""
    assert read(sent) == read(*(bytes([each]) for each in sent))


def test_requests_can_be_sent_ahead() -> None:
    """Requests that come at once are read in their order, up to the last one."""
    close = get(b"/?last", b"Connection: close\r\n")
    offer = get(b"/?b=", b"Connection: Upgrade\r\nUpgrade: h2c\r\n")
    found = read(get(b"/?a=1&a=2") + offer + close + get(b"/hidden"))

    assert [(("a", "1"), ("a", "2")), (("b", ""),), (("last", ""),)] == [
        request.query for request, _ in found
    ]


def test_a_host_in_the_target_counts() -> None:
    """A host in the target replaces that of the header; equal headers are joined."""
    [(request, _)] = read(get(b"http://a.example:8080/", b"A: 1\r\na: 2\r\n"))

    assert {"host": "a.example:8080", "a": "1, 2"} == request.headers
