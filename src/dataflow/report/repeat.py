"""The command that runs some checks again, in the same way, and only these."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from dataflow.files import write_whole
from dataflow.harness.options import list_chosen
from dataflow.harness.reports_folder import get_reports_folder, uses_reports_folder
from dataflow.harness.shell import shorten, write_command

#: The folder of the lists of checks, and how many of the newest lists are kept.
FAILED = Path("failed")
_KEPT = 20
#: The name of a list begins with so many letters of the hash of its content.
_LETTERS = 8
#: A command with more arguments names a file that lists them.
_INLINE = 3


class Repeat:
    """Writes commands for the folder in which this run was started."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._folder = config.invocation_params.dir

    def write_command(
        self,
        sections: Sequence[tuple[str, Sequence[str], bool]],
        nodes: Mapping[str, str],
    ) -> str:
        """Return a line for a shell; `sections` have ids, and whether these are all.

        A section of which all checks are meant is its feature. Many node ids are
        written to a file, which pytest reads.
        """
        places: list[str] = []
        for _, ids, is_complete in sections:
            found = [self._locate(nodes[each]) for each in ids]
            places += [found[0].partition("::")[0]] if is_complete else found
        if len(places) > _INLINE and uses_reports_folder(self._config):
            places = self._write_list(places)
        options = list_chosen(self._config.option)
        return write_command("pytest", [*options, *places], self._folder)

    def _locate(self, node: str) -> str:
        """Return a node id as pytest takes it in the folder of this run."""
        path, colons, name = node.partition("::")
        place = os.path.relpath(self._config.rootpath / path, self._folder)
        return f"{place}{colons}{name}"

    def _write_list(self, places: list[str]) -> list[str]:
        """Return the argument that names a file of places, or these without a file."""
        text = "".join(f"{place}\n" for place in places)
        name = hashlib.sha256(text.encode()).hexdigest()[:_LETTERS]
        path = get_reports_folder(self._config) / FAILED / f"{name}.txt"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
            _remove_old(path.parent)
        except OSError:
            return places
        return [f"@{shorten(path, self._folder)}"]


def _remove_old(folder: Path) -> None:
    """Remove all lists except for the newest ones."""
    lists = sorted(folder.glob("*.txt"), key=lambda path: path.stat().st_mtime)
    for path in lists[:-_KEPT]:
        path.unlink(missing_ok=True)
