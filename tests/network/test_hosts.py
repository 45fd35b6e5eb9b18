"""Which hosts a key may be sent to, and which accounts settings may name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dataflow.errors import NotASandboxError
from dataflow.network.hosts import refuse_accounts, refuse_settings, refuse_url, site_of

#: Addresses that only look like those of sandboxes, by their disguise.
TRICKS = {
    "production of Invoiced": "https://api.invoiced.com",
    "a live site": "https://acme.chargebee.com",
    "a longer host": "https://api.sandbox.invoiced.com.evil.example",
    "a longer site": "https://evil-test.chargebee.com.evil.example",
    "a host before": "https://evil.api.sandbox.invoiced.com",
    "no dot between": "https://evilapi.sandbox.invoiced.com",
    "the vendor as a user": "https://chargebee.com@evil.example",
    "the sandbox as a user": "https://api.sandbox.invoiced.com@evil.example",
    "a user": "https://ada:secret@api.sandbox.invoiced.com",
    "a site with a slash": "https://evil.example/acme-test.chargebee.com",
    "a site with an at-sign": "https://acme@evil-test.chargebee.com",
    "a site with a hash": "https://evil.example#-test.chargebee.com",
    "a site with a question": "https://evil.example?-test.chargebee.com",
    "a site with a dot": "https://evil.acme-test.chargebee.com",
    "a site with a percent": "https://evil.example%2f-test.chargebee.com",
    "a backslash": "https://evil.example\\@api.sandbox.invoiced.com",
    "a homoglyph": "https://\u0430pi.sandbox.invoiced.com",
    "a homoglyph in the site": "https://\u0430cme-test.chargebee.com",
    "a dot that is none": "https://api\u3002sandbox.invoiced.com.evil.example",
    "a trailing dot": "https://api.sandbox.invoiced.com.",
    "another port": "https://api.sandbox.invoiced.com:8443",
    "another port of a site": "https://acme-test.chargebee.com:8443",
    "no TLS": "http://api.sandbox.invoiced.com",
    "no TLS for a site": "http://acme-test.chargebee.com",
    "loopback as a user": "http://127.0.0.1@evil.example",
    "loopback in a name": "http://127.0.0.1.evil.example",
    "loopback as a number": "http://2130706433",
    "all addresses": "http://0.0.0.0",
    "another scheme": "ftp://127.0.0.1",
}

#: Addresses that some clients correct, so that they lead to a sandbox.
UNDONE = {
    "no scheme": "//api.sandbox.invoiced.com",
    "a backslash after": "https://api.sandbox.invoiced.com\\@evil.example",
    "an encoded name": "https://api%2esandbox.invoiced.com",
    "upper case": "https://API.SANDBOX.INVOICED.COM",
    "a site in upper case": "https://ACME-test.chargebee.com/api/v2",
    "a site's other path": "https://acme-test.chargebee.com/evil",
    "a longer path": "https://acme-test.chargebee.com/api/v23",
    "a line": "https://api.sandbox.invoiced.com\n",
    "a blank": "https://api.sandbox.invoiced.com /customers",
}


def refusal(check: Callable[[], None]) -> str:
    """Return the sentence of a refusal, and an empty text without one."""
    try:
        check()
    except NotASandboxError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("trick", [*TRICKS.values(), *UNDONE.values()])
@pytest.mark.parametrize("path", ["", "/api/v2", "/api/v2/customers"])
def test_a_trick_is_refused(trick: str, path: str) -> None:
    """An address that only looks like a sandbox is refused, with any path."""
    with pytest.raises(NotASandboxError):
        refuse_url(f"{trick}{path}")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.sandbox.invoiced.com",
        "https://api.sandbox.invoiced.com/customers?page=1",
        "https://acme-test.chargebee.com/api/v2",
        "https://acme-test.chargebee.com/api/v2/orders?id[is]=a%2Fb",
        "http://127.0.0.1:8101/customers",
        "http://localhost",
        "http://[::1]:65535/api/v2",
    ],
)
def test_a_sandbox_is_accepted(url: str) -> None:
    """Sandboxes and loopback may be called."""
    assert "" == refusal(lambda: refuse_url(url))


def test_the_sentence_names_the_hosts() -> None:
    """The refusal shows the address without its password, and what may be called."""
    with pytest.raises(NotASandboxError) as caught:
        refuse_url("https://ada:secret@api.invoiced.com")

    assert (
        "'https://***@api.invoiced.com' is not a sandbox, and is not called: use"
        " https://api.sandbox.invoiced.com, https://NAME-test.chargebee.com/api/v2 or"
        " http on loopback."
    ) == str(caught.value)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://acme-test.chargebee.com/api/v2/orders", "acme-test"),
        ("https://api.sandbox.invoiced.com/orders", None),
        ("http://127.0.0.1:8102/api/v2/orders", None),
    ],
)
def test_the_site_is_known_by_its_address(url: str, site: str | None) -> None:
    """A site's name is the first label of its host; a twin has none."""
    assert site == site_of(url)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATAFLOW_INVOICED_URL", "https://api.invoiced.com"),
        ("DATAFLOW_CHARGEBEE_URL", "https://acme.chargebee.com/api/v2"),
        ("DATAFLOW_CHARGEBEE_KEY", "live_key"),
    ],
)
def test_no_sync_gets_accounts_of_production(name: str, value: str) -> None:
    """Variables that name production are refused before a sync starts."""
    with pytest.raises(NotASandboxError):
        refuse_accounts({name: value})


@pytest.mark.parametrize(
    "settings",
    [
        {"sync": {"item_family": "https://api.invoiced.com"}},
        {"sync": {"chargebee": "acme.chargebee.com"}},
        {"sync": {"chargebee": "ACME.CHARGEBEE.COM"}},
        {"sync": {"chargebee": "evil@acme-test.chargebee.com"}},
        {"sync": {"chargebee": "acme-test.chargebee.com.evil.example"}},
        {"sync": {"chargebee": "acme-test.chargebee.com:8443"}},
        {"sync": {"key": "live_secret"}},
        {"sync": {"accounts": [{"url": "https://api.invoiced.com"}]}},
        {"production": {"site": "acme"}},
        {"sync": {"live_site": "acme"}},
    ],
)
def test_settings_that_name_production_are_refused(settings: dict[str, object]) -> None:
    """Settings that name production at any depth are refused."""
    with pytest.raises(NotASandboxError):
        refuse_settings(settings, "dataflow.toml")


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"sync": {"item_family": "invoiced", "item_type": "charge"}},
        {"sync": {"invoiced": "https://api.sandbox.invoiced.com/customers"}},
        {"sync": {"chargebee": "https://acme-test.chargebee.com/api/v2"}},
        {"marks": {"customer": ["id={id}", "meta_data.invoiced_id={id}"]}},
        {"marks": {"item": ["metadata.invoiced.company={id}"]}},
        {"sync": {"item_family": "delivery"}},
    ],
)
def test_other_settings_are_accepted(settings: dict[str, object]) -> None:
    """Settings that name no account, or a sandbox, are accepted."""
    assert "" == refusal(lambda: refuse_settings(settings, "dataflow.toml"))


def test_a_secret_of_the_settings_is_not_shown() -> None:
    """The refusal names the setting, and does not show its value."""
    with pytest.raises(NotASandboxError) as caught:
        refuse_settings({"sync": {"key": "live_secret"}}, "dataflow.toml")

    assert (
        "dataflow.toml names production in sync.key: remove it, as pytest runs only"
        " on test accounts."
    ) == str(caught.value)
