"""What the server understands, spoken to over real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.twin.raw_http import ADA, Raw, answers, serving

CHUNKED = "Transfer-Encoding: chunked\r\n"


@pytest.fixture(params=["invoiced", "chargebee"])
def vendor(request: pytest.FixtureRequest) -> str:
    """Return the name of each vendor in turn."""
    name: str = request.param
    return name


@pytest.fixture
def raw(vendor: str) -> Iterator[Raw]:
    """Serve an empty twin."""
    with serving(vendor) as served:
        yield served


def chunks(*texts: bytes) -> bytes:
    """Return a chunked body without its end."""
    return b"".join(b"%x\r\n%s\r\n" % (len(text), text) for text in texts)


def test_requests_can_be_sent_ahead(raw: Raw, vendor: str) -> None:
    """Requests that come at once are answered one after the other, in their order."""
    create = raw.create(ADA[vendor])
    first, second, listed = raw.send(create + create + raw.request())

    assert first.status == second.status in {200, 201}
    assert 2 == len(listed.json()["list"] if vendor == "chargebee" else listed.json())


def test_a_request_may_come_byte_by_byte(raw: Raw, vendor: str) -> None:
    """It does not matter in which pieces a request arrives."""
    with raw.connected() as connection:
        for byte in raw.create(ADA[vendor], "Connection: close\r\n"):
            connection.sendall(bytes([byte]))
        came = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert [True] == [each.status in {200, 201} for each in answers(came)]


def test_a_body_may_be_chunked(raw: Raw, vendor: str) -> None:
    """Chunks make one body; what is said beside their sizes and after them is not."""
    body = chunks(ADA[vendor][:5])
    rest = chunks(ADA[vendor][5:]).replace(b"\r\n", b";why=not\r\n", 1)
    [answer] = raw.send(
        raw.request("POST", CHUNKED, body + rest + b"0\r\nAfter: all\r\n\r\n")
    )

    assert answer.status in {200, 201}
    assert [True] == [b"Ada" in repr(each).encode() for each in raw.customers()]


def test_after_a_chunked_body_comes_the_next_request(raw: Raw, vendor: str) -> None:
    """A chunked body ends where it says."""
    request = raw.request("POST", CHUNKED, chunks(ADA[vendor]) + b"0\r\n\r\n")

    assert 2 == len(raw.send(request + raw.request()))


def test_a_client_that_asks_first_is_told_to_go_on(raw: Raw, vendor: str) -> None:
    """Expect: 100-continue gets its 100 before the body is sent, and then an answer."""
    request = raw.create(ADA[vendor], "Expect: 100-continue\r\nConnection: close\r\n")
    head, body = request[: -len(ADA[vendor])], request[-len(ADA[vendor]) :]
    with raw.connected() as connection:
        connection.sendall(head)
        told = connection.recv(65_536)
        connection.sendall(body)
        came = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert b"HTTP/1.1 100 Continue\r\n\r\n" == told
    assert [True] == [each.status in {200, 201} for each in answers(came)]


@pytest.mark.parametrize("target", ["http://other:8080{}", "HTTP://other{}?a=b"])
def test_a_target_may_name_its_host(raw: Raw, target: str) -> None:
    """A target with scheme and host, as a proxy gets it, is understood."""
    named = target.format(raw.path).encode()
    [answer] = raw.send(raw.request().replace(raw.path.encode(), named, 1))

    assert 200 == answer.status


def test_links_lead_to_the_host_in_the_target() -> None:
    """A host in the target goes before the one in the header."""
    with serving("invoiced") as raw:
        sent = raw.request().replace(b"/customers", b"http://a.example/customers", 1)
        [answer] = raw.send(sent)

    assert answer.headers["link"].startswith("<http://a.example/customers?")


def test_a_connection_is_kept(raw: Raw) -> None:
    """A connection that nobody ends brings answer after answer."""
    with raw.connected() as connection:
        seen = []
        for _ in range(3):
            connection.sendall(raw.request())
            seen += answers(connection.recv(65_536))

    assert [200, 200, 200] == [each.status for each in seen]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\nHost", b"\r\nConnection: Close\r\nHost"),
        (b"HTTP/1.1", b"HTTP/1.0"),
        (b"HTTP/1.1\r\nHost: here", b"HTTP/1.0"),
    ],
)
def test_a_connection_ends_when_asked(raw: Raw, old: bytes, new: bytes) -> None:
    """What follows a request that wants to be the last is not answered."""
    [answer] = raw.send(raw.request().replace(old, new, 1) + raw.request())

    assert (200, "close") == (answer.status, answer.headers["connection"])


def test_blank_lines_before_a_request_do_not_count(raw: Raw) -> None:
    """Some clients end a body with a line too many."""
    assert [200] == [each.status for each in raw.send(b"\r\n\r\n" + raw.request())]


def test_a_deletion_is_answered_without_a_length() -> None:
    """An answer that has no body by its status does not speak of one."""
    with serving("invoiced") as raw:
        raw.send(raw.create(ADA["invoiced"]))
        raw.path = "/customers/1000001"
        [answer] = raw.send(raw.request("DELETE"))

    assert (204, False) == (answer.status, "content-length" in answer.headers)


def test_nobody_answers_once_the_server_is_closed(vendor: str) -> None:
    """A kept connection ends with the server: no ghost answers in its place."""
    with serving(vendor) as raw:
        connection = raw.connected()
        connection.sendall(raw.request())
        connection.recv(65_536)

    with connection:
        assert b"" == connection.recv(1)
