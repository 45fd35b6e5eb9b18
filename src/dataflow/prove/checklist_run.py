"""Runs the checklist on the twins in a process of its own, and reads what came of it.

What a sync breaks, a crash of pytest included, thus stays with it.
"""

from __future__ import annotations

import enum
import functools
import multiprocessing
import os
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import TemporaryDirectory

#: How long the whole checklist may take with one sync, in seconds.
_SECONDS = 900
#: So many lines of pytest's output are kept.
_LINES = 15
#: Nothing of these is a plugin: pytest has to see plugins before they are imported.
_SLOW_TO_IMPORT = ("chargebee", "invoiced", "httpx", "gherkin", "mako.template")


class Outcome(enum.StrEnum):
    """What a check said."""

    HELD = "held"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that has ended: the outcome of each check, and the last lines of pytest.

    A check that was skipped, or did not get as far as its first step, has no outcome.
    `troubles` counts what the sync has met on its way, by kind.
    """

    outcomes: Mapping[str, Outcome]
    troubles: Mapping[str, int]
    output: str


def run_checklist(sync: str, *options: str) -> Finished:
    """Let a sync meet the checklist on the twins; `sync` is what `--sync` takes."""
    with TemporaryDirectory(prefix="dataflow-prove-") as folder:
        report = Path(folder, "junit.xml")
        output = _pytest(["--sync", sync, *options], Path(folder), report)
        told = report.read_bytes() if report.is_file() else b"<nothing/>"
    last = "\n".join(output.splitlines()[-_LINES:])
    return Finished(outcomes_in(told), troubles_in(told), last)


def troubles_in(report: bytes) -> Counter[str]:
    """Count the trouble that a report in JUnit's form tells of, by kind."""
    return Counter(kind for case in _cases(report) for kind in _told(case, "trouble"))


def outcomes_in(report: bytes) -> dict[str, Outcome]:
    """Return the outcome of each check in a report in JUnit's form."""
    found = {}
    for case in _cases(report):
        untold = case.find("error") is not None or case.find("skipped") is not None
        for check in _told(case, "check"):
            if _told(case, "verdict"):
                found[check] = Outcome.INCONCLUSIVE
            elif not untold:
                failed = case.find("failure") is not None
                found[check] = Outcome.FAILED if failed else Outcome.HELD
    return found


def _cases(report: bytes) -> list[ET.Element]:
    return list(ET.fromstring(report).iter("testcase"))  # noqa: S314 - pytest's own


def _told(case: ET.Element, name: str) -> list[str]:
    found = (p for p in case.iter("property") if p.get("name") == name)
    return [str(p.get("value")) for p in found]


def _pytest(options: Sequence[str], folder: Path, report: Path) -> str:
    said = folder / "said.txt"
    arguments = [
        *("features", "-q", "--no-header", "--target", "twin"),
        *("-p", "no:cacheprovider", *options),
        # Named, so that the reports of the last real run are left alone.
        *(f"--junit-xml={report}", f"--alluredir={folder / 'allure'}"),
        *(f"--run-record={folder / 'run.json'}", f"--basetemp={folder / 'tmp'}"),
    ]
    run = _warm().Process(
        target=run_pytest, args=(arguments, _environment(), Path.cwd(), said)
    )
    run.start()
    run.join(_SECONDS)
    if run.is_alive():
        run.kill()
        run.join()
        return f"stopped after {_SECONDS} seconds"
    return said.read_text("utf-8", "replace") if said.is_file() else ""


@functools.cache
def _warm() -> ForkServerContext:
    """Return what starts a process that has imported what is slow to import.

    That is a third of the time of a short run, and there are many of them.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_SLOW_TO_IMPORT))
    return context


def run_pytest(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, said: Path
) -> None:
    """Run pytest in this process, in a folder, and let a file hold what it says."""
    import pytest  # noqa: PLC0415 - the CLI starts without it

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    # Compiled modules halve the start.
    sys.dont_write_bytecode = False
    with said.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
        sys.exit(pytest.main(list(arguments)))


def _environment() -> dict[str, str]:
    """Return the variables without those that would change how pytest runs."""
    left_out = "PYTEST_", "PYTHONDONTWRITEBYTECODE", "DATAFLOW_"
    return {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
