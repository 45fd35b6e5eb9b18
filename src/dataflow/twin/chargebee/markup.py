"""Descriptions in HTML, which are cleaned before they are kept."""

from __future__ import annotations

import re

from dataflow.twin.chargebee.errors import wrong_value
from dataflow.twin.chargebee.forms import Form
from dataflow.twin.chargebee.params import Reader, text
from dataflow.twin.wire import Json

_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def html(longest: int, inner: int) -> Reader:
    """Return a reader of HTML of at most so many characters, `inner` without its tags.

    Both limits are those of the vendor's SDK.
    """
    whole = text(longest)

    def reader(name: str, given: str | Form) -> Json:
        value = str(whole(name, given))
        if len(_TAG.sub("", value)) > inner:
            raise wrong_value(name, f"cannot have more than {inner} characters of text")
        return value

    return reader


def without_scripts(value: str) -> str:
    """Return HTML without what would be run or would change how a page looks."""
    return _SCRIPT.sub("", value)
