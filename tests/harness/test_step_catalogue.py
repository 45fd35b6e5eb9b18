"""`dataflow steps`: the list of steps, with help and examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext

from dataflow.checklist.features import WrittenStep, read_features
from dataflow.harness.step_catalogue import (
    CatalogueStep,
    find_similar,
    list_steps,
    load_definitions,
    steps,
)
from tests.project import ROOT


def definition(kind: str, text: str, help_text: str = "") -> StepFunctionContext:
    """Return a step definition that is not registered."""

    def function() -> None:
        """Do nothing."""

    function.__doc__ = help_text
    return StepFunctionContext(kind, function, parsers.parse(text))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def listed() -> list[CatalogueStep]:
    """Return the steps of this project."""
    return list_steps(load_definitions(ROOT), read_features(ROOT / "features"))


def test_every_definition_is_listed(listed: list[CatalogueStep]) -> None:
    """The list has each decorator of a step, in the order of the keywords."""
    files = (ROOT / "steps").glob("*.py")
    text = "".join(path.read_text("utf-8") for path in files)
    keywords = ["Given", "When", "Then"]

    assert [
        keyword
        for keyword in keywords
        for _ in re.findall(rf"^@{keyword.lower()}\(", text, re.MULTILINE)
    ] == [step.keyword for step in listed]


def test_every_step_has_help_and_an_example(listed: list[CatalogueStep]) -> None:
    """Each step has a sentence; each with a value has an example."""
    bare = [
        step.form
        for step in listed
        if not step.help.endswith(".") or ("{" in step.form and not step.example)
    ]

    assert [] == bare


def test_an_example_is_the_shortest_use(tmp_path: Path) -> None:
    """Of all uses in the features, the shortest is shown, with its table."""
    (tmp_path / "mine.feature").write_text(
        "Feature: Mine\n\n  @mine.one\n  Scenario: One\n    When eve eats apples:\n"
        "      | apple | size |\n      | green | 1 |\n    When bo eats figs:\n"
        "      | fig |\n      | big one |\n",
        "utf-8",
    )
    eats = definition("when", "{who:w} eats {what}:", "Eat.\n\n    More text.\n    ")
    found = list_steps([eats], read_features(tmp_path))

    assert [
        CatalogueStep(
            "When",
            "{who} eats {what}:",
            "Eat.",
            ("When bo eats figs:", "  | fig     |", "  | big one |"),
        )
    ] == found


@pytest.mark.parametrize(
    ("text", "similar"),
    [
        (
            "the sync catch up",
            ["When the sync catches up", "When the sync runs", "Given it is in {name}"],
        ),
        (
            "it is in Oslo, or so",
            ["Given it is in {name}", "When the sync runs", "When the sync catches up"],
        ),
    ],
    ids=["typing error", "more words"],
)
def test_similar_steps_come_first(text: str, similar: list[str]) -> None:
    """The three most similar steps are found, whatever their keyword."""
    known = [
        definition("when", "the sync catches up"),
        definition("when", "the sync runs"),
        definition("given", "it is in {name:w}"),
        definition("then", 'qqq "{xx}" zzzz'),
    ]

    assert similar == find_similar(WrittenStep("when", text, 1), known)


def test_the_command_shows_what_contains_a_word() -> None:
    """A word selects the steps; each is shown with its help and example."""
    done = CliRunner().invoke(steps, ["IN RED, NO, catches UP"])
    found = CliRunner().invoke(steps, ["caught up"]).output.splitlines()

    assert 1 == done.exit_code
    assert [
        "Given the sync has caught up",
        "    Run the sync until every expected record has exactly one counterpart.",
    ] == found[2:4]


def test_no_line_that_can_be_copied_is_folded() -> None:
    """A long step and a wide table stay whole in a narrow terminal."""
    output = CliRunner().invoke(steps, ["agree on"], env={"COLUMNS": "40"}).output

    assert "Then the {noun} and its {counterpart} agree on one of these:" in output
    assert any(line.count("|") > 2 for line in output.splitlines())
