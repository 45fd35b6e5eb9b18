"""A contract suite of a few lines, and twins in the vendors' place to run it on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataflow.contract.writer import OUTCOMES, REHEARSAL
from tests.project import ROOT, Project, run

HERE = Path("tests", "contract")
INVOICED = HERE / "invoiced"
MODULE = INVOICED / "test_made_up.py"
CONFIRMED = HERE / "confirmed.json"
SHAPE = HERE / "shapes" / "test_made_up.json"

#: Two tests that pass, which rest on different evidence.
TESTS = '''
"""A made-up suite."""

import pytest


@pytest.mark.documented("invoiced.customer.name")
def test_documented(account):
    """Documented."""
    assert 201 == account.raw.post("/customers", json={"name": "Ada"}).status_code


@pytest.mark.unconfirmed("invoiced.patch.bumps", "invoiced.patch.empty")
def test_unconfirmed(account):
    """Unconfirmed."""
    assert 200 == account.raw.get("/customers").status_code
'''

#: Nobody waits for a clock that a person would have to wait for.
NO_REST = '''

@pytest.fixture
def accounts(all_accounts: Accounts) -> Accounts:
    """Return the accounts at once."""
    return Accounts(all_accounts.connection, lambda _seconds: None, 0)
'''


class Suite(Project):
    """A project whose contract suite is these tests."""

    def __init__(self, folder: Path, tests: str = TESTS) -> None:
        super().__init__(folder)
        (folder / INVOICED).mkdir(parents=True)
        for path in (HERE / "conftest.py", INVOICED / "conftest.py"):
            shutil.copy(ROOT / path, folder / path)
        shutil.copy(ROOT / INVOICED / "account.py", folder / INVOICED / "account.py")
        self.append(str(INVOICED / "conftest.py"), NO_REST)
        self.append(str(MODULE), tests)

    def on_the_twin(self, *arguments: str) -> str:
        """Run the suite as it runs by default; return what was printed."""
        return run(str(INVOICED), *arguments, folder=self.folder).output

    def on_a_sandbox(self, *arguments: str) -> str:
        """Run the suite on what the environment calls a sandbox."""
        return self.on_the_twin("--target", "sandbox", *arguments)

    def confirmed(self) -> Mapping[str, Any]:
        """Return what the rehearsal has confirmed, by the name of the test."""
        path = self.folder / REHEARSAL / CONFIRMED
        found = json.loads(path.read_text("utf-8"))
        return {test.partition("::")[2]: entry for test, entry in found.items()}

    def shapes(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the shapes that the rehearsal has seen."""
        return json.loads((self.folder / REHEARSAL / SHAPE).read_text("utf-8"))

    def outcomes(self) -> Any:  # noqa: ANN401 - as above
        """Return the outcomes of the generated requests."""
        return json.loads((self.folder / OUTCOMES).read_text("utf-8"))
