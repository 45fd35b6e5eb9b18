"""The checks that QA adds: run, counted, recorded, and explained if wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.harness.verdicts import Verdict
from tests.project import Project, tally

#: They share the warm process.
pytestmark = pytest.mark.xdist_group("own")

MINE = "features/mine.feature"

#: A check with a step of each module: records, syncing, edits, events and pairs.
OWN = """\
Feature: Articles of a shop

  Background:
    Given a neighbour item in "jpy"
    And a new item in "eur"
      | description | In red |
    And the sync has caught up

  @mine.renamed
  Scenario: A renamed item keeps its counterpart
    When its "description" is changed to "In green" in Invoiced
    And it is deleted in Chargebee
    And the sync catches up
    Then whether the item has an item is reported
    And the neighbour is unchanged

  @mine.same
  Scenario: An item has one counterpart
    Then each has exactly one item:
      | record   | Invoiced description |
      | the item | In red               |
"""


def own(project: Project, text: str = OWN, name: str = MINE) -> Project:
    """Return a project with a feature of QA."""
    project.append(name, text)
    return project


def scenario(steps: str) -> str:
    """Return a feature of one scenario."""
    return f"Feature: Mine\n\n  @mine.one\n  Scenario: One\n{steps}"


def test_an_own_check_uses_every_kind_of_step(project: Project) -> None:
    """A check of QA runs with all modules of steps, and is a section of the summary."""
    done = own(project).run(MINE)

    assert (0, "2 passed") == (done.status, tally(done))
    assert "4. Articles of a shop (added by QA)" in done.output


def test_an_own_check_fails_at_its_line(project: Project) -> None:
    """What a check of QA requires is compared, and the step that fails is marked."""
    done = own(project, OWN.replace("| In red  ", "| In blue ")).run(f"{MINE}::same")

    assert (1, "1 failed") == (done.status, tally(done))
    assert f"{MINE}:19" in done.output
    assert "description in Invoiced is 'In red', not 'In blue'" in done.output


def test_an_own_check_needs_the_sync(project: Project) -> None:
    """Without a sync, a check of QA fails like any other one."""
    done = own(project).run(f"{MINE}::renamed", "--sync", "none")

    assert (1, "1 failed") == (done.status, tally(done))


def test_an_unrecorded_own_check_is_not_exercised(project: Project) -> None:
    """A replay without a recording skips a check of QA, with the two ways to run it."""
    done = own(project).run(f"{MINE}::same", "--target", "recorded", "-rs")

    assert (0, "1 skipped") == (done.status, tally(done))
    assert (
        "it has no recording: run it with --target twin, or record it with"
        f" `pytest {MINE}::same --target twin --record`" in done.output
    )


def test_an_unrecorded_check_of_the_document_is_inconclusive(project: Project) -> None:
    """A recording that is missing for a check of the document stays an error."""
    done = project.run(
        "features/items-item.feature", "-k", "new-record", "--target=recorded"
    )

    assert 75 == done.status
    assert "every.new-record.json does not exist: record it" in done.output


def test_an_own_check_is_recorded_and_replayed(project: Project) -> None:
    """The command that the reason names records the check, which then replays."""
    check = f"{MINE}::renamed"
    recorded = own(project).run(check, "--target", "twin", "--record")
    replayed = project.run(check, "--target", "recorded")

    assert (0, 0, "1 passed") == (recorded.status, replayed.status, tally(replayed))


def test_an_own_check_is_selected_by_id_and_basis(project: Project) -> None:
    """The id and the inferred basis are markers of a check of QA."""
    done = own(project).run(
        "features", "--collect-only", "-m", "inferred and mine.same"
    )

    assert f"{MINE}::same" in done.output.splitlines()


def test_the_record_has_own_checks(project: Project) -> None:
    """The run record has a check of QA with its section and basis."""
    record = own(project).run(f"{MINE}::renamed", has_reports=True).record
    (check,) = (each for each in record.checks if each.id == "mine.renamed")

    assert ("mine", "inferred", Verdict.HOLDS) == (
        check.section,
        check.basis,
        check.verdict,
    )


# Mistakes

ITEM = '    Given a new item in "eur"\n'
THEN = "    Then each has exactly one item:\n      | record |\n      | the item |\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            OWN.replace("@mine.same", ""),
            (
                "Scenario 'An item has one counterpart' (line 18) must have exactly one"
                " check id as a tag that begins with @mine., but has none."
            ),
        ),
        (
            OWN.replace("@mine.same", "@mine.a+b"),
            (
                "Scenario 'An item has one counterpart' (line 18) has the check id"
                " 'mine.a+b': write it with letters, digits, - and _, and dots between"
                " words."
            ),
        ),
        (
            OWN.replace("Scenario: An", "Scenario Outline: An"),
            (
                "Scenario 'An item has one counterpart' is an outline, whose examples"
                " would not run: write a scenario for each."
            ),
        ),
        (
            "Feature: Mine\n",
            "The feature has no scenario, so it would check nothing: add one.",
        ),
        (
            scenario(f"{ITEM}    Then each has exactly one item:\n"),
            (
                "'each has exactly one item:' (line 6) needs a table of a heading and"
                " rows: `dataflow steps` has one."
            ),
        ),
        (
            scenario(f"    Given another customer\n      | a | b |\n{THEN}"),
            (
                "'another customer' (line 5) takes no table, so it would be ignored:"
                " remove the table."
            ),
        ),
        (
            scenario(
                f'    Given another customer\n      """\n      a\n      """\n{THEN}'
            ),
            (
                "'another customer' (line 5) takes no text, so it would be ignored:"
                " remove the text block."
            ),
        ),
        (
            scenario(f"{ITEM}    When it is deleted in Chargbee\n{THEN}"),
            (
                "'it is deleted in Chargbee' (line 6) names the system 'Chargbee':"
                " write Invoiced or Chargebee."
            ),
        ),
        (
            scenario(f'    And a new item in "eur"\n{THEN}'),
            (
                "mine.feature:4: pytest-bdd cannot run this scenario (First step in a"
                " scenario or background must start with 'Given', 'When' or 'Then', but"
                " got And.): write it with the English keywords Given, When, Then, And"
                " and But."
            ),
        ),
        (
            OWN.replace("Background:", "Background:\n    Gvien a new one"),
            (
                "'Gvien a new one' in a Background is not a step, so it would not run:"
                " check its keyword for typing errors."
            ),
        ),
        (
            scenario(f'    Given a new item for "eur"\n{THEN}'),
            (
                "No step definition matches 'a new item for \"eur\"' (line 5). The most"
                " similar are:"
            ),
        ),
    ],
    ids=[
        "no id",
        "characters",
        "outline",
        "no scenario",
        "no table",
        "table",
        "text",
        "system",
        "first keyword",
        "background",
        "no step",
    ],
)
def test_a_mistake_stops_the_collection(
    text: str, sentence: str, project: Project
) -> None:
    """A mistake in a feature of QA is one sentence with the file and the line."""
    reasons = own(project, text).reasons()

    assert any(reason.endswith(sentence) for reason in reasons), reasons
    assert any("mine.feature" in reason for reason in reasons)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "features/my checks.feature",
            (
                "The file name 'my checks.feature' begins no check id: rename it, with"
                " letters, digits, - and _ only."
            ),
        ),
        ("features/more/mine.feature", "/features only: move it there."),
    ],
    ids=["space", "folder"],
)
def test_a_feature_that_would_not_be_counted_is_refused(
    name: str, sentence: str, project: Project
) -> None:
    """A file whose name is no part of an id, or in a folder below, is refused."""
    reasons = own(project, OWN, name).reasons()

    assert any(reason.endswith(sentence) for reason in reasons), reasons


def test_a_missing_step_has_three_similar_ones(project: Project) -> None:
    """For a line that no step matches, the three most similar forms are shown."""
    reasons = own(
        project, scenario(f'    Given a new item for "eur"\n{THEN}')
    ).reasons()
    first = next(i for i, line in enumerate(reasons) if "most similar" in line)

    assert [
        'Given a new {noun} in "{currency}"',
        'Given {count} new {nouns} in "{currency}"',
        'Given a neighbour {noun} in "{currency}"',
    ] == reasons[first + 1 : first + 4]


@pytest.mark.parametrize(
    ("steps", "line", "sentence"),
    [
        (
            f'    When its "name" is changed to "x" in Invoiced\n{THEN}',
            5,
            (
                "the scenario has made no record that it is about: add a step such as"
                ' `Given a new item in "eur"` before this one'
            ),
        ),
        (
            '    Given a neighbour item in "eur"\n'
            + THEN.replace("the item", "each item"),
            6,
            (
                "the scenario has made no record that it is about: add a step such as"
                ' `Given a new item in "eur"` before this one'
            ),
        ),
        (
            ITEM.replace("item", "widget") + THEN,
            5,
            "No record can be created for 'widget': the nouns are person",
        ),
        (
            ITEM + THEN.replace("the item", "each other item"),
            6,
            "the scenario has made one record, so there is no other",
        ),
        (
            ITEM + THEN.replace("the item |", "item |"),
            6,
            (
                "a table cannot have the record 'item': write `the item`, `each item`,"
                " `each other item` or `the neighbour`, with the noun of the record"
            ),
        ),
        (
            f'    Given a neighbour item in "jpy"\n{ITEM}'
            + THEN.replace("the item |", "the neighbor |"),
            7,
            "a table cannot have the record 'the neighbor': write `the item`,",
        ),
        (
            ITEM + THEN.replace("the item |", "the invoice |"),
            6,
            "the table has the record 'the invoice', which is item ",
        ),
        (
            ITEM + THEN.replace("one item", "one order"),
            6,
            "the step names the counterpart 'order', and that of item ",
        ),
        (
            f"{ITEM}    Then no item has a customer\n",
            6,
            "the step names the counterpart 'customer', and that of item ",
        ),
        (
            f"{ITEM}    Then whether the item has an order is reported\n",
            6,
            "the step names the counterpart 'order', and that of item ",
        ),
        (
            ITEM
            + THEN.replace("record |", "record | name |").replace(
                "item |", "item | x |"
            ),
            6,
            (
                "a table cannot have the column 'name': begin it with `record`, and the"
                " others with a system, such as `Invoiced name`"
            ),
        ),
        (
            f"{ITEM}    Then what became of the edit is reported\n",
            6,
            "the scenario has made no edit",
        ),
        (
            f"{ITEM}      | description |\n{THEN}",
            5,
            (
                "The step cannot be run as it is written (IndexError('list index out of"
                " range')): compare its words and the lines before it with `dataflow"
                " steps`. --tb=long shows the code."
            ),
        ),
    ],
    ids=[
        "no record",
        "none of each",
        "noun",
        "no other",
        "label",
        "spelling",
        "other record",
        "other counterpart",
        "none of another counterpart",
        "report on another counterpart",
        "column",
        "no edit",
        "cells",
    ],
)
def test_a_misused_step_is_one_sentence(
    steps: str, line: int, sentence: str, project: Project
) -> None:
    """A step that makes no sense where it is fails with a sentence, file and line."""
    done = own(project, scenario(steps)).run(MINE)
    lines = done.output.splitlines()

    assert (1, "1 failed") == (done.status, tally(done))
    assert any(each.split(" ")[0] == f"{MINE}:{line}" for each in lines)
    assert any(each.startswith(sentence) for each in lines)
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_text(
            "Feature: Mine\n\n  Scenario: One\n    Tehn a\n    b\n"
        ),
        lambda path: path.write_bytes(b"Feature: \xff\n"),
        lambda path: path.write_text(""),
    ],
    ids=["no Gherkin", "bytes", "empty"],
)
def test_what_is_no_feature_is_one_sentence(
    write: Callable[[Path], object], project: Project
) -> None:
    """A file that cannot be read stops the run with its name, without a traceback."""
    write(project.folder / MINE)
    done = project.run("features")

    assert done.status in {2, 4}
    assert "mine.feature" in done.output
    assert "INTERNALERROR" not in done.output
    assert "Traceback" not in done.output
