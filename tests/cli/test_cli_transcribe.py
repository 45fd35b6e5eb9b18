"""`dataflow transcribe`: the features of a document."""

from __future__ import annotations

from pathlib import Path

from dataflow.checklist.features import HEADER
from tests.checklist.documents import all_forms
from tests.cli.running import ROOT, done, in_folder, program, run


def test_the_features_are_written(document: Path) -> None:
    """The features of a document are written, and the files told."""
    assert (
        "written: features/customers-person-customer.feature\n"
        "written: features/invoices-order.feature\n"
        "written: features/items-item.feature\n" == done("transcribe", str(document))
    )


def test_the_features_are_those_of_the_project(features: Path) -> None:
    """The command writes what is in the project, to the byte."""
    assert in_folder(ROOT / "features") == in_folder(features)


def test_right_features_are_told(document: Path, features: Path) -> None:
    """Where nothing differs, the command says so."""
    assert f"{features} says what {document} says: 3 sections.\n" == done(
        "transcribe", str(document)
    )


def test_a_removed_feature_is_told(document: Path, features: Path) -> None:
    """A feature of ours that has no section any longer is removed, and told."""
    (features / "old.feature").write_text(f"{HEADER}\n", "utf-8")

    assert "removed: features/old.feature\n" == done("transcribe", str(document))


def test_features_go_to_another_folder(document: Path) -> None:
    """The features are written to the folder that was named."""
    done("transcribe", str(document), "--features", "a/b")

    assert in_folder(ROOT / "features") == in_folder(Path("a/b"))


def test_right_features_pass_the_check(document: Path, features: Path) -> None:
    """Where nothing differs, the check ends with status 0."""
    assert (0, f"{features} says what {document} says: 3 sections.\n") == (
        (result := run("transcribe", str(document), "--check")).exit_code,
        result.output,
    )


def test_wrong_features_fail_the_check(document: Path, features: Path) -> None:
    """Where a feature was edited or is missing, the check ends with status 1."""
    (features / "items-item.feature").write_text("by hand", "utf-8")
    (features / "invoices-order.feature").unlink()
    result = run("transcribe", str(document), "--check")

    assert (
        1,
        (
            "differs: features/invoices-order.feature\n"
            "differs: features/items-item.feature\n"
        ),
    ) == (result.exit_code, result.output)


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
