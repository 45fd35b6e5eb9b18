"""Reads a body for an account, and notes what the reading rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dataflow.twin.behaviours import Behaviour
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import fields
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.wire import Json

#: The fields that a value can enter in another spelling than it is stored in.
_NORMALISED: Mapping[str, Behaviour] = {
    "country": b.CUSTOMER_COUNTRY,
    "currency": b.CURRENCY_LOWER,
    "email": b.CUSTOMER_EMAIL,
    "language": b.CUSTOMER_LANGUAGE,
}


def read_leniently(
    account: Account,
    body: Mapping[str, Json],
    readers: Mapping[str, fields.Reader],
    others: Collection[str] = (),
) -> Record:
    """Return what is to be stored of a body; keys that nobody knows are ignored.

    `others` are keys that somebody else reads.
    """
    given: Record = fields.read(body, readers)
    for name, value in given.items():
        if value is None and body[name] is not None:
            account.rests_on(b.EMPTY_IS_NULL)
        elif value != body[name] and name in _NORMALISED:
            account.rests_on(_NORMALISED[name])
    if not body.keys() <= {*readers, *others}:
        account.rests_on(b.KEYS_IGNORED)
    return given
