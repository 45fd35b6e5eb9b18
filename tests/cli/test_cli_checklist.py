"""`dataflow checklist` and `dataflow transcribe`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataflow.checklist.features import HEADER
from tests.checklist.documents import MADE_UP, REAL, all_forms
from tests.cli.running import ROOT, done, in_folder, program, run


def test_a_checklist_is_shown(document: Path) -> None:
    """Each section is shown with its id and how much is checked in it."""
    rows = [line.split() for line in done("checklist", str(document)).splitlines()]

    assert [
        ("1", "customers-person-customer", "26", "1"),
        ("2", "invoices-order", "48", "0"),
        ("3", "items-item", "21", "1"),
    ] == [(row[0], row[1], *row[-2:]) for row in rows if row and row[0].isdigit()]


def test_what_a_document_says_is_no_markup() -> None:
    """Brackets and colons of a document are shown, not obeyed."""
    rows = [("a[red]", ":x:", "[/no]")]
    Path("x.rst").write_text(
        MADE_UP.document(MADE_UP.usual("Client", "Account", rows)), "utf-8"
    )

    assert "a[red] = :x:" in done("checklist", "x.rst")


def test_a_checklist_is_shown_by_the_program(document: Path) -> None:
    """The installed program shows the same."""
    assert (0, done("checklist", str(document)), "") == program(
        "checklist", str(document)
    )


def test_json_has_the_whole_document(document: Path) -> None:
    """As JSON, the document has these parts."""
    found = json.loads(done("checklist", str(document), "--json"))

    assert {
        "title": "Invoiced to Chargebee Dataflow",
        "generated": "2030-01-02 03:04:05",
        "systems": ["Invoiced", "Chargebee"],
        "other_headings": [],
    } == {name: value for name, value in found.items() if name != "sections"}


def test_json_has_the_parts_of_a_section(document: Path) -> None:
    """As JSON, a section has these parts."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][1]

    assert {
        "number": 2,
        "id": "invoices-order",
        "left": "Invoices",
        "right": "Order",
        "not_exercised": "",
        "properties": [
            {"left": "currency", "right": "currency_code", "type": "string"},
            {"left": "customer", "right": "customer_id", "type": "string"},
        ],
        "questions": [],
    } == {
        name: value
        for name, value in section.items()
        if name not in {"statements", "checks"}
    }


def test_json_has_the_statements(document: Path) -> None:
    """As JSON, a statement has its form, its text and its table."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][0]

    assert {
        "form": "every",
        "text": REAL.every("Customers person", "Customer").strip(),
        "table": [],
    } == section["statements"][0]


def test_json_has_the_checks(document: Path) -> None:
    """As JSON, a check has its id, its standing, its form and its title."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][2]

    assert {
        "id": "items-item.every.new-record",
        "standing": "stated",
        "form": "every",
        "title": "A new item gets exactly one item",
        "not_exercised": "",
    } == section["checks"][0]


def test_json_has_the_questions(document: Path) -> None:
    """As JSON, a section has its open questions."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][2]

    assert [
        (
            "The document lists no property for this section. Is none meant to be"
            " synchronised, or is the list not filled in yet?"
        )
    ] == section["questions"]


def test_json_leaves_other_letters_as_they_are() -> None:
    """JSON is in UTF-8, for people to read."""
    Path("x.rst").write_text(MADE_UP.document(MADE_UP.usual("Ää", "Ö")), "utf-8")

    assert '"left": "Ää"' in done("checklist", "x.rst", "--json")


def test_a_checklist_writes_nothing(document: Path) -> None:
    """To look at a document changes nothing."""
    before = in_folder(Path())
    done("checklist", str(document))

    assert before == in_folder(Path())


# The features


def test_the_features_are_written(document: Path) -> None:
    """The features of a document are written, and their files are listed."""
    assert (
        "written: features/customers-person-customer.feature\n"
        "written: features/invoices-order.feature\n"
        "written: features/items-item.feature\n" == done("transcribe", str(document))
    )


def test_the_features_are_those_of_the_project(features: Path) -> None:
    """The command writes what is in the project, to the byte."""
    assert in_folder(ROOT / "features") == in_folder(features)


@pytest.mark.parametrize("options", [[], ["--check"]], ids=["write", "check"])
def test_right_features_are_reported(
    document: Path, features: Path, options: list[str]
) -> None:
    """Where nothing differs, the command reports that, with status 0."""
    assert f"{features} says what {document} says: 3 sections.\n" == done(
        "transcribe", str(document), *options
    )


def test_a_removed_feature_is_told(document: Path, features: Path) -> None:
    """A transcribed feature without a section is removed, and listed."""
    (features / "old.feature").write_text(f"{HEADER}\n", "utf-8")

    assert "removed: features/old.feature\n" == done("transcribe", str(document))


def test_features_go_to_another_folder(document: Path) -> None:
    """The features are written to the folder that was named."""
    done("transcribe", str(document), "--features", "a/b")

    assert in_folder(ROOT / "features") == in_folder(Path("a/b"))


def test_wrong_features_fail_the_check(document: Path, features: Path) -> None:
    """Where a feature was edited or is missing, the check ends with status 1."""
    (features / "items-item.feature").write_text("by hand", "utf-8")
    (features / "invoices-order.feature").unlink()
    result = run("transcribe", str(document), "--check")

    differs = [
        f"differs: features/{n}.feature" for n in ("invoices-order", "items-item")
    ]
    assert (1, differs) == (result.exit_code, result.output.splitlines())


def test_a_check_writes_nothing(document: Path, features: Path) -> None:
    """The check changes nothing, whatever it finds."""
    (features / "items-item.feature").write_text("by hand", "utf-8")
    (features / "old.feature").write_text(f"{HEADER}\n", "utf-8")
    (features / "invoices-order.feature").unlink()
    before = in_folder(Path())
    run("transcribe", str(document), "--check")

    assert before == in_folder(Path())


def test_a_check_makes_no_folder(document: Path) -> None:
    """The check does not even make the folder."""
    run("transcribe", str(document), "--check")

    assert not Path("features").exists()


def test_a_program_checks(document: Path) -> None:
    """The installed program ends with status 1 where features differ."""
    status, _, complaint = program("transcribe", str(document), "--check")

    assert (1, "") == (status, complaint)


def test_every_form_is_transcribed() -> None:
    """A document with all forms of statement is transcribed, one file a section."""
    Path("x.rst").write_text(all_forms(), "utf-8")
    done("transcribe", "x.rst")

    assert {
        "client-account.feature",
        "deal-order.feature",
        "deal-order-2.feature",
    } == in_folder(Path("features")).keys()


# Documents that cannot be read, and features that cannot be written


NO_DOCUMENT = (
    "Error: There is no document to be read at none.rst: name a reStructuredText file,"
    " as in `dataflow checklist document.rst`.\n"
)


@pytest.mark.parametrize(
    "arguments",
    [
        ["checklist", "none.rst"],
        ["checklist", "none.rst", "--json"],
        ["transcribe", "none.rst"],
        ["transcribe", "none.rst", "--check"],
    ],
    ids=" ".join,
)
def test_no_document_is_one_sentence(arguments: list[str]) -> None:
    """A document that is not there is one sentence, and status 1."""
    result = run(*arguments)

    assert (1, "", NO_DOCUMENT) == (result.exit_code, result.stdout, result.stderr)


def test_no_document_is_one_sentence_of_the_program() -> None:
    """The installed program prints the same, without a traceback."""
    assert (1, "", NO_DOCUMENT) == program("checklist", "none.rst")


@pytest.mark.parametrize("command", ["checklist", "transcribe"])
def test_no_dataflow_document_is_one_sentence(command: str) -> None:
    """A text of another sort is one sentence, and status 1."""
    Path("x.rst").write_text("Shopping\n========\n\nMilk\n", "utf-8")
    result = run(command, "x.rst")
    sentence = (
        "Error: x.rst is no dataflow document: its title must read"
        " 'A to B Dataflow', not 'Shopping'.\n"
    )

    assert (1, sentence) == (result.exit_code, result.output)


def test_a_bad_document_changes_no_feature(features: Path) -> None:
    """Where the document cannot be read, the features stay as they were."""
    before = in_folder(features)
    run("transcribe", "none.rst")

    assert before == in_folder(features)


def test_a_folder_that_cannot_be_made_is_one_sentence(document: Path) -> None:
    """Features that cannot be written are one sentence, and status 1."""
    result = run("transcribe", str(document), "--features", f"{document}/features")
    sentence = (
        "Error: The features cannot be written to document.rst/features (Not a"
        " directory): name a folder of your own with --features.\n"
    )

    assert (1, sentence) == (result.exit_code, result.output)
