"""`dataflow checklist` and `dataflow transcribe`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataflow.checklist.features import HEADER
from tests.checklist.documents import MADE_UP, ORDER_ROWS, REAL, all_forms
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
    """The checks of a document are listed, then their features are written."""
    lines = done("transcribe", str(document)).splitlines()

    assert [
        "customers-person-customer: 26 added",
        "  added    customers-person-customer.every.new-record",
        "  added    items-item.kept.deleted-in-chargebee",
        "written: features/customers-person-customer.feature",
        "written: features/invoices-order.feature",
        "written: features/items-item.feature",
    ] == [*lines[:2], *lines[-4:]]


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


FEWER_ROWS = REAL.document(
    REAL.usual("Customers person", "Customer"),
    REAL.usual("Invoices", "Order", ORDER_ROWS[1:]),
    REAL.usual("Items", "Item"),
)
FEWER_SECTIONS = REAL.document(
    REAL.usual("Customers person", "Customer"),
    REAL.usual("Invoices", "Order", ORDER_ROWS),
)


@pytest.mark.parametrize(
    ("text", "count", "line"),
    [
        (FEWER_ROWS, 14, "  removed  invoices-order.currency.edited-in-invoiced"),
        (FEWER_SECTIONS, 21, "  removed  items-item.every.new-record"),
    ],
    ids=["rows", "sections"],
)
def test_no_check_is_lost_without_a_request(
    features: Path, text: str, count: int, line: str
) -> None:
    """A revision with less lists what it would remove, and writes nothing."""
    before = in_folder(features)
    Path("less.rst").write_text(text, "utf-8")
    result = run("transcribe", "less.rst")
    sentence = (
        f"Error: {count} checks would be removed, so nothing was written: remove them"
        " with --remove.\n"
    )

    assert (1, True, sentence, before) == (
        result.exit_code,
        line in result.stdout.splitlines(),
        result.stderr,
        in_folder(features),
    )


def test_a_check_is_removed_on_request(features: Path) -> None:
    """With --remove, the same revision is listed and written."""
    Path("less.rst").write_text(FEWER_ROWS, "utf-8")
    lines = done("transcribe", "less.rst", "--remove").splitlines()

    assert (
        "invoices-order: 34 changed, 14 removed",
        "written: features/invoices-order.feature",
        False,
    ) == (
        lines[0],
        lines[-1],
        b"currency" in (features / "invoices-order.feature").read_bytes(),
    )


def test_a_feature_is_removed_on_request(features: Path) -> None:
    """With --remove, a transcribed feature without a section goes, and is listed."""
    Path("less.rst").write_text(FEWER_SECTIONS, "utf-8")
    lines = done("transcribe", "less.rst", "--remove").splitlines()

    assert ("removed: features/items-item.feature", False) == (
        lines[-1],
        (features / "items-item.feature").exists(),
    )


ANOTHER_PAIR = MADE_UP.document(
    MADE_UP.usual("Companys", "Account", [("title", "name", '"string"')])
)


@pytest.mark.parametrize("options", [[], ["--remove"]], ids=["plain", "remove"])
def test_another_document_removes_nothing(features: Path, options: list[str]) -> None:
    """A document about other systems leaves the features that are there."""
    before = in_folder(features)
    Path("other.rst").write_text(ANOTHER_PAIR, "utf-8")
    done("transcribe", "other.rst", *options)
    after = in_folder(features)

    assert (before, {"companys-account.feature"}) == (
        {name: after[name] for name in before},
        after.keys() - before.keys(),
    )


def test_another_document_replaces_the_others_on_request(features: Path) -> None:
    """With --remove-others, the features about other systems go."""
    Path("other.rst").write_text(ANOTHER_PAIR, "utf-8")
    (features / "mine.feature").write_text("Feature: Mine\n", "utf-8")
    done("transcribe", "other.rst", "--remove-others")

    assert {"companys-account.feature", "mine.feature"} == in_folder(features).keys()


def test_no_plural_is_guessed() -> None:
    """An unknown record type is named in the words of the document."""
    Path("other.rst").write_text(ANOTHER_PAIR, "utf-8")
    done("transcribe", "other.rst")
    text = Path("features/companys-account.feature").read_text("utf-8")

    assert (
        'Feature: Redbooks records of "Companys", Bluebill records of "Account"'
        in text,
        "companyss" in text.lower(),
    ) == (True, False)


def test_what_is_not_exercised_is_shown() -> None:
    """Below the table stands what is not exercised, with the reason."""
    Path("other.rst").write_text(ANOTHER_PAIR, "utf-8")

    assert (
        'companys-account: 21 checks not exercised: no adapter for "Companys" of'
        ' Redbooks and "Account" of Bluebill.'
        == done("checklist", "other.rst").splitlines()[-1]
    )


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
    assert (1, differs) == (result.exit_code, result.output.splitlines()[-2:])


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

    assert (1, sentence) == (result.exit_code, result.stderr)
