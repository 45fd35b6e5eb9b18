"""A defect of a twin: it is told from all that its vendor does, and from a cut."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from invoiced.errors import ApiError

from dataflow.twin.clock import ManualClock
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.messages import Arguments, Json, Request, Response
from dataflow.twin.pair import TwinPair
from tests.twin.controls.bench import Bench

#: What is said of the defect.
SENTENCE = (
    "The twin of Invoiced itself has failed at GET /items, which says nothing about"
    " Invoiced: KeyError: 'unforeseen'"
)


def unforeseen(_twin: InvoicedTwin, _request: Request) -> Response:
    """Fail as only a defect does."""
    raise KeyError("unforeseen")


@pytest.fixture
def broken(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Serve both twins; each call inside of Invoiced's one meets a defect."""
    with monkeypatch.context() as patch:
        patch.setattr(InvoicedTwin, "handle", unforeseen)
        yield bench


def test_a_defect_is_answered_as_one(broken: Bench) -> None:
    """A call that meets a defect is told which, in no form that a vendor has."""
    answer = broken.left.get("/items")

    assert (500, "text/plain; charset=utf-8", SENTENCE) == (
        answer.status_code,
        answer.headers["content-type"],
        answer.text.splitlines()[0],
    )


def test_the_client_shows_the_defect(broken: Bench) -> None:
    """The vendor's client hands on what the twin says of itself."""
    with pytest.raises(ApiError, match="The twin of Invoiced itself has failed"):
        broken.invoiced.Item.list()


def test_a_defect_leaves_its_trace(
    broken: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal shows where it was, for whoever mends the twin."""
    broken.left.get("/items")

    assert "in unforeseen" in capsys.readouterr().err


def test_a_defect_is_in_the_log(broken: Bench) -> None:
    """The log of calls has what the caller got."""
    broken.left.get("/items")
    (call,) = broken.pair.invoiced.calls.latest()

    assert SENTENCE.encode() in call.response.body


def test_defects_are_remembered(broken: Bench) -> None:
    """A test can ask whether there was a defect, once."""
    broken.left.get("/items")

    assert ([SENTENCE], []) == (broken.pair.pop_failures(), broken.pair.pop_failures())


def test_defects_are_told_over_http(broken: Bench) -> None:
    """So can a test that knows no Python, as often as it likes."""
    broken.left.get("/items")

    assert {"failures": [SENTENCE]} == broken.control("GET", "failures").json()


def test_a_reset_forgets_defects(broken: Bench) -> None:
    """The next test begins without those of this one."""
    broken.left.get("/items")
    broken.pair.reset()

    assert [] == broken.pair.pop_failures()


def test_after_a_defect_the_twin_lives_on(bench: Bench) -> None:
    """The connection holds, and the next call is answered."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(InvoicedTwin, "handle", unforeseen)
        bench.left.get("/items")

    assert 200 == bench.left.get("/items").status_code


def test_a_knob_can_have_a_defect_too() -> None:
    """A control that fails is no cut connection either."""

    def knob(_given: Arguments) -> Json:
        raise ZeroDivisionError

    pair = TwinPair(ManualClock())
    pair.invoiced.switches["break"] = knob
    with pair.serve(0, 0) as addresses:
        answer = httpx.post(f"{addresses.invoiced_url}/_twin/break")

    assert (500, True) == (answer.status_code, "ZeroDivisionError" in answer.text)
