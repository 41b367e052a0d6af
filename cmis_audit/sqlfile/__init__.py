"""SQL files: their text in any encoding, cut into statements where psql would cut it."""
