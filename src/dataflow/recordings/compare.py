"""Compare two recordings of a check, without random names, ids and lagging reads."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeAlias

import click

from dataflow.errors import DataflowError
from dataflow.files import write_whole
from dataflow.project import in_project
from dataflow.recordings.cassette import Cassette, parse_cassette, read_cassette
from dataflow.recordings.inventory import list_cassettes, list_problems
from dataflow.recordings.provenance import (
    PROVENANCE,
    Origin,
    parse_origins,
    read_origins,
    write_origins,
)
from dataflow.recordings.scrub import Stored

#: A stored request and its response.
Exchange: TypeAlias = tuple[Stored, Stored]

#: The placeholders of a time, and of a rate, which changes each day.
TIME, RATE = "<time>", "<rate>"

#: An id, a token, a serial number. Short numbers are amounts.
_RANDOM = re.compile(r"(?=[A-Za-z]*\d)[A-Za-z0-9]{6,}|(?<![A-Za-z0-9])\d{4,5}(?!\w)")
_RANDOM_NUMBER = 100_000
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?")
#: Of unix seconds and of milliseconds, from 2014 to 2055.
_SECONDS = range(1_400_000_000, 2_700_000_000)
_RATES = frozenset({"exchange_rate"})

#: The parameters of a further page of a list, and of its first one.
_FURTHER = re.compile(r"offset=|page=(?!1$)")
_FIRST = "page=1"
#: The headers that depend on how many other records there are, or on the time.
_VOLATILE = frozenset({"link", "x-total-count", "date"})

#: The number of differences that are shown of one recording.
_SHOWN = 3

#: The placeholder of an absent value, which is not null.
_ABSENT = object()


_FOLDER = click.option(
    "--cassettes",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=in_project("cassettes"),
    show_default="cassettes",
    help="The folder of the cassettes.",
)


@click.command(
    epilog="Example: dataflow cassettes --changed, after"
    " pytest features --target sandbox --record"
)
@click.option(
    "--changed", is_flag=True, help="Compare the recordings that differ from git."
)
@_FOLDER
@click.option(
    "--features",
    type=click.Path(path_type=Path, file_okay=False),
    default=in_project("features"),
    show_default="features",
    help="The folder of the feature files.",
)
def cassettes(folder: Path, features: Path, *, changed: bool) -> None:
    """List the recordings, or show what changed in them.

    The list has source and age of each recording. Below it are recordings without a
    scenario, keys of the environment, texts that could be keys, and e-mail addresses
    outside of the domains for tests: these end with status 1.

    Ids, times and names differ in each recording of real accounts. With --changed, the
    command restores a recording from git if nothing else differs; otherwise it shows
    the differences, with status 0 in both cases.
    """
    if changed:
        _compare_changed(folder)
        return
    for line in list_cassettes(folder, datetime.now(UTC)):
        click.echo(line)
    problems = list_problems(folder, features)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.exceptions.Exit(1)


@click.command(hidden=True)
@_FOLDER
def news(folder: Path) -> None:
    """Do the same as `dataflow cassettes --changed`, which replaces this command."""
    click.echo(
        "`dataflow news` is now `dataflow cassettes --changed`: use the new name; the"
        " next release removes the old one.",
        err=True,
    )
    _compare_changed(folder)


def _compare_changed(folder: Path) -> None:
    modified = _git(folder, "ls-files", "--modified", "-z").split("\0")
    names = [name for name in modified if name.endswith(".json")]
    names = [n for n in names if (folder / n).is_file() and n != PROVENANCE]
    different = 0
    for name in names:
        different += (is_different := _show_or_restore(folder, name))
        if not is_different:
            _restore_origin(folder, name)
    if different < len(names):
        equal = len(names) - different
        click.echo(
            f"{equal} of {len(names)} have no new content and were restored from git."
        )
    if not names:
        click.echo("No recording differs from git.")


def _show_or_restore(folder: Path, name: str) -> bool:
    """Show how a recording differs, or restore it; return whether it differs."""
    before = _git(folder, "show", f"HEAD:./{name}")
    old, new = parse_cassette(before, name), read_cassette(folder / name, name)
    found = find_differences(old, new)
    if found:
        more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        shown = [f"  {each}" for each in [*found[:_SHOWN], *more]]
        click.echo("\n".join([new.provenance.check, *shown]))
    else:
        write_whole(folder / name, before)
    return bool(found)


def _restore_origin(folder: Path, name: str) -> None:
    """Restore the time and the commit of a recording whose file was restored."""
    check = read_cassette(folder / name, name).provenance.check
    before, now = _read_committed_origins(folder), read_origins(folder)
    restored = {each: origin for each, origin in now.items() if each != check}
    if check in before:
        restored[check] = before[check]
    if restored != now:
        write_origins(folder, restored)


def _read_committed_origins(folder: Path) -> dict[str, Origin]:
    if not _git(folder, "ls-tree", "--name-only", "HEAD", PROVENANCE):
        return {}
    return parse_origins(_git(folder, "show", f"HEAD:./{PROVENANCE}"))


def _git(folder: Path, *arguments: str) -> str:
    try:
        finished = subprocess.run(  # noqa: S603 - git gets what this module writes
            ["git", *arguments],  # noqa: S607 - the git of the user
            cwd=folder,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise DataflowError(
            f"git cannot read the committed recordings in {folder}: run this command"
            " from the root of the project, in a clone with git."
        ) from error
    return finished.stdout.decode("utf-8")


def find_differences(old: Cassette, new: Cassette) -> list[str]:
    """Return a sentence for each difference, up to the first other request.

    Ids, times, names and rates do not count.
    """
    if old.provenance.target != new.provenance.target:
        return [
            f"the target is {new.provenance.target}, and was {old.provenance.target}"
        ]
    return list(_differences(normalise(old), normalise(new)))


def _differences(old: list[Exchange], new: list[Exchange]) -> Iterator[str]:
    for before, now in zip_longest(old, new):
        if before is None or now is None or before[0] != now[0]:
            was = _call(before[0]) if before else "absent"
            yield f"the request is {_call(now[0]) if now else 'absent'}, and was {was}"
            return
        call = _call(now[0])
        for change in _changes("", before[1], now[1]):
            yield f"the answer to {call}: {change}"


def _call(request: Stored) -> str:
    return f"{request['method']} {request['path']}"


def _changes(where: str, old: Any, new: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield the differences of two answers, place by place."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            inner = f"{where}.{key}" if where else key
            yield from _changes(inner, old.get(key, _ABSENT), new.get(key, _ABSENT))
    elif isinstance(old, list) and isinstance(new, list) and len(old) != len(new):
        yield f"{where} had {len(old)} entries, and now has {len(new)}"
    elif isinstance(old, list) and isinstance(new, list):
        for number, (was, now) in enumerate(zip(old, new, strict=True)):
            yield from _changes(f"{where}[{number}]", was, now)
    elif old != new:
        yield f"{where} was {_render(old)}, and now is {_render(new)}"


def _render(value: object) -> str:
    return "absent" if value is _ABSENT else repr(value)


def normalise(cassette: Cassette) -> list[Exchange]:
    """Return the exchanges in their order, with `#1`, `#2` for ids and names.

    Of a read that is repeated between two writes, the last one stays. A list is one
    exchange, however many pages it has, and keeps only the records that share an id or
    a name with something that was written.
    """
    run = set(_ids(cassette.provenance.seed.partition(" ")[0]))
    kept = list(_without_repeats(cassette.exchanges))
    ours = {i for each in kept if _writes(each[0]) for i in _ids(each)} - run
    names: dict[str, str] = {}
    return [(_rename(q, names), _rename(_only(ours, a), names)) for q, a in kept]


def _without_repeats(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    reads: dict[str, Exchange] = {}
    for request, response in exchanges:
        if _writes(request):
            yield from reads.values()
            reads.clear()
            yield request, response
        else:
            whole, is_further = _of_all_pages(request)
            key = json.dumps(whole, sort_keys=True)
            before = _list_of(reads[key][1]) if is_further and key in reads else None
            listed = _list_of(response)
            if before is not None and listed is not None:
                reads[key] = whole, _with_list(response, [*before, *listed])
            else:
                reads[key] = whole, response
    yield from reads.values()


def _of_all_pages(request: Stored) -> tuple[Stored, bool]:
    """Return a request without its page, and whether that was a further page."""
    asked = request.get("query", [])
    own = [each for each in asked if not _FURTHER.match(each)]
    query = [each for each in own if each != _FIRST]
    return {**request, "query": query}, len(own) < len(asked)


def _list_of(response: Stored) -> list[Any] | None:
    """Return the records of a list; None for other answers."""
    body = response.get("body")
    within = body.get("list") if isinstance(body, Mapping) else body
    return within if isinstance(within, list) else None


def _with_list(response: Stored, records: list[Any]) -> Stored:
    """Return the answer to a list with these records in it."""
    listed = {"list": records} if isinstance(response["body"], Mapping) else records
    headers = response.get("headers", {}).items()
    kept = {name: value for name, value in headers if name not in _VOLATILE}
    return {**response, "headers": kept, "body": listed}


def _writes(request: Stored) -> bool:
    return bool(request["method"] != "GET")


def _only(ours: set[str], response: Stored) -> Stored:
    """Return an answer whose list has only records with one of these ids."""
    records = _list_of(response)
    if records is None:
        return response
    return _with_list(
        response, [each for each in records if not ours.isdisjoint(_ids(each))]
    )


def _ids(value: object) -> Iterator[str]:
    """Yield the ids, tokens and serial numbers in a value."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _ids(each)
    elif not isinstance(value, bool) and isinstance(value, int | str):
        yield from (i for i in _RANDOM.findall(_DATE.sub("", str(value))) if _is_id(i))


def _is_id(text: str) -> bool:
    """Return whether a text is not a time in seconds or milliseconds."""
    number = int(text) if text.isdecimal() else 0
    return not (number in _SECONDS or number // 1000 in _SECONDS)


def _rename(value: Any, names: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Return a value with placeholders for ids, times and rates."""
    if isinstance(value, Mapping):
        return {
            key: RATE if key in _RATES else _rename(each, names)
            for key, each in sorted(value.items())
        }
    if isinstance(value, list):
        return [_rename(each, names) for each in value]
    if isinstance(value, str):
        return _RANDOM.sub(lambda m: _name(m.group(), names), _DATE.sub(TIME, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return _name(str(value), names) if value >= _RANDOM_NUMBER else value
    return value


def _name(text: str, names: dict[str, str]) -> str:
    return names.setdefault(text, f"#{len(names) + 1}") if _is_id(text) else TIME
