"""Reading features back: what the files say about the checklist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.checklist.check import Basis
from dataflow.checklist.checks import Rule, SectionChecks
from dataflow.checklist.document import Document, PropertyRow
from dataflow.checklist.features import (
    WrittenFeature,
    WrittenScenario,
    read_feature,
    read_features,
)
from dataflow.checklist.reader import parse_document
from dataflow.checklist.transcript import transcribe, write_features
from tests.cases import cases
from tests.checklist.documents import all_forms, hand_written, real_facts

Read = tuple[WrittenFeature, ...]

DOCUMENTS = {"real": real_facts(), "made up": all_forms()}


@pytest.fixture(params=list(DOCUMENTS.values()), ids=list(DOCUMENTS))
def document(request: pytest.FixtureRequest) -> Document:
    """Return a document."""
    return parse_document(str(request.param))


@pytest.fixture
def read(document: Document, tmp_path: Path) -> Read:
    """Return what the features of that document say."""
    write_features(transcribe(document), tmp_path)
    return read_features(tmp_path)


@pytest.fixture
def orders(tmp_path: Path) -> WrittenFeature:
    """Return the feature of invoices and orders."""
    write_features(transcribe(parse_document(real_facts())), tmp_path)
    return read_feature(tmp_path / "invoices-order.feature")


def scenario(feature: WrittenFeature, name: str) -> WrittenScenario:
    """Return the scenario of one check, named without its section."""
    (found,) = (s for s in feature.scenarios if s.ids == (f"{feature.section}.{name}",))
    return found


Meant = Callable[[Document], object]
Said = Callable[[Read], object]


def rules(document: Document) -> list[tuple[Rule, ...]]:
    """Return the rules of each section."""
    return [
        tuple(SectionChecks(section, document).derive_rules())
        for section in document.sections
    ]


def lines(document: Document) -> list[tuple[str, str]]:
    """Return the lines of all checks, each with the title of its rule."""
    return [
        (rule.title, line.strip())
        for section in rules(document)
        for rule in section
        for line in rule.gherkin.split("\n")
    ]


def scenarios(read: Read) -> list[WrittenScenario]:
    """Return all scenarios."""
    return [each for feature in read for each in feature.scenarios]


@cases(
    "meant, said",
    {
        "order": (
            lambda document: [section.id for section in document.sections],
            lambda read: [feature.section for feature in read],
        ),
        "record-types": (
            lambda document: [(each.left, each.right) for each in document.sections],
            lambda read: [(feature.left, feature.right) for feature in read],
        ),
        "properties": (
            lambda document: [section.properties for section in document.sections],
            lambda read: [feature.properties for feature in read],
        ),
        "questions": (
            lambda document: [
                tuple(question for rule in section for question in rule.questions)
                for section in rules(document)
            ],
            lambda read: [feature.questions for feature in read],
        ),
        "rules": (
            lambda document: [
                tuple(rule.title for rule in section) for section in rules(document)
            ],
            lambda read: [feature.rules for feature in read],
        ),
        "checks": (
            lambda document: [
                (title, line)
                for title, line in lines(document)
                if line[:1] in "@S" and line
            ],
            lambda read: [
                (each.rule, line)
                for each in scenarios(read)
                for line in (
                    f"@{each.ids[0]} @{each.bases[0]}",
                    f"Scenario: {each.name}",
                )
            ],
        ),
        "steps": (
            lambda document: [
                line for _, line in lines(document) if line[:1] in "GWTA" and line
            ],
            lambda read: [
                f"{step.keyword} {step.text}"
                for each in scenarios(read)
                for step in each.steps
            ],
        ),
        "no-description": (
            lambda _document: {""},
            lambda read: {each.description for each in scenarios(read)},
        ),
        "counts": (
            lambda document: [
                (number, len(document.sections), str(section).count("Scenario: "))
                for number, section in enumerate(rules(document), start=1)
            ],
            lambda read: [(one.number, one.sections, one.announced) for one in read],
        ),
    },
)
def test_a_document_is_read_back(
    document: Document, read: Read, meant: Meant, said: Said
) -> None:
    """The features say all that the document does, in its order."""
    assert meant(document) == said(read)


def test_properties_are_rows(orders: WrittenFeature) -> None:
    """A listed property is a row, with its type."""
    assert (
        PropertyRow("currency", "currency_code", "string"),
        PropertyRow("customer", "customer_id", "string"),
    ) == orders.properties


def test_a_name_is_read_back(orders: WrittenFeature) -> None:
    """A feature has a name in the words of QA."""
    assert "Invoiced invoices, Chargebee orders" == orders.name


def test_a_standing_is_no_id(orders: WrittenFeature) -> None:
    """Of a scenario's tags, the standing is told from the id."""
    draft = scenario(orders, "every.draft")

    assert (("invoices-order.every.draft",), (Basis.OBSERVED,)) == (
        draft.ids,
        draft.bases,
    )


def test_a_conjunction_has_the_type_of_what_it_joins(orders: WrittenFeature) -> None:
    """A line with And is of the type of the line before it."""
    types = [step.type for step in scenario(orders, "currency.new-pair").steps]

    assert ["given", "given", "when", *["then"] * 2] == types


def test_a_step_knows_its_line(orders: WrittenFeature) -> None:
    """A step says in which line of the file it stands."""
    first = scenario(orders, "every.new-record").steps[0]
    lines = orders.path.read_text("utf-8").splitlines()

    assert f"Given {first.text}" == lines[first.line - 1].strip()


def test_a_scenario_knows_its_line(orders: WrittenFeature) -> None:
    """A scenario says in which line of the file it stands."""
    draft = scenario(orders, "every.draft")
    lines = orders.path.read_text("utf-8").splitlines()

    assert f"Scenario: {draft.name}" == lines[draft.line - 1].strip()


@cases(
    "steps, expected",
    {
        "outside-of-a-rule": ("    Given a\n", ("", "", [("given", "a", 7)])),
        "star": (
            "    When a\n    * b\n",
            ("", "", [("when", "a", 7), ("when", "b", 8)]),
        ),
        "mistyped": ("    Givn a\n    When b\n", ("", "Givn a", [("when", "b", 8)])),
    },
)
def test_a_scenario_is_read_as_it_is(
    tmp_path: Path, steps: str, expected: tuple[str, str, list[tuple[str, str, int]]]
) -> None:
    """A star is of the type before it; a mistyped first line is a description."""
    (read,) = read_feature(hand_written(tmp_path, steps)).scenarios
    steps_of_it = [(step.type, step.text, step.line) for step in read.steps]

    assert expected == (read.rule, read.description, steps_of_it)


def test_other_files_are_not_read(tmp_path: Path, orders: WrittenFeature) -> None:
    """Only feature files are read."""
    (tmp_path / "README.md").write_text("Not a feature", "utf-8")

    assert orders in read_features(tmp_path)
