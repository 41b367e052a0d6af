"""Measurements: the program beside its peers, each comparison in one run."""
