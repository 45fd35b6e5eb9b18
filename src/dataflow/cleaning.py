"""Takes out of texts what nobody else may see: keys, tokens, and this machine's paths.

A key is known by its value or by the name that stands before it; a token by its place
in an address; a path by where it begins.
"""

from __future__ import annotations

import base64
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

HIDDEN = "[hidden]"

#: What a name before a value ends with that is a key, whatever the value is.
_NAMES_OF_KEYS = (
    r"(?:(?:api|secret|access|private|publishable|invoiced|chargebee)[_-]?key"
    r"|password|passwd|secret|token)"
)
#: A quote, as it is or escaped inside a JSON text.
_QUOTE = r"(?:\\?[\"'])?"
_KEY = re.compile(rf"(?i)(?:{_NAMES_OF_KEYS}|authorization|cookie)$")
_NAMED = re.compile(
    rf"(?i)({_NAMES_OF_KEYS}{_QUOTE}\s*[:=]\s*{_QUOTE})[^\s\"'\\&,;}}\[\]]+"
)
_HEADER = re.compile(
    rf"(?i)\b((?:proxy-)?authorization{_QUOTE}\s*[:=]\s*{_QUOTE}(?:basic |bearer )?"
    rf"|(?:set-)?cookie{_QUOTE}\s*[:=]\s*{_QUOTE})[^\n\"'\\]+"
)
_SCHEME = re.compile(r"\b(Basic|Bearer) [A-Za-z0-9+/=_.~-]{8,}")
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+")
#: Invoiced ends the addresses of its pages with 24 letters and digits (recorded).
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_~-]{16,}")
_USER = re.compile(r"(?<=://)[^/@\s]+@")


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
        text = without(self._secrets(), text)
        text = _HEADER.sub(rf"\1{HIDDEN}", text)
        text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
        text = _NAMED.sub(rf"\1{HIDDEN}", text)
        text = _ADDRESS.sub(_without_tokens, text)
        return self._begins.sub(self._place, text) if self._places else text

    def _place(self, found: re.Match[str]) -> str:
        place = self._places[found[1]]
        return place + found[2] if place else ("" if found[2] else ".")


def without(secrets: Iterable[str], text: str) -> str:
    """Return a text in which these secrets are hidden, however they are spelled."""
    forms = {form for secret in secrets for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text


def is_key(name: str) -> bool:
    """Tell whether what has this name is a key, whatever its value is."""
    return _KEY.search(name) is not None


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


def _forms(secret: str) -> set[str]:
    """Return the spellings in which a key travels, of which none is empty."""
    basic = base64.b64encode(f"{secret}:".encode()).decode()
    return {secret, quote(secret, safe=""), basic} if secret else set()


def _without_tokens(address: re.Match[str]) -> str:
    return _TOKEN.sub("[token]", _USER.sub(f"{HIDDEN}@", address[0]))
