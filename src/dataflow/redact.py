"""Remove keys and tokens from texts and records: only their owners may see them.

A key is known by its value or by the name that stands before it; a token by its place
in an address.
"""

from __future__ import annotations

import base64
import functools
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

HIDDEN = "[hidden]"

#: The end of a name whose value is a key, in any form.
_NAMES_OF_KEYS = (
    r"(?:(?:api|secret|access|private|publishable|invoiced|chargebee)[_-]?key"
    r"|password|passwd|secret|token|session(?:[_-]?id)?|signature)"
)
#: A quote, as it is or escaped inside a JSON text.
_QUOTE = r"(?:\\?[\"'])?"
_KEY = re.compile(rf"(?i)(?:{_NAMES_OF_KEYS}s?|authorization|cookies?)$")
_NAMED = re.compile(
    rf"(?i)({_NAMES_OF_KEYS}{_QUOTE}\s*[:=]\s*{_QUOTE})[^\s\"'\\&,;}}\[\]<>]+"
)
_HEADER = re.compile(
    rf"(?i)\b((?:proxy-)?authorization{_QUOTE}\s*[:=]\s*{_QUOTE}(?:basic |bearer )?"
    rf"|(?:set-)?cookie{_QUOTE}\s*[:=]\s*{_QUOTE})[^\n\"'\\]+"
)
_SCHEME = re.compile(r"\b(Basic|Bearer)(?: |\+|%20)[A-Za-z0-9+/=_.~-]{8,}")
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+")
#: Invoiced ends the addresses of its pages with 24 letters and digits (recorded).
_PAGE = re.compile(r"(?<=/)(?=[A-Za-z]*[0-9])[A-Za-z0-9]{24}(?![A-Za-z0-9])")
#: In a whole address, every text that could be a token counts as one.
_TOKEN = re.compile(r"(?<=[^/]/)[A-Za-z0-9_~-]{16,}")
_USER = re.compile(r"(?<=://)[^/@\s]+@")
#: A number of bytes that is too small to identify a key in base64.
_SHORT = 5
#: Letters. Texts that are shorter occur more than once.
_REPEATED = 100
#: A text without one of these contains no key, token or address.
_MARKS = re.compile("[:= /]")


def hidden_in(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without these secrets, however spelled, and without tokens."""
    hide = _hide_cached if len(text) < _REPEATED else _hide
    return hide(text, frozenset(secrets))


def _hide(text: str, secrets: frozenset[str]) -> str:
    known = _pattern(secrets)
    if known is not None:
        text = known.sub(HIDDEN, text)
    if not _MARKS.search(text):
        return text
    text = _HEADER.sub(rf"\1{HIDDEN}", text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    text = _NAMED.sub(rf"\1{HIDDEN}", text)
    return _PAGE.sub(HIDDEN, _ADDRESS.sub(_without_tokens, text))


#: Names, ids and words of records occur again and again.
_hide_cached = functools.lru_cache(maxsize=10_000)(_hide)


def hidden(value: Any, secrets: Iterable[str] = (), *, name: str = "") -> Any:  # noqa: ANN401 - JSON
    """Return a value of JSON, with each value that is a key by its name hidden too."""
    if is_key(name) and value not in (None, ""):
        return HIDDEN
    if isinstance(value, dict):
        return {
            hidden_in(each, secrets): hidden(inner, secrets, name=each)
            for each, inner in value.items()
        }
    if isinstance(value, list):
        return [hidden(inner, secrets) for inner in value]
    return hidden_in(value, secrets) if isinstance(value, str) else value


@functools.lru_cache(maxsize=1_000)
def is_key(name: str) -> bool:
    """Return whether the value of this name, such as `card[token]`, is a key."""
    return any(_KEY.search(part) for part in re.split(r"[\[\].]", name))


@functools.cache
def _pattern(secrets: frozenset[str]) -> re.Pattern[str] | None:
    """Return a pattern of all spellings of the keys, the longest first."""
    spelled = {form for secret in secrets if secret for form in _forms(secret)}
    if not spelled:
        return None
    return re.compile(f"(?i){'|'.join(sorted(spelled, key=len, reverse=True))}")


def _forms(secret: str) -> set[str]:
    """Return patterns of a secret: plain, percent-encoded, and in base64."""
    whole = secret.encode()[: len(secret.encode()) // 3 * 3]
    begins = re.escape(base64.b64encode(whole).decode())
    plain = {re.escape(secret), re.escape(quote(secret, safe=""))}
    return plain | (
        {f"{begins}[A-Za-z0-9+/]*={{0,2}}"} if len(whole) > _SHORT else set()
    )


def _without_tokens(address: re.Match[str]) -> str:
    return _TOKEN.sub(HIDDEN, _USER.sub(f"{HIDDEN}@", address[0]))


class Redactor:
    """Redacts texts for a file; `secrets` is called each time: keys come late.

    `places` maps each folder of this machine to what is written in its place.
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
        """Return the text without keys, tokens and places, encodable as UTF-8."""
        # A test may contain a lone surrogate, which UTF-8 cannot encode.
        text = text.encode("utf-8", "backslashreplace").decode()
        text = hidden_in(text, self._secrets())
        return self._begins.sub(self._name_place, text) if self._places else text

    def _name_place(self, found: re.Match[str]) -> str:
        place = self._places[found[1]]
        return place + found[2] if place else ("" if found[2] else ".")


def find_machine_paths(root: Path) -> dict[str, str]:
    """Return the folders of this machine that a trace may contain, with their names."""
    places = {
        tempfile.gettempdir(): "<tmp>",
        str(Path.home()): "~",
        sys.base_prefix: "<python>",
        sys.prefix: "<python>",
        str(root): "",
    }
    # Every path begins with the root folder: to replace it would hide nothing else.
    return {place: name for place, name in places.items() if place != "/"}
