"""A property that fails tells its smallest example, and how to see it again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.report.running import ROOT, Project

_FAILING = '''
"""A property and a machine that fail."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from properties.profiles import share


@given(number=st.integers(0, 1000))
def test_given(number):
    """It fails from 5 on."""
    assert number < 5


class Machine(RuleBasedStateMachine):
    """A door."""

    is_open = False

    @rule()
    def close(self):
        """Close it, which can always be done."""
        self.is_open = False

    @rule()
    def open(self):
        """Fail where it is open already."""
        assert not self.is_open
        self.is_open = True


def test_machine():
    """It fails as the machine does."""
    run_state_machine_as_test(Machine, settings=share(100))
'''

#: What each of them comes to, in its lines.
SMALLEST = {
    "test_given": ["number=5,"],
    "test_machine": ["state.open()", "state.open()", "state.teardown()"],
}

#: So many lines can be read: of two failures a few frames, the example, what to do.
READABLE = 60

PROFILES = ("dev", "ci")


@dataclass(frozen=True)
class Told:
    """A project with properties that have failed, and what the terminal told then."""

    project: Project
    profile: str
    text: str

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Return what repeats each failure: the profile, and the test."""
        return re.findall(
            r"HYPOTHESIS_PROFILE=(\w+) \.venv/bin/pytest '(.+)'", self.text
        )

    def again(self) -> str:
        """Run what the commands name; return what the terminal tells now."""
        profiles, nodes = zip(*self.commands, strict=True)
        assert {self.profile} == set(profiles)
        return run(self.project, self.profile, *nodes)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Told]:
    """Let the properties fail with each profile."""
    folders = {name: tmp_path_factory.mktemp(name) for name in PROFILES}
    projects = {name: made(Project.at(folder)) for name, folder in folders.items()}
    return {
        name: Told(project, name, run(project, name, "properties"))
        for name, project in projects.items()
    }


def made(project: Project) -> Project:
    """Give a project the failing properties, and what tells of them."""
    folder = project.root / "properties"
    folder.mkdir()
    for name in ("conftest.py", "profiles.py"):
        shutil.copy(ROOT / "properties" / name, folder)
    project.write("properties/test_failing.py", _FAILING)
    return project


def run(project: Project, profile: str, *nodes: str) -> str:
    """Run properties with a profile; return what the terminal tells."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYPOTHESIS_PROFILE", profile)
        patch.delenv("CI", raising=False)
        return project.run("--no-header", *nodes)


def examples(text: str) -> list[str]:
    """Return the lines of the smallest examples that are told, in their order."""
    wanted = {line for lines in SMALLEST.values() for line in lines}
    lines = [line.removeprefix("E").strip() for line in text.splitlines()]
    return [line for line in lines if line in wanted]


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_told_to_repeat_it_repeats_it(
    told: Mapping[str, Told], profile: str
) -> None:
    """The commands below the failures come to the same examples, the smallest."""
    wanted = [*SMALLEST["test_given"], *SMALLEST["test_machine"]]
    found = examples(told[profile].text), examples(told[profile].again())

    assert (wanted, wanted) == found


def test_a_failure_can_be_read(told: Mapping[str, Told]) -> None:
    """The terminal shows a few lines, not all that Hypothesis went through."""
    text = told["dev"].text

    assert len(text.splitlines()) <= READABLE, text


@pytest.mark.parametrize("test", SMALLEST)
def test_the_report_tells_it_too(told: Mapping[str, Told], test: str) -> None:
    """Allure's result holds the smallest example, and the command to repeat it."""
    message = told["dev"].project.result(test)["statusDetails"]["message"]
    command = (
        f"HYPOTHESIS_PROFILE=dev .venv/bin/pytest 'properties/test_failing.py::{test}'"
    )

    assert (SMALLEST[test], True) == (examples(message), command in message)
