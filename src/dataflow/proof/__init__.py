"""The proof of the checklist: it detects broken syncs, and passes good ones."""
