"""MATCH: which two tables look alike, and on what evidence."""
