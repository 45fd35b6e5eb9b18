"""What the controls say to a slip of the pen."""

from __future__ import annotations

import httpx
import pytest

from tests.twin.controls.bench import Bench


@pytest.mark.parametrize(
    ("control", "given", "complaint"),
    [
        ("POST faults", {}, "kind must be a text, and is null."),
        ("POST faults", {"kind": "fire"}, "There is no fault fire: choose from rate"),
        (
            "POST faults",
            {"kind": "server-error", "tims": 1},
            "There is no argument tims",
        ),
        (
            "POST faults",
            {"kind": "server-error", "times": "1"},
            "times must be a whole",
        ),
        (
            "POST faults",
            {"kind": "server-error", "times": True},
            "times must be a whole",
        ),
        ("POST faults", {"kind": "lock-timeout"}, "Invoiced has no lock-timeout"),
        (
            "POST faults",
            {"kind": "server-error", "method": "get"},
            "method cannot be 'get': give *, or one of DELETE, GET, ",
        ),
        (
            "POST faults",
            {"kind": "server-error", "path": "customers"},
            "path cannot be 'customers': begin it with / or with *, which is any text.",
        ),
        (
            "POST faults",
            {"kind": "slow", "seconds": 1, "path": "/items?page=2"},
            "path cannot be '/items?page=2': a path has no query, so leave out",
        ),
        (
            "POST faults",
            {"kind": "repeated-page", "method": "POST"},
            "A repeated-page cannot have the method POST: only what is read with GET",
        ),
        ("DELETE faults", {"number": 9}, "There is no fault 9"),
        ("POST clock", {"set": 1}, "The clock cannot go to 1:"),
        ("POST clock", {"advance": -1}, "The clock cannot go on by -1: it only"),
        ("POST clock", {"advance": 10**400}, "advance must be no larger than"),
        ("POST clock", {"frozen": "no"}, "frozen must be true or false"),
        ("POST clock", {"frozen": False}, "This clock goes by hand alone"),
        ("POST seed", {"calls": [1]}, "calls must be a list of objects"),
        ("POST seed", {"calls": [{"path": 1}]}, "path must be a text"),
        ("POST seed", {"calls": [{"path": "/no"}]}, "Seed 0, POST /no, was refused"),
        ("POST limit", {"most": 1.5}, "most must be a whole number"),
        ("POST limit", {"most": -1}, "most cannot be -1: give 0 or more."),
        ("POST reset", {"all": True}, "There is no argument all here: there is none."),
    ],
)
def test_a_slip_of_the_pen(
    bench: Bench, control: str, given: dict[str, object], complaint: str
) -> None:
    """What a control cannot do is refused in one sentence that shows what was given."""
    method, name = control.split()
    answer = bench.control(method, name, **given)

    assert (400, True) == (answer.status_code, complaint in answer.json()["message"])


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"set": NaN}']
)
def test_a_garbled_body(bench: Bench, body: bytes) -> None:
    """A body that is no object of sensible JSON is refused."""
    url = f"{bench.root}/_twin/clock"

    assert 400 == httpx.post(url, content=body).status_code


@pytest.mark.parametrize("control", ["GET nothing", "PUT clock", "GET clock/x"])
def test_a_control_that_is_not_there(bench: Bench, control: str) -> None:
    """An unknown control is refused, and the way to the known ones shown."""
    method, name = control.split()
    answer = bench.control(method, name)

    assert (404, True) == (
        answer.status_code,
        "GET /_twin lists them" in answer.json()["message"],
    )
