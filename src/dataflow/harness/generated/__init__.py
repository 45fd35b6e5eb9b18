"""Scenarios with several events before a run, judged by rules that know no sync."""
