"""The feature files: their text, and how they get into their folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gherkin.parser import Parser
from pytest_bdd.steps import step_function_context_registry

from dataflow.checklist.features import (
    HEADER,
    find_changed_files,
    read_feature,
    transcribe,
    write_features,
)
from dataflow.checklist.reader import parse_document
from dataflow.errors import FeatureError
from dataflow.harness.lint import complaints
from tests.checklist.documents import (
    MADE_UP,
    ORDER_ROWS,
    REAL,
    Row,
    Writer,
    all_forms,
    real_facts,
)

FEATURES = Path(__file__).parents[2] / "features"

DOCUMENTS = {"real": real_facts(), "made up": all_forms()}


def texts_of(document: str) -> dict[str, str]:
    """Return the features of a document's text."""
    return transcribe(parse_document(document))


def in_folder(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


every_feature = pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=f"{name}: {file}")
        for name, document in DOCUMENTS.items()
        for file, text in texts_of(document).items()
    ],
)


@pytest.mark.parametrize(
    "name", ["customers-person-customer", "invoices-order", "items-item"]
)
def test_the_features_are_what_is_transcribed(name: str) -> None:
    """A feature of this project is, to the byte, what its section is transcribed to."""
    text = texts_of(real_facts())[f"{name}.feature"]

    assert text.encode() == (FEATURES / f"{name}.feature").read_bytes()


def test_the_features_are_all_that_is_transcribed() -> None:
    """The features of this project are those of the three sections and no others."""
    there = {path.name for path in FEATURES.glob("*.feature")}

    assert texts_of(real_facts()).keys() == there


def test_what_is_written_is_what_is_transcribed(tmp_path: Path) -> None:
    """A file holds the transcribed text as it is, in UTF-8."""
    texts = texts_of(MADE_UP.document(MADE_UP.usual("Kunde ä", "Account")))
    write_features(texts, tmp_path)

    assert {name: text.encode() for name, text in texts.items()} == in_folder(tmp_path)


def test_the_same_bytes_come_twice(tmp_path: Path) -> None:
    """Writing the same document again leaves the same bytes."""
    write_features(texts_of(all_forms()), tmp_path)
    first = in_folder(tmp_path)
    write_features(texts_of(all_forms()), tmp_path)

    assert first == in_folder(tmp_path)


def test_nothing_is_written_where_nothing_differs(tmp_path: Path) -> None:
    """A file that says the right thing already is not evidence."""
    write_features(texts_of(all_forms()), tmp_path)
    first = {path: path.stat().st_ino for path in tmp_path.iterdir()}
    write_features(texts_of(all_forms()), tmp_path)

    assert first == {path: path.stat().st_ino for path in tmp_path.iterdir()}


def test_what_was_written_is_told(tmp_path: Path) -> None:
    """The names of the files that changed are returned in order."""
    write_features({"a.feature": HEADER, "b.feature": HEADER}, tmp_path)
    changed = write_features({"c.feature": HEADER, "b.feature": HEADER}, tmp_path)

    assert ["a.feature", "c.feature"] == changed


def test_a_folder_is_made(tmp_path: Path) -> None:
    """The folder, and those above it, are made where they are missing."""
    write_features({"a.feature": HEADER}, tmp_path / "b" / "c")

    assert {"a.feature": HEADER.encode()} == in_folder(tmp_path / "b" / "c")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Who reads a file while it is replaced goes on reading the old one."""
    (tmp_path / "a.feature").write_text("old, and a good deal longer", "utf-8")
    with (tmp_path / "a.feature").open(encoding="utf-8") as reader:
        write_features({"a.feature": f"{HEADER}\n"}, tmp_path)
        read = reader.read()

    assert "old, and a good deal longer" == read


def test_a_replaced_file_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """Replacing a file leaves no other file in the folder."""
    (tmp_path / "a.feature").write_text("old", "utf-8")
    write_features({"a.feature": HEADER}, tmp_path)

    assert {"a.feature": HEADER.encode()} == in_folder(tmp_path)


def test_everybody_may_read_a_feature(tmp_path: Path) -> None:
    """A feature is as readable as any other file of a project."""
    write_features({"a.feature": HEADER}, tmp_path)

    assert 0o644 == (tmp_path / "a.feature").stat().st_mode & 0o777


def test_a_stale_feature_is_removed(tmp_path: Path) -> None:
    """A feature of ours goes when its section is no longer in the document."""
    (tmp_path / "old.feature").write_text(f"{HEADER}\nFeature: Old\n", "utf-8")
    write_features({"a.feature": HEADER}, tmp_path)

    assert ["a.feature"] == list(in_folder(tmp_path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mine.feature", b"Feature: Mine\n"),
        ("mine.feature", b"Feature: Mine\n\n" + HEADER.encode()),
        ("mine.feature", b"\xff\xfe no text at all"),
        ("README.md", HEADER.encode()),
    ],
)
def test_other_files_are_left_alone(tmp_path: Path, name: str, content: bytes) -> None:
    """A file that is not one of our features is left as it is."""
    (tmp_path / name).write_bytes(content)
    write_features({"a.feature": HEADER}, tmp_path)

    assert {"a.feature": HEADER.encode(), name: content} == in_folder(tmp_path)


def test_a_folder_is_no_feature(tmp_path: Path) -> None:
    """A folder whose name ends like a feature's is not looked into."""
    (tmp_path / "more.feature").mkdir()

    assert ["a.feature"] == find_changed_files({"a.feature": HEADER}, tmp_path)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """Where the features cannot be written, a sentence says where and why."""
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "features"
    with pytest.raises(FeatureError) as error:
        write_features({"a.feature": HEADER}, folder)

    assert (
        f"The features cannot be written to {folder} (Not a directory): name a folder"
        " of your own with --features." == str(error.value)
    )


def test_right_features_do_not_differ(tmp_path: Path) -> None:
    """What was just written does not differ."""
    texts = texts_of(all_forms())
    write_features(texts, tmp_path)

    assert [] == find_changed_files(texts, tmp_path)


@pytest.mark.parametrize(
    ("there", "differs"),
    [
        ({}, ["a.feature"]),
        ({"a.feature": f"{HEADER}\nby hand\n"}, ["a.feature"]),
        ({"a.feature": f"{HEADER}\r\n"}, ["a.feature"]),
        ({"a.feature": ""}, ["a.feature"]),
        ({"a.feature": f"{HEADER}\n", "b.feature": f"{HEADER}\n"}, ["b.feature"]),
        ({"a.feature": f"{HEADER}\n", "b.feature": "Feature: Mine\n"}, []),
    ],
    ids=["missing", "edited", "line ends", "emptied", "stale", "another's"],
)
def test_differences_are_found(
    tmp_path: Path, there: dict[str, str], differs: list[str]
) -> None:
    """A file that is missing, edited or stale differs; another's does not."""
    for name, text in there.items():
        (tmp_path / name).write_bytes(text.encode())

    assert differs == find_changed_files({"a.feature": f"{HEADER}\n"}, tmp_path)


def test_looking_for_differences_writes_nothing(tmp_path: Path) -> None:
    """To look for differences changes nothing."""
    (tmp_path / "a.feature").write_text("by hand", "utf-8")
    find_changed_files({"a.feature": HEADER, "b.feature": HEADER}, tmp_path)

    assert {"a.feature": b"by hand"} == in_folder(tmp_path)


def test_a_missing_folder_differs_in_everything(tmp_path: Path) -> None:
    """Where there is no folder, all features are missing."""
    assert ["a.feature"] == find_changed_files({"a.feature": HEADER}, tmp_path / "none")


def test_an_unlisted_section_says_so() -> None:
    """A section without properties says that none is listed."""
    assert (
        "  Listed properties: none.\n" in texts_of(real_facts())["items-item.feature"]
    )


def test_rows_are_shown_as_the_document_has_them() -> None:
    r"""All rows are in the feature, clear or not, with `|` and `\` escaped."""
    rows = [("name", "title", '"string"'), ("", "a|b", "x\\y")]
    document = MADE_UP.document(MADE_UP.usual("A", "B", rows))
    lines = texts_of(document)["a-b.feature"].splitlines()

    assert [
        "  Listed properties:",
        "    | Redbooks | Bluebill | type   |",
        "    | name     | title    | string |",
        r"    |          | a\|b     | x\\y   |",
    ] == lines[6:10]


@pytest.mark.parametrize(
    "row",
    [
        ("a|b", "c", "x"),
        ("a\\b", "c", "x"),
        ("a\\|b", "c", "x"),
        ("a|", "|", "||"),
        ("a\\", "\\", "\\\\"),
        ("\\|\\", "|\\|", "\\n"),
        ("", "", ""),
        ("# no comment", "@no-tag", "Scenario: none"),
        ("ä", "日本", "€"),
    ],
)
def test_a_row_is_read_back(tmp_path: Path, row: Row) -> None:
    """Whatever a row says, reading the feature back returns it."""
    document = parse_document(MADE_UP.document(MADE_UP.usual("A", "B", [row])))
    write_features(transcribe(document), tmp_path)

    assert (
        document.sections[0].properties
        == read_feature(tmp_path / "a-b.feature").properties
    )


@every_feature
def test_a_feature_is_gherkin(text: str) -> None:
    """A feature is understood by the official parser, with each check a scenario."""
    tree: Any = Parser().parse(text)["feature"]
    count = sum(
        "scenario" in child
        for rule in tree["children"]
        for child in rule["rule"]["children"]
    )

    assert text.count("    Scenario: ") == count


@every_feature
def test_a_feature_announces_its_checks(text: str) -> None:
    """A feature says how many checks it has."""
    assert f", {text.count('    Scenario: ')} checks." in text.splitlines()[3]


@every_feature
def test_lines_have_no_trailing_space(text: str) -> None:
    """No line of a feature ends in white space."""
    assert [] == [line for line in text.splitlines() if line != line.rstrip()]


@pytest.mark.parametrize(
    ("left", "right", "rows"),
    [
        ("Customers person", "Customer", []),
        ("Customers person", "Customer", [("email", "email", '"string"')]),
        (
            "Customers person",
            "Customer",
            [("currency", "preferred_currency_code", '"string"')],
        ),
        ("Invoices", "Order", []),
        ("Invoices", "Order", ORDER_ROWS),
        ("Invoices", "Order", [("notes", "note", '"string"')]),
        ("Invoices", "Order", [("notes", "note", "N/A"), ORDER_ROWS[0]]),
        ("Invoices", "Order", [ORDER_ROWS[0], ORDER_ROWS[0]]),
        ("Items", "Item", []),
        ("Items", "Item", [("name", "name", '"string"'), ("", "sku", "N/A")]),
        ("Items", "Item", [("taxable", "is_giftable", '"boolean"')]),
    ],
)
def test_a_feature_can_be_run(
    tmp_path: Path, left: str, right: str, rows: list[Row]
) -> None:
    """Of what is transcribed for the two systems, each line has just one step."""
    write_features(texts_of(REAL.document(REAL.usual(left, right, rows))), tmp_path)
    (path,) = tmp_path.iterdir()
    definitions = list(step_function_context_registry.values())

    assert [] == complaints(read_feature(path), definitions)


def test_a_feature_of_unknown_statements_can_be_run(tmp_path: Path) -> None:
    """A section of which nothing is understood is no mistake."""
    section = REAL.section("Items", "Item", "Once upon a time.\n")
    write_features(texts_of(REAL.document(section)), tmp_path)
    (path,) = tmp_path.iterdir()

    assert [] == complaints(read_feature(path), [])


def test_a_system_of_two_words_is_gherkin(tmp_path: Path) -> None:
    """The name of a system does not break a tag."""
    writer = Writer("Red Books", "Blue Bill")
    write_features(texts_of(writer.document(writer.usual("A", "B"))), tmp_path)
    ids = [s.ids for s in read_feature(tmp_path / "a-b.feature").scenarios]

    assert ("a-b.kept.deleted-in-red-books",) in ids
