"""The `dataflow news` command."""

from __future__ import annotations

import subprocess
from pathlib import Path

import click

from dataflow.errors import DataflowError

#: Of one recording, so many things that are new are shown.
_SHOWN = 3


class NoHistoryError(DataflowError):
    """Git cannot tell what was recorded before."""


@click.command(
    epilog="Example: dataflow news, after pytest features --target sandbox --record"
)
@click.option(
    "--cassettes",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("cassettes"),
    show_default=True,
    help="The folder of the recordings.",
)
def news(folder: Path) -> None:
    """Tell what recordings say that the committed ones do not.

    Ids, times and names are others in each recording of real accounts. One that says
    nothing else is put back as git has it, and of the others it is told what is new.
    Status 0, whatever there is.
    """
    changed = _git(folder, "ls-files", "--modified", "-z").split("\0")
    names = [name for name in changed if name.endswith(".json")]
    names = [name for name in names if (folder / name).is_file()]
    told = sum(_told_or_put_back(folder, name) for name in names)
    _sum_up(told, len(names))


def _told_or_put_back(folder: Path, name: str) -> bool:
    """Tell what a recording says anew, or put it back; return which of the two."""
    # Imported here: the other commands start faster without it.
    from dataflow.evidence.cassette import parse_cassette, read_cassette  # noqa: PLC0415
    from dataflow.evidence.news import news as news_of  # noqa: PLC0415
    from dataflow.files import write_whole  # noqa: PLC0415

    before = _git(folder, "show", f"HEAD:./{name}")
    old, new = parse_cassette(before, name), read_cassette(folder / name, name)
    found = news_of(old, new)
    if found:
        click.echo("\n".join([new.provenance.check, *_shown(found)]))
    else:
        write_whole(folder / name, before)
    return bool(found)


def _sum_up(told: int, of: int) -> None:
    if told < of:
        click.echo(f"{of - told} of {of} say nothing new, and were put back.")
    if not of:
        click.echo("Nothing is recorded otherwise than git has it.")


def _shown(found: list[str]) -> list[str]:
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return [f"  {each}" for each in [*found[:_SHOWN], *more]]


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - git is told what this module writes
            ["git", *arguments],  # noqa: S607 - whichever git the person uses
            cwd=folder,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoHistoryError(
            f"Git does not tell what was recorded in {folder} before: call this from"
            " the root of the project, in a clone of it."
        ) from error
    return done.stdout.decode("utf-8")
