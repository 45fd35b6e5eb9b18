"""A secret in many encodings, and a search for it without code of redaction."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

#: With a character for each kind of escape.
SECRET = "cnry/7f+Q2&zebra<91"


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _wrap(text: str, width: int) -> str:
    return "\n    ".join(text[i : i + width] for i in range(0, len(text), width))


#: The secret in each encoding.
ENCODINGS: dict[str, str] = {
    "plain": SECRET,
    "upper case": SECRET.upper(),
    "base64": _encoded(SECRET),
    "base64 of user and key": _encoded(f"{SECRET}:"),
    "base64, one letter before": _encoded(f"a{SECRET}:b"),
    "base64, two letters before": _encoded(f"ab{SECRET}"),
    "base64 for addresses": base64.urlsafe_b64encode(f"{SECRET}:".encode()).decode(),
    "hex": SECRET.encode().hex(),
    "percent": quote(SECRET, safe=""),
    "percent, all": "".join(f"%{byte:02X}" for byte in SECRET.encode()),
    "percent twice": quote(quote(SECRET, safe=""), safe=""),
    "percent of base64": quote(_encoded(f"{SECRET}:"), safe=""),
    "JSON": "".join(f"\\u{ord(each):04x}" for each in SECRET),
    "JSON in JSON": json.dumps(json.dumps({"a": SECRET})),
    "Python": "".join(f"\\x{ord(each):02x}" for each in SECRET),
    "HTML": html.escape(SECRET),
    "HTML numbers": "".join(f"&#{ord(each)};" for each in SECRET),
    "HTML in hex": "".join(f"&#x{ord(each):X};" for each in SECRET),
    "wrapped": _wrap(SECRET, 7),
    "wrapped base64": _wrap(_encoded(f"{SECRET}:"), 11),
    "a colour inside": f"{SECRET[:5]}\x1b[31m{SECRET[5:]}",
}

#: What a search looks for in a text without white space, frames and colours.
_NEEDLES = sorted(
    {SECRET.lower(), SECRET.encode().hex(), quote(SECRET, safe="").lower()}
)
_ENCODED = sorted(_encoded(f"{'a' * n}{SECRET}")[4:-5] for n in range(3))
_NOISE = re.compile(r"\x1b\[[0-9;]*m|#x1B\[[0-9;]*m|[\s│>|]|(?<=\s)E(?=\s)|\\n")
_LETTERS = re.compile(r"\\+u00(..)|\\+x(..)|&#x(..);|%(..)", re.IGNORECASE)


def find_secret(content: bytes) -> str:
    """Return the form of the secret that these bytes contain; empty if none."""
    text = _NOISE.sub("", content.decode("latin-1"))
    for _ in range(4):
        found = [n for n in _NEEDLES if n in text.lower()]
        plain = text.replace("-", "+").replace("_", "/")
        found += [n for n in _ENCODED if n in plain]
        if found:
            return found[0]
        text = _LETTERS.sub(_letter, html.unescape(text))
    return ""


def _letter(found: re.Match[str]) -> str:
    try:
        return chr(int("".join(filter(None, found.groups())), 16))
    except ValueError:
        return found[0]


def find_files(folder: Path, sources: set[Path]) -> Iterator[Path]:
    """Yield the files below a folder that contain the secret, except for these."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path not in sources and find_secret(path.read_bytes()):
            yield path
