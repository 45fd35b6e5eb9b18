"""The checklist on trial: it must detect broken syncs, and must blame no good one."""
