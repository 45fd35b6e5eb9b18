"""The targets of a run: twins, recordings, or sandbox accounts."""
