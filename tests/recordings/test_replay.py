"""Strict replay: each difference from the recording is found and shown."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest
import requests
from vcr.request import Request as VcrRequest

from dataflow.network.guard import block_network
from dataflow.network.hosts import Hosts
from dataflow.recordings.cassette import (
    VERSION,
    Cassette,
    CassetteError,
    Provenance,
    read_cassette,
    write_cassette,
)
from dataflow.recordings.replay import (
    Player,
    Recorder,
    ReplayMismatchError,
    insert_cassette,
)
from dataflow.recordings.scrub import Scrubber, Stored, stored_request
from dataflow.twin.http_server import TwinServer
from dataflow.twin.messages import Request, Response

PROVENANCE = Provenance(
    check="a-check",
    seed="a-check",
    target="twin",
    hosts={"Invoiced": "invoiced.twin", "Chargebee": "chargebee.twin"},
    recorded_at="2026-01-05T09:00:00+00:00",
    versions={"invoiced": "3.1.0"},
    assumed=(),
)
NOTHING_HIDDEN = Scrubber(Hosts({}))
INVOICED = "http://invoiced.twin"


def exchange(
    method: str, path: str, body: object = None, answer: object = None
) -> tuple[Stored, Stored]:
    """Return an exchange with the Invoiced twin, as it is stored."""
    request: Stored = {"method": method, "host": "invoiced.twin", "path": path}
    if body is not None:
        request |= {"type": "application/json", "body": body}
    return request, {"status": 200, "body": answer or {"id": 1}}


TWO = Cassette(
    PROVENANCE,
    (
        exchange("POST", "/customers", {"name": "Ada", "credit_limit": 100}),
        exchange("GET", "/customers/1", answer={"id": 1, "name": "Ada"}),
    ),
)


#: Method, path and body.
Call: TypeAlias = tuple[str, str, object]


def play(cassette: Cassette, *calls: Call) -> list[object]:
    """Make calls against a cassette and return the bodies that came back."""
    player = Player(cassette, "cassettes/x.json", NOTHING_HIDDEN)
    with insert_cassette(player):
        answers = [
            requests.request(method, INVOICED + path, json=body, timeout=1).json()
            for method, path, body in calls
        ]
    player.check(to_the_end=True)
    return answers


CREATE = ("POST", "/customers", {"name": "Ada", "credit_limit": 100})
READ = ("GET", "/customers/1", None)


def test_what_was_recorded_is_answered() -> None:
    """The same requests in the same order get the recorded answers."""
    assert [{"id": 1}, {"id": 1, "name": "Ada"}] == play(TWO, CREATE, READ)


OTHER_DIGIT = ("POST", "/customers", {"name": "Ada", "credit_limit": 101})
OTHER_TYPE = ("POST", "/customers", {"name": "Ada", "credit_limit": 100.0})


@pytest.mark.parametrize(
    ("calls", "shown"),
    [
        ([OTHER_DIGIT], "exchange 1 differs"),
        ([OTHER_DIGIT], r'-  "credit_limit": 100,\n\+  "credit_limit": 101,'),
        ([OTHER_TYPE], r"\+\s+\"credit_limit\": 100.0"),
        ([CREATE, ("GET", "/customers/2", None)], "exchange 2 differs"),
        ([CREATE, ("GET", "/customers/1?page=2", None)], r"\+\s+\"page=2\""),
        (
            [CREATE, READ, ("GET", "/items", None)],
            r"ends after 2 exchanges.*GET /items",
        ),
        ([CREATE], "1 more recorded, from GET /customers/1 on"),
    ],
    ids=["exchange", "digit", "type", "path", "query", "further", "missing"],
)
def test_a_difference_is_shown(calls: list[Call], shown: str) -> None:
    """One digit, a path, a query, one request more or less is an error.

    In Python 100 equals 100.0, and 1 equals True; for a vendor they differ.
    """
    with pytest.raises(ReplayMismatchError, match=shown):
        play(TWO, *calls)


def test_the_order_of_names_is_not_stored() -> None:
    """A client may send the properties of an object in any order."""
    one, two = (
        stored_request(
            VcrRequest("PATCH", f"{INVOICED}/x", body, {"Content-Type": "text/json"}),
            NOTHING_HIDDEN,
        )
        for body in ('{"a": [{"b": 1, "c": 2}], "d": 3}', '{"d":3,"a":[{"c":2,"b":1}]}')
    )

    assert json.dumps(one) == json.dumps(two)


@pytest.mark.parametrize(
    ("auth", "difference"),
    [(("a-key", ""), '"key": "Invoiced"'), (("another", ""), '"key": "nobody known"')],
)
def test_a_key_is_a_difference(auth: tuple[str, str], difference: str) -> None:
    """A call with a key is an error if none was recorded."""
    player = Player(TWO, "x", Scrubber(Hosts({}), {"a-key": "Invoiced"}))
    body = {"name": "Ada", "credit_limit": 100}
    with insert_cassette(player), pytest.raises(ReplayMismatchError) as error:
        requests.post(f"{INVOICED}/customers", json=body, auth=auth, timeout=1)

    assert f"+ {difference}" in str(error.value)


def test_another_content_type_is_a_difference() -> None:
    """A body with another content type is another body."""
    with (
        insert_cassette(Player(TWO, "x", NOTHING_HIDDEN)),
        pytest.raises(ReplayMismatchError),
    ):
        requests.post(
            f"{INVOICED}/customers",
            data='{"name": "Ada", "credit_limit": 100}',
            headers={"content-type": "text/csv"},
            timeout=1,
        )


def test_bytes_that_are_no_text_are_a_difference() -> None:
    """Bytes that are no text are an error too, and are remembered."""
    player = Player(TWO, "x", NOTHING_HIDDEN)
    with insert_cassette(player), pytest.raises(ReplayMismatchError):
        requests.post(f"{INVOICED}/customers", data=b"\xff\xfe", timeout=1)

    with pytest.raises(ReplayMismatchError, match="exchange 1 differs"):
        player.check(to_the_end=False)


def test_the_first_difference_is_shown() -> None:
    """Later differences are consequences of the first."""
    player = Player(TWO, "x", NOTHING_HIDDEN)
    with insert_cassette(player):
        for path in ("/first", "/second"):
            with pytest.raises(ReplayMismatchError, match="/first"):
                requests.get(INVOICED + path, timeout=1)

    with pytest.raises(ReplayMismatchError, match="/first"):
        player.check(to_the_end=False)


def test_nothing_reaches_the_network() -> None:
    """During a replay an address that would answer is not called."""
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return Response(200, b"{}")

    with (
        TwinServer(answer) as server,
        insert_cassette(Player(TWO, "x", NOTHING_HIDDEN)),
        pytest.raises(ReplayMismatchError),
    ):
        httpx.get(f"{server.url}/customers")

    assert [] == asked


@pytest.mark.parametrize("how", ["connect", "connect_ex", "look up"])
def test_nothing_goes_past_the_player(how: str) -> None:
    """A connection without an HTTP client is refused too, and remembered."""
    player = Player(TWO, "x", NOTHING_HIDDEN)
    address = ("127.0.0.1", 9)
    ways: dict[str, Callable[[socket.socket], object]] = {
        "connect": lambda own: own.connect(address),
        "connect_ex": lambda own: own.connect_ex(address),
        "look up": lambda _: socket.getaddrinfo("localhost", 9),
    }
    with (
        block_network(player.refuse),
        socket.socket() as own,
        pytest.raises(ReplayMismatchError, match="a program called"),
    ):
        ways[how](own)

    with pytest.raises(ReplayMismatchError, match="a program called"):
        player.check(to_the_end=False)


def test_a_recording_can_be_played() -> None:
    """The player answers both libraries, and a session, as the server did."""

    def answer(request: Request) -> Response:
        return Response(200, b'{"path": "%s"}' % request.path.encode())

    def calls(root: str) -> list[str]:
        with requests.Session() as session:
            session.auth = ("a-key", "")
            answers: list[requests.Response | httpx.Response] = [
                requests.get(f"{root}/one", auth=("a-key", ""), timeout=1),
                session.get(f"{root}/two", timeout=1),
                httpx.post(f"{root}/three", data={"a[b]": "1"}),
            ]
        return [answer.json()["path"] for answer in answers]

    with TwinServer(answer) as server:
        recorder = Recorder(Scrubber(Hosts({server.url: "invoiced.twin"})))
        with insert_cassette(recorder):
            heard = calls(server.url)
    again = Cassette(PROVENANCE, tuple(recorder.exchanges))
    with insert_cassette(Player(again, "x", NOTHING_HIDDEN)):
        played = calls(INVOICED)

    assert heard == played


@pytest.mark.parametrize(
    "body",
    [b'{"a": NaN}', b"<html>", b'"a text"', b'{"a":1.5,"b":[null,"\xc3\xab"]}', b""],
    ids=["no number", "no JSON", "text", "JSON", "nothing"],
)
def test_a_body_is_played_as_it_was_sent(body: bytes) -> None:
    """An answer has the same bytes in a replay, except for spaces between values."""
    with TwinServer(lambda _: Response(200, body)) as server:
        recorder = Recorder(Scrubber(Hosts({server.url: "invoiced.twin"})))
        with insert_cassette(recorder):
            httpx.get(f"{server.url}/one")
    again = Cassette(PROVENANCE, tuple(recorder.exchanges))
    with insert_cassette(Player(again, "x", NOTHING_HIDDEN)):
        played = httpx.get(f"{INVOICED}/one").content

    assert body == played


def test_a_cassette_reads_as_it_was_written(tmp_path: Path) -> None:
    """A cassette is read as it was written."""
    write_cassette(tmp_path / "x.json", TWO)

    assert TWO == read_cassette(tmp_path / "x.json", "x.json")


def test_a_truncated_cassette_is_an_error(tmp_path: Path) -> None:
    """A file that was cut is an error with a sentence, and is not changed."""
    path = tmp_path / "x.json"
    write_cassette(path, TWO)
    cut = path.read_bytes()[:-20]
    path.write_bytes(cut)

    with pytest.raises(CassetteError, match="is not a valid cassette"):
        read_cassette(path, "x.json")
    assert cut == path.read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"status": 200', '"status": "200"', "status of exchange 1 is '200'"),
        ('"response"', '"answer"', "response of exchange 1 is None"),
        ('"method": "POST"', '"method": 5', "method of exchange 1 is 5"),
        ('"Chargebee":', '"Cargobee":', "Chargebee of hosts is None"),
        ('"seed": "a-check"', '"seed": 5', "seed of provenance is 5"),
        ('"version": ', '"release": ', "'version' is missing"),
    ],
)
def test_a_cassette_of_another_shape_is_an_error(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    """The error for JSON that is no cassette names the wrong value."""
    path = tmp_path / "x.json"
    write_cassette(path, TWO)
    path.write_text(path.read_text().replace(old, new, 1))

    with pytest.raises(CassetteError) as error:
        read_cassette(path, "x.json")
    assert f"x.json is not a valid cassette ({why}): restore" in str(error.value)


def test_a_cassette_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A folder that cannot be created is one sentence."""
    (tmp_path / "items").write_text("in the way")

    with pytest.raises(CassetteError, match="cannot be written"):
        write_cassette(tmp_path / "items" / "x.json", TWO)


def test_a_cassette_of_another_version_is_an_error(tmp_path: Path) -> None:
    """A cassette of another version is not played."""
    path = tmp_path / "x.json"
    write_cassette(path, TWO)
    path.write_text(
        path.read_text().replace(f'"version": {VERSION}', '"version": 7', 1)
    )

    with pytest.raises(CassetteError, match="version 7"):
        read_cassette(path, "x.json")
