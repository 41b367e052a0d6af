"""The documented database, as SQL."""
