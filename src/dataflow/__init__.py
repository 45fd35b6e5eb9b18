"""A QA checklist, made executable, for a sync between Invoiced and Chargebee."""
