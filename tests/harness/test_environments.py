"""What a run says in an environment in which its results would be wrong or lost."""

from __future__ import annotations

import pytest

from tests.project import NEW_ITEM, USAGE_ERROR, Project, run_process, usage_error

#: What pytest-rerunfailures adds to pytest.
RERUNS = """

def pytest_addoption(parser):
    parser.addoption("--reruns", type=int)
    parser.addini("reruns", "the number of repetitions")
"""


@pytest.mark.parametrize(
    "arguments", [["--reruns", "2"], ["-o", "reruns=2"]], ids=["option", "setting"]
)
def test_a_failed_check_is_not_repeated(project: Project, arguments: list[str]) -> None:
    """A run that would repeat failed checks until they hold is refused."""
    project.append("conftest.py", RERUNS)

    assert (
        "--reruns would report a check that fails as one that holds: remove the option"
        " and the setting `reruns`. The checklist itself waits for the sync."
        == usage_error(project.run(NEW_ITEM, *arguments))
    )


def test_a_plugin_that_repeats_nothing_may_be_there(project: Project) -> None:
    """With pytest-rerunfailures installed and not asked for, the checklist runs."""
    project.append("conftest.py", RERUNS)

    assert 0 == project.run(NEW_ITEM).status


def test_results_that_cannot_be_written_stop_a_run(project: Project) -> None:
    """Where the folder of results cannot be written, nothing runs."""
    project.append("reports", "a file in place of the folder")
    done = project.run(NEW_ITEM, has_reports=True)

    assert USAGE_ERROR == done.status
    assert (
        "/reports cannot be written (File exists), so that the results would be lost:"
        " make it writable, or use --reports DIR." in done.output
    )


@pytest.mark.process
@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["cp1252", "ascii"],
)
def test_a_terminal_without_unicode_shows_the_summary(
    project: Project, variables: dict[str, str]
) -> None:
    """The lines of tables are replaced, and the summary keeps its lines."""
    done = run_process(NEW_ITEM, folder=project.folder, variables=variables)
    lines = done.output.splitlines()

    assert any(line.strip("- ") == "" and "----" in line for line in lines)
    assert "\\" not in done.output
