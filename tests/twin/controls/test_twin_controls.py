"""The controls over HTTP: what each one does, and what it says to a slip of the pen."""

from __future__ import annotations

import httpx
import pytest

from dataflow.twin.clock import START, AdjustableClock, ManualClock
from dataflow.twin.controls import answer_control
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.gateway import Gateway, Seed
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.invoiced.profile import INVOICED
from dataflow.twin.messages import Arguments, Json, Request, Response
from dataflow.twin.pair import TwinPair
from tests.twin.controls.bench import Bench

KEY = "test_key"
ADA = {"path": "/customers", "body": {"name": "Ada"}}


def test_the_controls_list_themselves(bench: Bench) -> None:
    """Who knows only the path of the controls is told all of them."""
    listed = bench.control("GET", "").json()

    assert ("Invoiced", True) == (
        listed["vendor"],
        {"GET /_twin", "POST /_twin/faults"} <= set(listed["controls"]),
    )


def test_no_vendor_has_the_path() -> None:
    """A path that only begins alike is the vendor's."""
    controls = Gateway(
        InvoicedTwin(ManualClock(), key=KEY), INVOICED, ManualClock(), key=KEY
    )
    with TwinServer(answer_control(controls)) as server:
        status = httpx.get(f"{server.url}/_twins").status_code

    assert 401 == status


def test_both_twins_have_controls(bench: Bench) -> None:
    """Chargebee's controls stand at the root of its port, not below its API."""
    root = httpx.URL(str(bench.right.base_url)).join("/_twin")

    assert "Chargebee" == httpx.get(root).json()["vendor"]


def test_a_reset(bench: Bench) -> None:
    """A reset leaves no record, no fault and no call, and spares the other twin."""
    bench.right.post("/customers", data={"id": "ada"})
    bench.left.post("/customers", json={"name": "Ada"})
    bench.control("POST", "faults", kind="server-error")
    bench.control("POST", "reset")

    left = bench.pair.invoiced
    assert ([], [], {}, 1) == (
        left.faults.all(),
        bench.names(),
        left.calls.counts(),
        len(bench.right.get("/customers").json()["list"]),
    )


def test_controls_are_not_in_the_log(bench: Bench) -> None:
    """The log has what the programs under test asked, and nothing else."""
    bench.control("GET", "clock")

    assert {} == bench.pair.invoiced.calls.counts()


def test_controls_meet_no_faults(bench: Bench) -> None:
    """A twin that refuses everything still obeys its controls."""
    bench.control("POST", "limit", most=0)
    bench.control("POST", "faults", kind="server-error")

    assert 200 == bench.control("DELETE", "faults").status_code


class Watched(InvoicedTwin):
    """A twin that notes at each piece of work whether it is locked meanwhile."""

    def __init__(self) -> None:
        self.controls: Gateway | None = None
        self.noted: list[bool] = []
        super().__init__(ManualClock(), key=KEY)

    def note(self) -> None:
        """Note whether somebody has the turn."""
        if self.controls is not None:
            self.noted.append(self.controls.twin.lock.locked())

    def handle(self, request: Request) -> Response:
        """Note it, and answer."""
        self.note()
        return super().handle(request)

    def reset(self) -> None:
        """Note it, and start over."""
        self.note()
        super().reset()

    def remember(self, request: Request, response: Response) -> None:
        """Note it, and remember."""
        self.note()
        super().remember(request, response)

    def tune(self, _given: Arguments) -> Json:
        """Note it."""
        self.note()
        return {}


def test_a_twin_does_one_thing_at_a_time() -> None:
    """Calls, faults, seeds, knobs and resets take turns, whoever asks for them."""
    twin = Watched()
    controls = Gateway(
        twin, INVOICED, ManualClock(), key=KEY, switches={"x": twin.tune}
    )
    twin.controls = controls
    controls.app(Request("GET", "/items"))
    controls.faults.add(Fault(kind=FaultKind.SERVER_ERROR))
    controls.app(Request("GET", "/items"))
    controls.seed([Seed("/items", method="GET")])
    controls.set_switch("x", Arguments({}))
    controls.reset()

    assert [True] * 5 == twin.noted


# Seeds


def test_a_seed(bench: Bench) -> None:
    """Seeds are made, and answered as the twin answered them."""
    answer = bench.control("POST", "seed", calls=[ADA]).json()

    assert ["Ada"] == [each["name"] for each in answer["answers"]]


# The clock


def test_the_clock_is_told(bench: Bench) -> None:
    """The clock says what time it is, and whether it stands."""
    expected = {"seconds": START, "frozen": True}
    assert expected == bench.control("GET", "clock").json()


def test_the_clock_is_steered(bench: Bench) -> None:
    """The clock is set first and moved then; it is that of both twins."""
    bench.control("POST", "clock", set=START + 100, advance=5)

    assert START + 105 == bench.pair.chargebee.clock.seconds()


def test_the_clock_stands_and_goes() -> None:
    """A clock that follows another one can be frozen and thawed."""
    base = ManualClock()
    told = []
    with TwinPair(AdjustableClock(base)).serve(0, 0) as addresses:
        for frozen in (True, False):
            url = f"{addresses.invoiced_url}/_twin/clock"
            httpx.post(url, json={"frozen": frozen})
            base.advance(10)
            told.append(httpx.get(url).json())

    assert [
        {"seconds": START, "frozen": True},
        {"seconds": START + 10, "frozen": False},
    ] == told


def test_a_clock_that_is_steered_wrongly_stays_as_it_was() -> None:
    """Nothing of what was asked is done where a part of it cannot be read."""
    with TwinPair(AdjustableClock(ManualClock())).serve(0, 0) as addresses:
        url = f"{addresses.invoiced_url}/_twin/clock"
        httpx.post(url, json={"frozen": True, "set": "tomorrow"})
        told = httpx.get(url).json()

    assert {"seconds": START, "frozen": False} == told


# Faults


def test_a_fault(bench: Bench) -> None:
    """A fault is added, happens, and is listed with its counts."""
    given = {"kind": "rate-limit", "path": "/customers", "times": 1, "retry_after": 3}
    bench.control("POST", "faults", **given)
    statuses = [bench.left.get("/customers").status_code for _ in range(2)]
    (fault,) = bench.control("GET", "faults").json()["faults"]

    counts = {"number": 1, "seen": 2, "fired": 1}
    assert ([429, 200], given | counts) == (
        statuses,
        {name: fault[name] for name in given | counts},
    )


def test_the_kinds_of_faults_are_listed(bench: Bench) -> None:
    """Each vendor's list of faults says which there can be, and what each one does."""
    kinds = bench.control("GET", "faults").json()["kinds"]

    assert {*FaultKind} - {FaultKind.LOCK_TIMEOUT} == kinds.keys()


def test_one_fault_is_taken_away(bench: Bench) -> None:
    """A fault is taken away by its number, all of them without one."""
    for _ in range(3):
        bench.control("POST", "faults", kind="server-error")
    left = bench.control("DELETE", "faults", number=2).json()["faults"]

    assert ([1, 3], []) == (
        [fault["number"] for fault in left],
        bench.control("DELETE", "faults").json()["faults"],
    )


# The limit


def test_the_limit(bench: Bench) -> None:
    """The limit goes on, to the vendor's own number unless told another, and off."""
    answers = [
        bench.control("POST", "limit"),
        bench.control("POST", "limit", most=3),
        bench.control("DELETE", "limit"),
    ]

    assert [20, 3, None] == [answer.json()["most"] for answer in answers]


# Knobs


def test_a_knob_is_a_control() -> None:
    """What is inside of a twin is controlled by one more line."""

    def lag(given: Arguments) -> Json:
        given.refuse_others("seconds")
        return {"lag": given.number("seconds")}

    twin = InvoicedTwin(ManualClock(), key=KEY)
    controls = Gateway(
        twin, INVOICED, ManualClock(), key=KEY, switches={"list-lag": lag}
    )
    with TwinServer(answer_control(controls)) as server:
        url = f"{server.url}/_twin/list-lag"
        answer = httpx.post(url, json={"seconds": 300}).json()
        listed = httpx.get(f"{server.url}/_twin").json()["controls"]

    assert ({"lag": 300}, "POST /_twin/list-lag") == (answer, listed[-1])


# The pair


def test_renewed_twins_have_new_controls(bench: Bench) -> None:
    """Renewed twins have nothing of what was set on the old ones."""
    bench.control("POST", "faults", kind="server-error")
    bench.pair.renew(bench.clock)

    assert 200 == bench.left.get("/customers").status_code


def test_a_reset_of_the_pair(bench: Bench) -> None:
    """A reset of both takes the faults away too: the next scenario has its own."""
    bench.control("POST", "faults", kind="bad-gateway")
    bench.left.get("/customers")
    bench.pair.reset()

    assert ([], []) == (bench.pair.invoiced.faults.all(), bench.pair.unconfirmed())


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9"},
        {"sec-fetch-site": "cross-site"},
        # A name of the page's own that leads to loopback.
        {"host": "evil.example:8101", "origin": "http://evil.example:8101"},
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
    ],
)
def test_no_page_in_a_browser_calls_a_control(
    headers: dict[str, str], bench: Bench
) -> None:
    """Any page can send a request to loopback: such a one changes nothing."""
    before = bench.clock.seconds()
    done = bench.left.post("/_twin/clock", json={"advance": 60}, headers=headers)

    assert (403, before) == (done.status_code, bench.clock.seconds())
