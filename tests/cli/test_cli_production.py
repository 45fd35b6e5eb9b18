"""`dataflow sync` on production: only accounts that the settings name."""

from __future__ import annotations

import pytest

from dataflow.cli.sync import refuse_production
from dataflow.errors import NotASandboxError

LIVE = {
    "DATAFLOW_INVOICED_URL": "https://api.invoiced.com",
    "DATAFLOW_CHARGEBEE_URL": "https://acme.chargebee.com/api/v2",
    "DATAFLOW_CHARGEBEE_SITE": "acme",
    "DATAFLOW_CHARGEBEE_KEY": "live_abc",
}
NAMED = {"account": "https://api.invoiced.com", "site": "acme"}


def refusal(environ: dict[str, str], production: object) -> str:
    """Return why a sync of these accounts is refused."""
    tables = {"sync": {} if production is None else {"production": production}}
    with pytest.raises(NotASandboxError) as caught:
        refuse_production(environ, tables, "dataflow.toml")
    return str(caught.value)


def test_production_needs_to_be_named() -> None:
    """Without [sync.production], other accounts than sandboxes are refused."""
    assert "[sync.production] of dataflow.toml" in refusal(LIVE, None)


def test_another_site_is_refused() -> None:
    """Only the site that is named is synchronised."""
    assert "names the account https://api.invoiced.com and the site other" in refusal(
        LIVE, {**NAMED, "site": "other"}
    )


def test_a_test_never_uses_production() -> None:
    """Inside pytest, the settings do not open production."""
    environ = {**LIVE, "PYTEST_CURRENT_TEST": "a test"}

    assert "is not a sandbox" in refusal(environ, NAMED)


def test_a_named_production_is_accepted() -> None:
    """Accounts that the settings name are synchronised outside of pytest."""
    tables = {"sync": {"production": NAMED}}

    assert refuse_production(LIVE, tables, "dataflow.toml") is None  # type: ignore[func-returns-value]
