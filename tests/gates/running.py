"""Runs the checklist as the gates want to see it: watched, with results of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.gates.seen import Seen
from tests.harness.project import ROOT, environment

CHECKLIST = ROOT / "features"


def run(folder: Path, results: Path, *arguments: str) -> str:
    """Run pytest in a folder; its results come below another. Return what it said."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--no-header"),
            *("-p", "no:cacheprovider", f"--basetemp={results / 'tmp'}"),
            *(f"--alluredir={results / 'allure'}", f"--junit-xml={results}/junit.xml"),
            *arguments,
        ],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # pytest shows it beside a failure, where the reason is needed.
    sys.stdout.write(done.stdout)
    return done.stdout


def _environment() -> dict[str, str]:
    """Return variables with which a damaged copy finds its own steps, and the probe."""
    told = environment() | {"PYTHONPATH": str(ROOT)}
    # Compiled modules halve the start.
    del told["PYTHONDONTWRITEBYTECODE"]
    return told


def watch(folder: Path, results: Path, *arguments: str) -> Seen:
    """Run the checklist of a folder on the twins, and return what was seen."""
    probe = ("-p", "tests.gates.probe", f"--probe-file={results / 'probe.json'}")
    run(folder, results, *probe, "--target", "twin", *arguments)
    return Seen.of(results)
