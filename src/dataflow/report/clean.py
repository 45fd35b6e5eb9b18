"""Cleans the texts of a report: of keys and tokens, and of this machine's paths."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from dataflow.redact import hidden_in


class Cleaner:
    """Cleans texts; `secrets` is asked each time, for keys are known late.

    `places` tells what to write for each folder of this machine.
    """

    def __init__(
        self, secrets: Callable[[], Iterable[str]], places: Mapping[str, str]
    ) -> None:
        self._secrets = secrets
        self._places = dict(places)
        longest_first = sorted(self._places, key=len, reverse=True)
        self._begins = re.compile(
            rf"(?<![\w.-])({'|'.join(map(re.escape, longest_first))})(?![\w.-])(/?)"
        )

    def __call__(self, text: str) -> str:
        """Return the text without keys, tokens and places, fit for any file."""
        # Half a character, as a test may well hold one, cannot be written as UTF-8.
        text = text.encode("utf-8", "backslashreplace").decode()
        text = hidden_in(text, self._secrets())
        return self._begins.sub(self._place, text) if self._places else text

    def _place(self, found: re.Match[str]) -> str:
        place = self._places[found[1]]
        return place + found[2] if place else ("" if found[2] else ".")


def places_of(root: Path) -> dict[str, str]:
    """Return the folders of this machine that may turn up in a trace."""
    places = {
        tempfile.gettempdir(): "<tmp>",
        str(Path.home()): "~",
        sys.base_prefix: "<python>",
        sys.prefix: "<python>",
        str(root): "",
    }
    # The root of everything begins every path, and would hide nothing but itself.
    return {place: name for place, name in places.items() if place != "/"}
