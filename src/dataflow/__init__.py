"""A QA checklist, made executable, for a sync between Invoiced and Chargebee.

PYTEST_DONT_REWRITE: pytest would warn about a package that is imported before it.
"""

__version__ = "0.1.0"
