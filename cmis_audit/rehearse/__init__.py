"""Plans, run on a scratch clone: what was accepted, conserved, isolated, undone and measured."""
