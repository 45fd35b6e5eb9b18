"""The log of `dataflow twin`: one line for each call, which fits and shows no key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rich.text import Text

from dataflow.twin.messages import (
    NO_ANSWER,
    BadRequest,
    Request,
    Response,
    encode_basic_auth,
)
from dataflow.twin.pair import INVOICED_KEY
from dataflow.twin.serve import CallLog

NOON = datetime(2026, 1, 5, 12, 30, 15, tzinfo=UTC)


def line(request: Request, response: Response, width: int = 80) -> Text:
    """Return the line about a call that takes 12.3 milliseconds."""
    written: list[Text] = []
    ticks = iter([5.0, 5.0123])
    lines = CallLog(written.append, lambda: width, lambda: NOON, lambda: next(ticks))
    lines.around("Invoiced", lambda _request: response)(request)
    return written[0]


def test_a_line_says_what_happened() -> None:
    """Time, system, method, address, status and milliseconds, in this order."""
    request = Request("GET", "/customers", (("page", "2"), ("sort", "id asc")))

    assert [
        "12:30:15",
        "Invoiced",
        "GET",
        "/customers?page=2&sort=id",
        "asc",
        "200",
        "12.3",
        "ms",
    ] == line(request, Response(200)).plain.split()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("path", ["/items", "/items/" + "x" * 300, "/" + "日本" * 100])
def test_a_line_fits_the_terminal(width: int, path: str) -> None:
    """However long the address, the line ends where the terminal does."""
    shown = line(Request("GET", path), Response(200), width)

    assert (width, True) == (shown.cell_len, shown.plain.endswith(" 12.3 ms"))


def test_a_line_shows_no_key() -> None:
    """Neither the header nor an address that holds the key shows it."""
    headers = {"authorization": encode_basic_auth(INVOICED_KEY)}
    query = (("api_key", "of-somebody"), ("x", INVOICED_KEY))
    shown = line(Request("GET", "/items", query, headers), Response(401), 200).plain

    assert [] == [
        key
        for key in (INVOICED_KEY, "of-somebody", encode_basic_auth(INVOICED_KEY))
        if key in shown
    ]


def test_a_line_steers_no_terminal() -> None:
    """An address with control characters moves no cursor and adds no line."""
    request = Request("GET", "/\x1b[2J\n\r\x07\u202e")

    assert line(request, Response(404), 120).plain.isprintable()


@pytest.mark.parametrize("response", [NO_ANSWER, Response(200, b"{}", truncate_at=1)])
def test_a_cut_answer_is_named(response: Response) -> None:
    """An answer that did not arrive whole is shown without a status."""
    assert " cut " in line(Request("GET", "/items"), response).plain


def test_an_unreadable_call_is_named() -> None:
    """A call that could not be read has no address."""
    request = Request("", "", defect=BadRequest(400, "Bad"))

    assert "(a call that cannot be read)" in line(request, Response(400)).plain


@pytest.mark.parametrize(
    ("status", "style"), [(200, "green"), (404, "yellow"), (500, "bold red")]
)
def test_a_status_has_its_colour(status: int, style: str) -> None:
    """Success, refusal and failure have different colours."""
    shown = line(Request("GET", "/items"), Response(status))
    styled = {shown.plain[s.start : s.end]: s.style for s in shown.spans}

    assert style == styled[str(status)]
