"""The calls of Invoiced and their parameters, read from `vendor_calls.tsv`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, TypeAlias

from dataflow.twin.messages import split_words

_FILE = Path(__file__).with_name("vendor_calls.tsv")
_PARAMETER = re.compile(r"(\w+)(!?)(?::(\d+))?(?:/(\w+))?(?:=(.*))?")

#: Resources of the vendor that the file leaves out: a call of any path below is one.
OTHER_RESOURCES = frozenset(
    split_words(
        """
        charges chasing_cadences coupons credit_balance_adjustments
        customer_chasing_cadences email_templates estimates gl_accounts inboxes
        invoice_chasing_cadences late_fee_schedules members merchant_accounts
        payment_methods pdf_templates plans refunds reports roles sign_up_pages
        sms_templates tax_rates tax_rules themes
        """
    )
)


@dataclass(frozen=True, slots=True)
class VendorParameter:
    """One parameter; `most` is the longest text in bytes, `words` its only values.

    A parameter without a `type` is a text, or stored as it is sent.
    """

    is_required: bool = False
    most: int | None = None
    words: tuple[str, ...] = ()
    type: str = ""
    #: The vendor states no least number.
    least: ClassVar[None] = None


#: Parameters by name.
Parameters: TypeAlias = Mapping[str, VendorParameter]


@cache
def load_vendor_calls() -> Mapping[tuple[str, str], Parameters]:
    """Return the parameters of all calls, by method and path."""
    groups: dict[str, Parameters] = {}
    calls: dict[tuple[str, str], Parameters] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        name, _, words = line.partition("\t")
        method, _, path = name.partition(" ")
        if name.startswith("@"):
            groups[name] = dict(_parse(words, groups))
        elif not name.startswith("#"):
            calls[method, path] = dict(_parse(words, groups))
    return calls


def _parse(
    text: str, groups: Mapping[str, Parameters]
) -> Iterator[tuple[str, VendorParameter]]:
    for word in text.split():
        if word in groups:
            yield from groups[word].items()
        elif (found := _PARAMETER.fullmatch(word)) is not None:
            most = int(found[3]) if found[3] else None
            words = tuple(found[5].split("|")) if found[5] else ()
            yield found[1], VendorParameter(bool(found[2]), most, words, found[4] or "")
