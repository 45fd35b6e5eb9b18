"""What pytest-bdd lets through in silence stops the collection, with a sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from dataflow.harness.lint import complaints
from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext

from dataflow.checklist.features import read_feature
from tests.harness.project import CHECKS_OF_ITEMS, ITEMS, Project

FEATURE = """\
Feature: A shop

  Section 1 of 1, 2 checks.
  Records: "Goods" of Invoiced, "Item" of Chargebee.

  Rule: Every thing has an item

    @shop.every.one @stated
    Scenario: One
      Given a thing
      When the sync catches up
      Then it has 1 item

    @shop.every.two @observed
    Scenario: Two
      Given a thing
      And a thing
      Then it has 2 items
"""


def step(
    kind: str | None, text: str, function: Callable[..., object] = lambda: None
) -> StepFunctionContext:
    """Return a step definition that pytest-bdd has not heard of."""
    return StepFunctionContext(kind, function, parsers.parse(text))  # type: ignore[arg-type]


STEPS = (
    step("given", "a thing"),
    step("when", "the sync catches up"),
    step("then", "it has {count:d} item"),
    step("then", "it has {count:d} items"),
)


def said(folder: Path, old: str = "", new: str = "", *more: StepFunctionContext) -> str:
    """Return what is said of the feature after a text in it was replaced."""
    assert old in FEATURE
    path = folder / "shop.feature"
    path.write_text(FEATURE.replace(old, new, 1) if old else FEATURE, "utf-8")
    return "\n".join(complaints(read_feature(path), [*STEPS, *more]))


# A feature and its definitions


def test_a_right_feature_is_not_blamed(tmp_path: Path) -> None:
    """A feature without a mistake passes: what always complains is turned off."""
    assert "" == said(tmp_path)


def test_two_scenarios_of_one_name(tmp_path: Path) -> None:
    """Two scenarios of one name: pytest-bdd would run the last of them twice."""
    assert "2 scenarios are called 'One': only the last would run." == said(
        tmp_path, "Scenario: Two", "Scenario: One"
    )


def test_a_mistyped_first_line(tmp_path: Path) -> None:
    """A mistyped keyword at the top: the line would be a description and not run."""
    assert (
        "'Gven a thing' in scenario 'One' is no step, so nothing would run it: is its"
        " keyword mistyped?"
    ) == said(tmp_path, "Given a thing", "Gven a thing")


def test_a_mistyped_only_line(tmp_path: Path) -> None:
    """A mistyped keyword as the only line: the scenario would pass without a step."""
    steps = "Given a thing\n      And a thing\n      Then it has 2 items"

    assert (
        "'Tehn it has 2 items' in scenario 'Two' is no step, so nothing would run it:"
        " is its keyword mistyped?"
    ) == said(tmp_path, steps, "Tehn it has 2 items")


def test_a_mistyped_scenario_keyword_shows_its_steps(tmp_path: Path) -> None:
    """A mistyped `Scenario:`: its steps would be a text below the rule."""
    head = "@shop.every.one @stated\n    Scenario: One"

    assert (
        "'Given a thing' stands in a description, so nothing would run it: is a keyword"
        " before it mistyped?"
    ) in said(tmp_path, head, "Scenaro: One")


def test_a_scenario_keyword_in_lower_case_is_shown(tmp_path: Path) -> None:
    """`scenario:` in lower case: Gherkin takes it for a text, and so its steps."""
    head = "@shop.every.one @stated\n    Scenario: One"

    assert (
        "'scenario: One' stands in a description, so nothing would run it: is a"
        " keyword before it mistyped?"
    ) in said(tmp_path, head, "scenario: One")


def test_a_star_in_a_description_is_shown(tmp_path: Path) -> None:
    """A `*` is a step keyword too: below no scenario it would be a text."""
    shown = said(tmp_path, "Rule: Every thing has an item", "* a thing is an item")

    assert "'* a thing is an item' stands in a description" in shown


def test_prose_in_a_description_is_not_blamed(tmp_path: Path) -> None:
    """A text that looks only a little like Gherkin is a text: a question may stand."""
    prose = "item\n\n    Open question: Are gifts meant? Giving is not selling."

    assert "" == said(tmp_path, "item\n", f"{prose}\n")


def test_a_scenario_without_steps(tmp_path: Path) -> None:
    """A scenario without a step would pass: it has nothing to fail with."""
    steps = "\n      Given a thing\n      And a thing\n      Then it has 2 items"

    assert "Scenario 'Two' has no step: it would pass." == said(tmp_path, steps, "")


@pytest.mark.parametrize("keyword", ["Scenario Outline", "Scenario Template"])
@pytest.mark.parametrize(
    "examples", ["", "\n      Examples:\n        | n |\n        | 1 |\n"]
)
def test_an_outline(keyword: str, examples: str, tmp_path: Path) -> None:
    """An outline would run once, and none of its examples: with none, it may pass."""
    ending = "Then it has 2 items\n"
    path = tmp_path / "shop.feature"
    text = FEATURE.replace("Scenario: Two", f"{keyword}: Two")
    path.write_text(text.replace(ending, ending + examples), "utf-8")

    shown = complaints(read_feature(path), STEPS)
    assert (
        "Scenario 'Two' is an outline, whose examples nothing would run: write a"
        " scenario for each."
    ) == "\n".join(shown)


def test_a_scenario_without_a_then(tmp_path: Path) -> None:
    """A scenario that only does things would pass whatever came of them."""
    shown = said(tmp_path, "      Then it has 2 items\n", "")

    assert "Scenario 'Two' has no Then: it would ask for nothing." == shown


async def never_awaited() -> None:
    """Do what nobody awaits."""


async def never_iterated() -> AsyncIterator[None]:
    """Yield what nobody asks for."""
    yield


@pytest.mark.parametrize("function", [never_awaited, never_iterated])
def test_an_async_step(function: Callable[..., object], tmp_path: Path) -> None:
    """An `async` step would pass: pytest-bdd makes a coroutine and drops it."""
    assert (
        "The step 'it sleeps' is async: pytest-bdd never awaits it, so it would pass."
        == said(tmp_path, "", "", step("then", "it sleeps", function))
    )


def test_a_line_that_two_steps_match(tmp_path: Path) -> None:
    """Two definitions of one line: which of them runs would be chance."""
    assert (
        "'it has 1 item' (line 12) is matched by two steps: 'it has {count:d} item' and"
        " 'it has {rest}'.\n"
        "'it has 2 items' (line 18) is matched by two steps: 'it has {count:d} items'"
        " and 'it has {rest}'."
    ) == said(tmp_path, "", "", step("then", "it has {rest}"))


def test_a_step_of_any_kind_counts_as_a_match(tmp_path: Path) -> None:
    """A definition for every keyword is a rival too."""
    shown = said(tmp_path, "", "", step(None, "it has 1 item"))

    assert "'it has 1 item' (line 12) is matched by two steps" in shown


def test_a_step_of_another_kind_is_no_rival(tmp_path: Path) -> None:
    """A Given and a Then may read the same: pytest-bdd tells them apart."""
    assert "" == said(tmp_path, "", "", step("given", "it has 1 item"))


def test_a_line_that_no_step_matches(tmp_path: Path) -> None:
    """A line without a definition is told before the run, with its number."""
    assert "No step definition matches 'a dog' (line 10)." == said(
        tmp_path, "Given a thing", "Given a dog"
    )


def test_a_line_of_the_wrong_kind_matches_nothing(tmp_path: Path) -> None:
    """A Then under a When is found out: the definition is of another kind."""
    assert "No step definition matches 'the sync catches up' (line 11)." == said(
        tmp_path, "When the sync", "Then the sync"
    )


def test_an_and_is_of_the_kind_before_it(tmp_path: Path) -> None:
    """An And after a Then is a Then: it must not be bound to a Given of that text."""
    assert "No step definition matches 'a thing' (line 13)." == said(
        tmp_path, "it has 1 item\n", "it has 1 item\n      And a thing\n"
    )


# Tags and numbers


def test_a_missing_check_id(tmp_path: Path) -> None:
    """A scenario without a check id could not be reported."""
    assert (
        "Scenario 'One' (line 9) must have exactly one check id as a tag, beginning"
        " with @shop. and not none."
    ) == said(tmp_path, "@shop.every.one ", "")


def test_two_check_ids(tmp_path: Path) -> None:
    """A scenario with two ids would be reported under one of them."""
    assert (
        "Scenario 'One' (line 9) must have exactly one check id as a tag, beginning"
        " with @shop. and not shop.every.one, shop.every.uno."
    ) == said(tmp_path, "@shop.every.one ", "@shop.every.one @shop.every.uno ")


@pytest.mark.parametrize("tag", ["xfail", "skip"])
def test_a_tag_that_excuses(tag: str, tmp_path: Path) -> None:
    """`@xfail` and `@skip` are markers of pytest: here a tag is an id or a standing."""
    shown = said(tmp_path, "@shop.every.one", f"@shop.every.one @{tag}")

    assert f"and not shop.every.one, {tag}." in shown


def test_a_check_id_of_another_section(tmp_path: Path) -> None:
    """An id of another section would be counted there."""
    assert (
        "Scenario 'One' (line 9) must have exactly one check id as a tag, beginning"
        " with @shop. and not shopping.every.one."
    ) == said(tmp_path, "@shop.every.one ", "@shopping.every.one ")


def test_a_check_id_twice(tmp_path: Path) -> None:
    """Two scenarios of one id: one result would stand for both."""
    assert "2 scenarios have the check id 'shop.every.one': ids are unique." == said(
        tmp_path, "@shop.every.two", "@shop.every.one"
    )


@pytest.mark.parametrize("tags", ["", " @stated @observed"])
def test_no_standing_or_two(tags: str, tmp_path: Path) -> None:
    """A check that nobody states, or two do, has no place in the sign-off."""
    assert (
        "Scenario 'One' (line 9) must have exactly one of the tags @stated, @inferred"
        " and @observed."
    ) == said(tmp_path, "@shop.every.one @stated", f"@shop.every.one{tags}")


@pytest.mark.parametrize("number", ["1", "3"])
def test_a_wrong_number_of_checks(number: str, tmp_path: Path) -> None:
    """A lost scenario is missed by its number: nothing else would remember it."""
    assert (
        f"The feature announces {number} checks and has 2 scenarios: one is lost, by a"
        " mistyped keyword perhaps, or too many."
    ) == said(tmp_path, "1, 2 checks", f"1, {number} checks")


# Real runs


def test_the_checklist_itself_is_collected(project: Project) -> None:
    """The copy that the next tests damage is whole before: else they prove nothing."""
    assert 0 == project.run("--sync", "none", "--collect-only").returncode


def test_two_scenarios_of_one_name_stop_a_run(project: Project) -> None:
    """Two scenarios of one name stop the run: the first would never run."""
    name = "Scenario: Syncing again writes nothing"
    project.replace(
        ITEMS,
        name,
        "Scenario: A new item gets exactly one item",
    )

    assert (
        "2 scenarios are called 'A new item gets exactly one item': only the last would"
        " run."
    ) in project.reasons()


def test_a_mistyped_step_keyword_stops_a_run(project: Project) -> None:
    """A mistyped keyword stops the run: its line would not be run."""
    line = "Given a neighbour item"
    project.replace(ITEMS, line, "Gvien a neighbour item")

    assert (
        """'Gvien a neighbour item in "jpy"' in scenario 'A new item gets exactly one"""
        " item' is no step, so nothing would run it: is its keyword mistyped?"
    ) in project.reasons()


def test_a_mistyped_keyword_between_steps_stops_a_run(project: Project) -> None:
    """A mistyped keyword in the middle stops the run, and the line is shown."""
    line = "And the sync has caught up"
    project.replace(ITEMS, line, "Adn the sync has caught up")

    assert any("got 'Adn the sync has caught up'" in line for line in project.reasons())


def test_a_mistyped_scenario_keyword_stops_a_run(project: Project) -> None:
    """A mistyped `Scenario:` without tags stops the run: all of it would be a text."""
    project.replace(
        ITEMS,
        "@items-item.every.new-record @stated\n    Scenario: A new",
        "Scenaro: A new",
    )

    assert (
        f"The feature announces {CHECKS_OF_ITEMS} checks and has"
        f" {CHECKS_OF_ITEMS - 1} scenarios: one is lost, by a mistyped keyword"
        " perhaps, or too many."
    ) in project.reasons()


def test_an_async_step_stops_a_run(project: Project) -> None:
    """An `async` step stops the run: all its scenarios would pass."""
    project.replace("steps/pairs.py", "def neighbour_is_", "async def neighbour_is_")

    assert (
        "The step 'the neighbour is unchanged' is async: pytest-bdd never awaits it, so"
        " it would pass."
    ) in project.reasons()


def test_a_second_definition_stops_a_run(project: Project) -> None:
    """A second definition of a line stops the run: the wrong one might be taken."""
    second = '@then("nothing was written")\ndef again() -> None:\n    """Pass."""\n'
    project.append("steps/syncing.py", f"\n\n{second}")

    assert any("is matched by two steps" in line for line in project.reasons())


def test_a_stray_file_stops_a_run(project: Project) -> None:
    """A file that is no feature stops the run: the checklist would lose a page."""
    project.append("features/orders.featur", "Feature: of another spelling\n")

    assert (
        f"{project.folder}/features/orders.featur is no .feature file, so nothing would"
        " run it: rename it or move it away."
    ) in project.reasons()


def test_a_readme_beside_features_is_no_stray(project: Project) -> None:
    """A README may stand beside the features: it is for people."""
    project.append("features/README.md", "What these files are.\n")

    assert [] == project.reasons()


def test_a_feature_written_by_hand_stops_a_run(project: Project) -> None:
    """A feature that names no section stops the run: its checks have no place."""
    project.append("features/mine.feature", "Feature: Mine\n\n  Scenario: Passes\n")

    assert (
        f"{project.folder}/features/mine.feature does not say which section it"
        " transcribes: features are written by `dataflow transcribe DOCUMENT`, not by"
        " hand."
    ) in project.reasons()
