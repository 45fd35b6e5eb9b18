"""Which accounts are sandboxes."""

from __future__ import annotations

import pytest

from dataflow.errors import NotASandboxError
from dataflow.sandbox.accounts import sandbox_connection

ENVIRONMENT = {
    "INVOICED_API_KEY": "a",
    "CHARGEBEE_API_KEY": "test_b",
    "CHARGEBEE_SITE": "acme-test",
}


def test_the_sandboxes_are_the_vendors() -> None:
    """Without addresses, the accounts are on the vendors' own sandboxes."""
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
def test_other_accounts_are_refused(name: str, value: str) -> None:
    """An account that may belong to a real business is refused before any call."""
    with pytest.raises(NotASandboxError) as caught:
        sandbox_connection({**ENVIRONMENT, name: value})

    assert name in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_loopback_is_accepted(host: str) -> None:
    """A program on loopback may replace a vendor."""
    url = f"http://{host}:8101"
    found = sandbox_connection({**ENVIRONMENT, "INVOICED_API_URL": url})

    assert url == found.invoiced_url
