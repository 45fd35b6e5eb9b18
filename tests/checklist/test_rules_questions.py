"""What a document leaves unclear is asked about, and checked no further."""

from __future__ import annotations

import pytest

from tests.checklist.checking import (
    STRANGERS,
    checks_in,
    found,
    questions_in,
    section_of,
    sections_in,
    with_rows,
)
from tests.checklist.documents import MADE_UP, Row, table


@pytest.mark.parametrize(
    "row",
    [
        ("", "origin", "N/A"),
        ("name", "", '"string"'),
        ("Rank (only if known)", "grade", '"integer"'),
        ("ended", "end_date", '"datetime-format","%Y","_."]'),
        ("name", "title", ""),
    ],
)
def test_an_unclear_row_is_a_question(row: Row) -> None:
    """A row that cannot be checked is an open question."""
    kind = row[2].removeprefix('"').removesuffix('"') if row[0] == "name" else row[2]
    shown = {'"integer"': "integer"}.get(kind, kind)

    (question,) = questions_in(with_rows(row))

    assert (
        f'The row "{row[0]}" / "{row[1]}" of type {shown} is not checked: a side or the'
        " type is not understood, or a property is listed twice. What does it ask for?"
        == question
    )


def test_an_unclear_row_has_no_check() -> None:
    """Nothing is invented to check a row that is not clear."""
    text = with_rows(("", "origin", "N/A"))

    assert STRANGERS == found(checks_in(text), "client-account")


def test_a_clear_row_is_checked_beside_an_unclear_one() -> None:
    """An unclear row takes nothing from the others."""
    text = with_rows(("", "origin", "N/A"), ("name", "title", '"string"'))

    assert "name.type" in [name for name, _ in found(checks_in(text), "client-account")]


@pytest.mark.parametrize(
    "again",
    [
        ("name", "title", '"string"'),
        ("name", "label", '"string"'),
        ("alias", "title", '"string"'),
    ],
)
def test_a_property_listed_again_is_a_question(again: Row) -> None:
    """A property that is listed twice is checked once, and asked about."""
    text = with_rows(("name", "title", '"string"'), again)

    assert [f'The row "{again[0]}" / "{again[1]}"'] == [
        question.partition(" of type")[0] for question in questions_in(text)
    ]


def test_a_property_is_not_listed_again_by_an_unclear_row() -> None:
    """A clear row is checked though an unclear one named the property before it."""
    text = with_rows(("name", "", "N/A"), ("name", "title", '"string"'))

    assert "name.type" in [name for name, _ in found(checks_in(text), "client-account")]


def test_an_empty_table_is_a_question() -> None:
    """Where no property is listed, the owner of the document is asked why."""
    (question,) = questions_in(with_rows())

    assert (
        "The document lists no property for this section. Is none meant to be"
        " synchronised, or is the list not filled in yet?" == question
    )


def test_an_unknown_statement_has_a_rule() -> None:
    """A statement of an unknown form has a rule that says so."""
    (section,) = sections_in(section_of("Once upon a time.\n"))

    assert (("Statement 1 is not understood yet",), ()) == (
        section.rules,
        section.scenarios,
    )


def test_an_unknown_statement_is_a_question() -> None:
    """A statement of an unknown form is asked about, by its number."""
    text = section_of(MADE_UP.kept("Client", "Account"), "Once upon a time.\n")

    (question,) = questions_in(text)

    assert (
        "Statement 2 of this section has a form that is not known yet, so nothing"
        " checks it. What does it ask for?" == question
    )


def test_the_words_of_a_statement_stay_in_the_document() -> None:
    """No text of a statement gets into rules: the document is not ours to quote."""
    text = section_of("Xyzzy.\n", table([("left", "right"), ("plugh", "plover")]))

    assert [] == [
        word for word in ("Xyzzy", "plugh", "plover") if word in str(sections_in(text))
    ]


@pytest.mark.parametrize(
    "statement",
    [
        MADE_UP.every("Client", "Account"),
        MADE_UP.kept("Client", "Account"),
        MADE_UP.listed("Client", "Account", [("a", "b", '"string"')]),
    ],
    ids=["every", "kept in sync", "properties"],
)
def test_a_form_that_comes_twice_is_checked_once(statement: str) -> None:
    """A form that comes again has no checks of its own."""
    (section,) = sections_in(section_of(statement, statement))
    once, twice = section.rules
    rules = {check.rule for check in section.scenarios}

    assert (True, False) == (once in rules, twice in rules)


@pytest.mark.parametrize(
    "statement",
    [MADE_UP.every("Client", "Account"), MADE_UP.kept("Client", "Account")],
    ids=["every", "kept in sync"],
)
def test_a_form_that_comes_twice_is_a_question(statement: str) -> None:
    """A form that comes again is asked about, by its number."""
    (question,) = questions_in(section_of(statement, statement))

    assert (
        "Statement 2 of this section has the form of an earlier one and is not checked"
        " by itself. Does it ask for anything more?" == question
    )


def test_rows_of_a_second_table_are_checked() -> None:
    """Properties that a second statement lists are checked with those of the first."""
    text = section_of(
        MADE_UP.listed("Client", "Account", [("a", "b", '"string"')]),
        MADE_UP.listed("Client", "Account", [("c", "d", '"string"')]),
    )

    assert ["a.new-pair", "a.type", "c.new-pair", "c.type"] == [
        name for name, _ in found(checks_in(text), "client-account")
    ]
