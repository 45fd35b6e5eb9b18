"""How a server treats its connections, and what unreadable requests get."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.twin.raw_http import ADA, Answer, Raw, answers, heard, serving


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


def is_error(raw: Raw, status: int, answer: Answer) -> bool:
    """Return whether an answer is an error in the vendor's form, and the last one."""
    error = answer.json()
    return (
        answer.status == status == error.get("http_status_code", status)
        and error.keys() == raw.error
        and error["type"] == "invalid_request"
        and answer.headers["content-type"].startswith("application/json")
        and answer.headers["connection"] == "close"
    )


def test_an_unreadable_request_gets_an_error_of_the_vendor(
    raw: Raw, vendor: str
) -> None:
    """The error is the last answer: what hides behind the request does nothing."""
    hidden = raw.create(ADA[vendor])
    [answer] = raw.send(raw.request("POST", "Content-Length: x\r\n") + hidden)

    assert (True, []) == (is_error(raw, 400, answer), raw.customers())


def test_the_error_reaches_a_client_that_still_sends(raw: Raw) -> None:
    """A client that sends more than the twin reads gets the answer nevertheless."""
    length = f"Content-Length: {10**7}\r\n"
    [answer] = raw.send(raw.request("POST", length, b"x" * 10**7))

    assert is_error(raw, 413, answer)


@pytest.mark.parametrize("more", ["", "Content-Length: 100\r\n"])
def test_half_a_request_is_refused(raw: Raw, more: str) -> None:
    """A request without its end answers 400, and nothing is done."""
    [answer] = raw.send(raw.request("POST", more, b"x")[:-2])

    assert (True, []) == (is_error(raw, 400, answer), raw.customers())


def test_requests_are_answered_in_their_order(raw: Raw, vendor: str) -> None:
    """Requests that come at once are answered one after the other."""
    create = raw.create(ADA[vendor])
    first, second, listed = raw.send(create + create + raw.request())

    assert first.status == second.status in {200, 201}
    assert 2 == len(listed.json()["list"] if vendor == "chargebee" else listed.json())


def test_a_client_gets_leave_to_send_a_body(raw: Raw, vendor: str) -> None:
    """Expect: 100-continue gets its 100 before the body is sent, and then an answer."""
    request = raw.create(ADA[vendor], "Expect: 100-continue\r\nConnection: close\r\n")
    head, body = request[: -len(ADA[vendor])], request[-len(ADA[vendor]) :]
    with raw.connected() as connection:
        connection.sendall(head)
        leave = connection.recv(65_536)
        connection.sendall(body)
        [answer] = answers(heard(connection))

    assert b"HTTP/1.1 100 Continue\r\n\r\n" == leave
    assert answer.status in {200, 201}


def test_links_lead_to_the_host_in_the_target() -> None:
    """A host in the target goes before the one in the header."""
    with serving("invoiced") as raw:
        sent = raw.request().replace(b"/customers", b"http://a.example/customers", 1)
        [answer] = raw.send(sent)

    assert answer.headers["link"].startswith("<http://a.example/customers?")


def test_a_connection_is_kept(raw: Raw) -> None:
    """A connection brings answer after answer."""
    with raw.connected() as connection:
        seen = []
        for _ in range(3):
            connection.sendall(raw.request())
            seen += answers(connection.recv(65_536))

    assert [200, 200, 200] == [each.status for each in seen]


def test_a_connection_ends_when_asked(raw: Raw) -> None:
    """What follows a request that wants to be the last is not answered."""
    last = raw.request(more="Connection: close\r\n")
    [answer] = raw.send(last + raw.request())

    assert (200, "close") == (answer.status, answer.headers["connection"])


def test_a_deletion_is_answered_without_a_length() -> None:
    """An answer that has no body by its status does not state a length."""
    with serving("invoiced") as raw:
        raw.send(raw.create(ADA["invoiced"]))
        raw.path = "/customers/1000001"
        [answer] = raw.send(raw.request("DELETE"))

    assert (204, False) == (answer.status, "content-length" in answer.headers)


def test_the_answer_to_head_has_no_body(raw: Raw) -> None:
    """HEAD is refused as GET would be, without the body."""
    with raw.connected() as connection:
        connection.sendall(raw.request("HEAD", "Connection: close\r\n"))
        head, _, body = heard(connection).partition(b"\r\n\r\n")

    assert (b"HTTP/1.1 405 ", b"") == (head[:13], body)


@pytest.mark.parametrize("sent", [0, 20, -1])
def test_a_silent_client_delays_no_other(vendor: str, sent: int) -> None:
    """While one connection sends nothing more, the others are answered."""
    with serving(vendor) as raw, raw.connected() as silent:
        silent.sendall(raw.request("POST", "Content-Length: 9\r\n", b"ab")[:sent])

        assert [] == raw.customers()


def test_a_silent_client_gets_an_error(vendor: str) -> None:
    """A client that begins a request and falls silent gets a 408."""
    with serving(vendor, patience=0.05) as raw, raw.connected() as silent:
        silent.sendall(raw.request()[:20])
        [answer] = answers(heard(silent))

        assert is_error(raw, 408, answer)


def test_an_idle_connection_ends_without_an_answer(vendor: str) -> None:
    """A client without a request gets nothing."""
    with serving(vendor, patience=0.05) as raw, raw.connected() as idle:
        assert b"" == heard(idle)


def test_many_half_requests_do_no_harm(vendor: str) -> None:
    """Connections that are opened and left do not use up the twin."""
    with serving(vendor) as raw:
        halves = [raw.connected() for _ in range(100)]
        for half in halves:
            half.sendall(raw.request()[:20])
        seen = raw.customers()
        for half in halves:
            half.close()

    assert [] == seen


def test_a_stop_ends_connections_and_threads(vendor: str) -> None:
    """A kept connection ends with the server, and no thread is left."""
    before = threading.active_count()
    with serving(vendor) as raw:
        connection = raw.connected()
        connection.sendall(raw.request())
        connection.recv(65_536)
    with connection:
        assert (b"", before) == (connection.recv(1), threading.active_count())
