"""No key, token, cookie or path of this machine is in any report or cassette."""

from __future__ import annotations

import base64
import platform
from pathlib import Path

import pytest

from dataflow.redact import Redactor
from tests.project import ROOT, ChecklistRun
from tests.report.conftest import SEEDED

#: All use the same runs.
pytestmark = pytest.mark.xdist_group("report")


def files_with(done: ChecklistRun, text: str) -> list[str]:
    """Return the files of the reports and cassettes that hold a text."""
    return [
        path.name
        for folder in ("reports", "cassettes")
        for path in (done.folder / folder).rglob("*")
        if path.is_file() and text.encode() in path.read_bytes()
    ]


def redact(text: str) -> str:
    """Redact a text on a machine with two folders and one key."""
    places = {"/home/ada": "~", "/home/ada/project": ""}
    return Redactor(lambda: ["k3y/of+ada"], places)(text)


@pytest.mark.parametrize("project", ["leaky", "recorded"])
@pytest.mark.parametrize("what", sorted(SEEDED))
def test_no_secret_is_kept(
    project: str, what: str, request: pytest.FixtureRequest
) -> None:
    """What was seeded in headers, bodies, queries, addresses and output is gone."""
    ran: ChecklistRun = request.getfixturevalue(project)

    assert [] == files_with(ran, SEEDED[what])


@pytest.mark.parametrize("project", ["leaky", "recorded"])
def test_no_header_is_kept(project: str, request: pytest.FixtureRequest) -> None:
    """The key as it travels in a header is gone."""
    ran: ChecklistRun = request.getfixturevalue(project)
    header = base64.b64encode(f"{SEEDED['key']}:".encode()).decode()

    assert [] == files_with(ran, header)


def test_the_place_of_a_secret_was_recorded(recorded: ChecklistRun) -> None:
    """The cassettes contain the fields with a secret, and it is hidden there."""
    text = (recorded.folder / "cassettes/items-item/every.new-record.json").read_text()

    assert '"statement_url": "https://acme.invoiced.com/x/[hidden]"' in text
    assert '"api_key": "[hidden]"' in text
    assert '"notes": "called with [hidden]"' in text


def test_the_place_of_a_secret_was_reported(leaky: ChecklistRun) -> None:
    """The output and calls of the leaky program are shown, with the secret hidden."""
    failed = leaky.result("items-item.every.new-record")

    assert "INVOICED [hidden]" in leaky.attached(
        failed, "Output of the sync under test"
    )
    assert "Invoiced POST /customers" in leaky.attached(failed, "HTTP exchanges")


@pytest.mark.parametrize("project", ["passing", "failing", "leaky"])
def test_no_path_of_this_machine_is_in_a_report(
    project: str, request: pytest.FixtureRequest
) -> None:
    """Neither the project's folder nor this one's is named, nor that of Python."""
    ran: ChecklistRun = request.getfixturevalue(project)
    places = [ran.folder, ROOT, Path(base64.__file__).parent, Path.home() / "."]

    assert [] == [name for place in places for name in files_with(ran, f"{place}/")]


def test_no_name_of_this_machine_is_in_a_report(leaky: ChecklistRun) -> None:
    """The machine is not named as the host."""
    assert [] == files_with(leaky, f'"{platform.node()}"')


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("it is k3y/of+ada.", "it is [hidden]."),
        ("?key=k3y%2Fof%2Bada", "?key=[hidden]"),
        ("Basic azN5L29mK2FkYTo=", "Basic [hidden]"),
        ("Authorization: Bearer abc", "Authorization: Bearer [hidden]"),
        ("{'authorization': 'abc def'}", "{'authorization': '[hidden]'}"),
        ("Set-Cookie: a=1; b=2\nnext", "Set-Cookie: [hidden]\nnext"),
        ('{"api_key": "abc", "n": 1}', '{"api_key": "[hidden]", "n": 1}'),
        ('{\\"token\\": \\"abc\\"}', '{\\"token\\": \\"[hidden]\\"}'),
        ("DATAFLOW_CHARGEBEE_KEY=abc", "DATAFLOW_CHARGEBEE_KEY=[hidden]"),
        ("{'accessToken': 'abc'}", "{'accessToken': '[hidden]'}"),
        ("access_token=abc&page=2", "access_token=[hidden]&page=2"),
        ("https://u:p@x.test/", "https://[hidden]@x.test/"),
        (
            "https://x.test/invoices/IZmXbVOPyvfD3GPBmyd6FwXY/pdf",
            "https://x.test/invoices/[hidden]/pdf",
        ),
        ("/home/ada/project/steps/x.py:1", "steps/x.py:1"),
        ("in /home/ada/project", "in ."),
        ("/home/ada/.venv/bin", "~/.venv/bin"),
        ("/home/adam/x", "/home/adam/x"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_a_text_is_redacted(text: str, redacted: str) -> None:
    """Keys, tokens, cookies and places are hidden; the rest is left."""
    assert redacted == redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'currency'",
        "a token of what it is worth",
        "https://x.test/api/v2/customers/1000001",
        "invoice 1000393: currency_code in Chargebee is 'EUR', not 'GBP'",
        "invoices-order.currency.edited-in-invoiced",
    ],
)
def test_a_harmless_text_is_left(text: str) -> None:
    """What is no secret is left as it is."""
    assert text == redact(text)
