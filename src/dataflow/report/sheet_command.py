"""The `dataflow report` command: the sign-off sheet of the last run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from dataflow.errors import FileError
from dataflow.files import write_whole
from dataflow.harness.run_record import RUN_RECORD, read_run_record
from dataflow.project import get_project
from dataflow.report.sheet import Sheet
from dataflow.report.sheet_builder import SHEET, SheetBuilder
from dataflow.report.sheet_page import render_page

#: The page of the sheet, beside its data.
PAGE = SHEET.with_suffix(".html")


@click.command(epilog="Example: dataflow report, after make checklist")
@click.option(
    "--reports",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the run; default: reports.",
)
def report(reports: Path | None) -> None:
    """Write the sign-off sheet of the last run.

    The sheet is a page, and JSON with the same content. It states what
    was checked, on what evidence, and what was not. `dataflow sign` signs it.
    """
    root = get_project()
    folder = reports or root / RUN_RECORD.parent
    record = read_run_record(folder / RUN_RECORD.name)
    write_sheet(folder, SheetBuilder(root, record, datetime.now(UTC), folder).build())
    click.echo(folder / PAGE)


def write_sheet(folder: Path, sheet: Sheet) -> None:
    """Write the page and the data into a folder, or raise `FileError`."""
    data = msgspec.json.format(msgspec.json.encode(sheet), indent=1).decode()
    try:
        write_whole(folder / SHEET, f"{data}\n")
        write_whole(folder / PAGE, render_page(sheet))
    except OSError as error:
        raise FileError(
            f"{folder} cannot be written ({error.strerror}): check the free space and"
            " the permissions of the folder."
        ) from error
