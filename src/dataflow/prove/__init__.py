"""The checklist proves itself: it meets broken syncs, and must notice each."""
