"""Mistakes in features that pytest-bdd accepts stop the collection."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext

from dataflow.checklist.features import HEADER, read_feature
from dataflow.harness.mistakes import find_mistakes
from tests.project import CHECKS_OF_ITEMS, ITEMS, Project

#: They use one run.
pytestmark = pytest.mark.xdist_group("collection")

FEATURE = f"""\
{HEADER}
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

#: The first and the last line of the first scenario, and the steps of the second.
HEAD = "@shop.every.one @stated\n    Scenario: One"
STEPS_OF_TWO = "\n      Given a thing\n      And a thing\n      Then it has 2 items"
THEN = "      Then it has 2 items\n"

BAD_ID = (
    "Scenario 'One' (line 10) must have exactly one check id as a tag that begins with"
    " @shop., but has"
)
BAD_STANDING = (
    "Scenario 'One' (line 10) must have exactly one of the tags @stated, @inferred and"
    " @observed."
)
NOT_A_STEP = "is not a step, so it would not run: check its keyword for typing errors."
IN_DESCRIPTION = (
    "is in a description, so it would not run: check the keyword before it for typing"
    " errors."
)
OUTLINE = (
    "Scenario 'Two' is an outline, whose examples would not run: write a scenario"
    " for each."
)
LOST = "check the keywords for typing errors, or the number."


def step(
    kind: str | None, text: str, function: Callable[..., object] = lambda: None
) -> StepFunctionContext:
    """Return a step definition that is not registered."""
    return StepFunctionContext(kind, function, parsers.parse(text))  # type: ignore[arg-type]


STEPS = (
    step("given", "a thing"),
    step("when", "the sync catches up"),
    step("then", "it has {count:d} item"),
    step("then", "it has {count:d} items"),
)


def find(folder: Path, old: str, new: str, *more: StepFunctionContext) -> list[str]:
    """Return the mistakes of the feature after a text in it was replaced."""
    assert old in FEATURE
    path = folder / "shop.feature"
    path.write_text(FEATURE.replace(old, new, 1) if old else FEATURE, "utf-8")
    return find_mistakes(read_feature(path), [*STEPS, *more])


MISTAKES = {
    "two scenarios of one name": (
        "Scenario: Two",
        "Scenario: One",
        (
            "2 scenarios have the name 'One', but only the last would run: rename the"
            " others."
        ),
    ),
    "a mistyped first line": (
        "Given a thing",
        "Gven a thing",
        f"'Gven a thing' in scenario 'One' {NOT_A_STEP}",
    ),
    "a mistyped only line": (
        STEPS_OF_TWO,
        "\n      Tehn it has 2 items",
        f"'Tehn it has 2 items' in scenario 'Two' {NOT_A_STEP}",
    ),
    "no step": (
        STEPS_OF_TWO,
        "",
        "Scenario 'Two' has no step, so it would pass: add its steps.",
    ),
    "no Then": (
        THEN,
        "",
        "Scenario 'Two' has no Then, so it would check nothing: add one.",
    ),
    "an outline": ("Scenario: Two", "Scenario Outline: Two", OUTLINE),
    "a template": ("Scenario: Two", "Scenario Template: Two", OUTLINE),
    "no definition": (
        "Given a thing",
        "Given a dog",
        (
            "No step definition matches 'a dog' (line 11). The most similar are:"
            "\n  Given a thing\n  Then it has {count} item\n  Then it has {count} items"
        ),
    ),
    "a definition of another kind": (
        "When the sync",
        "Then the sync",
        (
            "No step definition matches 'the sync catches up' (line 12). The most"
            " similar are:\n  When the sync catches up\n  Then it has {count} item\n"
            "  Then it has {count} items"
        ),
    ),
    "an And after a Then": (
        "it has 1 item\n",
        "it has 1 item\n      And a thing\n",
        (
            "No step definition matches 'a thing' (line 14). The most similar are:"
            "\n  Given a thing\n  When the sync catches up\n  Then it has {count} item"
        ),
    ),
    "no check id": ("@shop.every.one ", "", f"{BAD_ID} none."),
    "two check ids": (
        "@shop.every.one ",
        "@shop.every.one @shop.every.uno ",
        f"{BAD_ID} shop.every.one, shop.every.uno.",
    ),
    "an id of another section": (
        "@shop.every.one ",
        "@shopping.every.one ",
        f"{BAD_ID} shopping.every.one.",
    ),
    "xfail": (
        "@shop.every.one",
        "@shop.every.one @xfail",
        f"{BAD_ID} shop.every.one, xfail.",
    ),
    "skip": (
        "@shop.every.one",
        "@shop.every.one @skip",
        f"{BAD_ID} shop.every.one, skip.",
    ),
    "one id twice": (
        "@shop.every.two",
        "@shop.every.one",
        "2 scenarios have the check id 'shop.every.one': make each id unique.",
    ),
    "no standing": ("@shop.every.one @stated", "@shop.every.one", BAD_STANDING),
    "two standings": ("@stated", "@stated @observed", BAD_STANDING),
    "too few announced": (
        "1, 2 checks",
        "1, 1 checks",
        f"The feature announces 1 checks, but has 2 scenarios: {LOST}",
    ),
    "too many announced": (
        "1, 2 checks",
        "1, 3 checks",
        f"The feature announces 3 checks, but has 2 scenarios: {LOST}",
    ),
}


@pytest.mark.parametrize(("old", "new", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence(
    old: str, new: str, sentence: str, tmp_path: Path
) -> None:
    """A mistake that would let a scenario pass or vanish is one sentence."""
    assert [sentence] == find(tmp_path, old, new)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (HEAD, "Scenaro: One", "Given a thing"),
        (HEAD, "scenario: One", "scenario: One"),
        (
            "Rule: Every thing has an item",
            "* a thing is an item",
            "* a thing is an item",
        ),
    ],
    ids=["mistyped Scenario", "scenario in lower case", "star"],
)
def test_steps_in_a_description_are_found(
    old: str, new: str, line: str, tmp_path: Path
) -> None:
    """Lines after a mistyped block keyword belong to a description, and do not run."""
    assert f"{line!r} {IN_DESCRIPTION}" in find(tmp_path, old, new)


@pytest.mark.parametrize("keyword", ["Scenario Outline", "Scenario Template"])
def test_an_outline_with_examples_is_found(keyword: str, tmp_path: Path) -> None:
    """An outline would run once, whatever its examples are."""
    new = f"{keyword}: Two{STEPS_OF_TWO}\n      Examples:\n        | n |\n        | 1 |"

    assert [OUTLINE] == find(tmp_path, f"Scenario: Two{STEPS_OF_TWO}", new)


async def never_awaited() -> None:
    """Be a coroutine that pytest-bdd does not await."""


async def never_iterated() -> AsyncIterator[None]:
    """Be a generator that pytest-bdd does not iterate."""
    yield


ASYNC = (
    "The step 'it sleeps' is async, which pytest-bdd never awaits, so it would pass:"
    " make it synchronous."
)


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (step("then", "it sleeps", never_awaited), [ASYNC]),
        (step("then", "it sleeps", never_iterated), [ASYNC]),
        (
            step("then", "it has {rest}"),
            [
                (
                    "Several steps match 'it has 1 item' (line 13):"
                    " 'it has {count:d} item' and 'it has {rest}'."
                ),
                (
                    "Several steps match 'it has 2 items' (line 19):"
                    " 'it has {count:d} items' and 'it has {rest}'."
                ),
            ],
        ),
        (
            step(None, "it has 1 item"),
            [
                (
                    "Several steps match 'it has 1 item' (line 13):"
                    " 'it has {count:d} item' and 'it has 1 item'."
                )
            ],
        ),
        (step("given", "it has 1 item"), []),
    ],
    ids=["async", "async generator", "two matches", "of any kind", "of another kind"],
)
def test_mistakes_of_definitions_are_found(
    definition: StepFunctionContext, expected: list[str], tmp_path: Path
) -> None:
    """An `async` step passes unseen, and of two matches one is taken by chance."""
    assert expected == find(tmp_path, "", "", definition)


@pytest.mark.parametrize(
    "prose",
    ["", "\n\n    Open question: Are gifts meant? Giving is not selling.\n"],
    ids=["plain", "prose"],
)
def test_a_correct_feature_has_no_mistakes(prose: str, tmp_path: Path) -> None:
    """A correct feature passes, even with a description that resembles Gherkin."""
    assert [] == find(tmp_path, "an item\n", f"an item\n{prose}")


# Real runs


def test_the_checklist_itself_is_collected(project: Project) -> None:
    """The copy is correct before the next tests damage it."""
    assert 0 == project.run("--sync", "none", "--collect-only").status


@pytest.fixture(scope="module")
def reasons(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return why a run stops on a project with many mistakes."""
    project = Project(tmp_path_factory.mktemp("mistakes"))
    head = "@items-item.every.new-record @stated\n    Scenario: A new"
    second = '@then("nothing was written")\ndef again() -> None:\n    """Pass."""\n'
    project.replace(ITEMS, head, "Scenaro: A new")
    project.replace(ITEMS, 'Given a neighbour item in "jpy"\n      And 3', "Gvien 3")
    project.replace("steps/pairs.py", "def neighbour_is_", "async def neighbour_is_")
    project.append("steps/syncing.py", f"\n\n{second}")
    for name in ("orders.featur", "mine.feature", "README.md"):
        project.append(f"features/{name}", "Feature: Mine\n\n  Scenario: Passes\n")
    return "\n".join(project.reasons())


@pytest.mark.parametrize(
    "reason",
    [
        (
            """'Gvien 3 new items in "eur"' in scenario 'Items that were there before"""
            f""" the sync began get theirs' {NOT_A_STEP}"""
        ),
        (
            f"The feature announces {CHECKS_OF_ITEMS} checks, but has"
            f" {CHECKS_OF_ITEMS - 1} scenarios: {LOST}"
        ),
        (
            "The step 'the neighbour is unchanged' is async, which pytest-bdd never"
            " awaits, so it would pass: make it synchronous."
        ),
        "): 'nothing was written' and 'nothing was written'.",
        (
            "orders.featur is not a .feature file, so pytest would not run it: rename"
            " or move it."
        ),
        (
            "Scenario 'Passes' (line 3) must have exactly one check id as a tag that"
            " begins with @mine., but has none."
        ),
    ],
    ids=["step", "scenario", "async", "two definitions", "stray", "written by hand"],
)
def test_mistakes_stop_a_run(reason: str, reasons: str) -> None:
    """A run with a mistake in a feature or in the steps stops, and states it."""
    assert reason in reasons


def test_a_readme_may_be_beside_features(reasons: str) -> None:
    """A README is for people, and stops no run."""
    assert "README" not in reasons


def test_a_mistyped_keyword_between_steps_stops_a_run(project: Project) -> None:
    """A feature that Gherkin cannot parse stops the run, and the line is shown."""
    line = "And the sync has caught up"
    project.replace(ITEMS, line, "Adn the sync has caught up")

    assert any(f"got 'Adn {line[4:]}'" in reason for reason in project.reasons())


SEARCHED = """

class Counted(parsers.parse):
    \"\"\"Print each line with which this definition is compared.\"\"\"

    def is_matching(self, name: str) -> bool:
        \"\"\"Match nothing.\"\"\"
        print("searched:", name)
        return False


@then(Counted("never"))
def never_runs() -> None:
    \"\"\"Pass.\"\"\"
"""


def test_a_line_is_searched_for_once(project: Project) -> None:
    """A line of two scenarios is compared once at the collection, once in the run."""
    project.append("steps/syncing.py", SEARCHED)
    ids = "items-item.every.new-record or items-item.every.sync-again"

    done = project.run("-s", "-m", ids)

    searched = Counter(re.findall("searched: (.*)", done.output))
    assert "2 passed" in done.output
    assert 2 == searched["everything else is as it was"]
