"""The `dataflow verify` command: names what is not what was signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from dataflow.errors import FileError
from dataflow.project import get_project
from dataflow.report.sheet import Approval
from dataflow.report.sheet_builder import SHEET, read_sheet
from dataflow.report.signatures import (
    ALLOWED,
    Signer,
    find_envelope_signers,
    has_signature,
    read_signers,
)
from dataflow.report.statement import (
    APPROVAL_FILE,
    RESULT_FILE,
    STATEMENTS,
    ApprovalStatement,
    Resource,
    ResultStatement,
    hash_file,
    is_signature,
    list_bound,
    list_inputs,
    name_envelope,
    name_sig,
    summarise,
)

T = TypeVar("T")


@click.command(epilog="Example: dataflow verify sign-offs/2026-11-29-190500-ada")
@click.argument("sheet", type=click.Path(path_type=Path))
def verify(sheet: Path) -> None:
    """Name what is not as it was signed.

    SHEET is a signed sheet, or its folder. Signatures are verified
    against allowed_signers. Exit status 1, with a line for each file, field or
    signature that is not what was signed.
    """
    folder = sheet if sheet.is_dir() else sheet.parent
    root = get_project()
    problems = list(Verification(root, folder).find_problems())
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.exceptions.Exit(1)
    approval = read_statement(folder / APPROVAL_FILE, ApprovalStatement).predicate
    click.echo(f"{approval.meaning} by {approval.by} on {approval.at}: unchanged.")


class Verification:
    """Compares a folder, and the project below `root`, with the signed statements."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._folder = folder

    def find_problems(self) -> Iterator[str]:
        """Yield a sentence for each difference; raises `FileError`."""
        if not (self._folder / RESULT_FILE).exists():
            raise FileError(
                f"{self._folder} is unsigned: sign it with `dataflow sign`."
            )
        results = read_statement(self._folder / RESULT_FILE, ResultStatement)
        approval = read_statement(self._folder / APPROVAL_FILE, ApprovalStatement)
        yield from self._check_signatures(approval.predicate.by)
        yield from self._check_files(approval.subject, self._folder)
        yield from self._check_files(results.subject, self._folder)
        yield from self._check_files(results.predicate.configuration, self._root)
        yield from self._find_extra(results)
        yield from self._check_fields(results, approval.predicate)

    def _check_signatures(self, name: str) -> Iterator[str]:
        path = self._root / ALLOWED
        allowed: list[Signer] = read_signers(path)
        for each in STATEMENTS:
            statement = (self._folder / each).read_bytes()
            envelope = self._folder / name_envelope(each)
            if name not in find_envelope_signers(envelope, statement, allowed):
                yield f"{envelope.name} is not {each} signed by {name}."
            sig = self._folder / name_sig(each)
            if not has_signature(statement, sig, path, name):
                yield f"{sig.name} is not the signature of {each} by {name}."

    def _check_files(self, bound: tuple[Resource, ...], root: Path) -> Iterator[str]:
        for resource in bound:
            path = root / resource.name
            if "sha256" not in resource.digest or resource.name == "document":
                continue
            if not path.is_file():
                yield f"{resource.name} is missing."
            elif hash_file(path) != resource.digest:
                yield f"{resource.name} is not the file that was signed."

    def _find_extra(self, results: ResultStatement) -> Iterator[str]:
        known = {resource.name for resource in results.subject}
        inputs = {resource.name for resource in results.predicate.configuration}
        found = {*list_bound(self._folder)} - known
        found |= {*list_inputs(self._root)} - inputs
        for name in sorted(found):
            if not is_signature(name):
                yield f"{name} is in the folder, and not in the statement."

    def _check_fields(
        self, results: ResultStatement, approval: Approval
    ) -> Iterator[str]:
        """Yield the fields in which sheet and statements differ."""
        sheet = read_sheet(self._folder / SHEET)
        stated = summarise(sheet, results.predicate.configuration)
        yield from _compare(results.predicate, stated, RESULT_FILE)
        if sheet.approval is None:
            yield f"{SHEET} has no approval."
        else:
            yield from _compare(approval, sheet.approval, APPROVAL_FILE)


def _compare(signed: msgspec.Struct, found: msgspec.Struct, name: str) -> Iterator[str]:
    for field in signed.__struct_fields__:
        if getattr(signed, field) != getattr(found, field):
            yield f"{SHEET} and {name} differ in the field {field}."


def read_statement(path: Path, kind: type[T]) -> T:
    """Return the statement in a file, or raise `FileError`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise FileError(f"{path} is not a signed statement ({error}).") from error
