"""GUARD: what migrations would leave behind, and which of their tables repeat another."""
