"""Documents that cannot be read, and features that cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import in_folder, program, run

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
    """The installed program says the same, without a traceback."""
    assert (1, "", NO_DOCUMENT) == program("checklist", "none.rst")


@pytest.mark.parametrize("command", ["checklist", "transcribe"])
def test_no_dataflow_document_is_one_sentence(command: str) -> None:
    """A text of another sort is one sentence, and status 1."""
    Path("x.rst").write_text("Shopping\n========\n\nMilk\n", "utf-8")
    result = run(command, "x.rst")

    assert (
        1,
        (
            "Error: x.rst is no dataflow document: its title must read"
            " 'A to B Dataflow', not 'Shopping'.\n"
        ),
    ) == (result.exit_code, result.output)


def test_a_bad_document_changes_no_feature(features: Path) -> None:
    """Where the document cannot be read, the features stay as they were."""
    before = in_folder(features)
    run("transcribe", "none.rst")

    assert before == in_folder(features)


def test_a_folder_that_cannot_be_made_is_one_sentence(document: Path) -> None:
    """Features that cannot be written are one sentence, and status 1."""
    result = run("transcribe", str(document), "--features", f"{document}/features")

    assert (
        1,
        (
            "Error: The features cannot be written to document.rst/features (Not a"
            " directory): name a folder of your own with --features.\n"
        ),
    ) == (result.exit_code, result.output)
