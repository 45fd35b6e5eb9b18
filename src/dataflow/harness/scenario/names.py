"""Tells whether a counterpart bears the name of another record.

Names need not be synchronised, but no reading lets a sync give one record's name to
another: it has mixed them up.
"""

from __future__ import annotations

import json
import re
from typing import Any, TypeAlias

from dataflow.harness.scenario.recipes import Made
from dataflow.harness.scenario.world import World

Record: TypeAlias = dict[str, Any]


def names_of_others(world: World, made: Made, counterpart: Record) -> list[str]:
    """Return the names of other records of the kind that stand on this one.

    The last word of a name is one that no other record has (see the kitchen), however
    a sync may take the name apart; namesakes share theirs.
    """
    names = {one.record.get("name") for one in world.made if one.kind is made.kind}
    others = sorted(str(name) for name in names - {made.record.get("name"), None})
    text = json.dumps(counterpart, ensure_ascii=False) if others else ""
    return [name for name in others if _stands_in(name.split()[-1], text)]


def _stands_in(word: str, text: str) -> bool:
    # A pattern only where the word is there: a new one for each name is slow.
    return word in text and bool(re.search(rf"{re.escape(word)}(?![0-9])", text))
