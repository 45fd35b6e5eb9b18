"""Which accounts are sandboxes, and when they have to be asked again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dataflow.contract.accounts import sandbox_accounts
from dataflow.contract.confirmed import (
    Confirmation,
    after_a_run,
    is_due,
    last_confirmed,
    read_confirmed,
    write_confirmed,
)
from dataflow.contract.options import chosen_sandbox
from dataflow.errors import FileError
from dataflow.sandbox.accounts import sandbox_connection
from dataflow.sandbox.places import NoSandboxError

ENVIRONMENT = {
    "INVOICED_API_KEY": "a",
    "CHARGEBEE_API_KEY": "test_b",
    "CHARGEBEE_SITE": "acme-test",
}
A_DAY = date(2026, 1, 5)


def test_the_sandboxes_are_the_vendors() -> None:
    """Without addresses, the vendors' own sandboxes are meant."""
    found = sandbox_connection(ENVIRONMENT)

    assert (
        "https://api.sandbox.invoiced.com",
        "https://acme-test.chargebee.com/api/v2",
    ) == (found.invoiced_url, found.chargebee_url)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INVOICED_API_KEY", ""),
        ("CHARGEBEE_SITE", "acme"),
        ("CHARGEBEE_SITE", "acme-test.evil"),
        ("CHARGEBEE_SITE", "evil.com/acme-test"),
        ("CHARGEBEE_SITE", "evil.com#-test"),
        ("CHARGEBEE_SITE", "acme-test\n"),
        ("CHARGEBEE_API_KEY", "live_b"),
        ("INVOICED_API_URL", "https://api.invoiced.com"),
        ("INVOICED_API_URL", "http://api.sandbox.invoiced.com"),
        ("INVOICED_API_URL", "https://api.sandbox.invoiced.com.evil.com"),
        ("INVOICED_API_URL", "http://127.0.0.1@evil.com"),
        ("INVOICED_API_URL", "http://127.0.0.1.evil.com"),
        ("INVOICED_API_URL", "http://[evil"),
        ("CHARGEBEE_API_URL", "https://acme.chargebee.com/api/v2"),
        ("CHARGEBEE_API_URL", "https://other-test.chargebee.com/api/v2"),
        ("INVOICED_API_URL", "http://evil.example\\@127.0.0.1"),
        ("INVOICED_API_URL", "http://ada:secret@127.0.0.1"),
        ("INVOICED_API_URL", "http://127.0.0.1.evil.example"),
        ("INVOICED_API_URL", "ftp://127.0.0.1"),
        ("INVOICED_API_URL", "http://127.0.0.1:65536"),
        ("INVOICED_API_URL", "http://127.0.0.1:8101?x="),
        ("INVOICED_API_URL", "http://127.0.0.1:8101#x"),
        ("INVOICED_API_KEY", " "),
        ("INVOICED_API_KEY", "key\n"),
        ("CHARGEBEE_API_KEY", "LIVE_key"),
        ("CHARGEBEE_API_KEY", " live_key"),
    ],
)
def test_nothing_else_is_taken(name: str, value: str) -> None:
    """An account that may be a real business's own is refused before any call."""
    with pytest.raises(NoSandboxError) as caught:
        sandbox_connection({**ENVIRONMENT, name: value})

    assert name in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_loopback_is_taken(host: str) -> None:
    """Something on loopback may stand in a vendor's place."""
    url = f"http://{host}:8101"
    found = sandbox_connection({**ENVIRONMENT, "INVOICED_API_URL": url})

    assert url == found.invoiced_url


def test_no_sandbox_is_asked_for_by_default() -> None:
    """Accounts in the environment alone lead nobody there."""
    assert chosen_sandbox("twin", None, ENVIRONMENT) is None


@pytest.mark.parametrize(
    ("workers", "environment", "sentence"),
    [
        (2, ENVIRONMENT, "--target sandbox needs one worker: leave out -n."),
        (
            None,
            {},
            (
                "The sandbox accounts are not known: set INVOICED_API_KEY,"
                " CHARGEBEE_API_KEY, CHARGEBEE_SITE."
            ),
        ),
    ],
    ids=["workers", "no accounts"],
)
def test_a_sandbox_is_refused(
    workers: int | None, environment: dict[str, str], sentence: str
) -> None:
    """Several workers would overtax an account; an account has to be named."""
    with pytest.raises(pytest.UsageError) as caught:
        chosen_sandbox("sandbox", workers, environment)

    assert sentence == str(caught.value)


def test_time_is_waited_for() -> None:
    """A sandbox's time passes by waiting for it."""
    waited: list[float] = []
    sandbox_accounts(sandbox_connection(ENVIRONMENT), waited.append).later(2)

    assert [2] == waited


# Dates


@pytest.mark.parametrize(
    ("days", "due"), [(0, True), (29, True), (30, False), (31, False)]
)
def test_what_is_older_is_due(days: int, *, due: bool) -> None:
    """A test is due once more than so many days have gone by."""
    confirmed = {"a": Confirmation(A_DAY)}

    assert due == is_due("a", confirmed, date(2026, 2, 4), days)


def test_what_was_never_confirmed_is_due() -> None:
    """A test without a date is always due."""
    assert is_due("a", {}, A_DAY, 1000)


def test_others_keep_their_dates() -> None:
    """A run changes nothing about the tests that were not in it."""
    before = {"a": Confirmation(A_DAY)}
    passed = {"b": Confirmation(date(2026, 2, 4))}

    assert {**before, **passed} == after_a_run(before, passed, [])


def test_the_latest_date_counts() -> None:
    """A behaviour was last confirmed when the latest of its tests passed."""
    confirmed = {
        "a": Confirmation(date(2026, 2, 4), ("x",)),
        "b": Confirmation(A_DAY, ("x", "y")),
    }

    assert {"x": date(2026, 2, 4), "y": A_DAY} == last_confirmed(confirmed)


def test_dates_are_read_as_they_were_written(tmp_path: Path) -> None:
    """What was written is read again."""
    confirmed = {"a": Confirmation(A_DAY, ("x",))}
    write_confirmed(tmp_path / "confirmed.json", confirmed)

    assert confirmed == read_confirmed(tmp_path / "confirmed.json")


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"a": {"on": "soon"}}'])
def test_damaged_dates_are_told(text: str, tmp_path: Path) -> None:
    """A damaged file is refused: nothing is claimed from it."""
    path = tmp_path / "confirmed.json"
    path.write_text(text, "utf-8")
    with pytest.raises(FileError) as caught:
        read_confirmed(path)

    assert str(path) in str(caught.value)
