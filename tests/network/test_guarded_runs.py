"""A run of pytest calls no production: not by its settings, not by its sync."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from dataflow.errors import NotASandboxError
from dataflow.harness.syncs.program import CommandSync
from dataflow.harness.syncs.python import PythonSync
from tests.project import ITEMS, USAGE_ERROR, Project

#: A scenario's client whose address is changed after it was checked.
LED_ASTRAY = """

import pytest


@pytest.fixture(autouse=True)
def _astray(world):
    world.invoiced._client.api_url = "https://api.invoiced.com"
"""


def test_a_file_that_names_production_is_refused(project: Project) -> None:
    """Pytest does not start if dataflow.toml names production, and reports it once."""
    project.append(
        "dataflow.toml", '\n[sync]\nitem_family = "https://api.invoiced.com"\n'
    )
    done = project.run(ITEMS)
    sentence = (
        f"ERROR: {project.folder / 'dataflow.toml'} names production in"
        f" sync.item_family, by 'api.invoiced.com': remove it, as pytest runs"
        f" only on test accounts."
    )

    assert (USAGE_ERROR, sentence) == (done.status, done.output.strip())


def test_a_client_with_a_changed_address_is_stopped(project: Project) -> None:
    """A changed address is not called, and the check is inconclusive."""
    project.append("conftest.py", LED_ASTRAY)
    done = project.run("-m", "items-item.every.new-record", ITEMS)

    assert (True, True) == (
        "'https://api.invoiced.com/customers' is not a sandbox, and is not called"
        in done.output,
        "inconclusive" in done.output,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATAFLOW_INVOICED_URL", "https://api.sandbox.invoiced.com.evil.example"),
        ("DATAFLOW_CHARGEBEE_URL", "https://acme.chargebee.com/api/v2"),
        ("DATAFLOW_CHARGEBEE_KEY", "live_key"),
    ],
)
@pytest.mark.parametrize("kind", [CommandSync, PythonSync])
def test_no_program_gets_accounts_of_production(
    name: str, value: str, kind: type[CommandSync | PythonSync], tmp_path: Path
) -> None:
    """A program with production in its environment is not started."""
    program = tmp_path / "sync.py"
    program.write_text("open('run', 'w')")
    python = f"{shlex.quote(sys.executable)} " if kind is CommandSync else ""
    sync = kind(f"{python}{program}", tmp_path)
    with pytest.raises(NotASandboxError):
        sync.run({name: value})

    assert [program] == list(tmp_path.iterdir())
