"""What nobody should send: each gets the vendor's kind of error, and the twin lives on.

That the vendors' own servers answer like this is unconfirmed; the statuses are HTTP's.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.twin.raw_http import ADA, Answer, Raw, answers, as_body, heard, serving

MANY = 10 * 1024 * 1024
LENGTH, CHUNKED = "Content-Length: ", "Transfer-Encoding: chunked\r\n"


@pytest.fixture(params=["invoiced", "chargebee"])
def vendor(request: pytest.FixtureRequest) -> str:
    """Return the name of each vendor in turn."""
    name: str = request.param
    return name


@pytest.fixture
def raw(vendor: str) -> Iterator[Raw]:
    """Serve an empty twin; afterwards it still answers, and holds nothing."""
    with serving(vendor) as served:
        yield served

        assert [] == served.customers()


def is_error(raw: Raw, status: int, answer: Answer) -> bool:
    """Tell whether an answer is an error in the vendor's form, and the last one."""
    said = answer.json()
    return (
        answer.status == status == said.get("http_status_code", status)
        and said.keys() == raw.error
        and said["type"] == "invalid_request"
        and answer.headers["content-type"].startswith("application/json")
        and answer.headers["connection"] == "close"
    )


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
        (400, b"\x00" * 100),
        (400, b"hello\r\n\r\n"),
        (400, b"GET /\r\n\r\n"),
        (400, b"GET / HTTP/2.0\r\nHost: x\r\n\r\n"),
        (400, b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, b"GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, b"GET /?a=%e2%82 HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, b"GET /?a=100% HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, b"GET /?" + b"a&" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
        (414, b"GET /" + b"a" * MANY),
        (400, b"GET / HTTP/1.1\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\nHost: a>, <b\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\nHost : x\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n"),
        (400, b"\rGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        (431, b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * MANY + b"\r\n\r\n"),
        (431, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n"),
        (400, b"GET / HTTP/1.1\r\nHo"),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_what_is_no_request_is_refused(raw: Raw, status: int, sent: bytes) -> None:
    """A request whose head cannot be read is the connection's last."""
    [answer] = raw.send(sent)

    assert is_error(raw, status, answer)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (400, f"{LENGTH}-1\r\n", b""),
        (400, f"{LENGTH}+4\r\n", b"a=bc"),
        (400, f"{LENGTH}1e3\r\n", b""),
        (400, f"{LENGTH}\r\n", b""),
        (400, f"{LENGTH}4\r\n{LENGTH}4\r\n", b"a=bc"),
        (400, f"{LENGTH}100\r\n", b"too short"),
        (413, f"{LENGTH}{'9' * 5000}\r\n", b""),
        (413, f"{LENGTH}{MANY}\r\n", b"x" * MANY),
        (413, f"{LENGTH}{MANY}\r\nExpect: 100-continue\r\n", b""),
        (417, f"{LENGTH}4\r\nExpect: a miracle\r\n", b"a=bc"),
        (400, f"{LENGTH}4\r\n{CHUNKED}", b"a=bc"),
        (400, "Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
        (400, "Transfer-Encoding: identity\r\n", b""),
        (400, CHUNKED, b"x\r\n\r\n"),
        (400, CHUNKED, b"-1\r\n\r\n"),
        (400, CHUNKED, b"2\r\nabc\r\n0\r\n\r\n"),
        (400, CHUNKED, b"5\r\nabc"),
        (400, CHUNKED, b"1" * 5000),
        (400, CHUNKED, b"0\r\n" + b"x" * 2000),
        (413, CHUNKED, b"fffffffff\r\n"),
        (413, CHUNKED, b"fffff\r\n" + b"x" * 0xFFFFF + b"\r\n" + b"fffff0\r\n"),
        (431, CHUNKED, b"0\r\n" + b"a: b\r\n" * 200),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_a_body_without_a_proper_end_is_refused(
    raw: Raw, status: int, headers: str, body: bytes
) -> None:
    """Whoever cannot tell where a body ends, or sends too much, is not believed."""
    [answer] = raw.send(raw.request("POST", headers, body))

    assert is_error(raw, status, answer)


@pytest.mark.parametrize(
    "body", [b"name=\xff", b"name=%ff", b"name=%zz", b"name=%", b"a&" * 20_000]
)
def test_a_garbled_form_is_refused(raw: Raw, body: bytes) -> None:
    """A form that cannot be decoded answers 400; the connection goes on."""
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    first, second = raw.send(raw.create(body, kind) + raw.request())

    assert (400, 200) == (first.status, second.status)
    assert raw.error == first.json().keys()


def test_what_follows_a_flaw_is_not_looked_at(raw: Raw, vendor: str) -> None:
    """A request that hides behind an unreadable one does nothing."""
    hidden = raw.create(ADA[vendor])
    [answer] = raw.send(raw.request("POST", f"{LENGTH}x\r\n") + hidden)

    assert is_error(raw, 400, answer)


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "TRACE", "BREW", "get", "M-#~"])
def test_an_unknown_method_is_refused(raw: Raw, method: str) -> None:
    """Another method on a known path answers 405; the connection goes on."""
    first, second = raw.send(raw.request(method) + raw.request())

    assert (405, 200) == (first.status, second.status)
    assert "invalid_request" == first.json()["type"]


@pytest.mark.parametrize("target", [b"*", b"here:443", b"customers", b"//", b"/?"])
def test_a_strange_target_is_not_found(raw: Raw, target: bytes) -> None:
    """A target that is no path of the API is like any other that is not there."""
    sent = raw.request().replace(raw.path.encode(), target, 1)

    assert [404] == [answer.status for answer in raw.send(sent)]


def test_the_answer_to_head_has_no_body(raw: Raw) -> None:
    """HEAD is refused as GET would be, without the words."""
    with raw.connected() as connection:
        connection.sendall(raw.request("HEAD", "Connection: close\r\n"))
        head, _, body = heard(connection).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 405 ")
    assert b"" == body


@pytest.mark.parametrize(
    "inner",
    [
        b'{"a":' * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":1e9999}',
        b'{"a":"\x00"}',
        b'{"a":"\xff"}',
        b'{"a":NaN}',
    ],
    ids=lambda value: repr(value)[:30],
)
def test_json_beyond_measure_is_refused(raw: Raw, vendor: str, inner: bytes) -> None:
    """JSON that nobody could mean answers 400; the connection goes on."""
    first, second = raw.send(raw.create(as_body(vendor, inner)) + raw.request())

    assert (400, 200) == (first.status, second.status)
    if vendor == "invoiced":
        assert b"Unable to parse request." == first.body
    else:
        assert "invalid_request" == first.json()["type"]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (b'{"a":"\\ud800"}', {"a": "\ud800"}),
        (b'{"a":"\\u0000"}', {"a": "\0"}),
        (b'{"a":"b","a":"c"}', {"a": "c"}),
    ],
)
def test_odd_json_is_kept(vendor: str, inner: bytes, expected: dict[str, str]) -> None:
    """A half of a character is kept as it is; of equal keys the last one counts."""
    with serving(vendor) as raw:
        raw.send(raw.create(as_body(vendor, inner)))
        [kept] = raw.customers()

    held = kept.get("customer", kept)
    assert expected == (held.get("meta_data") or held["metadata"])


@pytest.mark.parametrize("begun", ["nothing", "half a head", "half a body"])
def test_a_silent_client_keeps_nobody_waiting(vendor: str, begun: str) -> None:
    """While one connection says nothing more, the others are answered."""
    with serving(vendor) as raw, raw.connected() as silent:
        half = {"nothing": b"", "half a head": raw.request()[:20]}
        silent.sendall(half.get(begun, raw.request("POST", f"{LENGTH}9\r\n", b"a")))

        assert [] == raw.customers()


def test_a_silent_client_is_told_so(vendor: str) -> None:
    """Who begins a request and falls silent gets a 408, and the connection ends."""
    with serving(vendor, patience=0.05) as raw, raw.connected() as silent:
        silent.sendall(raw.request()[:20])
        [answer] = answers(heard(silent))

        assert is_error(raw, 408, answer)


def test_an_idle_connection_ends_without_a_word(vendor: str) -> None:
    """Who has nothing to ask is told nothing."""
    with serving(vendor, patience=0.05) as raw, raw.connected() as idle:
        assert b"" == heard(idle)


def test_many_half_requests_do_no_harm(vendor: str) -> None:
    """Whoever opens connections and leaves them does not use up the twin."""
    with serving(vendor) as raw:
        halves = [raw.connected() for _ in range(100)]
        for half in halves:
            half.sendall(raw.request()[:20])
        seen = raw.customers()
        for half in halves:
            half.close()

    assert [] == seen
