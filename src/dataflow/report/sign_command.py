"""The `dataflow sign` command: binds the sheet of a run to its evidence."""

from __future__ import annotations

import re
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from securesystemslib.signer import CryptoSigner

from dataflow.errors import FileError, SettingsError
from dataflow.files import write_whole
from dataflow.harness.run_record import RUN_RECORD, read_run_record
from dataflow.project import get_project
from dataflow.report.refusals import refuse_unfit
from dataflow.report.sheet import Approval, Meaning
from dataflow.report.sheet_builder import SIGNED, SheetBuilder
from dataflow.report.sheet_command import PAGE, write_sheet
from dataflow.report.signatures import (
    ALLOWED,
    find_name,
    load_key,
    read_signers,
    seal,
    sign_file,
)
from dataflow.report.statement import (
    APPROVAL_FILE,
    RESULT_FILE,
    name_envelope,
    state_approval,
    state_results,
)

_MEANINGS = ("reviewed", "accepted", "rejected")
#: What a signed sheet keeps of the folder of a run, beside the sheet.
_KEPT = ("run.json", "junit.xml", "allure-results", "html", "prove.json", "acquit.json")


@click.command(epilog="Example: dataflow sign --by ada@example.com --meaning accepted")
@click.option("--by", "name", required=True, help="Your name in allowed_signers.")
@click.option(
    "--meaning",
    required=True,
    type=click.Choice(_MEANINGS),
    help="The meaning of your signature.",
)
@click.option("--role", default="", help="Your role, such as QA.")
@click.option("--comment", default="", help="A sentence for the reader of the sheet.")
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    default=lambda: Path.home() / ".ssh" / "id_ed25519",
    show_default="~/.ssh/id_ed25519",
    help="Your private SSH key (Ed25519).",
)
@click.option(
    "--reports",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the run; default: reports.",
)
def sign(  # noqa: PLR0913, PLR0917 - one argument per option
    name: str,
    meaning: Meaning,
    role: str,
    comment: str,
    key: Path,
    reports: Path | None,
) -> None:
    """Sign the sheet of the last run, with its results.

    It writes a new folder below sign-offs. The signature covers results,
    features, cassettes, waivers, document and commit. `dataflow verify` verifies it.
    """
    root = get_project()
    signer = load_key(
        key, lambda: str(click.prompt(f"Passphrase of {key}", hide_input=True))
    )
    _require_allowed(root / ALLOWED, signer, name)
    now = datetime.now(UTC).replace(microsecond=0)
    approval = Approval(by=name, meaning=meaning, at=now, role=role, comment=comment)
    folder = Signing(root, reports or root / RUN_RECORD.parent, signer, key).write(
        approval
    )
    click.echo(folder / PAGE)


def _require_allowed(path: Path, signer: CryptoSigner, name: str) -> None:
    found = find_name(signer, read_signers(path))
    if found != name:
        raise SettingsError(
            f"The key is that of {found or 'no signer'} in {path}, and --by is"
            f" {name!r}: use your own name and key, or add a line to that file."
        )


class Signing:
    """Signs the run in a folder of reports."""

    def __init__(
        self, root: Path, reports: Path, signer: CryptoSigner, key: Path
    ) -> None:
        self._root = root
        self._reports = reports
        self._signer = signer
        self._key = key

    def write(self, approval: Approval) -> Path:
        """Return the new folder with sheet, results and signatures, or write none."""
        record = read_run_record(self._reports / RUN_RECORD.name)
        sheet = SheetBuilder(self._root, record, approval.at, self._reports).build()
        refuse_unfit(self._root, self._reports, record, sheet, approval.meaning)
        sheet = msgspec.structs.replace(sheet, approval=approval)
        target = self._root / SIGNED / _name_folder(approval)
        try:
            target.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as made:
                folder = Path(made, "sign-off")
                self._copy_results(folder)
                write_sheet(folder, sheet)
                self._sign(
                    RESULT_FILE, state_results(sheet, self._root, folder), folder
                )
                self._sign(APPROVAL_FILE, state_approval(approval, folder), folder)
                folder.rename(target)
        except OSError as error:
            raise FileError(
                f"{target} cannot be written ({error.strerror}), so that nothing is"
                " signed: check the free space, and that no such folder exists."
            ) from error
        return target

    def _copy_results(self, folder: Path) -> None:
        folder.mkdir()
        for name in _KEPT:
            path = self._reports / name
            if path.is_dir():
                shutil.copytree(path, folder / name)
            elif path.is_file():
                shutil.copy(path, folder / name)

    def _sign(self, name: str, statement: msgspec.Struct, folder: Path) -> None:
        text = msgspec.json.format(msgspec.json.encode(statement), indent=1).decode()
        write_whole(folder / name, text)
        write_whole(folder / name_envelope(name), seal(text.encode(), self._signer))
        sign_file(folder / name, self._key)


def _name_folder(approval: Approval) -> str:
    who = "-".join(re.findall(r"[a-z0-9]+", approval.by.lower()))
    return f"{approval.at:%Y-%m-%d-%H%M%S}-{who}"
