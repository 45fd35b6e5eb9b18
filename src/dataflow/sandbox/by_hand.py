"""What the help of each command on sandbox accounts ends with."""

from __future__ import annotations


def epilog(example: str, command: str) -> str:
    """Return an example, and how `command` is tried on stand-ins."""
    return f"""\b
Example: {example}, with the variables set
\b
With stand-ins in the vendors' place, which are served by
`dataflow twin --invoiced-port 8101 --chargebee-port 8102` in another terminal:
  export INVOICED_API_URL=http://127.0.0.1:8101
  export INVOICED_API_KEY=key-of-the-invoiced-twin
  export CHARGEBEE_API_URL=http://127.0.0.1:8102/api/v2
  export CHARGEBEE_API_KEY=key-of-the-chargebee-twin CHARGEBEE_SITE=twin-test
  {command}
"""
