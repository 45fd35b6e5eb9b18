"""The checklist in a folder of its own, to be damaged and run as QA would run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STRANGER = ROOT / "broken" / "plain_sync.py"
ITEMS = "features/items-item.feature"
#: So many checks are in that feature: tests that run it whole count what came of it.
CHECKS_OF_ITEMS = (ROOT / ITEMS).read_text("utf-8").count("Scenario: ")

NO_VARIABLES: Mapping[str, str] = {}

CURRENT_TEST = "PYTEST_CURRENT_TEST"

#: What pytest ends with: a mistake in what it was asked, and a stopped collection.
USAGE_ERROR, INTERRUPTED = 4, 2


def pytest_command(*arguments: str) -> list[str]:
    """Return the command that runs the checklist and leaves no trace."""
    quiet = ["-q", "--no-header", "-p", "no:cacheprovider", "--target", "twin"]
    return [sys.executable, "-m", "pytest", *quiet, *arguments]


def environment() -> dict[str, str]:
    """Return an environment in which output is as in a plain, wide terminal."""
    told = {"PY_COLORS": "0", "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"}
    # That a test has started it keeps a run from the reports of the run it is part of.
    left_out = {k for k in os.environ if k.startswith("PYTEST_")} - {CURRENT_TEST}
    return {k: v for k, v in os.environ.items() if k not in left_out} | told


def run(
    *arguments: str,
    folder: Path = ROOT,
    variables: Mapping[str, str] = NO_VARIABLES,
) -> subprocess.CompletedProcess[str]:
    """Run pytest on the checklist of this folder; both streams are its output."""
    done = subprocess.run(
        pytest_command(*arguments),
        cwd=folder,
        env=environment() | dict(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # pytest shows it beside a failure, where the reason is needed.
    sys.stdout.write(done.stdout)
    return done


def tally(done: subprocess.CompletedProcess[str] | str) -> str:
    """Return pytest's last line without its time, such as `1 passed, 8 deselected`."""
    text = done if isinstance(done, str) else done.stdout
    return re.sub(r" in [\d.]+s.*", "", text.strip().splitlines()[-1])


def usage_error(done: subprocess.CompletedProcess[str]) -> str:
    """Return what pytest said of a mistake in what it was asked, on one line."""
    assert USAGE_ERROR == done.returncode, done.stdout
    return " ".join(done.stdout.split()).removeprefix("ERROR: ")


class Project:
    """A copy of all that `pytest features` runs, with these sections."""

    def __init__(
        self, folder: Path, sections: tuple[str, ...] = ("items-item",)
    ) -> None:
        self.folder = folder
        for name in ("conftest.py", "pyproject.toml", "dataflow.toml"):
            shutil.copy(ROOT / name, folder / name)
        no_cache = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "steps", folder / "steps", ignore=no_cache)
        for name in (f"{section}.feature" for section in sections):
            (folder / "features").mkdir(exist_ok=True)
            shutil.copy(ROOT / "features" / name, folder / "features" / name)

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace the first place of a text, which must be there."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    def append(self, name: str, text: str) -> None:
        """Write a text at the end of a file, or into a new one."""
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run pytest here."""
        return run(*arguments, folder=self.folder)

    def reasons(self) -> list[str]:
        """Return the lines with which the collection stops; none if it goes through."""
        done = self.run("--sync", "none", "--collect-only")
        if done.returncode != INTERRUPTED:
            return []
        return [line.removeprefix("E").strip() for line in done.stdout.splitlines()]
