"""Lets right syncs meet the checklist in bad weather: it must blame none."""
