"""Runs the checklist as the gates want to see it: watched, with results of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from dataflow.proof.runs import run_pytest
from tests.gates.seen import Seen
from tests.harness.project import ROOT, environment, run_process

CHECKLIST = ROOT / "features"


def run(folder: Path, results: Path, *arguments: str) -> str:
    """Run pytest in a folder; its results come below another. Return its output."""
    # A damaged copy finds its own steps, and the probe.
    variables = environment() | {"PYTHONPATH": str(ROOT)}
    done = run_pytest(_options(results, *arguments), folder, variables)
    # pytest shows it beside a failure, where the reason is needed.
    sys.stdout.write(done.output)
    return done.output


def run_two_workers(folder: Path, results: Path, *arguments: str) -> str:
    """Run it with two workers, which are new processes in any case."""
    return run_process(*_options(results, *arguments, "-n", "2"), folder=folder).stdout


def _options(results: Path, *arguments: str) -> list[str]:
    return [
        *("-q", "--no-header", "-p", "no:cacheprovider"),
        *(f"--alluredir={results / 'allure'}", f"--junit-xml={results}/junit.xml"),
        f"--basetemp={results / 'base'}",
        *arguments,
    ]


def watch(folder: Path, results: Path, *arguments: str) -> Seen:
    """Run the checklist of a folder on the twins, and return what was seen."""
    probe = ("-p", "tests.gates.probe", f"--probe-file={results / 'probe.json'}")
    run(folder, results, *probe, "--target", "twin", *arguments)
    return Seen.of(results)
