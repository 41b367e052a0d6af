"""Scratch servers: throw-away PostgreSQL for SQL files and the demo."""
