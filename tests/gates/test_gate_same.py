"""Gates: what the features ask for is what is collected, what runs, what is reported.

The disease: a scenario that nobody binds, or a tag that leaves it out, is neither red
nor green; the checklist only gets shorter, and nothing says so.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates.same import (
    asked_for,
    collected,
    features_below,
    in_allure,
    in_junit,
    unlike,
)
from tests.gates.seen import Seen
from tests.project import ITEMS, ROOT, Project

#: They use the run that is watched.
pytestmark = pytest.mark.xdist_group("gates")

ASKED_FOR = asked_for(features_below(ROOT))

FEATURE = """\
Feature: A shop

  @shop.every.one @stated
  Scenario: One
    Then it is there

  @shop.every.many @stated
  Scenario Outline: Many
    Then there are <count>

  Scenario: Of no name
    Then it is there
"""


def test_the_features_ask_for_something() -> None:
    """There are checks: of none, all are there."""
    assert [] != ASKED_FOR


@pytest.mark.night
def test_every_scenario_runs(seen: Seen) -> None:
    """`pytest` alone runs each scenario of each feature file, wherever that stands."""
    assert [] == unlike(ASKED_FOR, list(seen.outcomes))


@pytest.mark.night
def test_every_scenario_has_passed(seen: Seen) -> None:
    """None was skipped on the way, or expected to fail: that would count as green."""
    assert {"passed"} == set(seen.outcomes.values())


@pytest.mark.night
def test_the_reports_tell_every_scenario(seen: Seen) -> None:
    """Allure and JUnit have one result a scenario each: sign-off reads no console."""
    told = (in_allure(seen.folder), in_junit(seen.folder))

    assert ([], []) == tuple(unlike(ASKED_FOR, each) for each in told)


@pytest.mark.night
@pytest.mark.process
def test_the_reports_of_two_workers_tell_every_scenario(shared: Path) -> None:
    """With two workers, too, nothing is lost on the way, and nothing told twice."""
    told = (in_allure(shared), in_junit(shared))

    assert ([], []) == tuple(unlike(ASKED_FOR, each) for each in told)


# The gates themselves, on planted diseases


def test_every_kind_of_scenario_is_asked_for(tmp_path: Path) -> None:
    """An outline counts, and so does a scenario without an id: nobody could run it."""
    (tmp_path / "shop.feature").write_text(FEATURE)

    assert ["Scenario: Of no name", "shop.every.many", "shop.every.one"] == asked_for(
        features_below(tmp_path)
    )


def test_a_feature_in_another_folder_is_asked_for(tmp_path: Path) -> None:
    """A feature counts wherever it stands: `testpaths` knows some folders only."""
    (tmp_path / "more" / "deep").mkdir(parents=True)
    (tmp_path / "more" / "deep" / "shop.feature").write_text(FEATURE)

    assert 1 == len(features_below(tmp_path))


@pytest.mark.parametrize(
    ("told", "sentence"),
    [([], "there 0 times, not 1"), (["a.b", "a.b"], "there 2 times, not 1")],
)
def test_a_check_that_is_lost_or_doubled_is_found(
    told: list[str], sentence: str
) -> None:
    """A result that is missing and one too many do not make up for each other."""
    assert [f"a.b is {sentence}"] == unlike(["a.b"], told)


def test_a_result_that_is_lost_is_found(tmp_path: Path) -> None:
    """A result that Allure does not have is no result, though JUnit has it."""
    (tmp_path / "allure").mkdir()

    assert [] == in_allure(tmp_path)


def test_an_option_that_deselects_is_found(project: Project) -> None:
    """`-m` among pytest's options leaves checks out of every run, and says little."""
    plain = '"--strict-markers",'
    project.replace("pyproject.toml", plain, f'{plain} "-m", "not observed",')

    said = project.run("--sync", "none", "--collect-only")
    lost = unlike(asked_for([project.folder / ITEMS]), collected(said.output))
    assert [
        "items-item.kept.deleted-in-chargebee is there 0 times, not 1",
        "items-item.kept.deleted-in-invoiced is there 0 times, not 1",
    ] == lost
