"""What is signed: two in-toto statements, about the results and about the approval.

Any verifier of in-toto can read them. The first one binds the sheet to the results and
to all that they were made from; the second one binds the approval to the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from dataflow.errors import FileError
from dataflow.harness.targets.base import CASSETTES
from dataflow.harness.verdicts import Verdict
from dataflow.harness.waivers import FILE_NAME as WAIVERS
from dataflow.report.sheet import Approval, Outcome, Sheet

STATEMENT = "https://in-toto.io/Statement/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
APPROVAL = "urn:dataflow:sign-off-approval:v1"

#: The statements in the folder of a signed sheet; beside each one are its signatures.
RESULT_FILE, APPROVAL_FILE = "test-result.json", "approval.json"
STATEMENTS = (RESULT_FILE, APPROVAL_FILE)

_COMMIT, _DOCUMENT = "commit", "document"


class Resource(msgspec.Struct, frozen=True):
    """A file, or a commit, with its hash."""

    name: str
    digest: Mapping[str, str]


class Results(msgspec.Struct, frozen=True, rename="camel"):
    """The predicate of a run: only what was run and holds is among the passed tests."""

    result: Outcome
    configuration: tuple[Resource, ...]
    passed_tests: tuple[str, ...]
    warned_tests: tuple[str, ...]
    failed_tests: tuple[str, ...]


class ResultStatement(
    msgspec.Struct, frozen=True, tag_field="predicateType", tag=TEST_RESULT
):
    """The statement about the results."""

    subject: tuple[Resource, ...]
    predicate: Results
    kind: str = msgspec.field(name="_type", default=STATEMENT)


class ApprovalStatement(
    msgspec.Struct, frozen=True, tag_field="predicateType", tag=APPROVAL
):
    """The statement about the approval; its subject is the other statement."""

    subject: tuple[Resource, ...]
    predicate: Approval
    kind: str = msgspec.field(name="_type", default=STATEMENT)


def state_results(sheet: Sheet, root: Path, folder: Path) -> ResultStatement:
    """Return the statement about a sheet in a folder, of the project below `root`."""
    files = [Resource(name, hash_file(folder / name)) for name in list_bound(folder)]
    commit = Resource(_COMMIT, {"gitCommit": sheet.commit})
    return ResultStatement(
        (commit, *files),
        summarise(
            sheet,
            [
                Resource(_DOCUMENT, {"sha256": sheet.model}),
                *(Resource(n, hash_file(root / n)) for n in list_inputs(root)),
            ],
        ),
    )


def state_approval(approval: Approval, folder: Path) -> ApprovalStatement:
    """Return the statement about who approves the other statement in this folder."""
    bound = Resource(RESULT_FILE, hash_file(folder / RESULT_FILE))
    return ApprovalStatement((bound,), approval)


def summarise(sheet: Sheet, configuration: Iterable[Resource]) -> Results:
    """Return the verdicts of a sheet in the three lists of a test result."""
    checks = sheet.list_checks()
    passed = [c.id for c in checks if c.verdict.is_pass]
    failed = [c.id for c in checks if c.verdict is Verdict.FAILS]
    warned = [c.id for c in checks if c.id not in {*passed, *failed}]
    return Results(
        sheet.outcome,
        tuple(configuration),
        tuple(passed),
        tuple(warned),
        tuple(failed),
    )


def list_inputs(root: Path) -> Iterator[str]:
    """Yield the files of the project from which the results were made."""
    found = [
        *root.glob("features/*.feature"),
        *(root / CASSETTES).rglob("*.json"),
        *root.glob(WAIVERS),
        *root.glob("dataflow.toml"),
    ]
    yield from sorted(path.relative_to(root).as_posix() for path in found)


def list_bound(folder: Path) -> Iterator[str]:
    """Yield the files in the folder of a sheet, without the statements."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not is_signature(name):
            yield name


def is_signature(name: str) -> bool:
    """Return whether a file in the folder is a statement, or a signature of one."""
    return name in {
        each for one in STATEMENTS for each in (one, name_sig(one), name_envelope(one))
    }


def name_sig(statement: str) -> str:
    """Return the name of the detached SSH signature of a statement."""
    return f"{statement}.sig"


def name_envelope(statement: str) -> str:
    """Return the name of the DSSE envelope of a statement."""
    return statement.replace(".json", ".dsse.json")


def hash_file(path: Path) -> dict[str, str]:
    """Return the hash of a file in the form of in-toto, or raise `FileError`."""
    try:
        return {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    except OSError as error:
        raise FileError(
            f"{path} cannot be read ({error.strerror}): restore it, or run pytest"
            " again."
        ) from error
