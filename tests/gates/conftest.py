"""The runs of the checklist that the gates look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates.seen import Seen
from tests.project import ITEMS, ROOT, Project, run, run_process


def name_results(results: Path) -> list[str]:
    """Return the options that write the reports into a folder."""
    return [
        *(f"--alluredir={results / 'allure'}", f"--junit-xml={results}/junit.xml"),
        f"--basetemp={results / 'base'}",
    ]


def watch(folder: Path, results: Path, *arguments: str) -> Seen:
    """Run the checklist of a folder on the twins, and return what was seen."""
    probe = "-p", "tests.gates.probe", f"--probe-file={results / 'probe.json'}"
    # A damaged copy finds its own steps, and the probe.
    place = {"PYTHONPATH": str(ROOT)}
    options = [*name_results(results), *probe, *arguments]
    run(*options, folder=folder, variables=place)
    return Seen.of(results)


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Run what plain `pytest` finds of the checklist, on the twins, watched."""
    return watch(ROOT, tmp_path_factory.mktemp("watched"))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Replay the whole checklist with two workers; return where its results are."""
    results = tmp_path_factory.mktemp("shared")
    run_process(*name_results(results), "features", "--target", "recorded", "-n", "2")
    return results


@pytest.fixture(scope="session")
def sick(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Run one check with three diseases planted in its Then lines, watched."""
    project = Project(tmp_path_factory.mktemp("sick"))
    # It asks for nothing.
    project.replace(
        "steps/edits.py",
        "    _report(world, world.edits[:1])",
        "    assert world.edits",
    )
    # It takes one system's word for both.
    project.replace(
        "steps/pairs.py",
        "    none_too_many(world)\n",
        "    require_none([each for each in find_surplus(world) if each[0] == 'C'])\n",
    )
    # It writes.
    project.replace(
        "steps/syncing.py",
        "    world.holds()",
        '    world.factory.create("item", "eur", {})\n    world.holds()',
    )
    results = tmp_path_factory.mktemp("of_the_sick")
    return watch(project.folder, results, ITEMS, "-k", "description-in-invoiced")
