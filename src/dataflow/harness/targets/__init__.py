"""What answers in a run: stand-ins, recordings, or accounts."""
