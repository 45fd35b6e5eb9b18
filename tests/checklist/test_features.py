"""Reading features back: what the files say about the checklist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.checklist.check import Basis
from dataflow.checklist.checks import derive_rules
from dataflow.checklist.document import Document, PropertyRow
from dataflow.checklist.features import (
    WrittenFeature,
    WrittenScenario,
    WrittenStep,
    read_feature,
    read_features,
    transcribe,
    write_features,
)
from dataflow.checklist.reader import parse_document
from dataflow.errors import FeatureError
from tests.checklist.documents import all_forms, real_facts

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


def test_features_come_in_the_order_of_sections(document: Document, read: Read) -> None:
    """Features are read in the order of the document, not of their names."""
    ids = [section.id for section in document.sections]

    assert ids == [feature.section for feature in read]


def test_record_types_are_read_back(document: Document, read: Read) -> None:
    """A feature says which record types its section is about."""
    types = [(section.left, section.right) for section in document.sections]

    assert types == [(feature.left, feature.right) for feature in read]


def test_properties_are_read_back(document: Document, read: Read) -> None:
    """A feature says all rows of its section, clear or not."""
    rows = [section.properties for section in document.sections]

    assert rows == [feature.properties for feature in read]


def test_questions_are_read_back(document: Document, read: Read) -> None:
    """A feature says all open questions of its section."""
    questions = [
        tuple(q for rule in derive_rules(section, document) for q in rule.questions)
        for section in document.sections
    ]

    assert questions == [feature.questions for feature in read]


def test_rules_are_read_back(document: Document, read: Read) -> None:
    """A feature has a rule for each statement of its section."""
    titles = [
        tuple(rule.title for rule in derive_rules(section, document))
        for section in document.sections
    ]

    assert titles == [feature.rules for feature in read]


def test_checks_are_read_back(document: Document, read: Read) -> None:
    """A feature has a scenario for each check, with its id, standing and rule."""
    checks = [
        ((check.id,), (check.basis,), check.title, rule.title)
        for section in document.sections
        for rule in derive_rules(section, document)
        for check in rule.checks
    ]

    assert checks == [
        (each.ids, each.bases, each.name, each.rule)
        for feature in read
        for each in feature.scenarios
    ]


def test_steps_are_read_back(document: Document, read: Read) -> None:
    """A scenario has a line for each step of its check."""
    steps = [
        [step.text for step in check.steps]
        for section in document.sections
        for rule in derive_rules(section, document)
        for check in rule.checks
    ]

    assert steps == [
        [step.text for step in each.steps]
        for feature in read
        for each in feature.scenarios
    ]


def test_checks_are_counted(read: Read) -> None:
    """A feature announces as many checks as it has scenarios."""
    found = [len(feature.scenarios) for feature in read]

    assert found == [feature.announced for feature in read]


def test_sections_are_counted(read: Read) -> None:
    """A feature says which section it is, of how many."""
    found = [(number, len(read)) for number in range(1, len(read) + 1)]

    assert found == [(feature.number, feature.sections) for feature in read]


def test_no_scenario_has_a_description(read: Read) -> None:
    """All lines of a scenario are steps."""
    assert {""} == {each.description for feature in read for each in feature.scenarios}


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

    assert ["given", "given", "when", *["then"] * 4] == types


def test_a_star_has_the_type_of_what_it_joins(tmp_path: Path) -> None:
    """A line with a star is of the type of the line before it."""
    path = hand_written(tmp_path, "    When a\n    * b\n")

    assert ["when", "when"] == [
        step.type for step in read_feature(path).scenarios[0].steps
    ]


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


def test_a_scenario_outside_of_a_rule_is_read(tmp_path: Path) -> None:
    """A scenario that stands in no rule is there, so that it can be complained of."""
    path = hand_written(tmp_path, "    Given a\n")

    assert [("", (WrittenStep("given", "a", 7),))] == [
        (each.rule, each.steps) for each in read_feature(path).scenarios
    ]


def test_a_mistyped_step_is_a_description(tmp_path: Path) -> None:
    """A scenario whose first line is mistyped has it as a description."""
    path = hand_written(tmp_path, "    Givn a\n    When b\n")

    assert "Givn a" == read_feature(path).scenarios[0].description


def test_other_files_are_not_read(tmp_path: Path, orders: WrittenFeature) -> None:
    """Only feature files are read."""
    (tmp_path / "README.md").write_text("Not a feature", "utf-8")

    assert orders in read_features(tmp_path)


def test_no_feature_is_one_sentence(tmp_path: Path) -> None:
    """Where there is no feature, a sentence says where, and how to write them."""
    with pytest.raises(FeatureError) as error:
        read_features(tmp_path)

    assert (
        f"There is no feature in {tmp_path}: write them with"
        " `dataflow transcribe DOCUMENT`." == str(error.value)
    )


def test_a_folder_that_is_not_there_has_no_feature(tmp_path: Path) -> None:
    """A folder that is not there is as good as an empty one."""
    with pytest.raises(FeatureError, match="There is no feature in"):
        read_features(tmp_path / "none")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# a comment\n",
        "Feature: By hand\n\n  Scenario: A\n    Given a\n",
        "Feature: By hand\n\n  Section 1 of 1, 0 checks.\n",
        'Feature: By hand\n\n  Records: "A" of B, "C" of D.\n',
    ],
    ids=["empty", "comment", "no description", "no records", "no section"],
)
def test_a_feature_by_hand_is_one_sentence(tmp_path: Path, text: str) -> None:
    """A feature that does not say which section it transcribes is refused."""
    path = tmp_path / "a.feature"
    path.write_text(text, "utf-8")
    with pytest.raises(FeatureError) as error:
        read_feature(path)

    assert (
        f"{path} does not say which section it transcribes: features are written by"
        " `dataflow transcribe DOCUMENT`, not by hand." == str(error.value)
    )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text.replace("Feature:", "Featur:"), "got 'Featur:"),
        (lambda text: text.replace("Given a", "Gven a"), "got 'Gven a"),
        (lambda text: text + "      | a | b |\n      | c |\n", "inconsistent cell"),
        (lambda text: f"# language: xx\n{text}", "Language not supported: xx"),
        (lambda text: text.replace("@a.b", "@a b"), "whitespace"),
    ],
    ids=["keyword", "step", "table", "language", "tag"],
)
def test_a_garbled_feature_is_one_sentence(
    tmp_path: Path, spoil: Callable[[str], str], said: str
) -> None:
    """What is no Gherkin is refused, and the sentence says what the parser says."""
    path = hand_written(tmp_path, "    Given b\n    Given a\n")
    path.write_text(spoil(path.read_text("utf-8")), "utf-8")
    with pytest.raises(FeatureError) as error:
        read_feature(path)
    begins = str(error.value).startswith(f"{path} cannot be read as a feature: (")

    assert (True, True, 1) == (
        begins,
        said in str(error.value),
        len(str(error.value).splitlines()),
    )


@pytest.mark.parametrize(
    "make",
    [
        Path.mkdir,
        lambda path: path.write_bytes(b"Feature: \xff\n"),
        lambda path: path.symlink_to("nowhere"),
    ],
    ids=["folder", "bytes", "missing"],
)
def test_no_text_is_no_feature(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """What cannot be read as a text is refused by name."""
    path = tmp_path / "a.feature"
    make(path)
    with pytest.raises(FeatureError, match=r"a\.feature cannot be read"):
        read_features(tmp_path)


def hand_written(folder: Path, steps: str) -> Path:
    """Write a feature with one scenario of these steps, and return where it is."""
    path = folder / "a.feature"
    path.write_text(
        "Feature: A\n\n"
        '  Section 1 of 1, 1 checks.\n  Records: "A" of B, "C" of D.\n\n'
        f"  @a.b @stated\n  Scenario: A\n{steps}".replace("\n\n  @", "\n  @"),
        "utf-8",
    )
    return path
