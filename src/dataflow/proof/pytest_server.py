"""The server that runs pytest: it has run pytest once, and forks for each further run.

A run that starts in a new interpreter spends most of its time on imports.
"""

from __future__ import annotations

import functools
import gc
import importlib.metadata
import os
import sys
import traceback
from tempfile import TemporaryDirectory

import pytest

from dataflow.harness.fork_server import Job, Launcher, serve
from dataflow.harness.syncs import python
from dataflow.proof.runs import plain_environment

#: Modules that belong to a folder of features: each run imports its own.
_OF_A_FOLDER = ("conftest", "steps")
#: The entry points that are no plugins.
_SCRIPTS = ("console_scripts", "gui_scripts")


def main() -> None:
    """Serve until there are no more jobs, or be the process that runs pytest."""
    # Compiled modules halve the time of the imports.
    sys.dont_write_bytecode = False
    launcher = python.create_launcher()
    job = serve(run_first_check)
    if job is not None:
        os._exit(_run(job, launcher))
    launcher.close()


def run_first_check() -> None:
    """Run the first check of this folder, so that all that a run needs is loaded."""
    variables = plain_environment()
    os.environ.clear()
    os.environ.update(variables)
    with TemporaryDirectory(prefix="dataflow-warm-up-") as folder:
        options = f"--run-record={folder}/run.json", f"--basetemp={folder}/base"
        arguments = "features", "--target", "twin", "-p", "no:cacheprovider"
        pytest.main([*arguments, *options], plugins=[_FirstCheck()])
    _forget_steps()
    _remember_plugins()
    gc.collect()


def _forget_steps() -> None:
    """Let each run import the steps of its own folder, and find no others."""
    # Imported here: pytest must see a plugin before it is imported.
    from pytest_bdd.steps import step_function_context_registry  # noqa: PLC0415

    for name in [n for n in sys.modules if n.partition(".")[0] in _OF_A_FOLDER]:
        del sys.modules[name]
    step_function_context_registry.clear()


def _remember_plugins() -> None:
    """Let each run find its plugins without a search through all packages.

    A run of pytest searches once for each plugin, and reads a file of each package.
    """
    plugins = [
        package
        for package in importlib.metadata.distributions()
        if any(point.group not in _SCRIPTS for point in package.entry_points)
    ]
    for package in plugins:
        vars(package)["read_text"] = functools.cache(package.read_text)
        _ = package.entry_points
    importlib.metadata.distributions = lambda **_: plugins


class _FirstCheck:
    """A plugin that leaves one test to run."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Remove all other tests."""
        del items[1:]


def _run(job: Job, launcher: Launcher) -> int:
    """Run pytest in this process, and return its exit status."""
    job.prepare_process()
    # Before, there is the folder in which the server was started.
    sys.path[:1] = [job.folder, *job.environment.get("PYTHONPATH", "").split(":")]
    programs = launcher.launch()
    python.use_server(programs)
    try:
        return pytest.main(list(job.words))
    except BaseException:  # noqa: BLE001 - as the interpreter shows it
        traceback.print_exc()
        return pytest.ExitCode.INTERNAL_ERROR
    finally:
        programs.close()
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    main()
