"""The commands `dataflow checklist` and `dataflow transcribe`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from dataflow.checklist.features import find_changed_files, write_features
from dataflow.checklist.features import transcribe as write_texts
from dataflow.checklist.outline import as_json, as_table
from dataflow.checklist.reader import read_document
from dataflow.project import in_project


@click.command(epilog="Example: dataflow checklist document.rst --json")
@click.argument("document", type=click.Path(path_type=Path))
@click.option("--json", "wants_json", is_flag=True, help="Print the document as JSON.")
def checklist(document: Path, *, wants_json: bool) -> None:
    """Show DOCUMENT's sections, statements, properties and checks."""
    found = read_document(document)
    if wants_json:
        click.echo(json.dumps(as_json(found), indent=2, ensure_ascii=False))
    else:
        # A text of the document must not be read as markup of rich.
        Console(highlight=False, markup=False, emoji=False).print(as_table(found))


@click.command(epilog="Example: dataflow transcribe document.rst --check")
@click.argument("document", type=click.Path(path_type=Path))
@click.option(
    "--features",
    type=click.Path(path_type=Path, file_okay=False),
    default=in_project("features"),
    show_default="features",
    help="The folder of the feature files.",
)
@click.option("--check", is_flag=True, help="Write nothing; status 1 if they differ.")
def transcribe(document: Path, features: Path, *, check: bool) -> None:
    """Write the features of DOCUMENT, one file per section."""
    texts = write_texts(read_document(document))
    changed = (
        find_changed_files(texts, features)
        if check
        else write_features(texts, features)
    )
    for name in changed:
        done = "differs" if check else "written" if name in texts else "removed"
        click.echo(f"{done}: {features / name}")
    if not changed:
        click.echo(f"{features} says what {document} says: {len(texts)} sections.")
    if check and changed:
        raise click.exceptions.Exit(1)
