"""A plugin that is blocked, or not in `conftest.py`, causes no INTERNALERROR."""

from __future__ import annotations

import pytest

from dataflow.harness import plugin
from tests.project import NEW_ITEM, USAGE_ERROR, Project, tally

#: Results are written even if the plugin is blocked that names their places.
_RESULTS = "--junit-xml=junit.xml", "--alluredir=allure"


@pytest.mark.parametrize("name", plugin.pytest_plugins)
def test_each_part_can_be_blocked(project: Project, name: str) -> None:
    """Without one of its parts, the checklist runs as before."""
    done = project.run(NEW_ITEM, *_RESULTS, "-p", f"no:{name}")

    assert (0, "1 passed") == (done.status, tally(done))


@pytest.mark.parametrize("name", ["dataflow.harness.plugin", "steps.records"])
def test_a_missing_plugin_is_an_error_of_the_user(project: Project, name: str) -> None:
    """Without the plugin or a module of steps, the checklist does not start."""
    project.replace("conftest.py", f'    "{name}",\n', "")
    done = project.run(NEW_ITEM)

    assert (USAGE_ERROR, False) == (done.status, "INTERNALERROR" in done.output)
