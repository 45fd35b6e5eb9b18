"""Remove keys and tokens from all that a run writes, and what controls a terminal.

A key is known by its value, in any encoding, by the name before it, or by its form; a
token by its place in an address. A text is redacted before it is cut.
"""

from __future__ import annotations

import functools
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from dataflow.secret_forms import hide_known

HIDDEN = "[hidden]"

#: The end of a name whose value is a key, in any form.
_NAMES_OF_KEYS = (
    r"(?:(?:api|secret|access|private|publishable|invoiced|chargebee)[_-]?key"
    r"|password|passwd|secret|token|session(?:[_-]?id)?|signature)"
)
#: A variable of a shell; in small letters, many names that end so hold no key.
_VARIABLE = re.compile(
    r"\b([A-Z][A-Z0-9]*_(?:KEY|TOKEN|SECRET|PASSWORD|JWT)\s*=\s*[\"']?)[^\s\"']+"
)
#: Keys of Chargebee, also where base64 begins with one, and tokens as JSON (RFC 7519).
_FORM = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:live|test)_[A-Za-z0-9]{20,}"
    r"|(?:bGl2ZV|dGVzdF)[89+/][A-Za-z0-9+/_-]{16,}={0,2}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
)
#: The user and the password of an address of any kind.
_PASSWORD = re.compile(r"(?<=://)[^\s/@\"'<>]*:[^\s/@\"'<>]*@")
#: Sequences that control a terminal, colours apart; and other characters without a
#: glyph, of which some change the direction of a text or end a line.
_SEQUENCE = re.compile(
    r"\x1b(?:\[(?![0-9;]*m)[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|(?!\[)[ -/]*[0-~]?)"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
    r"|\x1b(?!\[[0-9;]*m)"
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
#: Letters. Texts that are shorter occur more than once.
_REPEATED = 100
#: A text without one of these contains no key, token or address.
_MARKS = re.compile("[:= /]")


def hidden_in(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without these secrets, however spelled, and without tokens."""
    hide = _hide_cached if len(text) < _REPEATED else _hide
    return hide(text, frozenset(filter(None, secrets)))


def _hide(text: str, secrets: frozenset[str]) -> str:
    text = hide_known(text, secrets, HIDDEN)
    text = _FORM.sub(HIDDEN, text)
    if not _MARKS.search(text):
        return text
    text = _HEADER.sub(rf"\1{HIDDEN}", text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    text = _NAMED.sub(rf"\1{HIDDEN}", text)
    text = _VARIABLE.sub(rf"\1{HIDDEN}", text)
    text = _PASSWORD.sub(f"{HIDDEN}@", text)
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


def without_controls(text: str, *, keeps_colours: bool = False) -> str:
    """Return a text without sequences and characters that control a terminal."""
    if text.isprintable():
        return text
    text = _CONTROL.sub("", _SEQUENCE.sub("", text.replace("\r\n", "\n")))
    return text if keeps_colours else _COLOUR.sub("", text)


def _without_tokens(address: re.Match[str]) -> str:
    return _TOKEN.sub(HIDDEN, _USER.sub(f"{HIDDEN}@", address[0]))


class Redactor:
    """Redacts texts for a file; `secrets` is called each time: keys come late.

    `places` maps each folder of this machine to what is written in its place. The
    terminal shows the keys in `shown`, which protect nothing.
    """

    def __init__(
        self,
        secrets: Callable[[], Iterable[str]],
        places: Mapping[str, str],
        shown: Iterable[str] = (),
    ) -> None:
        self._secrets = secrets
        self._shown = re.compile(f"({'|'.join(map(re.escape, shown)) or '(?!)'})")
        self._places = dict(places)
        longest_first = sorted(self._places, key=len, reverse=True)
        self._begins = re.compile(
            rf"(?<![\w.-])({'|'.join(map(re.escape, longest_first))})(?![\w.-])(/?)"
        )

    def __call__(self, text: str) -> str:
        """Return the text without keys, tokens and places, encodable as UTF-8."""
        # A test may contain a lone surrogate, which UTF-8 cannot encode.
        text = text.encode("utf-8", "backslashreplace").decode()
        text = hidden_in(without_controls(text), self._secrets())
        return self._begins.sub(self._name_place, text) if self._places else text

    def line(self, text: str) -> str:
        """Return a text for the terminal; it keeps its colours if it has no secret."""
        plain = without_controls(text)
        parts = self._shown.split(plain)
        parts[::2] = [hidden_in(each, self._secrets()) for each in parts[::2]]
        safe = "".join(parts)
        return without_controls(text, keeps_colours=True) if safe == plain else safe

    def binary(self, content: bytes) -> bytes:
        """Return bytes without keys; as a text if they are one."""
        try:
            return self(content.decode()).encode()
        except UnicodeDecodeError:
            text = hidden_in(content.decode("latin-1"), self._secrets())
            return text.encode("latin-1")

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
