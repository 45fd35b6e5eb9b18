"""The record types of both vendors: the only tables to edit for another one."""

from __future__ import annotations

from dataflow.record_types import chargebee, invoiced
from dataflow.record_types.model import RecordType

_BY_NAME = {**invoiced.RECORD_TYPES, **chargebee.RECORD_TYPES}


def find_record_type(name: str) -> RecordType:
    """Return the record type that a document names so."""
    noun = name.lower()
    return _BY_NAME.get(name, RecordType(noun, f"{noun}s"))
