"""The `dataflow prune` command: removes old results, but nothing that is signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeAlias

import click
import msgspec

from dataflow.errors import FileError
from dataflow.harness.reports_folder import REPORTS
from dataflow.harness.targets.base import CASSETTES
from dataflow.project import get_project
from dataflow.recordings.inventory import list_times
from dataflow.report.sheet_builder import SIGNED
from dataflow.report.statement import RESULT_FILE, ResultStatement, hash_file
from dataflow.report.verify_command import read_statement
from dataflow.settings import FILE_NAME, decode_table, read_settings

Days: TypeAlias = Annotated[
    int, msgspec.Meta(ge=0, description="a number of days; 0: they are kept")
]
_ATTACHMENTS, _HISTORY = "*-attachment.*", "history/*"
_KEPT = {"README.md", ".lock"}


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[retention] of dataflow.toml, in days."""

    results: Days = 0
    attachments: Days = 0
    history: Days = 0
    cassettes: Days = 0

    def find_limit(self, path: Path) -> int:
        """Return for how long a file of a folder of reports is kept."""
        if path.match(_ATTACHMENTS):
            return self.attachments
        return self.history if path.match(_HISTORY) else self.results


@click.command(epilog="Example: dataflow prune --list")
@click.option("--list", "lists", is_flag=True, help="List the files; remove none.")
def prune(*, lists: bool) -> None:
    """Remove old results and recordings, but none that is signed.

    `[retention]` of dataflow.toml has the days for which they are kept.
    """
    root = get_project()
    table = read_settings(root / FILE_NAME).get("retention", {})
    kept = decode_table(table, Retention, "[retention]", str(root / FILE_NAME))
    bound = set(list_bound_hashes(root))
    for path in list(find_old(root, kept, datetime.now(UTC))):
        if hash_file(path)["sha256"] not in bound:
            if not lists:
                _remove(path)
            click.echo(path.relative_to(root))


def find_old(root: Path, kept: Retention, now: datetime) -> Iterator[Path]:
    """Yield the files that are older than they are kept."""
    for path in sorted((root / REPORTS).rglob("*")):
        if path.is_file() and path.name not in _KEPT:
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if _is_old(at, kept.find_limit(path), now):
                yield path
    for path, time in list_times(root / CASSETTES):
        if time is not None and _is_old(time, kept.cassettes, now):
            yield path


def _is_old(at: datetime, days: int, now: datetime) -> bool:
    return days > 0 and now - at > timedelta(days=days)


def list_bound_hashes(root: Path) -> Iterator[str]:
    """Yield the hash of each file that a signed sheet binds; raises `FileError`."""
    for path in (root / SIGNED).glob(f"*/{RESULT_FILE}"):
        statement = read_statement(path, ResultStatement)
        for each in (*statement.subject, *statement.predicate.configuration):
            yield each.digest.get("sha256", "")


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise FileError(
            f"{path} cannot be removed ({error.strerror}): check its permissions."
        ) from error
