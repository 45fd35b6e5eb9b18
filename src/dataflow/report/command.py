"""The `dataflow summary` command."""

from __future__ import annotations

from pathlib import Path

import click

from dataflow.errors import DataflowError

_EPILOG = (
    "Example: dataflow summary reports/prove.json, with what `dataflow prove --json`"
    " has printed in that file"
)


class NoSummaryError(DataflowError):
    """The summary cannot be written."""


@click.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--to",
    envvar="GITHUB_STEP_SUMMARY",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Add it to this file; the one that $GITHUB_STEP_SUMMARY names, unless told.",
)
def summary(files: tuple[Path, ...], to: Path | None) -> None:
    """Say in Markdown what came of runs, and name the checks that went wrong.

    FILES are what they have left: reports/junit.xml, which is read if none is named,
    or the JSON of `dataflow prove` and `dataflow acquit`. Status 0, whatever they tell.
    """
    # Imported here: the other commands start faster without it.
    from dataflow.report.folder import JUNIT  # noqa: PLC0415
    from dataflow.report.job_summary import told_by  # noqa: PLC0415

    text = "\n".join(told_by(path).as_markdown() for path in files or (JUNIT,))
    if to is None:
        click.echo(text, nl=False)
        return
    try:
        with to.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise NoSummaryError(
            f"{to} cannot be written ({error.strerror}): choose another file with --to."
        ) from error
