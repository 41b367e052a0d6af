"""A plan's steps and target tables as an application's own migrations, models and tests.

The SQL is the steps' own, statement by statement; nothing here makes any.
"""
