"""The cause of a failed check: its message, without what differs between scenarios."""

from __future__ import annotations

import re

#: Introduces what a check misses after a sync that ended with an error.
MISSING = "What is missing: "

#: Values in quotes (a name of JSON is none), paths, then words with a digit: ids,
#: names, numbers, times. The number of a status is a part of the cause.
_STATUS = re.compile(r"(status|with) (\d+)")
_VALUES = re.compile(
    r"'[^']*'|\"[^\"]*\"(?!:)|[\w.<>~%-]*/[^\s,;]*|[\w.%+-]*\d[\w.%+:-]*"
)
_CHANGED = re.compile(r"[-+](?![-+])")


def find_cause(message: str) -> str:
    """Return the text that the messages of one cause have in common.

    A first line that ends with a colon is only an introduction. Of a difference the
    changed lines count, of the output of a sync the last line.
    """
    lines = message.partition(f"\n{MISSING}")[0].strip().splitlines() or [""]
    first, rest = lines[0], [line for line in lines[1:] if line.strip()]
    if first.endswith(":") and rest:
        changes = [line for line in rest if _CHANGED.match(line)]
        first = "\n".join([first, *(changes or rest[-1:])])
    return _normalise(first)


def _normalise(text: str) -> str:
    kept = _STATUS.sub(lambda found: f"{found[1]} {_spell(found[2])}", text)
    return " ".join(_VALUES.sub("*", kept).split())


def _spell(number: str) -> str:
    """Return a number as letters, which are not replaced."""
    return number.translate(str.maketrans("0123456789", "abcdefghij"))
