"""Right syncs of other kinds, which the checklist must let pass."""
