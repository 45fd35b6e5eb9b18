"""A QA checklist, made executable, for a sync between Invoiced and Chargebee."""

__version__ = "0.1.0"
