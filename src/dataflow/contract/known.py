"""All behaviours of the twins, wherever in them they are declared."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from dataflow import twin
from dataflow.twin.evidence import Behaviour


@functools.cache
def known_behaviours() -> Mapping[str, Behaviour]:
    """Return every behaviour that is a constant of some module, sorted by name."""
    found = {
        value
        for module in pkgutil.walk_packages(twin.__path__, f"{twin.__name__}.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, Behaviour)
    }
    return {each.name: each for each in sorted(found, key=lambda each: each.name)}
