"""From clusters to SQL that merges them: target tables, steps, undo. Nothing is executed here."""
