"""A project whose one check was run, to be signed: no pytest, no twins."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dataflow.checklist.check import Basis
from dataflow.checklist.features import HEADER
from dataflow.cli import main
from dataflow.harness.run_record import (
    VERSION,
    CheckRecord,
    NotesRecord,
    RunRecord,
    SectionRecord,
    read_run_record,
    write_run_record,
)
from dataflow.harness.verdicts import Verdict
from dataflow.recordings.cassette import (
    ACCOUNTS,
    Cassette,
    Provenance,
    write_cassette,
)
from dataflow.recordings.provenance import find_commit

BY = "ada@example.com"
CHECK = "shop.every.one"
START = datetime(2026, 11, 29, 9, tzinfo=UTC)
END = datetime(2026, 11, 29, 9, 1, tzinfo=UTC)

FEATURE = f"""{HEADER}
Feature: A shop

  Section 1 of 1, 1 checks.
  Records: "Goods" of Invoiced, "Item" of Chargebee.

  Rule: Every thing has an item

    @{CHECK} @stated
    Scenario: One
      Then it holds
"""
_SOURCE = Provenance(
    check=CHECK,
    seed="7",
    target=ACCOUNTS,
    hosts={"Invoiced": "a.example", "Chargebee": "b.example"},
    recorded_at="2026-11-20T09:00:00+00:00",
    versions={},
    assumed=(),
)
HOLDS = CheckRecord(
    id=CHECK,
    section="shop",
    title="One",
    basis=Basis.STATED,
    statement="Every thing has an item",
    verdict=Verdict.HOLDS,
    notes=NotesRecord(
        evidence=("recorded from sandbox accounts",),
        unconfirmed=("chargebee.list: Lists lag.",),
    ),
)


def make_key(folder: Path, name: str) -> Path:
    """Create an SSH key as a user does."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("OpenSSH is not installed")
    path = folder / name
    command = "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f"
    subprocess.run([*command, str(path)], check=True)
    return path


@dataclass(frozen=True)
class SignedProject:
    """A project in a folder; `keys` are in another one."""

    folder: Path
    keys: Path

    @property
    def bundle(self) -> Path:
        """Return the folder of the one signed sheet."""
        (found,) = (self.folder / "sign-offs").iterdir()
        return found

    def dataflow(self, *arguments: str) -> Result:
        """Run the command `dataflow` in the folder of the project."""
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            return CliRunner().invoke(main, arguments)
        finally:
            os.chdir(before)

    def sign(
        self, *arguments: str, key: str = "ada", meaning: str = "accepted"
    ) -> Result:
        """Sign the run, as its tester does."""
        path = str(self.keys / key)
        signer = "sign", "--by", BY, "--key", path, "--meaning", meaning
        return self.dataflow(*signer, *arguments)

    def verify(self) -> list[str]:
        """Return what is not what was signed."""
        done = self.dataflow("verify", str(self.bundle / "sign-off.html"))
        lines = done.output.splitlines()
        assert done.exit_code == (1 if "unchanged" not in lines[-1] else 0)
        return [] if done.exit_code == 0 else lines

    def record(self, checks: Iterable[CheckRecord] = (HOLDS,), **changed: Any) -> None:  # noqa: ANN401
        """Write the results of a run, as pytest does."""
        found = tuple(checks)
        fields: dict[str, Any] = {
            "version": VERSION,
            "document": "Invoiced and Chargebee",
            "target": "recorded",
            "sync": "reference",
            "weather": "fair",
            "start": START,
            "end": END,
            "status": 0,
            "is_whole": True,
            "commit": find_commit(self.folder),
            "versions": {"dataflow": "0.1.0"},
            "sections": (
                SectionRecord(id="shop", number=1, name="A shop", announced=1),
            ),
            "checks": found,
        }
        reports = self.folder / "reports"
        write_run_record(reports / "run.json", RunRecord(**(fields | changed)))
        for check in found:
            self.add_result(check.id)

    def read_record(self) -> RunRecord:
        """Return the results of the run."""
        return read_run_record(self.folder / "reports" / "run.json")

    def add_result(
        self, check: str, name: str = "one", start: datetime = START
    ) -> None:
        """Write one result of Allure."""
        folder = self.folder / "reports" / "allure-results"
        folder.mkdir(parents=True, exist_ok=True)
        result = {
            "uuid": f"{check}-{name}",
            "fullName": check,
            "start": int(start.timestamp() * 1000),
        }
        path = folder / f"{check}-{name}-result.json"
        path.write_text(json.dumps(result), "utf-8")


def create(folder: Path, keys: Path) -> SignedProject:
    """Return a committed project with one allowed signer, and the results of a run."""
    (folder / "features").mkdir(parents=True)
    (folder / "features" / "shop.feature").write_text(FEATURE, "utf-8")
    (folder / "conftest.py").write_text('pytest_plugins = ["dataflow.harness.plugin"]')
    cassette = folder / "cassettes" / "shop" / "every.one.json"
    write_cassette(cassette, Cassette(_SOURCE, ()))
    (folder / "waivers.toml").write_text("# none\n", "utf-8")
    (folder / ".gitignore").write_text("reports/\nsign-offs/\n", "utf-8")
    public = (keys / "ada.pub").read_text("utf-8")
    (folder / "allowed_signers").write_text(
        f'{BY} namespaces="dataflow-sign-off" {public}', "utf-8"
    )
    _git(folder, "init", "-q")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", "begin")
    project = SignedProject(folder, keys)
    project.record()
    return project


def copy(project: SignedProject, folder: Path) -> SignedProject:
    """Return a copy of a project, which may be damaged."""
    shutil.copytree(project.folder, folder, dirs_exist_ok=True)
    return SignedProject(folder, project.keys)


def _git(folder: Path, *arguments: str) -> None:
    who = "-c", "user.name=Ada", "-c", "user.email=ada@example.com"
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True)
