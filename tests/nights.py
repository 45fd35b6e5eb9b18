"""A night by hand: what it runs on sandboxes, with the twins in the vendors' place."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from dataflow.twin.serve import serve
from tests.contract.suite import NO_REST
from tests.project import CURRENT_TEST, ROOT, Project, environment

#: Two sections with one small check each, and one contract test of each vendor.
SECTIONS = "items-item", "customers-person-customer"
CHOSEN = "every.new-record or test_the_key_is_the_user_name"

#: Draws no report, as it would take a network, but leaves a page where Allure does.
_ALLURE = """#!/bin/sh
mkdir -p reports/html && echo "<html></html>" > reports/html/index.html
"""


class Night(Project):
    """A copy of all that a night runs, set up as `make setup` leaves it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, SECTIONS)
        for section in SECTIONS:
            _shorten(folder / "features" / f"{section}.feature")
        self.replace("dataflow.toml", "list_lag = 5", "list_lag = 0")
        for name in ("Makefile", "requirements.txt", "requirements-node.txt"):
            shutil.copy(ROOT / name, folder / name)
        no_cache = shutil.ignore_patterns("__pycache__")
        contract = Path("tests", "contract")
        shutil.copytree(ROOT / contract, folder / contract, ignore=no_cache)
        shutil.copy(ROOT / "tests" / "cases.py", folder / "tests" / "cases.py")
        self.append("tests/contract/conftest.py", NO_REST)
        for name in ("reports", "cassettes", ".venv"):
            (folder / name).mkdir()
        for path in Path(sys.prefix).iterdir():
            if path.name != ".ready":
                (folder / ".venv" / path.name).symlink_to(path)
        self.append(".venv/.ready", "")
        subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
        self.append("allure", _ALLURE)
        (folder / "allure").chmod(0o755)

    def line(self, line: str, variables: Mapping[str, str]) -> int:
        """Run one line as GitHub does, and return its status."""
        told = environment() | {
            "ALLURE": str(self.folder / "allure"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "PYTEST_ADDOPTS": f"-p no:cacheprovider -k '{CHOSEN}'",
            **variables,
        }
        # It is a run of its own, with reports of its own.
        told.pop(CURRENT_TEST, None)
        done = subprocess.run(
            ["bash", "-e", "-c", line],
            cwd=self.folder,
            env=told,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # pytest shows it beside a failure, where the reason is needed.
        sys.stdout.write(f"$ {line}\n{done.stdout}\n")
        return done.returncode


def _shorten(feature: Path) -> None:
    """Leave the first check of a feature, which must be the chosen one."""
    head, first, *_ = re.split(r"\n\n(?=    @)", feature.read_text("utf-8"))
    assert "every.new-record" in first
    text = re.sub(r"\d+ checks\.", "1 checks.", f"{head}\n\n{first}\n")
    feature.write_text(text, "utf-8")


@contextmanager
def in_the_vendors_place() -> Iterator[Mapping[str, str]]:
    """Serve twins, set up as docs/sandbox.md says; yield the variables it tells."""
    page = (ROOT / "docs" / "sandbox.md").read_text("utf-8")
    _, heading, today = page.partition("## Today, without keys")
    assert heading, "docs/sandbox.md no longer says what to do without keys"
    with serve(0, 0) as at:
        here = today.replace("127.0.0.1:8101", urlsplit(at.invoiced_url).netloc)
        here = here.replace("127.0.0.1:8102", urlsplit(at.chargebee_url).netloc)
        for place, said in re.findall(r"curl (\S+) -d '(.*)'", here):
            answer = httpx.post(f"http://{place}", json=json.loads(said))
            answer.raise_for_status()
        yield dict(re.findall(r"\b([A-Z_]+)=(\S+)", here))
