"""A run of pytest leads nobody to production: not by its settings, not by its sync."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from dataflow.harness.syncs.program import CommandSync
from dataflow.harness.syncs.python import PythonSync
from dataflow.sandbox.places import NoSandboxError
from tests.harness.project import ITEMS, USAGE_ERROR, Project

#: A scenario's client, led elsewhere after its address was checked.
LED_ASTRAY = """

import pytest


@pytest.fixture(autouse=True)
def _astray(world):
    world.invoiced._client.api_url = "https://api.invoiced.com"
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a copy of the checklist that may be damaged."""
    return Project(tmp_path)


def test_a_file_that_names_production_is_refused(project: Project) -> None:
    """Pytest does not begin where dataflow.toml names production, and says so once."""
    project.append(
        "dataflow.toml", '\n[sync]\nitem_family = "https://api.invoiced.com"\n'
    )
    done = project.run(ITEMS)

    assert (
        USAGE_ERROR,
        (
            f"ERROR: {project.folder / 'dataflow.toml'} names production in"
            " sync.item_family, by 'api.invoiced.com': pytest runs on test accounts"
            " alone, so take it out."
        ),
    ) == (done.returncode, done.stdout.strip())


def test_a_client_that_is_led_astray_is_stopped(project: Project) -> None:
    """An address that is altered in a scenario is not called, and blames no sync."""
    project.append("conftest.py", LED_ASTRAY)
    done = project.run("-m", "items-item.every.new-record", ITEMS)

    assert (True, True) == (
        "'https://api.invoiced.com/customers' is no sandbox, and nothing is sent there"
        in done.stdout,
        "inconclusive" in done.stdout,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATAFLOW_INVOICED_URL", "https://api.sandbox.invoiced.com.evil.example"),
        ("DATAFLOW_CHARGEBEE_URL", "https://acme.chargebee.com/api/v2"),
        ("DATAFLOW_CHARGEBEE_KEY", "live_key"),
    ],
)
@pytest.mark.parametrize("inherited", [False, True])
@pytest.mark.parametrize("kind", [CommandSync, PythonSync])
def test_no_program_is_told_of_production(  # noqa: PLR0913 - of fixtures
    name: str,
    value: str,
    kind: type[CommandSync | PythonSync],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    inherited: bool,
) -> None:
    """A program that would find production in its environment is not started.

    It may have been told by the harness, or by whoever started pytest.
    """
    if inherited:
        monkeypatch.setenv(name, value)
    program = tmp_path / "sync.py"
    program.write_text("open('run', 'w')")
    python = f"{shlex.quote(sys.executable)} " if kind is CommandSync else ""
    sync = kind(f"{python}{program}", tmp_path)
    with pytest.raises(NoSandboxError):
        sync.run({} if inherited else {name: value})

    assert [program] == list(tmp_path.iterdir())
