"""What is the same of every check: its neighbour, and the order of its steps."""

from __future__ import annotations

import pytest

from dataflow.checklist.check import Basis
from dataflow.checklist.features import WrittenScenario
from tests.checklist.checking import DOCUMENTS, asked, checks_in, with_rows

every_check = pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, id=f"{name}: {check.ids[0]}")
        for name, text in DOCUMENTS.items()
        for check in checks_in(text)
    ],
)


@every_check
def test_a_check_has_a_neighbour(check: WrittenScenario) -> None:
    """Every check makes a neighbour before anything is synchronised."""
    texts = [step.text for step in check.steps]
    syncs = [number for number, text in enumerate(texts) if "the sync " in text]
    before = texts[: next(n for n in syncs if "looks no further" not in texts[n])]

    assert 1 == sum(text.startswith("a neighbour ") for text in before)


@every_check
def test_a_check_ends_with_both_accounts(check: WrittenScenario) -> None:
    """Every check ends with the comparison of both accounts as a whole."""
    assert "everything else is as it was" == check.steps[-1].text


@every_check
def test_a_check_asks_for_the_pair_of_the_neighbour(check: WrittenScenario) -> None:
    """Every check asks that the neighbour has its counterpart, so no sync is red."""
    asked = [s for s in check.steps if s.text.startswith("each has exactly one ")][-1]

    assert "the neighbour" == asked.table[-1][0]


@every_check
def test_a_check_judges_its_own_record_unless_it_observes(
    check: WrittenScenario,
) -> None:
    """The pair of the record itself is judged where the document speaks of it."""
    asked = next(s for s in check.steps if s.text.startswith("each has exactly one "))
    judged = len(asked.table) > 2
    left_open = (
        check.bases[0] is Basis.OBSERVED and "replaced" not in check.ids[0]
    ) or check.ids[0].endswith("every.company")

    assert judged is not left_open


@every_check
def test_steps_come_in_the_order_of_gherkin(check: WrittenScenario) -> None:
    """A scenario begins with what is given, does something, and then looks."""
    keywords = [step.keyword for step in check.steps if step.keyword != "And"]

    assert ["Given", "When", "Then"] == list(dict.fromkeys(keywords))


@every_check
def test_the_last_keyword_is_then(check: WrittenScenario) -> None:
    """Nothing is done that nobody looks at."""
    keywords = [step.keyword for step in check.steps if step.keyword != "And"]

    assert "Then" == keywords[-1]


@every_check
def test_the_neighbour_is_of_another_currency(check: WrittenScenario) -> None:
    """The neighbour differs from every other record in its currency."""
    made = [s.text for s in check.steps if " new " in s.text or "neighbour " in s.text]

    assert [] == [
        text
        for text in made
        if ('"jpy"' in text) is not text.startswith(("a neighbour", "the neighbour"))
        and '"' in text
    ]


def test_the_neighbour_is_unlike_the_record() -> None:
    """A neighbour's values differ from those of the record, before and after edits."""
    text = with_rows(("name", "title", '"string"'))
    (check,) = (
        c for c in checks_in(text) if c.ids[0].endswith("name.edited-in-bluebill")
    )
    first, second, neighbour = (
        check.steps[1].table,
        asked(check)[1][1:],
        asked(check)[2][1:],
    )

    assert [
        (("name", "First"),),
        ("Third", "Third"),
        ("Neighbour", "Neighbour"),
    ] == [first, second, neighbour]
