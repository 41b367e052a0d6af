"""A PostgreSQL schema analyzer and duplication auditor."""
