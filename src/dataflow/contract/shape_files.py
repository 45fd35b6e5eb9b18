"""The files of shapes: one for each module of the suite, in a folder beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from dataflow.contract.shapes import Shape, as_json, from_json
from dataflow.errors import DataflowError
from dataflow.files import write_whole

#: Where the files are, seen from the root.
SHAPES = Path("tests", "contract", "shapes")

#: The shapes of a test's answers, by call and status.
Shapes: TypeAlias = Mapping[str, Shape]


class DamagedShapesError(DataflowError):
    """A file of shapes is not one that a run has written."""


def read_shapes(folder: Path, test: str) -> Shapes | None:
    """Return what was answered to a test, or None if no account was ever asked."""
    path, name = _place(folder, test)
    stored = _stored(path).get(name)
    if stored is None:
        return None
    return {call: from_json(shape) for call, shape in stored.items()}


def write_shapes(folder: Path, found: Mapping[str, Shapes]) -> None:
    """Store the shapes of these tests, and leave those of others as they are."""
    files: dict[Path, dict[str, object]] = {}
    for test, shapes in found.items():
        path, name = _place(folder, test)
        stored = files.setdefault(path, dict(_stored(path)))
        stored[name] = {call: as_json(shape) for call, shape in shapes.items()}
    for path, stored in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(stored, indent=1, sort_keys=True) + "\n")


def _place(folder: Path, test: str) -> tuple[Path, str]:
    module, _, name = test.partition("::")
    return folder / Path(module).with_suffix(".json").name, name


def _stored(path: Path) -> Mapping[str, Mapping[str, object]]:
    try:
        found: Mapping[str, Mapping[str, object]] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise DamagedShapesError(
            f"{path} is not as a run on a sandbox writes it ({error}): restore it, or"
            " remove it and ask a sandbox anew."
        ) from error
    return found
