"""Strict replay: whatever differs from the recording is told apart and said clearly."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import requests
from vcr.request import Request as VcrRequest

from dataflow.evidence.blocking import no_network
from dataflow.evidence.cassette import (
    VERSION,
    Cassette,
    OtherVersionError,
    Provenance,
    UnreadableCassetteError,
    UnwritableCassetteError,
    read_cassette,
    write_cassette,
)
from dataflow.evidence.exchange import Stored, stored_request
from dataflow.evidence.hosts import Hosts
from dataflow.evidence.playing import Player, Recorder, ReplayDiffersError, inserted
from dataflow.evidence.scrubbing import Scrubber
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


def play(cassette: Cassette, *calls: tuple[str, str, object]) -> list[object]:
    """Make calls against a cassette and return the bodies that came back."""
    player = Player(cassette, "cassettes/x.json", NOTHING_HIDDEN)
    with inserted(player):
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


def test_a_changed_digit_in_a_body_is_a_difference() -> None:
    """One digit that differs in a body fails, and the difference is shown."""
    with pytest.raises(ReplayDiffersError) as error:
        play(TWO, ("POST", "/customers", {"name": "Ada", "credit_limit": 101}))

    text = str(error.value)
    assert "exchange 1 differs" in text
    assert '-  "credit_limit": 100' in text
    assert '+  "credit_limit": 101' in text


def test_the_order_of_names_is_not_kept() -> None:
    """A client may send what was edited in any order: recordings are the same."""
    one, two = (
        stored_request(
            VcrRequest("PATCH", f"{INVOICED}/x", body, {"Content-Type": "text/json"}),
            NOTHING_HIDDEN,
        )
        for body in ('{"a": [{"b": 1, "c": 2}], "d": 3}', '{"d":3,"a":[{"c":2,"b":1}]}')
    )

    assert json.dumps(one) == json.dumps(two)


def test_a_changed_path_is_a_difference() -> None:
    """Another path fails though method and body are the same."""
    with pytest.raises(ReplayDiffersError, match="exchange 2 differs"):
        play(TWO, CREATE, ("GET", "/customers/2", None))


def test_a_changed_query_is_a_difference() -> None:
    """A query that was not recorded fails."""
    with pytest.raises(ReplayDiffersError, match=r"\+\s+\"page=2\""):
        play(TWO, CREATE, ("GET", "/customers/1?page=2", None))


def test_a_further_request_is_told() -> None:
    """A request after the last recorded one fails, and is named."""
    with pytest.raises(ReplayDiffersError, match=r"ends after 2 exchanges.*GET /items"):
        play(TWO, CREATE, READ, ("GET", "/items", None))


def test_an_unplayed_tail_is_told() -> None:
    """A cassette that is not played to its end fails, and says from where on."""
    with pytest.raises(
        ReplayDiffersError, match=r"1 more recorded, from GET /customers/1 on"
    ):
        play(TWO, CREATE)


def test_a_number_is_not_another_kind_of_number() -> None:
    """To Python 100 is 100.0 and 1 is True; to a vendor they are not."""
    with pytest.raises(ReplayDiffersError, match=r"\+\s+\"credit_limit\": 100.0"):
        play(TWO, ("POST", "/customers", {"name": "Ada", "credit_limit": 100.0}))


@pytest.mark.parametrize(
    ("auth", "difference"),
    [(("a-key", ""), '"key": "Invoiced"'), (("another", ""), '"key": "nobody known"')],
)
def test_a_key_is_a_difference(auth: tuple[str, str], difference: str) -> None:
    """A call with a key, where none was recorded, fails: it could be the wrong one."""
    player = Player(TWO, "x", Scrubber(Hosts({}), {"a-key": "Invoiced"}))
    body = {"name": "Ada", "credit_limit": 100}
    with inserted(player), pytest.raises(ReplayDiffersError) as error:
        requests.post(f"{INVOICED}/customers", json=body, auth=auth, timeout=1)

    assert f"+ {difference}" in str(error.value)


def test_another_content_type_is_a_difference() -> None:
    """A body with another content type is another body."""
    with inserted(Player(TWO, "x", NOTHING_HIDDEN)), pytest.raises(ReplayDiffersError):
        requests.post(
            f"{INVOICED}/customers",
            data='{"name": "Ada", "credit_limit": 100}',
            headers={"content-type": "text/csv"},
            timeout=1,
        )


def test_what_is_no_text_is_a_difference_too() -> None:
    """Bytes that are no text are told like all else, and remembered."""
    player = Player(TWO, "x", NOTHING_HIDDEN)
    with inserted(player), pytest.raises(ReplayDiffersError):
        requests.post(f"{INVOICED}/customers", data=b"\xff\xfe", timeout=1)

    with pytest.raises(ReplayDiffersError, match="exchange 1 differs"):
        player.check(to_the_end=False)


def test_the_first_difference_is_the_one_that_is_told() -> None:
    """What is asked after a difference only follows from it."""
    player = Player(TWO, "x", NOTHING_HIDDEN)
    with inserted(player):
        for path in ("/first", "/second"):
            with pytest.raises(ReplayDiffersError, match="/first"):
                requests.get(INVOICED + path, timeout=1)

    with pytest.raises(ReplayDiffersError, match="/first"):
        player.check(to_the_end=False)


def test_nothing_reaches_the_network() -> None:
    """While a cassette plays, not even an address that would answer is asked."""
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return Response(200, b"{}")

    with (
        TwinServer(answer) as server,
        inserted(Player(TWO, "x", NOTHING_HIDDEN)),
        pytest.raises(ReplayDiffersError),
    ):
        httpx.get(f"{server.url}/customers")

    assert [] == asked


@pytest.mark.parametrize("how", ["connect", "connect_ex", "look up"])
def test_nothing_goes_past_the_player(how: str) -> None:
    """A socket of one's own is refused too, and remembered."""
    player = Player(TWO, "x", NOTHING_HIDDEN)
    address = ("127.0.0.1", 9)
    ways: dict[str, Callable[[socket.socket], object]] = {
        "connect": lambda own: own.connect(address),
        "connect_ex": lambda own: own.connect_ex(address),
        "look up": lambda _: socket.getaddrinfo("localhost", 9),
    }
    with (
        no_network(player.refuse),
        socket.socket() as own,
        pytest.raises(ReplayDiffersError, match="went for the network"),
    ):
        ways[how](own)

    with pytest.raises(ReplayDiffersError, match="went for the network"):
        player.check(to_the_end=False)


def test_a_recording_can_be_played() -> None:
    """What was recorded from a server is what a player answers, by both clients."""

    def answer(request: Request) -> Response:
        return Response(200, b'{"path": "%s"}' % request.path.encode())

    def calls(root: str) -> list[str]:
        first = requests.get(f"{root}/one", timeout=1).json()["path"]
        return [first, httpx.post(f"{root}/two", data={"a[b]": "1"}).json()["path"]]

    with TwinServer(answer) as server:
        recorder = Recorder(Scrubber(Hosts({server.url: "invoiced.twin"})))
        with inserted(recorder):
            heard = calls(server.url)
    again = Cassette(PROVENANCE, tuple(recorder.exchanges))
    with inserted(Player(again, "x", NOTHING_HIDDEN)):
        played = calls(INVOICED)

    assert heard == played


def test_a_cassette_reads_as_it_was_written(tmp_path: Path) -> None:
    """A cassette survives the way through its file."""
    write_cassette(tmp_path / "x.json", TWO)

    assert TWO == read_cassette(tmp_path / "x.json", "x.json")


def test_a_truncated_cassette_is_an_error(tmp_path: Path) -> None:
    """A file that was cut is an error with a sentence, and is left as it is."""
    path = tmp_path / "x.json"
    write_cassette(path, TWO)
    cut = path.read_bytes()[:-20]
    path.write_bytes(cut)

    with pytest.raises(UnreadableCassetteError, match="cannot be read as a cassette"):
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
        ('"version": ', '"release": ', "there is no 'version'"),
    ],
)
def test_a_cassette_of_another_shape_is_an_error(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    """What is JSON and no cassette says in words what is wrong with it."""
    path = tmp_path / "x.json"
    write_cassette(path, TWO)
    path.write_text(path.read_text().replace(old, new, 1))

    with pytest.raises(UnreadableCassetteError) as error:
        read_cassette(path, "x.json")
    assert f"x.json cannot be read as a cassette ({why}): take" in str(error.value)


def test_a_cassette_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder that cannot be made is one sentence."""
    (tmp_path / "items").write_text("in the way")

    with pytest.raises(UnwritableCassetteError, match="cannot be written"):
        write_cassette(tmp_path / "items" / "x.json", TWO)


def test_a_cassette_of_another_version_is_an_error(tmp_path: Path) -> None:
    """A cassette of another version says so, and is not played."""
    path = tmp_path / "x.json"
    write_cassette(path, TWO)
    path.write_text(
        path.read_text().replace(f'"version": {VERSION}', '"version": 7', 1)
    )

    with pytest.raises(OtherVersionError, match="version 7"):
        read_cassette(path, "x.json")
