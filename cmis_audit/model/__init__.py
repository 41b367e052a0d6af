"""Immutable values that the rooms exchange."""
