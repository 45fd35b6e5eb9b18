"""The commands `dataflow checklist` and `dataflow transcribe`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from dataflow.checklist.drift import find_drift
from dataflow.checklist.outline import as_json, as_table, list_not_exercised
from dataflow.checklist.reader import read_document
from dataflow.checklist.transcript import transcribe as write_texts
from dataflow.checklist.transcript import write_features
from dataflow.errors import FeatureError


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
        for sentence in list_not_exercised(found):
            click.echo(sentence)


@click.command(epilog="Example: dataflow transcribe document.rst --check")
@click.argument("document", type=click.Path(path_type=Path))
@click.option(
    "--features",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("features"),
    show_default=True,
    help="The folder of the feature files.",
)
@click.option("--check", is_flag=True, help="Write nothing; status 1 if they differ.")
@click.option(
    "--remove", is_flag=True, help="Remove checks that DOCUMENT does not have any more."
)
@click.option(
    "--remove-others",
    is_flag=True,
    help="Remove also the features of documents about other systems.",
)
def transcribe(
    document: Path, features: Path, *, check: bool, remove: bool, remove_others: bool
) -> None:
    """Write the features of DOCUMENT, one file per section.

    Before it writes, it lists the checks that are added, changed and removed. If checks
    would be removed, it writes nothing without --remove, and ends with status 1.
    """
    texts = write_texts(read_document(document))
    drift = find_drift(texts, features, takes_others=remove_others)
    for line in (line for feature in drift.features for line in feature.lines()):
        click.echo(line)
    if drift.others:
        click.echo(f"of other documents, left as they are: {', '.join(drift.others)}")
    if not drift.features:
        click.echo(f"{features} says what {document} says: {len(texts)} sections.")
    elif check:
        for feature in drift.features:
            click.echo(f"differs: {features / feature.name}")
        raise click.exceptions.Exit(1)
    elif (drift.removed or drift.stale) and not (remove or remove_others):
        raise FeatureError(
            f"{len(drift.removed)} checks would be removed, so nothing was written:"
            " remove them with --remove."
        )
    else:
        for name in write_features(texts, features, stale=drift.stale):
            done = "written" if name in texts else "removed"
            click.echo(f"{done}: {features / name}")
