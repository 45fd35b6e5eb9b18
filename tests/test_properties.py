"""A property that fails tells its smallest example, and how to see it again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.project import ROOT, ChecklistRun, Project

#: They use the same runs.
pytestmark = pytest.mark.xdist_group("properties")

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
class Failures:
    """Properties that have failed, with what repeats each of them."""

    project: Project
    profile: str
    done: ChecklistRun

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Return what repeats each failure: the profile, and the test."""
        pattern = r"HYPOTHESIS_PROFILE=(\w+) \.venv/bin/pytest '(.+)'"
        return re.findall(pattern, self.done.output)

    def repeat(self) -> ChecklistRun:
        """Run what the commands name."""
        profiles, nodes = zip(*self.commands, strict=True)
        assert {self.profile} == set(profiles)
        return run(self.project, self.profile, *nodes)


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Failures]:
    """Let the properties fail with each profile."""
    found = {}
    for profile in PROFILES:
        project = Project(tmp_path_factory.mktemp(profile))
        project.append("properties/test_failing.py", _FAILING)
        for name in ("conftest.py", "profiles.py"):
            shutil.copy(ROOT / "properties" / name, project.folder / "properties")
        done = run(project, profile, "properties")
        found[profile] = Failures(project, profile, done)
    return found


def run(project: Project, profile: str, *nodes: str) -> ChecklistRun:
    """Run properties with a profile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYPOTHESIS_PROFILE", profile)
        patch.delenv("CI", raising=False)
        return project.run(*nodes, has_reports=True)


def examples(text: str) -> list[str]:
    """Return the lines of the smallest examples that are told, in their order."""
    wanted = {line for lines in SMALLEST.values() for line in lines}
    lines = [line.removeprefix("E").strip() for line in text.splitlines()]
    return [line for line in lines if line in wanted]


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_told_to_repeat_it_repeats_it(
    failures: Mapping[str, Failures], profile: str
) -> None:
    """The commands below the failures come to the same examples, the smallest."""
    failed = failures[profile]
    wanted = [*SMALLEST["test_given"], *SMALLEST["test_machine"]]
    found = examples(failed.done.output), examples(failed.repeat().output)

    assert (wanted, wanted) == found


def test_a_failure_can_be_read(failures: Mapping[str, Failures]) -> None:
    """The terminal shows a few lines, not all that Hypothesis went through."""
    text = failures["dev"].done.output

    assert len(text.splitlines()) <= READABLE, text


@pytest.mark.parametrize("test", SMALLEST)
def test_the_report_tells_it_too(failures: Mapping[str, Failures], test: str) -> None:
    """Allure's result holds the smallest example, and the command to repeat it."""
    message = failures["dev"].done.result(test)["statusDetails"]["message"]
    command = (
        f"HYPOTHESIS_PROFILE=dev .venv/bin/pytest 'properties/test_failing.py::{test}'"
    )

    assert (SMALLEST[test], True) == (examples(message), command in message)
