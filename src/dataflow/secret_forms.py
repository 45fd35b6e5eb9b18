"""Finds a secret in a text in any encoding, whatever stands beside it, and wrapped.

Each character may be percent-encoded or escaped as in JSON, Python or HTML; in base64,
other text may be encoded with the secret; a line may end anywhere.
"""

from __future__ import annotations

import base64
import functools
import html
import re
from collections.abc import Collection
from urllib.parse import unquote

#: The end of a line inside a secret, as it is or escaped, and how the next one begins.
_WRAP = r"[ \t│]*(?:\r?\n|\\+r\\+n|\\+n)(?:E +|[ \t>|<│])*"
_ESCAPED_WRAPS = re.compile(r"\\+r\\+n|\\+n")
#: A text without one of these contains no escape.
_ESCAPES = re.compile(r"%[0-9A-Fa-f]{2}|\\+[ux/]|&#|&[a-z]+;")
_JSON_ESCAPE = re.compile(r"\\+u00([0-9A-Fa-f]{2})|\\+x([0-9A-Fa-f]{2})|\\+(/)")
#: How often a text is unescaped: escapes in escapes are rare.
_ROUNDS = 3
#: Fewer bytes do not identify a secret in another encoding.
_SHORT = 6
_ENCODED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="
)


def hide_known(text: str, secrets: Collection[str], hidden: str) -> str:
    """Return a text with `hidden` in place of each secret, in any form."""
    flat = _flatten(text)
    folded = [each.lower() for each in flat]
    spans: list[tuple[int, int]] = []
    for secret in secrets:
        plain, encoded = _forms(secret)
        for form in (f for f in plain if any(f in each for each in folded)):
            spans += _find(text, form, ignores_case=True)
        for form in (f for f in encoded if any(f in each for each in flat)):
            spans += (_widen(text, *s) for s in _find(text, form, ignores_case=False))
    return _replace(text, spans, hidden) if spans else text


def _flatten(text: str) -> list[str]:
    """Return a text without ends of lines, and with escapes removed level by level."""
    flat = ["".join(map(_strip, text.split("\n"))) if "\n" in text else text]
    if "\\" in text:
        flat[0] = _ESCAPED_WRAPS.sub("", flat[0])
    if not any(each in text for each in "%\\&"):
        return flat
    while _ESCAPES.search(flat[-1]) and len(flat) <= _ROUNDS:
        flat.append(_unescape(flat[-1]))
    return flat


def _strip(line: str) -> str:
    """Return a line without what pytest, rich and this project put around it."""
    line = line.rstrip(" \t\r│").lstrip(" \t>|<│")
    return line[1:].lstrip(" \t>|<│") if line.startswith("E ") else line


def _find(text: str, form: str, *, ignores_case: bool) -> list[tuple[int, int]]:
    found = [f.span() for f in _pattern(form, ignores_case).finditer(text)]
    # It is there, in escapes that the pattern does not know: hide all.
    return found or [(0, len(text))]


def _replace(text: str, spans: list[tuple[int, int]], hidden: str) -> str:
    parts, last = [], 0
    for begin, end in sorted(spans):
        if begin >= last:
            parts += [text[last:begin], hidden]
        last = max(last, end)
    return "".join((*parts, text[last:]))


@functools.cache
def _forms(secret: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the forms in which case does not matter, and those in base64."""
    raw = secret.encode()
    if len(raw) < _SHORT:
        return (secret.lower(),), ()
    cores = set()
    for before in range(3):
        code = base64.b64encode(bytes(before) + raw).decode()
        # The first and the last digits depend on what stands beside the secret.
        begin, end = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        core = code[begin:end]
        cores |= {core, core.replace("+", "-").replace("/", "_")}
    return (secret.lower(), raw.hex()), tuple(sorted(cores))


@functools.cache
def _pattern(form: str, ignores_case: bool) -> re.Pattern[str]:  # noqa: FBT001 - of a cache
    text = f"(?:{_WRAP})?".join(_spellings(each, ignores_case) for each in form)
    return re.compile(text)


def _spellings(character: str, ignores_case: bool) -> str:  # noqa: FBT001 - as above
    cases = {character, character.upper()} if ignores_case else {character}
    spelled = set()
    for each in cases:
        code = ord(each)
        named = [
            n for n in ("amp", "lt", "gt", "quot") if html.unescape(f"&{n};") == each
        ]
        spelled |= {rf"\\*{re.escape(each)}" if each in "/\"'\\" else re.escape(each)}
        spelled |= {rf"&#0*{code};", rf"&#[xX]0*(?i:{code:x});"}
        spelled |= {rf"\\+u(?i:{code:04x})", *(f"&(?:amp;)*{n};" for n in named)}
        spelled |= {rf"\\+x(?i:{code:02x})"} | ({r"\+"} if each == " " else set())
        spelled.add("".join(rf"%(?:25)*(?i:{byte:02x})" for byte in each.encode()))
    return f"(?:{'|'.join(sorted(spelled, key=len, reverse=True))})"


def _unescape(text: str) -> str:
    """Return a text with one level of each kind of escape removed."""
    text = _JSON_ESCAPE.sub(_unescape_one, text)
    return html.unescape(unquote(text, errors="replace"))


def _unescape_one(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else "/"


def _widen(text: str, begin: int, end: int) -> tuple[int, int]:
    """Return the whole word in base64 around a place."""
    while begin and text[begin - 1] in _ENCODED:
        begin -= 1
    while end < len(text) and text[end] in _ENCODED:
        end += 1
    return begin, end
